using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AiSdk.CompilerServices;

/// <summary>An annotation whose own code decides. Called by generated code only.</summary>
/// <param name="create">Makes the annotation, on first use: its code is not ours, and may throw.</param>
/// <param name="text">The annotation as it is written.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class OutputRule(Func<ValidationAttribute> create, string text)
{
    private ValidationAttribute? _attribute;

    /// <summary>The annotation as it is written.</summary>
    public string Text { get; } = text;

    internal ValidationAttribute Attribute => _attribute ??= create();
}
