using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AiSdk.Analyzers.Locations;

/// <summary>Reads string literals a second time, to see where each character of their text stands. What it reads must be what the compiler read, else it says nothing.</summary>
internal static class LiteralText
{
    /// <summary>The place of each character in the file and the end of the last one, or null.</summary>
    public static int[]? Offsets(SyntaxToken token)
    {
        string text = token.Text;
        Reader reader = new(token.SpanStart);
        switch (token.Kind())
        {
            case SyntaxKind.StringLiteralToken when text is ['@', '"', .., '"']:
                reader.ReadVerbatim(text, 2, text.Length - 1, braces: false);
                break;
            case SyntaxKind.StringLiteralToken when text is ['"', .., '"'] and { Length: > 1 }:
                reader.ReadRegular(text, 1, text.Length - 1, braces: false);
                break;
            case SyntaxKind.SingleLineRawStringLiteralToken:
                int quotes = Run(text, 0, '"');
                reader.ReadAsIs(text, quotes, text.Length - quotes);
                break;
            case SyntaxKind.MultiLineRawStringLiteralToken:
                int opening = Run(text, 0, '"');
                int begin = text.IndexOf('\n') + 1;
                int end = text.LastIndexOf('\n');
                string indentation = text.Substring(end + 1, Math.Max(0, text.Length - opening - end - 1));
                if (end > 0 && text[end - 1] == '\r')
                    end--;
                reader.ReadRaw(text, begin, Math.Max(begin, end), indentation, atLineStart: true);
                break;
        }
        return reader.Result(token.ValueText);
    }

    /// <summary>The same for a piece of an interpolated string.</summary>
    public static int[]? Offsets(SyntaxToken token, InterpolatedStringExpressionSyntax whole)
    {
        Reader reader = new(token.SpanStart);
        string text = token.Text;
        switch (whole.StringStartToken.Kind())
        {
            case SyntaxKind.InterpolatedStringStartToken:
                reader.ReadRegular(text, 0, text.Length, braces: true);
                break;
            case SyntaxKind.InterpolatedVerbatimStringStartToken:
                reader.ReadVerbatim(text, 0, text.Length, braces: true);
                break;
            case SyntaxKind.InterpolatedSingleLineRawStringStartToken:
                reader.ReadAsIs(text, 0, text.Length);
                break;
            case SyntaxKind.InterpolatedMultiLineRawStringStartToken:
                string close = whole.StringEndToken.Text;
                string indentation = close.Substring(close.LastIndexOf('\n') + 1).TrimEnd('"');
                reader.ReadRaw(text, 0, text.Length, indentation, atLineStart: whole.Contents[0] is InterpolatedStringTextSyntax first && first.TextToken == token);
                break;
        }
        return reader.Result(Value(token, whole));
    }

    /// <summary>The text of a piece of an interpolated string: in all but raw ones the compiler leaves braces doubled until it puts the pieces together.</summary>
    public static string Value(SyntaxToken token, InterpolatedStringExpressionSyntax whole) =>
        whole.StringStartToken.IsKind(SyntaxKind.InterpolatedStringStartToken) || whole.StringStartToken.IsKind(SyntaxKind.InterpolatedVerbatimStringStartToken)
            ? token.ValueText.Replace("{{", "{").Replace("}}", "}")
            : token.ValueText;

    private static int Run(string text, int start, char c)
    {
        int at = start;
        while (at < text.Length && text[at] == c)
            at++;
        return at - start;
    }

    private sealed class Reader(int start)
    {
        private readonly int _origin = start;
        private readonly StringBuilder _text = new();
        private readonly List<int> _offsets = [];
        private int _end = start;

        public int[]? Result(string expected) => _text.ToString() == expected ? [.. _offsets, _end] : null;

        public void ReadAsIs(string text, int start, int end)
        {
            for (int at = start; at < end; at++)
                Add(text[at], at, at + 1);
        }

        public void ReadVerbatim(string text, int start, int end, bool braces)
        {
            for (int at = start; at < end;)
            {
                int length = at + 1 < end && (text[at] == '"' || (braces && text[at] is '{' or '}')) && text[at + 1] == text[at] ? 2 : 1;
                Add(text[at], at, at + length);
                at += length;
            }
        }

        public void ReadRaw(string text, int start, int end, string indentation, bool atLineStart)
        {
            for (int at = start; at < end;)
            {
                if (atLineStart)
                {
                    int blanks = 0;
                    while (blanks < indentation.Length && at + blanks < end && text[at + blanks] == indentation[blanks])
                        blanks++;
                    at += blanks;
                    atLineStart = false;
                    continue;
                }
                atLineStart = text[at] == '\n' || (text[at] == '\r' && (at + 1 >= text.Length || text[at + 1] != '\n'));
                Add(text[at], at, at + 1);
                at++;
            }
        }

        public void ReadRegular(string text, int start, int end, bool braces)
        {
            for (int at = start; at < end;)
            {
                if (text[at] != '\\' || at + 1 >= end)
                {
                    int length = braces && text[at] is '{' or '}' && at + 1 < end && text[at + 1] == text[at] ? 2 : 1;
                    Add(text[at], at, at + length);
                    at += length;
                    continue;
                }
                char kind = text[at + 1];
                int digits = kind switch { 'u' => 4, 'U' => 8, 'x' => HexDigits(text, at + 2, end), _ => 0 };
                int next = Math.Min(at + 2 + digits, end);
                if (digits > 0)
                {
                    _ = uint.TryParse(text.Substring(at + 2, next - at - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code);
                    if (code > 0xFFFF && code <= 0x10FFFF)
                    {
                        string pair = char.ConvertFromUtf32((int)code);
                        Add(pair[0], at, next);
                        Add(pair[1], at, next);
                    }
                    else
                    {
                        Add((char)code, at, next);
                    }
                }
                else
                {
                    Add(
                        kind switch { 'n' => '\n', 'r' => '\r', 't' => '\t', '0' => '\0', 'a' => '\a', 'b' => '\b', 'f' => '\f', 'v' => '\v', 'e' => '\e', _ => kind },
                        at, next);
                }
                at = next;
            }
        }

        private void Add(char c, int start, int end)
        {
            _text.Append(c);
            _offsets.Add(_origin + start);
            _end = _origin + end;
        }

        private static int HexDigits(string text, int start, int end)
        {
            int count = 0;
            while (count < 4 && start + count < end && Uri.IsHexDigit(text[start + count]))
                count++;
            return count;
        }
    }
}
