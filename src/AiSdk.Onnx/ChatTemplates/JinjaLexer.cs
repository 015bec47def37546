using System.Buffers;
using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Cuts a template's text into tokens, with <c>trim_blocks</c> and <c>lstrip_blocks</c> on; one pass, linear time.</summary>
internal sealed class JinjaLexer
{
    private static readonly SearchValues<char> s_numberChars = SearchValues.Create("0123456789_");

    private readonly string _name;
    private readonly string _source;
    private readonly List<JinjaToken> _tokens = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _position;

    // The line of _linePosition, and where that line starts; advanced only forwards.
    private int _line = 1;
    private int _linePosition;
    private int _lineStart;

    public JinjaLexer(string source, string name)
    {
        _name = name;
        if (source.Contains('\r', StringComparison.Ordinal))
            source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        // Jinja2 drops one newline at the end of a template (keep_trailing_newline is off).
        _source = source.EndsWith('\n') ? source[..^1] : source;
    }

    /// <summary>The template's tokens, ending with <see cref="JinjaTokenKind.End"/>.</summary>
    public List<JinjaToken> Tokenize()
    {
        bool lineStarting = true;
        while (_position < _source.Length)
        {
            int tag = FindTag(_position);
            if (tag < 0)
            {
                AddData(_position, _source.Length);
                break;
            }
            char kind = _source[tag + 1];
            int inside = tag + 2;
            char sign = inside < _source.Length && _source[inside] is '-' or '+' ? _source[inside] : '\0';
            if (sign != '\0')
                inside++;
            AddData(_position, StrippedEnd(_position, tag, sign, isBlock: kind != '{', lineStarting));
            _position = inside;
            switch (kind)
            {
                case '#':
                    SkipComment(tag);
                    break;
                case '%' when TryReadRawBegin(inside, out int rawStart):
                    ReadRaw(tag, rawStart);
                    break;
                default:
                    ReadTag(tag, isBlock: kind == '%');
                    break;
            }
            lineStarting = _source[_position - 1] == '\n';
        }
        Add(JinjaTokenKind.End, "", _source.Length);
        return _tokens;
    }

    private int FindTag(int from)
    {
        for (int i = from; ; i++)
        {
            int brace = _source.AsSpan(i).IndexOf('{');
            if (brace < 0 || i + brace + 1 >= _source.Length)
                return -1;
            i += brace;
            if (_source[i + 1] is '{' or '%' or '#')
                return i;
        }
    }

    /// <summary>Where the text before a tag ends: <c>-</c> strips all white space, a block strips the indentation of its line.</summary>
    private int StrippedEnd(int start, int tag, char sign, bool isBlock, bool lineStarting)
    {
        int end = tag;
        if (sign == '-')
        {
            while (end > start && PythonCharacters.IsWhiteSpace(_source[end - 1]))
                end--;
            return end;
        }
        if (sign == '+' || !isBlock)
            return tag;
        while (end > start && _source[end - 1] != '\n' && PythonCharacters.IsWhiteSpace(_source[end - 1]))
            end--;
        bool wholeIndentation = end > start ? _source[end - 1] == '\n' : lineStarting;
        return wholeIndentation ? end : tag;
    }

    private void SkipComment(int tag)
    {
        int end = _source.IndexOf("#}", _position, StringComparison.Ordinal);
        if (end < 0)
            throw Fail("a comment is not closed; expected '#}'", tag);
        char sign = end > _position ? _source[end - 1] : '\0';
        _position = AfterTag(end + 2, sign);
    }

    /// <summary>Where text resumes behind a tag's end: <c>-</c> eats white space, <c>+</c> nothing, else one newline goes.</summary>
    private int AfterTag(int position, char sign)
    {
        if (sign == '-')
        {
            while (position < _source.Length && PythonCharacters.IsWhiteSpace(_source[position]))
                position++;
        }
        else if (sign != '+' && position < _source.Length && _source[position] == '\n')
        {
            position++;
        }
        return position;
    }

    private bool TryReadRawBegin(int inside, out int rawStart)
    {
        rawStart = 0;
        int i = SkipWhiteSpace(inside);
        if (!_source.AsSpan(i).StartsWith("raw", StringComparison.Ordinal))
            return false;
        i = SkipWhiteSpace(i + 3);
        bool strips = i < _source.Length && _source[i] == '-';
        if (strips)
            i++;
        if (!_source.AsSpan(i).StartsWith("%}", StringComparison.Ordinal))
            return false;
        rawStart = strips ? SkipWhiteSpace(i + 2) : i + 2;
        return true;
    }

    private void ReadRaw(int tag, int start)
    {
        for (int block = start; (block = _source.IndexOf("{%", block, StringComparison.Ordinal)) >= 0; block += 2)
        {
            int i = block + 2;
            char sign = i < _source.Length && _source[i] is '-' or '+' ? _source[i++] : '\0';
            i = SkipWhiteSpace(i);
            if (!_source.AsSpan(i).StartsWith("endraw", StringComparison.Ordinal))
                continue;
            i = SkipWhiteSpace(i + 6);
            char endSign = i < _source.Length && _source[i] is '-' or '+' ? _source[i++] : '\0';
            if (!_source.AsSpan(i).StartsWith("%}", StringComparison.Ordinal))
                continue;
            AddData(start, StrippedEnd(start, block, sign, isBlock: true, lineStarting: _source[start - 1] == '\n'));
            _position = AfterTag(i + 2, endSign);
            return;
        }
        throw Fail("a raw block is not closed; expected '{% endraw %}'", tag);
    }

    private void ReadTag(int tag, bool isBlock)
    {
        Add(isBlock ? JinjaTokenKind.BlockBegin : JinjaTokenKind.VariableBegin, "", tag);
        char end = isBlock ? '%' : '}';
        Stack<char> open = [];
        while (true)
        {
            _position = SkipWhiteSpace(_position);
            if (_position >= _source.Length)
                throw Fail($"a tag is not closed; expected '{end}}}'", tag);
            char c = _source[_position];
            if (open.Count == 0)
            {
                char sign = c == '-' || (c == '+' && isBlock) ? c : '\0';
                int at = sign == '\0' ? _position : _position + 1;
                if (at + 1 < _source.Length && _source[at] == end && _source[at + 1] == '}')
                {
                    Add(isBlock ? JinjaTokenKind.BlockEnd : JinjaTokenKind.VariableEnd, "", _position);
                    // trim_blocks is about blocks: behind a variable a newline stays.
                    _position = AfterTag(at + 2, isBlock || sign == '-' ? sign : '+');
                    return;
                }
            }
            if (char.IsAsciiDigit(c))
                ReadNumber();
            else if (PythonCharacters.IsIdentifierStart(_source, _position))
                ReadName();
            else if (c is '\'' or '"')
                ReadString(c);
            else
                ReadOperator(c, open);
        }
    }

    private void ReadName()
    {
        int start = _position;
        while (_position < _source.Length && PythonCharacters.IsIdentifierPart(_source, _position))
            _position += char.IsHighSurrogate(_source[_position]) ? 2 : 1;
        // Equal names are one object, which makes most of the renderer's look-ups reference comparisons.
        ReadOnlySpan<char> name = _source.AsSpan(start, _position - start);
        if (!_names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out string? shared))
            _names.Add(shared = name.ToString());
        Add(JinjaTokenKind.Name, shared, start);
    }

    private void ReadNumber()
    {
        int start = _position;
        if (_source[start] == '0' && start + 2 < _source.Length && _source[start + 1] is 'x' or 'X' or 'o' or 'O' or 'b' or 'B'
            && char.IsAsciiHexDigit(_source[start + 2] == '_' && start + 3 < _source.Length ? _source[start + 3] : _source[start + 2]))
        {
            _position += 2;
            while (_position < _source.Length && (char.IsAsciiHexDigit(_source[_position]) || _source[_position] == '_'))
                _position++;
            Add(JinjaTokenKind.Integer, Digits(start), start);
            return;
        }
        SkipDigits();
        bool isFloat = false;
        // "messages.0.role": behind a dot a number is an index, never a fraction.
        bool afterDot = start > 0 && _source[start - 1] == '.';
        if (!afterDot && DigitAt(_position + 1) && _source[_position] == '.')
        {
            _position++;
            SkipDigits();
            isFloat = true;
        }
        if (!afterDot && _position < _source.Length && _source[_position] is 'e' or 'E')
        {
            int exponent = _position + 1;
            if (exponent < _source.Length && _source[exponent] is '+' or '-')
                exponent++;
            if (DigitAt(exponent))
            {
                _position = exponent;
                SkipDigits();
                isFloat = true;
            }
        }
        Add(isFloat ? JinjaTokenKind.Float : JinjaTokenKind.Integer, Digits(start), start);
    }

    private bool DigitAt(int position) => position < _source.Length && char.IsAsciiDigit(_source[position]);

    private void SkipDigits()
    {
        int length = _source.AsSpan(_position).IndexOfAnyExcept(s_numberChars);
        _position = length < 0 ? _source.Length : _position + length;
        while (_source[_position - 1] == '_')
            _position--;
    }

    private string Digits(int start) => _source[start.._position].Replace("_", "", StringComparison.Ordinal);

    private void ReadString(char quote)
    {
        int start = _position;
        int i = start + 1;
        bool escaped = false;
        while (i < _source.Length && _source[i] != quote)
        {
            escaped |= _source[i] == '\\';
            i += _source[i] == '\\' ? 2 : 1;
        }
        if (i >= _source.Length)
            throw Fail($"a string is not closed; expected {quote}", start);
        string text = _source[(start + 1)..i];
        _position = i + 1;
        Add(JinjaTokenKind.String, escaped ? Unescape(text, start) : text, start);
    }

    /// <summary>Decodes Python's escapes; an unknown one stays as written.</summary>
    private string Unescape(string text, int start)
    {
        StringBuilder result = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c != '\\')
            {
                result.Append(c);
                continue;
            }
            c = text[++i];
            switch (c)
            {
                case '\n': break;
                case '\\' or '\'' or '"': result.Append(c); break;
                case 'a': result.Append('\a'); break;
                case 'b': result.Append('\b'); break;
                case 'f': result.Append('\f'); break;
                case 'n': result.Append('\n'); break;
                case 'r': result.Append('\r'); break;
                case 't': result.Append('\t'); break;
                case 'v': result.Append('\v'); break;
                case 'x': AppendHex(2); break;
                case 'u': AppendHex(4); break;
                case 'U': AppendHex(8); break;
                case 'N': throw Fail("the escape \\N{…} is not supported; write \\uXXXX", start);
                case >= '0' and <= '7':
                    int value = 0;
                    int end = Math.Min(i + 3, text.Length);
                    for (; i < end && text[i] is >= '0' and <= '7'; i++)
                        value = (value * 8) + (text[i] - '0');
                    i--;
                    result.Append((char)value);
                    break;
                default: result.Append('\\').Append(c); break;
            }

            void AppendHex(int length)
            {
                if (i + length >= text.Length
                    || !uint.TryParse(text.AsSpan(i + 1, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
                    || code > 0x10FFFF)
                {
                    throw Fail($"the escape \\{text[i]} needs {length} hexadecimal digits of a Unicode character", start);
                }
                i += length;
                if (code > 0xFFFF)
                    result.Append(char.ConvertFromUtf32((int)code));
                else
                    result.Append((char)code);
            }
        }
        return result.ToString();
    }

    private void ReadOperator(char c, Stack<char> open)
    {
        int start = _position;
        int length = 1;
        if (start + 1 < _source.Length)
        {
            char next = _source[start + 1];
            if ((c is '=' or '!' or '>' or '<' && next == '=') || (c == next && c is '*' or '/'))
                length = 2;
        }
        if (length == 1 && !"+-/*%~[](){}><=.:|,;".Contains(c, StringComparison.Ordinal))
            throw Fail($"unexpected character '{(char.IsSurrogate(c) ? '?' : c)}'", start);
        if (c is '(' or '[' or '{')
        {
            open.Push(c == '(' ? ')' : c == '[' ? ']' : '}');
        }
        else if (c is ')' or ']' or '}' && (!open.TryPop(out char expected) || expected != c))
        {
            throw Fail(expected == '\0' ? $"unexpected '{c}'" : $"unexpected '{c}'; expected '{expected}'", start);
        }
        _position += length;
        Add(JinjaTokenKind.Operator, _source.Substring(start, length), start);
    }

    private int SkipWhiteSpace(int position)
    {
        while (position < _source.Length && PythonCharacters.IsWhiteSpace(_source[position]))
            position++;
        return position;
    }

    private void AddData(int start, int end)
    {
        if (end > start)
            Add(JinjaTokenKind.Data, _source[start..end], start);
    }

    private void Add(JinjaTokenKind kind, string text, int position)
    {
        MoveLine(position);
        _tokens.Add(new JinjaToken(kind, text, _line, position - _lineStart + 1));
    }

    private void MoveLine(int position)
    {
        while (true)
        {
            int newline = _source.AsSpan(_linePosition, position - _linePosition).IndexOf('\n');
            if (newline < 0)
                break;
            _line++;
            _lineStart = _linePosition + newline + 1;
            _linePosition = _lineStart;
        }
        _linePosition = position;
    }

    private ChatTemplateException Fail(string message, int position)
    {
        // Counted anew: what was not closed is reported where it opens, which lies before the last token.
        ReadOnlySpan<char> before = _source.AsSpan(0, position);
        int line = before.Count('\n') + 1, column = position - before.LastIndexOf('\n');
        return new ChatTemplateException($"chat template '{_name}', line {line}, column {column}: {message}", _name, line);
    }
}
