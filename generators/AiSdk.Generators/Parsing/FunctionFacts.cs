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

    /// <summary>The files that it is made from: prompts, partials, examples.</summary>
    public HashSet<AdditionalFile> Files { get; } = [];

    /// <summary>The names of the parameters that its prompts use.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);
}

/// <summary>A prompt as it is written.</summary>
/// <param name="Attribute">The attribute that holds it.</param>
/// <param name="Role">system or user.</param>
/// <param name="Text">The template.</param>
/// <param name="Template">The same, parsed.</param>
/// <param name="Values">The values that it shows, in order.</param>
internal sealed record PromptFacts(AttributeData Attribute, string Role, string Text, Template Template, IReadOnlyList<ShownValue> Values);

/// <summary>A value that a template shows.</summary>
/// <param name="Node">The placeholder: a <see cref="ValueNode"/>, <see cref="JsonNode"/> or <see cref="MediaNode"/>.</param>
/// <param name="Path">Its path.</param>
/// <param name="Type">The value's type.</param>
/// <param name="Root">The parameter that it comes from, if any.</param>
/// <param name="IsTrusted">Whether the application wrote it, or it is of a type that cannot carry instructions.</param>
internal sealed record ShownValue(TemplateNode Node, TemplatePath Path, ITypeSymbol Type, ParameterInfo? Root, bool IsTrusted);
