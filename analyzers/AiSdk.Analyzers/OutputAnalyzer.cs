using System.Collections.Immutable;
using AiSdk.Analyzers.Replies;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>Types of replies that cannot be read, or not well.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OutputAnalyzer : InterfaceAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.ReturnATypeThatCanBeRead,
        DiagnosticDescriptors.UseStringKeys,
        DiagnosticDescriptors.GiveTheValueAType,
        DiagnosticDescriptors.TellTheAlternativesApart,
        DiagnosticDescriptors.NameTheDerivedTypes,
        DiagnosticDescriptors.TellEnumValuesApart,
        DiagnosticDescriptors.LetTheRecursionEnd,
        DiagnosticDescriptors.DescribeTheOtherPropertiesToo,
        DiagnosticDescriptors.CorrectTheExample,
    ];

    private protected override void Analyze(InterfaceContext context)
    {
        context.ReportProblems();
        // What is to be said of a type is said once, at the first function that returns it.
        HashSet<int> seen = [];
        foreach (FunctionFacts function in context.Functions)
        {
            if (function.Model is not { Failure: null, Output: { } output })
                continue;
            if (seen.Contains(output.Type))
                continue;
            Recursion.Check(context, function, output);
            foreach (int index in TypeGraph.Reachable(context.Model.OutputTypes, [output]).OrderBy(static i => i))
            {
                if (!seen.Add(index))
                    continue;
                TypeModel type = context.Model.OutputTypes[index];
                EnumNames.Check(context, function, type);
                Descriptions.Check(context, function, type);
            }
        }
    }
}
