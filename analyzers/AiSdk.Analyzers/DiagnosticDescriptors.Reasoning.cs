using Microsoft.CodeAnalysis;
using static AiSdk.Analyzers.DiagnosticCategories;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AiSdk.Analyzers;

/// <summary>Reasoning, votes and critiques.</summary>
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor GiveReasoningAField = Make(
        DiagnosticIds.GiveReasoningAField, Declaration, Error,
        "Give reasoning a field of its own",
        "[Reasoning] has no place: {0}",
        "A model reasons in a field before the value. A reply that is nothing but text has none.");

    public static readonly DiagnosticDescriptor DeliberateOnValues = Make(
        DiagnosticIds.DeliberateOnValues, Declaration, Error,
        "Vote on values, and revise what has not been shown",
        "This cannot be decided so: {0}",
        "Samples are voted on by comparing their values, and a critique revises the whole reply: neither goes with a stream, votes not with text, and samples not with tools that have an effect.");

    public static readonly DiagnosticDescriptor LetTheSamplesDiffer = Make(
        DiagnosticIds.LetTheSamplesDiffer, Declaration, Warning,
        "Let the samples differ",
        "[ModelOptions] has {0}, so that all samples of [SelfConsistency] say the same, each for its price",
        "A vote among replies that cannot differ costs several calls and decides nothing.");

    public static readonly DiagnosticDescriptor ShowTheReasoningInExamples = Make(
        DiagnosticIds.ShowTheReasoningInExamples, Declaration, Warning,
        "Show the reasoning in examples",
        "{0}, although the function has [Reasoning]: it teaches the model to think nothing",
        "Models do as examples do. Where these give the value without thoughts, so will the reply.");
}
