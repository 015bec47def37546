using AiSdk.Generators.Models;
using AiSdk.Prompts;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>What parsing knows of a function that no model may hold, because it is made of symbols: the analyzers look at it, the generator drops it.</summary>
/// <param name="method">The method.</param>
internal sealed class FunctionFacts(IMethodSymbol method)
{
    /// <summary>The method.</summary>
    public IMethodSymbol Method { get; } = method;

    /// <summary>The function's model.</summary>
    public FunctionModel Model { get; set; } = null!;

    /// <summary>The type of the value that it gives, whatever it comes in; null where the return type is none that a function can have.</summary>
    public ITypeSymbol? ValueType { get; set; }

    /// <summary>The same as the parser's types know it; null for text and for what cannot be read.</summary>
    public TypeUse? Output { get; set; }

    /// <summary>Its parameters.</summary>
    public IReadOnlyList<ParameterInfo> Parameters { get; set; } = [];

    /// <summary>Its prompts, in the order in which they are sent.</summary>
    public List<PromptFacts> Prompts { get; } = [];

    /// <summary>The partials in its prompts, each where it is used.</summary>
    public List<PromptFacts> Partials { get; } = [];

    /// <summary>The files that it is made from: prompts, partials, examples.</summary>
    public HashSet<AdditionalFile> Files { get; } = [];

    /// <summary>The names of the parameters that its prompts use.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);
}

/// <summary>A prompt as it is written: an attribute's text, one message of a file, or a partial.</summary>
/// <param name="Whole">The place of the text that <paramref name="Start"/> counts in: the attribute's, or in a file what stands below the front matter.</param>
/// <param name="Start">Where the prompt begins in that text.</param>
/// <param name="Role">The message's role.</param>
/// <param name="Text">The prompt's template.</param>
/// <param name="Nodes">The same, parsed; their positions count from the beginning of the whole text.</param>
/// <param name="Values">The values that it shows itself, in order; not those that its partials show.</param>
internal sealed record PromptFacts(ProblemSite Whole, int Start, string Role, string Text, IReadOnlyList<TemplateNode> Nodes, IReadOnlyList<ShownValue> Values)
{
    /// <summary>Whether the template has errors, so that not all of it is among the nodes.</summary>
    public bool HasErrors { get; init; }

    /// <summary>Whether it stands in a file.</summary>
    public bool IsInFile => Whole.File is not null;

    /// <summary>A piece of the prompt.</summary>
    public ProblemSite At(int start, int length) => Whole.File is { } file
        ? Whole with { File = file with { Start = file.Start + Start + start, Length = length } }
        : Whole with { Start = Start + start, Length = length };

    /// <summary>Where a node begins in the prompt's text.</summary>
    public int PositionOf(TemplateNode node) => node.Position - Start;
}

/// <summary>A value that a template shows.</summary>
/// <param name="Node">The placeholder: a <see cref="ValueNode"/>, <see cref="JsonNode"/> or <see cref="MediaNode"/>.</param>
/// <param name="Path">Its path.</param>
/// <param name="Type">The value's type.</param>
/// <param name="Root">The parameter that it comes from, if any.</param>
/// <param name="IsTrusted">Whether the application wrote it, or it is of a type that cannot carry instructions.</param>
internal sealed record ShownValue(TemplateNode Node, TemplatePath Path, ITypeSymbol Type, ParameterInfo? Root, bool IsTrusted);
