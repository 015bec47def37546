using System.Collections.Immutable;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>Interfaces, methods, parameters and options.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeclarationAnalyzer : InterfaceAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.LetAClassImplementTheInterface,
        DiagnosticDescriptors.DeclareOnlyMethods,
        DiagnosticDescriptors.GiveTheFunctionAPrompt,
        DiagnosticDescriptors.ReturnWhatAFunctionCanGive,
        DiagnosticDescriptors.TakeParametersThatAModelCanBeShown,
        DiagnosticDescriptors.TakeOneParameterOfAKind,
        DiagnosticDescriptors.MakeOneFunctionPerType,
        DiagnosticDescriptors.CorrectTheOptions,
        DiagnosticDescriptors.PutTheCancellationTokenLast,
        DiagnosticDescriptors.RemoveUnusedOptions,
        DiagnosticDescriptors.OfferATypeWithTools,
        DiagnosticDescriptors.OfferToolsOfDifferentNames,
        DiagnosticDescriptors.GiveReasoningAField,
        DiagnosticDescriptors.DeliberateOnValues,
        DiagnosticDescriptors.LetTheSamplesDiffer,
        DiagnosticDescriptors.ShowTheReasoningInExamples,
    ];

    private protected override void Analyze(InterfaceContext context)
    {
        context.ReportProblems();
        foreach (FunctionFacts function in context.Functions)
        {
            CheckOrder(context, function);
            CheckOptions(context, function);
            CheckSamples(context, function);
            CheckExamples(context, function);
        }
    }

    private static void CheckOrder(InterfaceContext context, FunctionFacts function)
    {
        if (function.Parameters.FirstOrDefault(static p => p.Kind == ParameterKind.CancellationToken)?.Symbol is not { } token)
            return;
        // A params array must come last itself, and behind a parameter with a default the token would need one.
        if (function.Parameters.Any(p => p.Symbol.IsParams || (p.Symbol.HasExplicitDefaultValue && !token.HasExplicitDefaultValue)))
            return;
        if (function.Parameters.SkipWhile(static p => p.Kind != ParameterKind.CancellationToken).Any(static p => p.Kind != ParameterKind.CancellationToken))
        {
            context.Report(DiagnosticDescriptors.PutTheCancellationTokenLast, new(token), token.Name);
        }
    }

    private static void CheckSamples(InterfaceContext context, FunctionFacts function)
    {
        if (function.Method.Attribute("AiSdk", "ModelOptionsAttribute") is not { } options || !function.Method.Has("AiSdk", "SelfConsistencyAttribute"))
            return;
        string? same = options.Named("Temperature") is double and 0 ? "Temperature = 0" : options.Named("TopK") is 1 ? "TopK = 1" : options.Named("Seed") is not null ? "a Seed" : null;
        if (same is not null)
            context.Report(DiagnosticDescriptors.LetTheSamplesDiffer, new ProblemSite(function.Method, SitePart.Attribute, options), same);
    }

    private static void CheckExamples(InterfaceContext context, FunctionFacts function)
    {
        if (function.Model is not { Failure: null, Reasoning: not null } || function.Model.Examples.All(static example => example.Reasoning is not null))
            return;
        foreach (AttributeData attribute in function.Method.GetAttributes())
        {
            bool isFile = attribute.AttributeClass.Is("AiSdk", "ExamplesAttribute");
            if (isFile || (attribute.AttributeClass.Is("AiSdk", "ExampleAttribute") && attribute.Named("Reasoning") is null))
                context.Report(DiagnosticDescriptors.ShowTheReasoningInExamples, new ProblemSite(function.Method, SitePart.Attribute, attribute), isFile ? "An example of the file has no \"reasoning\"" : "The example has no Reasoning");
        }
    }

    private static void CheckOptions(InterfaceContext context, FunctionFacts function)
    {
        bool givesText = function.ValueType?.SpecialType == SpecialType.System_String;
        foreach (AttributeData attribute in function.Method.GetAttributes())
        {
            string? reason = attribute.AttributeClass switch
            {
                var type when givesText && type.Is("AiSdk", "AllowLossAttribute") => "a reply that is text is taken as it is",
                var type when givesText && type.Is("AiSdk", "ReaskAttribute") => "a reply that is text always fits",
                var type when givesText && type.Is("AiSdk", "StructuredOutputAttribute") => "the function gives text, which has no structure",
                var type when type.Is("AiSdk", "ToolLimitsAttribute") && function.Model is { Failure: null, ToolLimits: null } => "the function has no tools",
                var type when type.Is("AiSdk", "ModelOptionsAttribute") && attribute.ConstructorArguments.Length == 0 && attribute.NamedArguments.Length == 0 => "it says nothing",
                _ => null,
            };
            if (reason is not null)
                context.Report(DiagnosticDescriptors.RemoveUnusedOptions, new ProblemSite(function.Method, SitePart.Attribute, attribute), attribute.AttributeClass!.Name.Replace("Attribute", ""), reason);
        }
    }
}
