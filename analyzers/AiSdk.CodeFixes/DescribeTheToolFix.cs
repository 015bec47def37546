using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Writes a doc comment with the words of a tool's name, to be completed.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class DescribeTheToolFix() : FixProvider(DiagnosticIds.DescribeTheTool)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<MethodDeclarationSyntax>() is not { } method)
            return Task.CompletedTask;
        SourceText text = occurrence.Root.GetText();
        int start = method.GetFirstToken().SpanStart;
        TextLine line = text.Lines.GetLineFromPosition(start);
        // Behind other code a comment would be another's.
        if (text.ToString(TextSpan.FromBounds(line.Start, start)).Trim().Length > 0)
            return Task.CompletedTask;
        string comment = $"/// <summary>{Words.Of(WithoutAsync(method.Identifier.ValueText))}.</summary>{RawLines.NewLine(text)}{RawLines.Indentation(text, start)}";
        occurrence.Offer("Describe the tool with the words of its name", nameof(DescribeTheToolFix), new TextChange(new TextSpan(start, 0), comment));
        return Task.CompletedTask;
    }

    private static string WithoutAsync(string name) => name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal) ? name.Substring(0, name.Length - 5) : name;
}
