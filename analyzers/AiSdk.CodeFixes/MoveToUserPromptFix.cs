using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Takes untrusted text out of a system prompt: the line where it stands on one of its own, else the whole prompt becomes the user's.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MoveToUserPromptFix() : FixProvider(DiagnosticIds.KeepUntrustedTextOutOfTheSystemPrompt)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<AttributeSyntax>() is not { Parent: AttributeListSyntax list } attribute || !Attributes.Is(attribute, "SystemPrompt"))
            return Task.CompletedTask;
        TextSpan place = occurrence.Diagnostic.Location.SourceSpan;
        SourceText text = occurrence.Root.GetText();
        if (RawLines.Line(occurrence.Root.FindToken(place.Start), place, text) is { } line)
        {
            string moved = text.ToString(line).Trim();
            occurrence.Offer(
                "Move the line to a user prompt", nameof(MoveToUserPromptFix),
                new TextChange(line, ""), new TextChange(new TextSpan(list.Span.End, 0), $"{RawLines.NewLine(text)}{RawLines.Indentation(text, list.SpanStart)}{Attributes.UserPrompt(moved)}"));
        }
        else
        {
            occurrence.Offer("Make it a user prompt", nameof(MoveToUserPromptFix), new TextChange(attribute.Name.Span, attribute.Name.ToString().Replace("SystemPrompt", "UserPrompt")));
        }
        return Task.CompletedTask;
    }
}
