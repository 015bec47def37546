namespace AiSdk;

/// <summary>Offers the tools of a type to the model: of a function, or of all functions of an interface.</summary>
/// <remarks>An instance is taken from the services of <see cref="AiFunctionsOptions.Services"/> at each call; a type that is not registered is created if it has a constructor without parameters.</remarks>
/// <typeparam name="T">A class or interface with methods that have <see cref="AiToolAttribute"/>.</typeparam>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, AllowMultiple = true, Inherited = false)]
public sealed class ToolsAttribute<T> : Attribute;

/// <summary>The same for a static class, which cannot be a type argument.</summary>
/// <param name="type">A type with methods that have <see cref="AiToolAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, AllowMultiple = true, Inherited = false)]
public sealed class ToolsAttribute(Type type) : Attribute
{
    /// <summary>The type with the tools.</summary>
    public Type Type { get; } = type;
}
