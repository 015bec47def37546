using System.ComponentModel;

namespace AiSdk.CompilerServices;

/// <summary>The guards of one function, in order. Made once by a generated class.</summary>
/// <remarks>Not changed after that; safe for concurrent use.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class FunctionGuards
{
    private readonly string _className;
    private readonly AiFunctionsOptions? _options;

    /// <summary>Guards that are found by settings.</summary>
    /// <param name="className">The generated class, for errors.</param>
    /// <param name="options">Where guards are found.</param>
    public FunctionGuards(string className, AiFunctionsOptions? options)
    {
        _className = className;
        _options = options;
    }

    internal List<GuardUse> Inputs { get; } = [];

    internal List<GuardUse> Outputs { get; } = [];

    /// <summary>Adds a guard of arguments.</summary>
    /// <typeparam name="T">The guard.</typeparam>
    /// <param name="create">Makes one; <see langword="null"/> where only the application can.</param>
    /// <param name="settings">What the attribute says.</param>
    public FunctionGuards Input<T>(Func<T>? create, GuardSettings settings = default)
        where T : class, IInputGuard
    {
        T guard = Find(create);
        Inputs.Add(new GuardUse(guard.Name, guard, settings));
        return this;
    }

    /// <summary>Adds a guard of the reply.</summary>
    /// <typeparam name="T">The guard.</typeparam>
    /// <param name="create">Makes one; <see langword="null"/> where only the application can.</param>
    /// <param name="settings">What the attribute says.</param>
    public FunctionGuards Output<T>(Func<T>? create, GuardSettings settings = default)
        where T : class, IOutputGuard
    {
        T guard = Find(create);
        Outputs.Add(new GuardUse(guard.Name, guard, settings));
        return this;
    }

    private T Find<T>(Func<T>? create)
        where T : class =>
        _options?.Guards.FirstOrDefault(static guard => guard.GetType() == typeof(T)) as T
        ?? _options?.Services?.GetService(typeof(T)) as T
        ?? create?.Invoke()
        ?? throw new ArgumentException(
            $"{_className} has functions with the guard {typeof(T).Name}, which has no public constructor without parameters: add one to AiFunctionsOptions.Guards, or register it as a service.", nameof(create));
}
