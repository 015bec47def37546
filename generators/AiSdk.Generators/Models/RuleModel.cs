using AiSdk.Generators.Helpers;

namespace AiSdk.Generators.Models;

/// <summary>How a rule is checked.</summary>
internal enum RuleKind
{
    /// <summary>It is broken if any of the comparisons holds; without comparisons, always, or by null only.</summary>
    Comparison,

    /// <summary>It is broken if the value equals none of the expressions.</summary>
    OneOf,

    /// <summary>The length of a text or collection.</summary>
    Length,

    /// <summary>A text that is not blank.</summary>
    NotBlank,

    /// <summary>A regular expression.</summary>
    Pattern,

    /// <summary>A form of text that has a check of its own.</summary>
    Form,

    /// <summary>Another property with an equal value.</summary>
    SameAs,

    /// <summary>The annotation's own code.</summary>
    Attribute,
}

/// <summary>A rule that an annotation states for a property, or for an object as a whole.</summary>
internal sealed record RuleModel
{
    /// <summary>How it is checked.</summary>
    public required RuleKind Kind { get; init; }

    /// <summary>The annotation as it is written: <c>[Range(1, 10)]</c>.</summary>
    public required string Text { get; init; }

    /// <summary>The annotation's own message, or null.</summary>
    public string? Message { get; init; }

    /// <summary>What is wrong with a value that breaks it, as the end of a sentence that begins with the value.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Of comparisons: what is compared, as C# with {0} for the value.</summary>
    public string Operand { get; init; } = "{0}";

    /// <summary>Of comparisons: operator and right side as C#. Of alternatives: the expressions.</summary>
    public EquatableArray<string> Expressions { get; init; }

    /// <summary>Whether null breaks it too.</summary>
    public bool DeniesNull { get; init; }

    /// <summary>Of a length: the least.</summary>
    public int Minimum { get; init; }

    /// <summary>Of a length: the greatest, or null.</summary>
    public int? Maximum { get; init; }

    /// <summary>The pattern; the check in OutputValidator; the other property; the annotation's creation as C#.</summary>
    public string Code { get; init; } = "";

    /// <summary>Of a pattern: its limit in milliseconds, or null for the usual one.</summary>
    public int? Timeout { get; init; }

    /// <summary>Of an annotation's own code: what messages call the value.</summary>
    public string DisplayName { get; init; } = "";
}
