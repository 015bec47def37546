using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Writes <c>{{json x}}</c> for <c>"{{x}}"</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ShowAsJsonFix() : FixProvider(DiagnosticIds.KeepUntrustedTextInsideItsDelimiter)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Property(FixProperties.Name) is not { } path)
            return Task.CompletedTask;
        string source = occurrence.Root.ToFullString();
        TextSpan span = occurrence.Diagnostic.Location.SourceSpan;
        string[] spellings = ["\\\"", "\"\"", "\"", "`"];
        string? before = spellings.FirstOrDefault(quote => span.Start >= quote.Length && string.CompareOrdinal(source, span.Start - quote.Length, quote, 0, quote.Length) == 0);
        string? after = spellings.FirstOrDefault(quote => string.CompareOrdinal(source, span.End, quote, 0, quote.Length) == 0);
        if (before is not null && before == after)
            occurrence.Offer($"Write {{{{json {path}}}}}", nameof(ShowAsJsonFix), new TextChange(TextSpan.FromBounds(span.Start - before.Length, span.End + after.Length), $"{{{{json {path}}}}}"));
        return Task.CompletedTask;
    }
}
