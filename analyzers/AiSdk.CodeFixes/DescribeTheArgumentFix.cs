using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Describes a tool's argument with the words of its name, to be completed: in the doc comment if there is one, else in an attribute.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class DescribeTheArgumentFix() : FixProvider(DiagnosticIds.DescribeTheArguments)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.Around<ParameterSyntax>() is not { Parent.Parent: MethodDeclarationSyntax method } parameter)
            return Task.CompletedTask;
        string name = parameter.Identifier.ValueText;
        string words = Words.Of(name);
        SourceText text = occurrence.Root.GetText();
        SyntaxTrivia comment = method.GetLeadingTrivia().LastOrDefault(static trivia => trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia));
        TextChange change;
        if (comment.GetStructure() is DocumentationCommentTriviaSyntax structure)
        {
            // Behind the argument before it that is described, else behind all that there is.
            int place = method.ParameterList.Parameters.IndexOf(parameter);
            HashSet<string> before = [.. method.ParameterList.Parameters.Take(place).Select(static p => p.Identifier.ValueText)];
            XmlNodeSyntax? behind = structure.Content.OfType<XmlElementSyntax>().LastOrDefault(element => element.StartTag.Attributes.OfType<XmlNameAttributeSyntax>().Any(a => before.Contains(a.Identifier.Identifier.ValueText)))
                ?? structure.Content.OfType<XmlElementSyntax>().LastOrDefault(static element => element.StartTag.Name.LocalName.ValueText is "summary" or "remarks" or "typeparam");
            if (behind is null)
                return Task.CompletedTask;
            string indentation = RawLines.Indentation(text, behind.SpanStart);
            change = new TextChange(new TextSpan(behind.Span.End, 0), $"{RawLines.NewLine(text)}{indentation}/// <param name=\"{name}\">{words}.</param>");
        }
        else
        {
            change = new TextChange(new TextSpan(parameter.SpanStart, 0), $"[System.ComponentModel.Description({SymbolDisplay.FormatLiteral(words + ".", quote: true)})] ");
        }
        occurrence.Offer($"Describe '{name}' with the words of its name", nameof(DescribeTheArgumentFix), change);
        return Task.CompletedTask;
    }
}
