using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Reads ECMA-262 regular expressions, in Unicode mode, as JSON Schema has them; refuses what is not regular or means different things in different engines.</summary>
internal sealed class RegexParser
{
    // Deeper nesting is no real pattern, and each level is a call.
    private const int MaxDepth = 100;
    private const int MaxRepeat = 5_000;

    private readonly int[] _text;
    private int _at;
    private int _depth;

    private RegexParser(string pattern) => _text = [.. pattern.EnumerateRunes().Select(static rune => rune.Value)];

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="UnenforceableException">The pattern is wrong or beyond what is supported.</exception>
    public static RegexNode Parse(string pattern)
    {
        if (!IsWellFormed(pattern))
            throw new UnenforceableException("holds half a surrogate pair");
        var parser = new RegexParser(pattern);
        RegexNode node = parser.ReadChoice();
        return parser._at == parser._text.Length ? node : throw Error("has an unmatched ')'");
    }

    /// <summary>Whether a text holds no half of a surrogate pair.</summary>
    public static bool IsWellFormed(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out _, out int length) != System.Buffers.OperationStatus.Done)
                return false;
            at += length;
        }
        return true;
    }

    private RegexNode ReadChoice()
    {
        if (++_depth > MaxDepth)
            throw Error("is nested too deeply");
        List<RegexNode> parts = [ReadSequence()];
        while (Take('|'))
            parts.Add(ReadSequence());
        _depth--;
        return parts.Count == 1 ? parts[0] : new RegexNode.Choice(parts);
    }

    private RegexNode.Sequence ReadSequence()
    {
        List<RegexNode> parts = [];
        while (_at < _text.Length && _text[_at] is not ('|' or ')'))
            parts.Add(ReadQuantified());
        return new RegexNode.Sequence(parts);
    }

    private RegexNode ReadQuantified()
    {
        RegexNode atom = ReadAtom();
        while (_at < _text.Length && ReadQuantifier() is var (minimum, maximum))
        {
            if (atom is RegexNode.Begin or RegexNode.End or RegexNode.Lookahead)
                throw Error("repeats an assertion");
            Take('?');
            if (_at < _text.Length && _text[_at] is '*' or '+')
                throw Error("has a quantifier on a quantifier");
            atom = new RegexNode.Repeat(atom, minimum, maximum);
        }
        return atom;
    }

    private (int Minimum, int? Maximum)? ReadQuantifier()
    {
        if (_at >= _text.Length)
            return null;
        if (Take('*'))
            return (0, null);
        if (Take('+'))
            return (1, null);
        if (Take('?'))
            return (0, 1);
        // Elsewhere a brace stands for itself, as all engines outside Unicode mode have it.
        if (!IsBraceQuantifier(_at) || !Take('{'))
            return null;
        int minimum = ReadCount();
        int? maximum = minimum;
        if (Take(','))
            maximum = _at < _text.Length && _text[_at] == '}' ? null : ReadCount();
        if (!Take('}') || maximum < minimum)
            throw Error("has a wrong quantifier");
        return (minimum, maximum);
    }

    private bool IsBraceQuantifier(int start)
    {
        int at = start + 1;
        while (at < _text.Length && _text[at] is >= '0' and <= '9')
            at++;
        if (at == start + 1 || at >= _text.Length)
            return false;
        if (_text[at] == ',')
        {
            at++;
            while (at < _text.Length && _text[at] is >= '0' and <= '9')
                at++;
        }
        return _text[start] == '{' && at < _text.Length && _text[at] == '}';
    }

    private int ReadCount()
    {
        int start = _at;
        int count = 0;
        while (_at < _text.Length && _text[_at] is >= '0' and <= '9')
        {
            count = count * 10 + _text[_at++] - '0';
            if (count > MaxRepeat)
                throw Error("repeats too often");
        }
        return _at > start ? count : throw Error("has a '{' that begins no quantifier");
    }

    private RegexNode ReadAtom()
    {
        int value = _text[_at++];
        switch (value)
        {
            case '^':
                return new RegexNode.Begin();
            case '$':
                return new RegexNode.End();
            case '.':
                return new RegexNode.Set(CodePointSet.Dot);
            case '[':
                return new RegexNode.Set(ReadClass());
            case '(':
                return ReadGroup();
            case '\\':
                return new RegexNode.Set(ReadEscape(inClass: false));
            case '*' or '+' or '?':
                throw Error("has a quantifier with nothing before it");
            case '{' when IsBraceQuantifier(_at - 1):
                throw Error("has a quantifier with nothing before it");
            default:
                return new RegexNode.Set(CodePointSet.Of((value, value)));
        }
    }

    private RegexNode ReadGroup()
    {
        bool? lookahead = null;
        if (Take('?'))
        {
            if (Take('='))
                lookahead = true;
            else if (Take('!'))
                lookahead = false;
            else if (Take('<') && _at < _text.Length && _text[_at] is not ('=' or '!'))
                SkipName();
            else if (!Take(':'))
                throw Error("has a group of a kind that is not supported");
        }
        RegexNode body = ReadChoice();
        if (!Take(')'))
            throw Error("has an unmatched '('");
        return lookahead is { } positive ? new RegexNode.Lookahead(body, !positive) : body;
    }

    private void SkipName()
    {
        while (_at < _text.Length && _text[_at] != '>')
            _at++;
        if (!Take('>'))
            throw Error("has a wrong group name");
    }

    private CodePointSet ReadClass()
    {
        bool isNegated = Take('^');
        List<(int, int)> ranges = [];
        while (!Take(']'))
        {
            CodePointSet first = ReadClassAtom();
            if (_at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
            {
                _at++;
                CodePointSet last = ReadClassAtom();
                if (Single(first) is not { } from || Single(last) is not { } to || to < from)
                    throw Error("has a wrong range in a class");
                ranges.Add((from, to));
            }
            else
            {
                ranges.AddRange(first.Ranges);
            }
        }
        CodePointSet set = CodePointSet.Of(ranges);
        return isNegated ? set.Complement() : set;
    }

    private CodePointSet ReadClassAtom()
    {
        if (_at >= _text.Length)
            throw Error("has an unmatched '['");
        int value = _text[_at++];
        return value == '\\' ? ReadEscape(inClass: true) : CodePointSet.Of((value, value));
    }

    private static int? Single(CodePointSet set) => set.Ranges is [var (first, last)] && first == last ? first : null;

    private CodePointSet ReadEscape(bool inClass)
    {
        if (_at >= _text.Length)
            throw Error("ends with '\\'");
        int value = _text[_at++];
        switch (value)
        {
            case 'd':
                return CodePointSet.Digits;
            case 'D':
                return CodePointSet.Digits.Complement();
            case 'w':
                return CodePointSet.WordCharacters;
            case 'W':
                return CodePointSet.WordCharacters.Complement();
            case 's':
                return CodePointSet.Spaces;
            case 'S':
                return CodePointSet.Spaces.Complement();
            case 'p' or 'P':
                return ReadProperty(isNegated: value == 'P');
            case 'b' when inClass:
                return Point(8);
            case 't':
                return Point(9);
            case 'n':
                return Point(10);
            case 'v':
                return Point(11);
            case 'f':
                return Point(12);
            case 'r':
                return Point(13);
            case '0' when _at >= _text.Length || _text[_at] is not (>= '0' and <= '9'):
                return Point(0);
            case 'c' when _at < _text.Length && _text[_at] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'):
                return Point(_text[_at++] & 31);
            case 'x':
                return Point(ReadHex(2));
            case 'u':
                return Point(ReadCodePoint());
            // Letters and digits that mean nothing here mean different things elsewhere.
            case (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'):
                throw Error($"has '\\{(char)value}', which is not supported");
            default:
                return Point(value);
        }
    }

    private static CodePointSet Point(int value) => CodePointSet.Of((value, value));

    private CodePointSet ReadProperty(bool isNegated)
    {
        if (!Take('{'))
            throw Error("has '\\p' without a property");
        StringBuilder name = new();
        while (_at < _text.Length && _text[_at] != '}')
            name.Append((char)_text[_at++]);
        if (!Take('}'))
            throw Error("has '\\p' without a property");
        string category = name.ToString();
        foreach (string prefix in (ReadOnlySpan<string>)["gc=", "General_Category="])
        {
            if (category.StartsWith(prefix, StringComparison.Ordinal))
                category = category[prefix.Length..];
        }
        CodePointSet set = CodePointSet.OfCategory(category) ?? throw Error($"has the Unicode property '{name}', which is not supported");
        return isNegated ? set.Complement() : set;
    }

    private int ReadCodePoint()
    {
        if (Take('{'))
        {
            int value = 0;
            int start = _at;
            while (_at < _text.Length && _text[_at] != '}')
            {
                value = value * 16 + Hex(_text[_at++]);
                if (value > 0x10FFFF)
                    throw Error("has a code point out of range");
            }
            return Take('}') && _at > start + 1 ? value : throw Error("has a wrong '\\u'");
        }
        int unit = ReadHex(4);
        if (unit is >= 0xD800 and < 0xDC00 && _at + 1 < _text.Length && _text[_at] == '\\' && _text[_at + 1] == 'u')
        {
            _at += 2;
            int low = ReadHex(4);
            return low is >= 0xDC00 and < 0xE000 ? char.ConvertToUtf32((char)unit, (char)low) : throw Error("has half a surrogate pair");
        }
        return unit is >= 0xD800 and < 0xE000 ? throw Error("has half a surrogate pair") : unit;
    }

    private int ReadHex(int digits)
    {
        int value = 0;
        for (int i = 0; i < digits; i++)
            value = value * 16 + (_at < _text.Length ? Hex(_text[_at++]) : throw Error("has a wrong escape"));
        return value;
    }

    private static int Hex(int digit) => digit < 128 && char.IsAsciiHexDigit((char)digit) ? int.Parse([(char)digit], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : throw Error("has a wrong escape");

    private bool Take(char value)
    {
        if (_at >= _text.Length || _text[_at] != value)
            return false;
        _at++;
        return true;
    }

    private static UnenforceableException Error(string reason) => new(reason);
}
