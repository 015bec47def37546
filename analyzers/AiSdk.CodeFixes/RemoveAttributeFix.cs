using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Removes an attribute that does nothing: an option without effect, or an empty prompt beside another.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class RemoveAttributeFix() : FixProvider(DiagnosticIds.RemoveUnusedOptions, DiagnosticIds.WriteThePrompt)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<AttributeSyntax>() is not { Parent: AttributeListSyntax { Parent: MethodDeclarationSyntax method } } attribute)
            return Task.CompletedTask;
        bool isOnlyPrompt = occurrence.Diagnostic.Id == DiagnosticIds.WriteThePrompt
            && method.AttributeLists.SelectMany(static list => list.Attributes).Count(static a => Attributes.Is(a, "UserPrompt") || Attributes.Is(a, "SystemPrompt")) < 2;
        if (!isOnlyPrompt)
            occurrence.Offer($"Remove [{attribute.Name}]", nameof(RemoveAttributeFix), new TextChange(Extent(attribute), ""));
        return Task.CompletedTask;
    }

    /// <summary>The attribute with the comma or the brackets that go with it; what stands before it, such as a doc comment, stays.</summary>
    private static TextSpan Extent(AttributeSyntax attribute)
    {
        AttributeListSyntax list = (AttributeListSyntax)attribute.Parent!;
        int place = list.Attributes.IndexOf(attribute);
        if (list.Attributes.Count == 1)
            return TextSpan.FromBounds(list.SpanStart, list.GetLastToken().GetNextToken().SpanStart);
        return place + 1 < list.Attributes.Count
            ? TextSpan.FromBounds(attribute.SpanStart, list.Attributes[place + 1].SpanStart)
            : TextSpan.FromBounds(list.Attributes[place - 1].Span.End, attribute.Span.End);
    }
}
