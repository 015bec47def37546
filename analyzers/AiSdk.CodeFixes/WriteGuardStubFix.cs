using System.Composition;
using AiSdk.Analyzers;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Writes the skeleton of a guard's stub, in a part of the generated class below the interface.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class WriteGuardStubFix() : FixProvider(DiagnosticIds.WriteTheStubOfTheGuard)
{
    // What the guard is to check has to be written.
    private protected override bool NeedsDecision => true;

    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Property(FixProperties.Replacement) is not { } declaration || occurrence.Around<InterfaceDeclarationSyntax>() is not { } type)
            return Task.CompletedTask;
        string indent = new(' ', type.GetLocation().GetLineSpan().StartLinePosition.Character);
        string end = occurrence.Root.ToFullString().Contains("\r\n") ? "\r\n" : "\n";
        string[] lines =
        [
            "",
            $"partial class {InterfaceParser.ClassName(type.Identifier.ValueText)}{type.TypeParameterList?.ToString()}",
            "{",
            $"    {declaration} => new(GuardVerdict.Allow);",
            "}",
        ];
        occurrence.Offer("Write the guard's stub", nameof(WriteGuardStubFix), new TextChange(new TextSpan(type.Span.End, 0), string.Concat(lines.Select(line => end + (line.Length == 0 ? "" : indent + line)))));
        return Task.CompletedTask;
    }
}
