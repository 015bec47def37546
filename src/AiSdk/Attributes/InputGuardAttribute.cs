namespace AiSdk;

/// <summary>Has a guard check the arguments before the model is asked. On an interface it goes for all its functions, before those of the functions themselves.</summary>
/// <remarks>
/// Guards run in the order in which they are written; the first that blocks ends the call, and each sees what those before it left. They see text that is not <see cref="TrustedAttribute"/>: string
/// arguments and conversations, which they can rewrite, and the texts inside other arguments, which they can allow or block. What a guard is: one in
/// <see cref="AiFunctionsOptions.Guards"/> or among the services, else a new one.
/// </remarks>
/// <typeparam name="T">The guard.</typeparam>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, AllowMultiple = true)]
public sealed class InputGuardAttribute<T> : GuardSettingsAttribute
    where T : class, IInputGuard;
