using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace AiSdk.Prompts;

/// <summary>
/// Reads the part of YAML 1.2 that front matter is written in: maps and lists in blocks and in braces, texts with and without quotes, blocks of lines
/// (<c>|</c> and <c>&gt;</c>), comments. Anchors, aliases, tags, complex keys and directives are errors, each with its place.
/// </summary>
/// <remarks>An own reader, because no YAML library loads into the compiler without assemblies beside it, and none is wanted at run time.</remarks>
internal sealed class FrontMatterReader
{
    private const int MaxDepth = 64;

    private readonly string _text;
    private readonly int _end;
    private readonly List<PromptFileError> _errors;
    private int _at;
    private int _depth;

    private FrontMatterReader(string text, int start, int end, List<PromptFileError> errors)
    {
        _text = text;
        _at = start;
        _end = end;
        _errors = errors;
    }

    /// <summary>Reads a part of a text.</summary>
    /// <param name="text">The text, with <c>\n</c> line ends.</param>
    /// <param name="start">Where the part begins: at a line's start.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="errors">Takes what is wrong; reading ends with the first error.</param>
    /// <returns>The root, or null where there is nothing or an error.</returns>
    public static FrontMatterNode? Read(string text, int start, int end, List<PromptFileError> errors)
    {
        FrontMatterReader reader = new(text, start, end, errors);
        int before = errors.Count;
        reader.SkipEmptyLines();
        if (reader._at >= end)
            return null;
        FrontMatterNode? root = reader.ReadBlock(reader.Indentation());
        if (root is not null)
        {
            reader.SkipEmptyLines();
            if (reader._at < end)
                reader.Error("expected a key on the level of the first one, or the end of the front matter", reader.LineContent(), 1);
        }
        return errors.Count > before ? null : root;
    }

    /// <summary>Reads the map or list whose lines begin at an indentation; the position is at a line's start.</summary>
    private FrontMatterNode? ReadBlock(int indentation)
    {
        if (_text[LineContent()] == '\t')
            return Error("a tab cannot indent: write blanks", LineContent(), 1);
        if (++_depth > MaxDepth)
            return Error($"it nests deeper than {MaxDepth} levels", LineContent(), 1);
        FrontMatterNode? node = IsListItem(LineContent()) ? ReadList(indentation) : ReadMapOrScalar(indentation);
        _depth--;
        return node;
    }

    private FrontMatterNode? ReadList(int indentation)
    {
        List<FrontMatterNode> items = [];
        int start = LineContent();
        while (_at < _end && Indentation() == indentation && IsListItem(LineContent()))
        {
            _at = LineContent() + 1;
            SkipBlanks();
            int column = _at - LineStart(_at);
            // What follows the dash may be a map whose further entries stand below its first.
            FrontMatterNode? item = AtLineEnd() ? ReadNested(indentation, start) : IsListItem(_at) || FindColon(_at) >= 0 ? ReadInlineBlock(column) : ReadValue(indentation);
            if (item is null)
                return null;
            items.Add(item);
            SkipEmptyLines();
        }
        return FrontMatterNode.List(items, start, 1);
    }

    /// <summary>Reads a map or list that begins behind a dash.</summary>
    private FrontMatterNode? ReadInlineBlock(int column)
    {
        if (++_depth > MaxDepth)
            return Error($"it nests deeper than {MaxDepth} levels", _at, 1);
        FrontMatterNode? node = IsListItem(_at)
            ? Error("a list directly in a list: write it in brackets", _at, 1)
            : ReadMap(column, isFirstInline: true);
        _depth--;
        return node;
    }

    private FrontMatterNode? ReadMapOrScalar(int indentation)
    {
        int content = LineContent();
        bool isMap = _text[content] is not ('{' or '[') && FindColon(content) >= 0;
        if (isMap)
            return ReadMap(indentation, isFirstInline: false);
        _at = content;
        return ReadValue(indentation - 1);
    }

    private FrontMatterNode? ReadMap(int indentation, bool isFirstInline)
    {
        List<FrontMatterEntry> entries = [];
        HashSet<string> keys = new(StringComparer.Ordinal);
        int start = isFirstInline ? _at : LineContent();
        while (_at < _end && (isFirstInline || Indentation() == indentation))
        {
            int position = isFirstInline ? _at : LineContent();
            isFirstInline = false;
            if (IsListItem(position))
                return Error("a list's element among a map's keys: indent it below its key", position, 1);
            if (_text[position] == '\t')
                return Error("a tab cannot indent: write blanks", position, 1);
            if (_text[position] == '?' && position + 1 < _end && _text[position + 1] == ' ')
                return Error("keys of more than text ('? …') are not read here", position, 1);
            if (ReadKey(position) is not { } key)
                return null;
            if (key.Length == 0)
                return Error("expected a key before ':'", position, 1);
            int length = _at - position;
            while (length > 1 && _text[position + length - 1] == ' ')
                length--;
            _at++;
            if (!keys.Add(key))
                return Error($"the key '{key}' is there twice, and only one of its values could be kept", position, length);
            SkipBlanks();
            FrontMatterNode? value = AtLineEnd() ? ReadNested(indentation, position) : ReadValue(indentation);
            if (value is null)
                return null;
            entries.Add(new FrontMatterEntry(key, position, length, value));
            SkipEmptyLines();
        }
        if (_at < _end && Indentation() > indentation)
            return Error("this line is indented deeper than the keys before it", LineContent(), 1);
        return FrontMatterNode.Map(entries, start, entries.Count > 0 ? entries[0].Length : 1);
    }

    /// <summary>Takes a key up to its colon.</summary>
    private string? ReadKey(int position)
    {
        int colon = FindColon(position);
        if (colon < 0)
        {
            Error("expected 'key: value'", position, Math.Max(1, LineEnd(position) - position));
            return null;
        }
        _at = position;
        if (_text[position] is '"' or '\'')
        {
            string? quoted = ReadQuoted();
            SkipBlanks();
            return quoted;
        }
        if (_text[position] is '&' or '*' or '!')
        {
            Error("anchors, aliases and tags are not read here", position, 1);
            return null;
        }
        _at = colon;
        return _text.Substring(position, colon - position).TrimEnd(' ', '\t');
    }

    /// <summary>Reads what stands on the lines below a key or dash.</summary>
    private FrontMatterNode? ReadNested(int indentation, int parent)
    {
        int empty = _at;
        SkipEmptyLines();
        if (_at < _end)
        {
            int inner = Indentation();
            // A list may stand on its key's own level.
            if (inner > indentation || (inner == indentation && IsListItem(LineContent()) && !IsListItem(parent)))
                return ReadBlock(inner);
        }
        return FrontMatterNode.Scalar(FrontMatterKind.Plain, "", Math.Min(empty, _end), 0);
    }

    /// <summary>Reads a value that begins on this line; what belongs to it on further lines is indented deeper than its parent.</summary>
    private FrontMatterNode? ReadValue(int parentIndentation)
    {
        int start = _at;
        switch (_text[_at])
        {
            case '{' or '[':
                FrontMatterNode? flow = ReadFlow();
                return flow is not null && ExpectLineEnd() ? flow : null;
            case '"' or '\'':
                string? quoted = ReadQuoted();
                return quoted is not null && ExpectLineEnd() ? FrontMatterNode.Scalar(FrontMatterKind.Quoted, quoted, start, _at - start) : null;
            case '|' or '>':
                return ReadLines(parentIndentation);
            case '&' or '*' or '!':
                return Error("anchors, aliases and tags are not read here; put the text in quotes if it is one", _at, 1);
            case '?' or '-' when _at + 1 >= _end || _text[_at + 1] is ' ' or '\t' or '\n':
                return Error($"'{_text[_at]}' begins no value here: put it in quotes if it is a text", _at, 1);
            case '%' or '@' or '`':
                return Error($"a text cannot begin with '{_text[_at]}': put it in quotes", _at, 1);
            default:
                return ReadPlain(parentIndentation);
        }
    }

    private FrontMatterNode? ReadPlain(int parentIndentation)
    {
        int start = _at;
        if (FindColon(start) is >= 0 and int colon)
            return Error("a second ':' on the line: put the value in quotes", colon, 1);
        StringBuilder value = new(PlainOfLine(start, out int length));
        int end = start + length;
        _at = NextLine(_at);
        int emptyLines = 0;
        while (_at < _end)
        {
            int content = LineContent();
            if (content >= LineEnd(_at))
            {
                emptyLines++;
                _at = NextLine(_at);
                continue;
            }
            if (Indentation() <= parentIndentation || _text[content] == '#')
                break;
            if (FindColon(content) >= 0 && _text[content] is not ('"' or '\''))
                return Error("a key here, but the value before it is a text already: indent it as its neighbours, or put the text in quotes", content, 1);
            string line = PlainOfLine(content, out length);
            value.Append(emptyLines > 0 ? new string('\n', emptyLines) : " ").Append(line);
            emptyLines = 0;
            end = content + length;
            _at = NextLine(_at);
        }
        return FrontMatterNode.Scalar(FrontMatterKind.Plain, value.ToString(), start, Math.Min(end, LineEnd(start)) - start);
    }

    /// <summary>The text of a line without comment and blanks at its end.</summary>
    private string PlainOfLine(int from, out int length)
    {
        int end = LineEnd(from);
        for (int i = from; i < end; i++)
        {
            if (_text[i] == '#' && i > from && _text[i - 1] is ' ' or '\t')
            {
                end = i;
                break;
            }
        }
        string line = _text.Substring(from, end - from).TrimEnd(' ', '\t');
        length = line.Length;
        return line;
    }

    /// <summary>Reads the lines behind <c>|</c> (kept) or <c>&gt;</c> (folded).</summary>
    private FrontMatterNode? ReadLines(int parentIndentation)
    {
        int start = _at;
        bool isFolded = _text[_at++] == '>';
        char chomping = ' ';
        int indentation = -1;
        for (; _at < _end && _text[_at] is '+' or '-' or (>= '1' and <= '9'); _at++)
        {
            if (_text[_at] is '+' or '-')
                chomping = _text[_at];
            else
                indentation = Math.Max(0, parentIndentation) + _text[_at] - '0';
        }
        if (!ExpectLineEnd())
            return null;
        _at = NextLine(_at);
        List<string> lines = [];
        while (_at < _end)
        {
            int lineEnd = LineEnd(_at);
            bool isBlank = LineContent() >= lineEnd;
            if (!isBlank && indentation < 0)
                indentation = Indentation();
            if (!isBlank && (Indentation() < indentation || indentation <= parentIndentation))
                break;
            int from = Math.Min(_at + Math.Max(indentation, 0), lineEnd);
            lines.Add(_text.Substring(from, lineEnd - from));
            _at = NextLine(_at);
        }
        int trailing = 0;
        while (lines.Count > 0 && lines[lines.Count - 1].Trim(' ', '\t').Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
            trailing++;
        }
        string value = isFolded ? Fold(lines) : string.Join("\n", lines);
        value += chomping switch
        {
            '-' => "",
            '+' => new string('\n', trailing + (lines.Count > 0 ? 1 : 0)),
            _ => lines.Count > 0 ? "\n" : "",
        };
        return FrontMatterNode.Scalar(FrontMatterKind.Quoted, value, start, 1);
    }

    private static string Fold(List<string> lines)
    {
        StringBuilder folded = new();
        bool hasText = false;
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > 0 && !hasText)
            {
                folded.Append('\n');
            }
            else if (i > 0)
            {
                bool isKept = lines[i].Length == 0 || lines[i][0] is ' ' or '\t' || lines[i - 1] is [' ' or '\t', ..];
                bool isAfterEmpty = lines[i - 1].Length == 0;
                folded.Append(isKept ? "\n" : isAfterEmpty ? "" : " ");
                // The empty lines themselves were written as line ends; the one that ended the text before them is folded away.
                if (isKept && lines[i].Length > 0 && isAfterEmpty)
                    folded.Append('\n');
            }
            folded.Append(lines[i]);
            hasText |= lines[i].Length > 0;
        }
        return folded.ToString();
    }

    private string? ReadQuoted()
    {
        int start = _at;
        char quote = _text[_at++];
        StringBuilder value = new();
        while (_at < _end)
        {
            char c = _text[_at++];
            if (c == quote)
            {
                if (quote == '\'' && _at < _end && _text[_at] == '\'')
                {
                    value.Append('\'');
                    _at++;
                    continue;
                }
                return value.ToString();
            }
            if (c == '\n')
            {
                FoldQuoted(value);
                continue;
            }
            if (c != '\\' || quote == '\'')
            {
                value.Append(c);
                continue;
            }
            if (!ReadEscape(value))
                return null;
        }
        Error("the text in quotes is never closed", start, 1);
        return null;
    }

    private void FoldQuoted(StringBuilder value)
    {
        while (value.Length > 0 && value[value.Length - 1] is ' ' or '\t')
            value.Length--;
        int lines = 0;
        for (; _at < _end && _text[_at] is ' ' or '\t' or '\n'; _at++)
            lines += _text[_at] == '\n' ? 1 : 0;
        value.Append(lines > 0 ? new string('\n', lines) : " ");
    }

    private bool ReadEscape(StringBuilder value)
    {
        int position = _at - 1;
        if (_at >= _end)
            return false;
        char c = _text[_at++];
        int digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            string number = _text.Substring(_at, Math.Min(digits, _end - _at));
            if (number.Length < digits || !int.TryParse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || code is < 0 or > 0x10FFFF)
            {
                Error($"'\\{c}' wants {digits} hexadecimal digits", position, 2);
                return false;
            }
            _at += digits;
            if (code is >= 0xD800 and <= 0xDFFF || code < 0x10000)
                value.Append((char)code);
            else
                value.Append(char.ConvertFromUtf32(code));
            return true;
        }
        if (c == '\n')
        {
            while (_at < _end && _text[_at] is ' ' or '\t')
                _at++;
            return true;
        }
        int escape = "0abtnvfre \"/\\N_LP\t".IndexOf(c);
        if (escape < 0)
        {
            Error($"'\\{c}' is no escape; in single quotes a backslash is a backslash", position, 2);
            return false;
        }
        value.Append("\0\a\b\t\n\v\f\r\u001b \"/\\\u0085\u00a0\u2028\u2029\t"[escape]);
        return true;
    }

    /// <summary>Reads a map in braces or a list in brackets, over several lines if need be.</summary>
    private FrontMatterNode? ReadFlow()
    {
        int start = _at;
        if (++_depth > MaxDepth)
            return Error($"it nests deeper than {MaxDepth} levels", start, 1);
        bool isMap = _text[_at++] == '{';
        char close = isMap ? '}' : ']';
        List<FrontMatterEntry> entries = [];
        List<FrontMatterNode> items = [];
        HashSet<string> keys = new(StringComparer.Ordinal);
        while (true)
        {
            SkipFlowSpace();
            if (_at >= _end)
                return Error($"'{_text[start]}' is never closed: expected '{close}'", start, 1);
            if (_text[_at] == close)
            {
                _at++;
                break;
            }
            int position = _at;
            FrontMatterNode? node = ReadFlowNode();
            if (node is null)
                return null;
            SkipFlowSpace();
            if (isMap)
            {
                if (!node.IsScalar)
                    return Error("a key must be a text", position, 1);
                FrontMatterNode? value = FrontMatterNode.Scalar(FrontMatterKind.Plain, "", _at, 0);
                if (_at < _end && _text[_at] == ':')
                {
                    _at++;
                    SkipFlowSpace();
                    if (_at < _end && _text[_at] is not (',' or '}'))
                        value = ReadFlowNode();
                }
                if (value is null)
                    return null;
                if (!keys.Add(node.Text))
                    return Error($"the key '{node.Text}' is there twice, and only one of its values could be kept", position, node.Length);
                entries.Add(new FrontMatterEntry(node.Text, position, node.Length, value));
                SkipFlowSpace();
            }
            else
            {
                if (_at < _end && _text[_at] == ':')
                    return Error("a map's entry in a list: put it in braces", _at, 1);
                items.Add(node);
            }
            if (_at < _end && _text[_at] == ',')
                _at++;
            else if (_at < _end && _text[_at] != close)
                return Error($"expected ',' or '{close}'", _at, 1);
        }
        _depth--;
        int length = Math.Min(_at, LineEnd(start)) - start;
        return isMap ? FrontMatterNode.Map(entries, start, length) : FrontMatterNode.List(items, start, length);
    }

    private FrontMatterNode? ReadFlowNode()
    {
        int start = _at;
        switch (_text[_at])
        {
            case '{' or '[':
                return ReadFlow();
            case '"' or '\'':
                return ReadQuoted() is { } quoted ? FrontMatterNode.Scalar(FrontMatterKind.Quoted, quoted, start, _at - start) : null;
            case ',' or ']' or '}' or ':' when _text[_at] != ':' || EndsFlowKey(_at):
                return Error("expected a value", _at, 1);
            case '&' or '*' or '!' or '%' or '@' or '`' or '|' or '>':
                return Error($"a text in braces or brackets cannot begin with '{_text[_at]}': put it in quotes", _at, 1);
            default:
                StringBuilder value = new();
                int end = start;
                for (; _at < _end && _text[_at] is not (',' or '[' or ']' or '{' or '}'); _at++)
                {
                    if ((_text[_at] == ':' && EndsFlowKey(_at)) || (_text[_at] == '#' && _at > start && char.IsWhiteSpace(_text[_at - 1])))
                        break;
                    if (!char.IsWhiteSpace(_text[_at]))
                    {
                        if (value.Length > 0 && end < _at)
                            value.Append(_text.IndexOf('\n', end, _at - end) >= 0 ? " " : _text.Substring(end, _at - end));
                        value.Append(_text[_at]);
                        end = _at + 1;
                    }
                }
                return FrontMatterNode.Scalar(FrontMatterKind.Plain, value.ToString(), start, Math.Min(end, LineEnd(start)) - start);
        }
    }

    private bool EndsFlowKey(int colon) => colon + 1 >= _end || _text[colon + 1] is ' ' or '\t' or '\n' or ',' or '}' or ']' or '{' or '[';

    private void SkipFlowSpace()
    {
        while (_at < _end && (char.IsWhiteSpace(_text[_at]) || (_text[_at] == '#' && char.IsWhiteSpace(_text[_at - 1]))))
            _at = _text[_at] == '#' ? LineEnd(_at) : _at + 1;
    }

    /// <summary>The colon that ends a key on this line, or -1.</summary>
    private int FindColon(int from)
    {
        int end = LineEnd(from);
        int at = from;
        if (from < end && _text[from] is '"' or '\'')
        {
            char quote = _text[from];
            for (at = from + 1; at < end && _text[at] != quote; at++)
                at += quote == '"' && _text[at] == '\\' ? 1 : 0;
            for (at++; at < end && _text[at] is ' ' or '\t'; at++)
            {
            }
            return at < end && _text[at] == ':' && (at + 1 >= end || _text[at + 1] is ' ' or '\t') ? at : -1;
        }
        for (; at < end; at++)
        {
            if (_text[at] == '#' && at > from && _text[at - 1] is ' ' or '\t')
                return -1;
            if (_text[at] == ':' && (at + 1 >= end || _text[at + 1] is ' ' or '\t'))
                return at;
        }
        return -1;
    }

    private bool IsListItem(int at) => at < _end && _text[at] == '-' && (at + 1 >= _end || _text[at + 1] is ' ' or '\n' or '\t');

    private bool AtLineEnd() => _at >= LineEnd(_at) || (_text[_at] == '#' && (_at == 0 || _text[_at - 1] is ' ' or '\t' or '\n'));

    private bool ExpectLineEnd()
    {
        int after = _at;
        SkipBlanks();
        if (AtLineEnd())
        {
            // Readers of lines go on from here; the value's own end is what its length is counted to.
            _at = after;
            return true;
        }
        Error("expected the end of the line behind this value", _at, Math.Max(1, LineEnd(_at) - _at));
        return false;
    }

    private void SkipBlanks()
    {
        while (_at < _end && _text[_at] is ' ' or '\t')
            _at++;
    }

    /// <summary>Goes to the start of the next line that says something; from inside a line, over its rest.</summary>
    private void SkipEmptyLines()
    {
        if (_at < _end && _at > LineStart(_at))
            _at = NextLine(_at);
        while (_at < _end)
        {
            int content = LineContent();
            if (content < LineEnd(_at) && _text[content] != '#')
                return;
            _at = NextLine(_at);
        }
    }

    private int Indentation() => LineContent() - _at;

    /// <summary>Where the line at hand begins to say something. Blanks indent; a tab does not, and is found out.</summary>
    private int LineContent()
    {
        int at = _at;
        while (at < _end && _text[at] == ' ')
            at++;
        return at;
    }

    private int LineStart(int at) => at == 0 ? 0 : _text.LastIndexOf('\n', at - 1) + 1;

    private int LineEnd(int at) => at < _end && _text.IndexOf('\n', at, _end - at) is >= 0 and int end ? end : _end;

    private int NextLine(int at) => Math.Min(LineEnd(at) + 1, _end);

    private FrontMatterNode? Error(string message, int position, int length)
    {
        _errors.Add(new PromptFileError(PromptFileErrorKind.Syntax, message, Math.Min(position, _text.Length), Math.Max(0, Math.Min(length, _text.Length - position))));
        return null;
    }
}
