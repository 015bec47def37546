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
            occurrence.Offer($"Remove [{attribute.Name}]", nameof(RemoveAttributeFix), new TextChange(Extent(attribute, occurrence.Root.GetText()), ""));
        return Task.CompletedTask;
    }

    /// <summary>The attribute with the comma, or the brackets and the line, that go with it; comments and directives around it stay.</summary>
    private static TextSpan Extent(AttributeSyntax attribute, SourceText text)
    {
        AttributeListSyntax list = (AttributeListSyntax)attribute.Parent!;
        int place = list.Attributes.IndexOf(attribute);
        if (list.Attributes.Count > 1)
        {
            return place == 0
                ? TextSpan.FromBounds(attribute.SpanStart, list.Attributes[1].SpanStart)
                : TextSpan.FromBounds(list.Attributes[place - 1].Span.End, attribute.Span.End);
        }
        TextLine first = text.Lines.GetLineFromPosition(list.SpanStart);
        TextLine last = text.Lines.GetLineFromPosition(list.Span.End);
        if (string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(first.Start, list.SpanStart))) && string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(list.Span.End, last.End))))
            return TextSpan.FromBounds(first.Start, last.EndIncludingLineBreak);
        int end = list.Span.End;
        while (end < last.End && char.IsWhiteSpace(text[end]))
            end++;
        return TextSpan.FromBounds(list.SpanStart, end);
    }
}
