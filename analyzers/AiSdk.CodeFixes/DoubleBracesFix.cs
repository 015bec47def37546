using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Makes a placeholder of <c>{name}</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class DoubleBracesFix() : FixProvider(DiagnosticIds.DoubleTheBraces)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        TextSpan span = occurrence.Diagnostic.Location.SourceSpan;
        // Where two braces begin a hole, a placeholder cannot be written.
        if (occurrence.Root.FindToken(span.Start).Parent?.FirstAncestorOrSelf<InterpolatedStringExpressionSyntax>()?.StringStartToken.Text is { } start
            && start.StartsWith("$$", StringComparison.Ordinal) && !start.StartsWith("$$$", StringComparison.Ordinal))
            return Task.CompletedTask;
        string written = occurrence.Root.ToFullString().Substring(span.Start, span.Length);
        // In an interpolated string they are doubled already, and have to be once more.
        occurrence.Offer("Double the braces", nameof(DoubleBracesFix), new TextChange(span, written.Replace("{", "{{").Replace("}", "}}")));
        return Task.CompletedTask;
    }
}
