namespace AiSdk.Generators.Models;

/// <summary>What a parameter holds that a prompt may show.</summary>
internal enum PromptParameterKind
{
    Data,
    Media,
    History,
}

/// <summary>A parameter that a prompt may show.</summary>
/// <param name="Name">Its name, not escaped.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Type">Of data: the type, by its index; else -1.</param>
/// <param name="IsTrusted">Whether it may stand in a system prompt whatever its type.</param>
/// <param name="IsImmutableArray">Whether it is an ImmutableArray, which may be there without holding a list.</param>
/// <param name="IsPassages">Whether it holds passages of documents.</param>
internal sealed record PromptParameterModel(string Name, PromptParameterKind Kind, int Type, bool IsTrusted, bool IsImmutableArray, bool IsPassages);

/// <summary>How a parameter is filled that the caller left out.</summary>
/// <param name="Parameter">The parameter, escaped.</param>
/// <param name="Retriever">The retriever's key.</param>
/// <param name="Query">The parameter with the query, escaped.</param>
/// <param name="Top">How many passages at most.</param>
/// <param name="TokenBudget">How many tokens they may have, or 0.</param>
internal sealed record RetrievalModel(string Parameter, string Retriever, string Query, int Top, int TokenBudget);
