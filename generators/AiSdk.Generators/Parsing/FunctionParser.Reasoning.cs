using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Whether the model reasons, votes, or looks at its reply once more.</summary>
internal sealed partial class FunctionParser
{
    private const string DefaultInstruction = "Think step by step here before you give the value.";
    private const int DefaultSamples = 5;
    private const int DefaultConcurrency = 5;
    private const int DefaultCritiqueBudget = 8000;
    private const int MaxSamples = 50;
    private const int MaxRounds = 5;

    /// <summary>The field for reasoning, which examples have too.</summary>
    private FunctionModel WithReasoning(IMethodSymbol method, FunctionModel function)
    {
        if (method.Attribute("AiSdk", "ReasoningAttribute") is not { } attribute)
            return function;
        if (function.Output is null)
        {
            Fail(ProblemKind.NothingToReasonAbout, "text has no field for reasoning, which would have to stand in the text itself; return a type, such as record Reply(string Text)", new(method, SitePart.Attribute, attribute));
            return function;
        }
        string instruction = attribute.Text() is { } text && !string.IsNullOrWhiteSpace(text) ? LineEnds.Normalize(text).Trim() : DefaultInstruction;
        // The enum's members in the order of its values.
        string source = attribute.Named("Source") is int value ? value switch { 1 => "Field", 2 => "Model", _ => "Auto" } : "Auto";
        return function with { Reasoning = new ReasoningModel(instruction, source) };
    }

    private FunctionModel? WithDeliberation(IMethodSymbol method, FunctionModel function)
    {
        bool isStream = function.Returns is ReturnKind.TextStream or ReturnKind.ElementStream or ReturnKind.PartialStream;
        if (method.Attribute("AiSdk", "SelfConsistencyAttribute") is { } vote)
        {
            ProblemSite site = new(method, SitePart.Attribute, vote);
            if (isStream)
                return Fail(ProblemKind.NothingToDeliberate, "a stream shows one reply while it comes, and the vote is only known when all have; return Task<T>", site);
            if (function.Output is null)
                return Fail(ProblemKind.NothingToDeliberate, "no two texts are alike, so that each would get one vote; return a type whose values can be compared", site);
            if (EffectiveTool(method) is { } tool)
                return Fail(ProblemKind.NothingToDeliberate, $"each sample could run {tool} once more, which has an effect; offer only tools that read", site);
            ConsistencyModel consistency = new(
                vote.Named("Samples") is int named ? named : vote.ConstructorArguments is [{ Value: int count }] ? count : DefaultSamples, vote.Named("MaxConcurrency") as int? ?? DefaultConcurrency, vote.Named("TokenBudget") as int? ?? 0);
            if (consistency.Samples is < 2 or > MaxSamples || consistency.MaxConcurrency is < 1 or > MaxSamples || consistency.TokenBudget < 0)
                return Fail(ProblemKind.InvalidOptions, $"[SelfConsistency] wants 2 to {MaxSamples} samples, 1 to {MaxSamples} at the same time, and no negative budget, not {consistency.Samples}, {consistency.MaxConcurrency} and {consistency.TokenBudget}", site);
            function = function with { Consistency = consistency };
        }
        if (method.Attribute("AiSdk", "SelfCritiqueAttribute") is { } critique)
        {
            ProblemSite site = new(method, SitePart.Attribute, critique);
            if (isStream)
                return Fail(ProblemKind.NothingToDeliberate, "a stream shows the reply while it comes, and a revision would take back what was shown; return Task<T>", site);
            CritiqueModel rounds = new(critique.Named("Rounds") as int? ?? 1, critique.Named("TokenBudget") as int? ?? DefaultCritiqueBudget, critique.Text() is { } criteria && !string.IsNullOrWhiteSpace(criteria) ? LineEnds.Normalize(criteria).Trim() : null);
            if (rounds.Rounds is < 1 or > MaxRounds || rounds.TokenBudget < 1)
                return Fail(ProblemKind.InvalidOptions, $"[SelfCritique] wants 1 to {MaxRounds} rounds and a budget of 1 token or more, not {rounds.Rounds} and {rounds.TokenBudget}", site);
            function = function with { Critique = rounds };
        }
        return function;
    }

    /// <summary>A tool with an effect among those that the function offers.</summary>
    internal static string? EffectiveTool(IMethodSymbol method)
    {
        IEnumerable<ITypeSymbol?> sources = ToolAttributes(method).Select(static attribute => attribute.AttributeClass!.Arity == 1 ? attribute.AttributeClass.TypeArguments[0] : attribute.ConstructorArguments.FirstOrDefault().Value as ITypeSymbol);
        return sources.OfType<ITypeSymbol>().SelectMany(static source => source.BasesAndSelf().Concat(source.AllInterfaces).SelectMany(static type => type.GetMembers().OfType<IMethodSymbol>()))
            .FirstOrDefault(static tool => tool.Attribute("AiSdk", "AiToolAttribute")?.Named("Effect") is > 0)?.Name;
    }
}
