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
internal sealed record PromptParameterModel(string Name, PromptParameterKind Kind, int Type, bool IsTrusted, bool IsImmutableArray);
