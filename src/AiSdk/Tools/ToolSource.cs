using System.ComponentModel;

namespace AiSdk.CompilerServices;

/// <summary>Finds the instance whose methods are tools. Called by generated code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ToolSource
{
    /// <summary>The registered instance, else a new one where that takes no arguments.</summary>
    /// <typeparam name="T">The type with the tools.</typeparam>
    /// <exception cref="InvalidOperationException">There is neither.</exception>
    public static T Resolve<T>(IServiceProvider? services, Func<T>? create)
        where T : class =>
        services?.GetService(typeof(T)) as T ?? create?.Invoke()
            ?? throw new InvalidOperationException(
                $"The tools of {typeof(T).Name} need an instance: register {typeof(T).Name} as a service, and where the functions are not made by the services, set AiFunctionsOptions.Services.");
}
