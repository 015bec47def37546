using System;
using System.Collections.Generic;
using System.Text;

namespace AiSdk.Prompts;

/// <summary>A piece of a template: literal text, or the inside of a tag.</summary>
/// <param name="IsTag">Whether it is a tag.</param>
/// <param name="Text">The text, or the tag's content without braces and tildes.</param>
/// <param name="Position">Where the piece (with its braces) begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="ContentPosition">Where <paramref name="Text"/> begins.</param>
/// <param name="Indentation">Of a tag that is alone on its line: the blanks before it.</param>
internal sealed record TemplateToken(bool IsTag, string Text, int Position, int End, int ContentPosition, string Indentation = "");

/// <summary>Cuts a template into text and tags, and applies Handlebars' white-space rules. Linear in the template's length.</summary>
/// <remarks>
/// A tag with a tilde takes the white space on that side with it. A block tag, partial or comment that is alone on its line takes the whole line.
/// <c>\{{</c> stands for two braces, <c>\\{{x}}</c> for a backslash before a value.
/// </remarks>
internal static class TemplateLexer
{
    /// <summary>The tokens, without comments and empty texts.</summary>
    /// <param name="template">The template.</param>
    /// <param name="indentation">Blanks to put before each of its lines.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static IReadOnlyList<TemplateToken> Tokenize(string template, string indentation, List<TemplateError> errors)
    {
        List<Piece> pieces = Split(template, errors);
        if (indentation.Length > 0)
            Indent(pieces, indentation);
        RemoveStandaloneLines(pieces);

        List<TemplateToken> tokens = new(pieces.Count);
        for (int i = 0; i < pieces.Count; i++)
        {
            Piece piece = pieces[i];
            if (!piece.IsTag)
            {
                string text = piece.Text;
                if (i > 0 && pieces[i - 1].TrimAfter)
                    text = text.TrimStart();
                if (i + 1 < pieces.Count && pieces[i + 1].TrimBefore)
                    text = text.TrimEnd();
                piece.Text = text;
            }
            if (!piece.IsComment && (piece.IsTag || piece.Text.Length > 0))
                tokens.Add(new TemplateToken(piece.IsTag, piece.Text, piece.Position, piece.End, piece.ContentPosition, piece.Indentation));
        }
        return tokens;
    }

    private static List<Piece> Split(string template, List<TemplateError> errors)
    {
        List<Piece> pieces = [];
        StringBuilder text = new();
        int textStart = 0;
        int at = 0;
        while (at < template.Length)
        {
            int open = template.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0)
                break;
            int backslashes = 0;
            while (open - backslashes - 1 >= at && template[open - backslashes - 1] == '\\' && backslashes < 2)
                backslashes++;
            text.Append(template, at, open - at - (backslashes > 0 ? 1 : 0));
            if (backslashes == 1)
            {
                text.Append("{{");
                at = open + 2;
                continue;
            }

            FlushText(open);
            at = ReadTag(template, open, pieces, errors);
            textStart = at;
        }
        text.Append(template, at, template.Length - at);
        FlushText(template.Length);
        return pieces;

        void FlushText(int end)
        {
            // An empty text between two tags matters: neither tag is then alone on its line.
            pieces.Add(new Piece(false, text.ToString(), textStart, end, textStart));
            text.Clear();
        }
    }

    private static int ReadTag(string template, int open, List<Piece> pieces, List<TemplateError> errors)
    {
        bool raw = open + 2 < template.Length && template[open + 2] == '{';
        string close = raw ? "}}}" : "}}";
        int begin = open + close.Length;
        bool trimBefore = begin < template.Length && template[begin] == '~';
        if (trimBefore)
            begin++;
        bool isComment = begin < template.Length && template[begin] == '!';
        if (isComment && string.CompareOrdinal(template, begin, "!--", 0, 3) == 0)
        {
            int dashes = template.IndexOf("--", begin + 3, StringComparison.Ordinal);
            while (dashes >= 0 && !IsTagEnd(template, dashes + 2))
                dashes = template.IndexOf("--", dashes + 1, StringComparison.Ordinal);
            close = dashes < 0 ? "--}}" : template[dashes + 2] == '~' ? "--~}}" : "--}}";
        }

        int end = template.IndexOf(close, begin, StringComparison.Ordinal);
        if (end < 0)
        {
            errors.Add(new TemplateError($"'{{{{' is never closed: expected '{close}' (write \\{{{{ for literal braces)", open, template.Length - open));
            return template.Length;
        }
        int contentEnd = end;
        bool trimAfter = close == "--~}}" || (contentEnd > begin && template[contentEnd - 1] == '~');
        if (trimAfter && close != "--~}}")
            contentEnd--;
        pieces.Add(new Piece(true, template.Substring(begin, contentEnd - begin), open, end + close.Length, begin)
        {
            TrimBefore = trimBefore,
            TrimAfter = trimAfter,
            IsComment = isComment,
        });
        return end + close.Length;
    }

    private static bool IsTagEnd(string template, int at) =>
        string.CompareOrdinal(template, at, "}}", 0, 2) == 0 || string.CompareOrdinal(template, at, "~}}", 0, 3) == 0;

    /// <summary>Indents the lines as written, so that a tag alone on its line still is, and values stay as they are.</summary>
    private static void Indent(List<Piece> pieces, string indentation)
    {
        for (int i = 0; i < pieces.Count; i++)
        {
            if (pieces[i].IsTag)
                continue;
            string text = pieces[i].Text;
            StringBuilder indented = new(i == 0 && text is not ['\n', ..] ? indentation : "");
            for (int at = 0; at < text.Length; at++)
            {
                indented.Append(text[at]);
                bool isLast = at + 1 == text.Length;
                if (text[at] == '\n' && (isLast ? i + 1 < pieces.Count : text[at + 1] is not ('\n' or '\r')))
                    indented.Append(indentation);
            }
            pieces[i].Text = indented.ToString();
        }
    }

    private static void RemoveStandaloneLines(List<Piece> pieces)
    {
        // Decided for all tags on the text as written, before any of it is cut.
        List<int> standalone = [];
        for (int i = 1; i + 1 < pieces.Count; i++)
        {
            if (pieces[i] is { IsTag: true, MayStandAlone: true } && EndsLine(pieces, i - 1) && BeginsLine(pieces, i + 1))
                standalone.Add(i);
        }
        foreach (int i in standalone)
        {
            string before = pieces[i - 1].Text;
            int lineStart = before.LastIndexOf('\n') + 1;
            pieces[i - 1].Text = before.Substring(0, lineStart);
            pieces[i].Indentation = before.Substring(lineStart);
            string after = pieces[i + 1].Text;
            pieces[i + 1].Text = after.Substring(after.IndexOf('\n') is int newline and >= 0 ? newline + 1 : after.Length);
        }
    }

    private static bool EndsLine(List<Piece> pieces, int index)
    {
        string text = pieces[index].Text;
        int lineStart = text.LastIndexOf('\n') + 1;
        return (lineStart > 0 || index == 0) && IsBlank(text, lineStart, text.Length);
    }

    private static bool BeginsLine(List<Piece> pieces, int index)
    {
        string text = pieces[index].Text;
        int newline = text.IndexOf('\n');
        return (newline >= 0 || index == pieces.Count - 1) && IsBlank(text, 0, newline < 0 ? text.Length : newline);
    }

    private static bool IsBlank(string text, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (text[i] is not (' ' or '\t' or '\r'))
                return false;
        }
        return true;
    }

    private sealed class Piece(bool isTag, string text, int position, int end, int contentPosition)
    {
        public bool IsTag { get; } = isTag;
        public string Text { get; set; } = text;
        public int Position { get; } = position;
        public int End { get; } = end;
        public int ContentPosition { get; } = contentPosition;
        public bool TrimBefore { get; init; }
        public bool TrimAfter { get; init; }
        public bool IsComment { get; init; }
        public string Indentation { get; set; } = "";

        public bool MayStandAlone =>
            IsComment || Text.TrimStart() is ['#' or '/' or '^' or '>', ..] || Text.Trim() is "else" || Text.TrimStart().StartsWith("else ", StringComparison.Ordinal);
    }
}
