using System.Collections.Generic;

namespace AiSdk.Prompts;

/// <summary>A part of a prompt template, as written.</summary>
/// <param name="Position">Where the part begins in the template, in UTF-16 code units from 0.</param>
internal abstract record TemplateNode(int Position);

/// <summary>Literal text.</summary>
internal sealed record TextNode(string Text, int Position) : TemplateNode(Position);

/// <summary><c>{{path}}</c> or <c>{{path:format}}</c>.</summary>
internal sealed record ValueNode(TemplatePath Path, string? Format, int Position) : TemplateNode(Position);

/// <summary><c>{{json path indent=2}}</c>.</summary>
internal sealed record JsonNode(TemplatePath Path, int Indent, int Position) : TemplateNode(Position);

/// <summary><c>{{media path}}</c>, or <c>{{media url=path contentType=operand}}</c>.</summary>
internal sealed record MediaNode(TemplatePath Path, TemplateOperand? ContentType, int Position) : TemplateNode(Position);

/// <summary><c>{{history}}</c>.</summary>
internal sealed record HistoryNode(int Position) : TemplateNode(Position);

/// <summary><c>{{role "user"}}</c>.</summary>
internal sealed record RoleNode(string Role, int Position) : TemplateNode(Position);

/// <summary><c>{{section "name"}}</c>: the text after it belongs to a part of the message that has a name.</summary>
internal sealed record SectionNode(string Name, int Position) : TemplateNode(Position);

/// <summary><c>{{> name}}</c>, <c>{{> name context}}</c>, <c>{{> name argument=operand}}</c>: another template stands here.</summary>
/// <param name="Name">The partial's name.</param>
/// <param name="Context">What <c>this</c> is in it, or null for what it is here.</param>
/// <param name="Arguments">The names that it has besides.</param>
/// <param name="Indentation">The blanks before each of its lines: a partial alone on its line is indented as its tag.</param>
/// <param name="Position">Where the name begins.</param>
internal sealed record PartialCallNode(string Name, TemplatePath? Context, IReadOnlyList<PartialArgument> Arguments, string Indentation, int Position) : TemplateNode(Position);

/// <summary>A name that a partial is given.</summary>
internal sealed record PartialArgument(string Name, TemplateOperand Value);

/// <summary><c>{{#each path as |item index|}}…{{else}}…{{/each}}</c>.</summary>
internal sealed record EachNode(
    TemplatePath Items, string? ItemName, string? IndexName, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else, int Position) : TemplateNode(Position);

/// <summary><c>{{#if path}}…{{else}}…{{/if}}</c>, or <c>{{#unless path}}</c> where <paramref name="Negated"/>.</summary>
internal sealed record IfNode(
    TemplatePath Condition, bool Negated, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else, int Position) : TemplateNode(Position);

/// <summary><c>{{#ifEquals left right}}…{{else}}…{{/ifEquals}}</c>, or <c>{{#unlessEquals left right}}</c> where <paramref name="Negated"/>.</summary>
internal sealed record IfEqualsNode(
    TemplateOperand Left, TemplateOperand Right, bool Negated, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else, int Position) : TemplateNode(Position);

/// <summary>What a helper is given: a path or a literal.</summary>
/// <param name="Path">The path, or null for a literal.</param>
/// <param name="Kind">Of a literal: what it is.</param>
/// <param name="Text">Of a literal: a string's content, or a number as it is written.</param>
/// <param name="Position">Where it begins in the template.</param>
/// <param name="Length">How long it is there.</param>
internal sealed record TemplateOperand(TemplatePath? Path, TemplateLiteralKind Kind, string Text, int Position, int Length)
{
    /// <summary>The operand for people.</summary>
    public override string ToString() => Path?.ToString() ?? (Kind == TemplateLiteralKind.String ? $"\"{Text}\"" : Text);
}

/// <summary>The sorts of literals.</summary>
internal enum TemplateLiteralKind
{
    None,
    String,
    Number,
    True,
    False,
    Null,
}

/// <summary>A path to a value: <c>order.Total</c>, <c>../name</c>, <c>this</c>, <c>@index</c>.</summary>
/// <param name="Up">How many blocks up it starts: the number of <c>../</c>.</param>
/// <param name="Data">The loop variable without its <c>@</c> (index, first, last, key, root), or a parameter's name written with one; or null.</param>
/// <param name="Segments">The names, outermost first; none for <c>this</c>.</param>
/// <param name="Position">Where it begins in the template.</param>
/// <param name="Length">How long it is there.</param>
internal sealed record TemplatePath(int Up, string? Data, IReadOnlyList<string> Segments, int Position, int Length)
{
    /// <summary>Whether it begins with <c>this</c>: then its names are members of the innermost element, and nothing further out is meant.</summary>
    public bool IsThis { get; init; }

    /// <summary>The path as it is written.</summary>
    public override string ToString()
    {
        string names = Segments.Count == 0 ? (Data is null ? "this" : "") : (IsThis ? "this." : "") + string.Join(".", Segments);
        string data = Data is null ? "" : names.Length == 0 ? "@" + Data : "@" + Data + ".";
        string up = string.Concat(System.Linq.Enumerable.Repeat("../", Up));
        return up + data + names;
    }
}
