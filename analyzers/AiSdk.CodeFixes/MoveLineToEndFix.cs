using System.Composition;
using AiSdk.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Moves a value that changes, where it has a line of its own that nothing before it introduces or encloses, to the end of its prompt.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MoveLineToEndFix() : FixProvider(DiagnosticIds.PutWhatChangesLast)
{
    private protected override Task RegisterAsync(Occurrence occurrence)
    {
        TextSpan place = occurrence.Diagnostic.Location.SourceSpan;
        SourceText text = occurrence.Root.GetText();
        SyntaxToken token = occurrence.Root.FindToken(place.Start);
        if (RawLines.Line(token, place, text) is not { } line || text.ToString(line).Trim() != text.ToString(place) || RawLines.IsEnclosed(token, place, text))
            return Task.CompletedTask;
        int end = text.Lines.GetLineFromPosition(token.Span.End).Start;
        // Behind nothing but other values it would change places with them, again and again.
        if (RawLines.HasText(text, line.End, end))
            occurrence.Offer("Move the line to the end of the prompt", nameof(MoveLineToEndFix), new TextChange(line, ""), new TextChange(new TextSpan(end, 0), text.ToString(line)));
        return Task.CompletedTask;
    }
}
