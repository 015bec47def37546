namespace AiSdk;

/// <summary>Says how the model is asked for a reply of the function's type, whatever <see cref="AiFunctionsOptions.OutputMode"/> says.</summary>
/// <remarks>On an interface it holds for all of its functions that have none of their own.</remarks>
/// <param name="mode">The mode.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, Inherited = false)]
public sealed class StructuredOutputAttribute(StructuredOutputMode mode) : Attribute
{
    /// <summary>The mode.</summary>
    public StructuredOutputMode Mode { get; } = mode;
}
