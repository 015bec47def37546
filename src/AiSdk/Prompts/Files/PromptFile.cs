using System;
using System.Collections.Generic;

namespace AiSdk.Prompts;

/// <summary>A Dotprompt file: YAML front matter and a template. Never throws; what is wrong is in <see cref="Errors"/>.</summary>
/// <param name="Text">The file's text with <c>\n</c> line ends: what all positions count in.</param>
/// <param name="Header">What the front matter says; empty where there is none.</param>
/// <param name="Template">The template.</param>
/// <param name="TemplatePosition">Where it begins in the text.</param>
/// <param name="Errors">What is wrong with the front matter.</param>
internal sealed record PromptFile(string Text, PromptHeader Header, string Template, int TemplatePosition, IReadOnlyList<PromptFileError> Errors)
{
    private const string Fence = "---";

    /// <summary>Parses a file.</summary>
    /// <remarks>
    /// Comments and empty lines may come before the front matter, as licences do. Behind front matter the template is trimmed, as in Dotprompt's own
    /// parsers; without it, it is taken as it is.
    /// </remarks>
    public static PromptFile Parse(string file)
    {
        string text = Normalize(file);
        List<PromptFileError> errors = [];
        int open = OpeningFence(text);
        if (open < 0)
            return new PromptFile(text, PromptHeader.Empty, text, 0, errors);

        int start = LineEnd(text, open) + 1;
        int close = start;
        while (close < text.Length && !IsFence(text, close))
            close = LineEnd(text, close) + 1;
        if (close >= text.Length)
        {
            errors.Add(new PromptFileError(PromptFileErrorKind.Syntax, "the front matter is never closed: expected a line '---' behind it", open, Fence.Length));
            return new PromptFile(text, PromptHeader.Empty, "", text.Length, errors);
        }

        FrontMatterNode? root = FrontMatterReader.Read(text, start, close, errors);
        PromptHeader header = PromptHeader.Read(root, errors);
        int begin = Math.Min(LineEnd(text, close) + 1, text.Length);
        int end = text.Length;
        while (begin < end && char.IsWhiteSpace(text[begin]))
            begin++;
        while (end > begin && char.IsWhiteSpace(text[end - 1]))
            end--;
        return new PromptFile(text, header, text.Substring(begin, end - begin), begin, errors);
    }

    /// <summary>The text with one sort of line ends, so that a prompt is the same whatever the checkout made of its file.</summary>
    public static string Normalize(string file)
    {
        string text = file.Replace("\r\n", "\n").Replace('\r', '\n');
        return text is ['\uFEFF', ..] ? text.Substring(1) : text;
    }

    /// <summary>The line and column, both from 1, of a place in a text.</summary>
    public static (int Line, int Column) LineOf(string text, int position)
    {
        int line = 1, lineStart = 0;
        for (int i = text.IndexOf('\n'); i >= 0 && i < position; i = text.IndexOf('\n', i + 1))
        {
            line++;
            lineStart = i + 1;
        }
        return (line, position - lineStart + 1);
    }

    private static int OpeningFence(string text)
    {
        for (int at = 0; at < text.Length; at = LineEnd(text, at) + 1)
        {
            if (IsFence(text, at))
                return at;
            int end = LineEnd(text, at);
            if (text[at] != '#' && text.Substring(at, end - at).Trim(' ', '\t').Length > 0)
                return -1;
        }
        return -1;
    }

    private static bool IsFence(string text, int at)
    {
        if (string.CompareOrdinal(text, at, Fence, 0, Fence.Length) != 0)
            return false;
        for (int i = at + Fence.Length; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] is not (' ' or '\t'))
                return false;
        }
        return true;
    }

    private static int LineEnd(string text, int at) => at < text.Length && text.IndexOf('\n', at) is >= 0 and int end ? end : text.Length;
}

/// <summary>Something wrong with a prompt file's front matter.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Position">Where, in the file's text.</param>
/// <param name="Length">How many code units it concerns.</param>
internal sealed record PromptFileError(PromptFileErrorKind Kind, string Message, int Position, int Length);

/// <summary>What an error in front matter is about.</summary>
internal enum PromptFileErrorKind
{
    /// <summary>It is no YAML, or none of the part that is read here.</summary>
    Syntax,

    /// <summary>A key that means nothing.</summary>
    UnknownKey,

    /// <summary>A value that its key cannot have.</summary>
    InvalidValue,
}
