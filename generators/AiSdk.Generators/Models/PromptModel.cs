using AiSdk.Generators.Helpers;

namespace AiSdk.Generators.Models;

/// <summary>A prompt, bound to the parameters.</summary>
/// <param name="Role">system, user or model.</param>
/// <param name="Template">As written.</param>
/// <param name="Nodes">Its parts.</param>
internal sealed record PromptModel(string Role, string Template, EquatableArray<BoundNode> Nodes)
{
    /// <summary>Whether no attribute wrote it: a history parameter that no template mentions.</summary>
    public bool IsImplied { get; init; }

    /// <summary>Whether it may come to nothing, so that its message has to be left out.</summary>
    public bool MayBeBlank { get; init; }

    /// <summary>The texts of the partials in it, by name: they are part of what is sent.</summary>
    public EquatableArray<string> Partials { get; init; }

    /// <summary>Whether a part of it, however deep in blocks, begins a message of another role.</summary>
    public bool ChangesRole => HasRole(Nodes);

    private static bool HasRole(EquatableArray<BoundNode> nodes) => nodes.Any(static node => node switch
    {
        BoundRole => true,
        BoundIf branch => HasRole(branch.Then) || HasRole(branch.Else),
        BoundEach each => HasRole(each.Body) || HasRole(each.Else),
        _ => false,
    });

    /// <summary>Whether it is one text: no media, no history, no change of role.</summary>
    public bool IsText => Nodes.All(static node => node.IsText);
}

/// <summary>A part of a prompt, with its paths as C# expressions.</summary>
internal abstract record BoundNode
{
    /// <summary>Whether it adds nothing but text.</summary>
    public virtual bool IsText => true;
}

/// <summary>Literal text.</summary>
internal sealed record BoundText(string Text) : BoundNode;

/// <summary>How a value becomes text.</summary>
internal enum ValueForm
{
    /// <summary>The expression is a <c>string?</c>.</summary>
    String,

    /// <summary>The expression is a value type that formats itself without boxing.</summary>
    Formatted,

    /// <summary>The expression is an enum, perhaps null: its name in JSON.</summary>
    EnumName,

    /// <summary>The value as JSON; null gives nothing.</summary>
    Json,

    /// <summary>The value as JSON; null gives <c>null</c>.</summary>
    JsonOrNull,
}

/// <summary>A value.</summary>
/// <param name="Expression">The value as C#.</param>
/// <param name="Form">How it becomes text.</param>
/// <param name="Format">Of a formatted value: the .NET format, or null.</param>
/// <param name="ArgumentType">Of an enum or JSON: the type, by its index.</param>
/// <param name="MayBeNull">Whether the value may be null.</param>
/// <param name="Indent">Of JSON: the blanks per level, or 0 for one line.</param>
internal sealed record BoundValue(
    string Expression, ValueForm Form, string? Format = null, int ArgumentType = -1, bool MayBeNull = false, int Indent = 0) : BoundNode;

/// <summary>A loop.</summary>
/// <param name="Items">The sequence.</param>
/// <param name="Guard">The pattern that the sequence must match to be looped over, which also names it; or null where it is always there.</param>
/// <param name="Sequence">The sequence inside the guard.</param>
/// <param name="ItemVariable">The element's variable.</param>
/// <param name="IndexVariable">The counter's variable, or null if nothing asks for it.</param>
/// <param name="Body">For each element.</param>
/// <param name="Else">If there is none.</param>
internal sealed record BoundEach(
    string Items, string? Guard, string Sequence, string ItemVariable, string? IndexVariable, EquatableArray<BoundNode> Body, EquatableArray<BoundNode> Else) : BoundNode
{
    public override bool IsText => Body.All(static node => node.IsText) && Else.All(static node => node.IsText);
}

/// <summary>A choice.</summary>
/// <param name="Condition">A C# condition.</param>
/// <param name="Then">If it holds.</param>
/// <param name="Else">If not.</param>
internal sealed record BoundIf(string Condition, EquatableArray<BoundNode> Then, EquatableArray<BoundNode> Else) : BoundNode
{
    public override bool IsText => Then.All(static node => node.IsText) && Else.All(static node => node.IsText);
}

/// <summary>The beginning of a message.</summary>
/// <param name="Role">system, user or model.</param>
internal sealed record BoundRole(string Role) : BoundNode
{
    public override bool IsText => false;
}

/// <summary>The beginning of a part of the message that has a name.</summary>
/// <param name="Name">The name.</param>
internal sealed record BoundSection(string Name) : BoundNode
{
    public override bool IsText => false;
}

/// <summary>An image, sound or document.</summary>
/// <param name="Expression">The content, perhaps null.</param>
internal sealed record BoundMedia(string Expression) : BoundNode
{
    public override bool IsText => false;
}

/// <summary>Messages from before.</summary>
/// <param name="Expression">The messages, perhaps null.</param>
/// <param name="IsTrusted">Whether system messages may be among them.</param>
internal sealed record BoundHistory(string Expression, bool IsTrusted) : BoundNode
{
    public override bool IsText => false;
}
