using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Lines of prompts in raw string literals, where a line of the source is a line of the prompt.</summary>
internal static class RawLines
{
    private static readonly string[] _fences = ["\"\"\"", "'''", "```", "~~~", "---", "===", "###"];
    private static readonly Regex _tag = new(@"<(/?)[A-Za-z][\w.-]*(?:\s[^<>]*)?(?<!/)>", RegexOptions.CultureInvariant);

    /// <summary>The line around a place, with its end, if it is one of several in a raw literal and no block begins or ends in it; else null.</summary>
    public static TextSpan? Line(SyntaxToken token, TextSpan place, SourceText text)
    {
        if (!token.IsKind(SyntaxKind.MultiLineRawStringLiteralToken))
            return null;
        TextLine line = text.Lines.GetLineFromPosition(place.Start);
        int first = text.Lines.GetLineFromPosition(token.SpanStart).LineNumber + 1;
        int last = text.Lines.GetLineFromPosition(token.Span.End).LineNumber - 1;
        string content = line.ToString();
        bool hasBlock = content.Contains("{{#") || content.Contains("{{/") || content.Contains("{{else") || content.Contains("{{~") || content.Contains("{{^");
        return line.LineNumber < first || line.LineNumber > last || first == last || place.End > line.End || hasBlock || IsInBlock(text, first, line.LineNumber) ? null : line.SpanIncludingLineBreak;
    }

    /// <summary>Whether the lines before a place open something around it: a tag, a fence, or a sentence that ends in a colon.</summary>
    public static bool IsEnclosed(SyntaxToken token, TextSpan place, SourceText text)
    {
        int first = text.Lines.GetLineFromPosition(token.SpanStart).LineNumber + 1;
        int line = text.Lines.GetLineFromPosition(place.Start).LineNumber;
        List<string> before = [.. Enumerable.Range(first, line - first).Select(i => text.Lines[i].ToString().Trim())];
        if (before.LastOrDefault(static content => content.Length > 0) is { } introduction && introduction[introduction.Length - 1] == ':')
            return true;
        if (_fences.Any(fence => before.Count(content => content.StartsWith(fence, StringComparison.Ordinal)) % 2 == 1))
            return true;
        int depth = 0;
        foreach (Match tag in before.SelectMany(static content => _tag.Matches(content).Cast<Match>()))
            depth += tag.Groups[1].Length == 0 ? 1 : -1;
        return depth > 0;
    }

    /// <summary>Whether one of the lines from the start of a line to that of another holds more than a placeholder.</summary>
    public static bool HasText(SourceText text, int start, int end)
    {
        for (int i = text.Lines.GetLineFromPosition(start).LineNumber; text.Lines[i].Start < end; i++)
        {
            string content = text.Lines[i].ToString().Trim();
            bool isPlaceholder = content.StartsWith("{{", StringComparison.Ordinal) && content.IndexOf("}}", StringComparison.Ordinal) == content.Length - 2;
            if (content.Length > 0 && !isPlaceholder)
                return true;
        }
        return false;
    }

    /// <summary>The white space at the beginning of the line around a place.</summary>
    public static string Indentation(SourceText text, int position)
    {
        string line = text.Lines.GetLineFromPosition(position).ToString();
        return line.Substring(0, line.Length - line.TrimStart().Length);
    }

    /// <summary>How the file ends its lines.</summary>
    public static string NewLine(SourceText text) => text.Lines[0].EndIncludingLineBreak - text.Lines[0].End == 2 ? "\r\n" : "\n";

    private static bool IsInBlock(SourceText text, int first, int line)
    {
        int depth = 0;
        for (int i = first; i < line; i++)
        {
            string content = text.Lines[i].ToString();
            depth += Count(content, "{{#") - Count(content, "{{/");
        }
        return depth != 0;
    }

    private static int Count(string text, string part) => (text.Length - text.Replace(part, "").Length) / part.Length;
}
