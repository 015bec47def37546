namespace AiSdk;

/// <summary>Has a guard check the reply before the caller sees it. On an interface it goes for all its functions, before those of the functions themselves.</summary>
/// <remarks>
/// Guards run in the order in which they are written; the first that blocks ends the call, and each sees what those before it left. Of a stream, a guard that is no
/// <see cref="IStreamingOutputGuard"/> holds back everything until the reply has ended.
/// </remarks>
/// <typeparam name="T">The guard.</typeparam>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, AllowMultiple = true)]
public sealed class OutputGuardAttribute<T> : GuardSettingsAttribute
    where T : class, IOutputGuard;
