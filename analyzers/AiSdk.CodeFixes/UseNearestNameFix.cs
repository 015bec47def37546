using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Writes the name that was probably meant.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class UseNearestNameFix() : FixProvider(DiagnosticIds.NameAParameter, DiagnosticIds.NameAMember, DiagnosticIds.NameWhatTheReturnTypeHas)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Property(FixProperties.Nearest) is { } nearest)
            occurrence.Offer($"Write '{nearest}'", nameof(UseNearestNameFix), new TextChange(occurrence.Diagnostic.Location.SourceSpan, nearest));
        return Task.CompletedTask;
    }
}
