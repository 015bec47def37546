using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Shows a parameter at the end of the last user prompt.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ShowParameterFix() : FixProvider(DiagnosticIds.UseTheParameter)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Property(FixProperties.Name) is not { } name || occurrence.Around<MethodDeclarationSyntax>() is not { } method)
            return Task.CompletedTask;
        // A file's last message stands elsewhere, and another message is not what is meant.
        if (method.AttributeLists.SelectMany(static list => list.Attributes).Any(static a => Attributes.Is(a, "Prompt")))
            return Task.CompletedTask;
        SourceText text = occurrence.Root.GetText();
        string placeholder = $"{{{{{name}}}}}";
        occurrence.Offer(
            $"Show '{name}' in the user prompt", nameof(ShowParameterFix),
            Attributes.UserPrompts(method).LastOrDefault()?.ArgumentList?.Arguments.FirstOrDefault()?.Expression is LiteralExpressionSyntax { Token: var token } && !token.ContainsDiagnostics
                ? AtEnd(token, placeholder, text)
                : Attributes.Add(method, text, [Attributes.UserPrompt(placeholder)]));
        return Task.CompletedTask;
    }

    private static TextChange AtEnd(SyntaxToken token, string placeholder, SourceText text)
    {
        if (token.IsKind(SyntaxKind.MultiLineRawStringLiteralToken))
        {
            TextLine last = text.Lines.GetLineFromPosition(token.Span.End);
            return new TextChange(new TextSpan(last.Start, 0), $"{RawLines.Indentation(text, last.Start)}{placeholder}{RawLines.NewLine(text)}");
        }
        int quotes = token.IsKind(SyntaxKind.SingleLineRawStringLiteralToken) ? token.Text.Length - token.Text.TrimEnd('"').Length : 1;
        return new TextChange(new TextSpan(token.Span.End - quotes, 0), (token.ValueText.Length == 0 || char.IsWhiteSpace(token.ValueText[token.ValueText.Length - 1]) ? "" : " ") + placeholder);
    }
}
