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

/// <summary><c>{{media path}}</c>.</summary>
internal sealed record MediaNode(TemplatePath Path, int Position) : TemplateNode(Position);

/// <summary><c>{{history}}</c>.</summary>
internal sealed record HistoryNode(int Position) : TemplateNode(Position);

/// <summary><c>{{role "user"}}</c>.</summary>
internal sealed record RoleNode(string Role, int Position) : TemplateNode(Position);

/// <summary><c>{{#each path as |item index|}}…{{else}}…{{/each}}</c>.</summary>
internal sealed record EachNode(
    TemplatePath Items, string? ItemName, string? IndexName, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else, int Position) : TemplateNode(Position);

/// <summary><c>{{#if path}}…{{else}}…{{/if}}</c>, or <c>{{#unless path}}</c> where <paramref name="Negated"/>.</summary>
internal sealed record IfNode(
    TemplatePath Condition, bool Negated, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else, int Position) : TemplateNode(Position);

/// <summary>A path to a value: <c>order.Total</c>, <c>../name</c>, <c>this</c>, <c>@index</c>.</summary>
/// <param name="Up">How many blocks up it starts: the number of <c>../</c>.</param>
/// <param name="Data">The loop variable without its <c>@</c> (index, first, last, key, root), or null.</param>
/// <param name="Segments">The names, outermost first; none for <c>this</c>.</param>
/// <param name="Position">Where it begins in the template.</param>
/// <param name="Length">How long it is there.</param>
internal sealed record TemplatePath(int Up, string? Data, IReadOnlyList<string> Segments, int Position, int Length)
{
    /// <summary>The path as it is written.</summary>
    public override string ToString()
    {
        string names = Segments.Count == 0 ? (Data is null ? "this" : "") : string.Join(".", Segments);
        string data = Data is null ? "" : names.Length == 0 ? "@" + Data : "@" + Data + ".";
        string up = string.Concat(System.Linq.Enumerable.Repeat("../", Up));
        return up + data + names;
    }
}
