using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Writes the helper that a value needs: <c>{{media photo}}</c>, <c>{{history}}</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class UseHelperFix() : FixProvider(DiagnosticIds.ShowTheValueInASupportedWay)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Property(FixProperties.Replacement) is { } replacement)
            occurrence.Offer($"Write {{{{{replacement}}}}}", nameof(UseHelperFix), new TextChange(occurrence.Diagnostic.Location.SourceSpan, replacement));
        return Task.CompletedTask;
    }
}
