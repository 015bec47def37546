using System.Collections.Immutable;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>The passages that a function shows its model, and the citations that its replies give of them.</summary>
internal sealed partial class FunctionParser
{
    private const int DefaultTop = 5;
    private const int MaxTop = 1000;

    private FunctionModel WithRetrieval(IMethodSymbol method, FunctionModel function, FunctionFacts facts)
    {
        List<RetrievalModel> retrievals = [];
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (parameter.Attribute("AiSdk", "RetrieveAttribute") is { } attribute && Retrieval(method, parameter, attribute, facts) is { } retrieval)
                retrievals.Add(retrieval);
        }
        bool hasPassages = method.Parameters.Any(static p => p.Type.Underlying(out _).Is("AiSdk", "Passages"));
        if (!hasPassages && facts.Output is { } output && HasCitations(output.Type, []))
        {
            Fail(
                ProblemKind.CitationWithoutPassages, "its reply cites passages, but the function shows none, so that no citation can be right; add a parameter [Retrieve(\"…\")] Passages? passages = null",
                new(method, SitePart.Type));
        }
        return retrievals.Count == 0 ? function : WithParts(method, function) with { Retrievals = retrievals.ToEquatableArray() };
    }

    private RetrievalModel? Retrieval(IMethodSymbol method, IParameterSymbol parameter, AttributeData attribute, FunctionFacts facts)
    {
        ProblemSite site = new(parameter, SitePart.Attribute, attribute);
        if (!parameter.Type.Underlying(out _).Is("AiSdk", "Passages"))
            return Invalid($"[Retrieve] fills a parameter of type Passages, but '{parameter.Name}' is {parameter.Type.Display()}; declare Passages? {parameter.Name} = null");
        if (!parameter.Type.MayBeNull())
            return Invalid($"'{parameter.Name}' can never be left to the retriever, because it may not be null; declare Passages? {parameter.Name} = null");
        if (attribute.Text() is not { Length: > 0 } key)
            return Invalid("[Retrieve] wants the key of a retriever: [Retrieve(\"handbook\")]");
        int top = attribute.Named("Top") is int named ? named : DefaultTop;
        int budget = attribute.Named("TokenBudget") is int tokens ? tokens : 0;
        if (top is < 1 or > MaxTop || budget < 0)
            return Invalid($"[Retrieve] wants a Top of 1 to {MaxTop} and a TokenBudget of 0 or more, not {top} and {budget}");

        List<string> texts = [.. method.Parameters.Where(static p => p.Type.SpecialType == SpecialType.System_String).Select(static p => p.Name)];
        string? query = attribute.Named("Query") as string ?? (texts.Count == 1 ? texts[0] : null);
        if (query is not null && texts.Contains(query))
        {
            // What is looked for need not be shown as well.
            facts.Used.Add(query);
            return new RetrievalModel(CSharp.Identifier(parameter.Name), key, CSharp.Identifier(query), top, budget);
        }
        string known = texts.Count == 0 ? "the function has no parameter of type string" : $"it has {string.Join(", ", texts)}";
        problems.Add(new Problem(
            ProblemKind.UnknownQuery,
            query is null ? $"[Retrieve] does not say what to look for: set Query to a parameter of type string; {known}" : $"[Retrieve] looks for '{query}', which is no parameter of type string; {known}",
            site)
        {
            Name = query,
            Candidates = texts.ToImmutableArray(),
        });
        return null;

        RetrievalModel? Invalid(string message)
        {
            Fail(ProblemKind.InvalidRetrieval, message, site);
            return null;
        }
    }

    private bool HasCitations(int type, HashSet<int> seen)
    {
        if (!seen.Add(type))
            return false;
        TypeModel model = outputTypes[type];
        return model.IsCitation
            || model.Properties.Any(property => property.IsReadable && HasCitations(property.Type.Type, seen))
            || model.Variants.Any(variant => HasCitations(variant.Type, seen))
            || (model.Kind is OutputTypeKind.List or OutputTypeKind.Dictionary && HasCitations(model.Element.Type, seen));
    }
}
