using System.ComponentModel;

namespace AiSdk.CompilerServices;

/// <summary>Compares values of a return type part by part: generated where replies are voted on.</summary>
/// <typeparam name="T">The type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class OutputComparison<T>
{
    /// <summary>Called by generated code.</summary>
    /// <param name="same">Whether two values are alike.</param>
    /// <param name="properties">Of an object: whether two have the same in a property. None where properties are not voted on by themselves.</param>
    public OutputComparison(Func<T, T, bool> same, params (string Name, Func<T, T, bool> Same)[] properties)
    {
        Same = same;
        Properties = properties;
    }

    internal Func<T, T, bool> Same { get; }

    internal (string Name, Func<T, T, bool> Same)[] Properties { get; }
}
