using System.Buffers;
using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>Writes a regular expression of Oniguruma, the library behind tokenizer.json, so that .NET reads it in the same way.</summary>
/// <remarks>
/// To be compiled with RegexOptions.Multiline: to Oniguruma ^ and $ are the ends of lines. What would be read in another way is refused.
/// Most patterns keep their classes as they are. One that has what .NET has not (classes within classes, intersections, scripts and
/// other properties, characters beyond U+FFFF) is written with the members of each class, and texts with <see cref="StandIns"/>.
/// </remarks>
internal sealed partial class OnigurumaSyntax
{
    private const string Word = @"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u24B6-\u24E9";

    private static readonly SearchValues<char> s_interval = SearchValues.Create("0123456789,");

    private readonly string _pattern;
    private readonly StringBuilder _translation;
    // The sets of code points; null while classes are kept as they are.
    private readonly List<CodePointSet>? _sets;
    private string? _problem;
    private bool _needsSets;
    private int _at;

    private OnigurumaSyntax(string pattern, bool hasSets)
    {
        _pattern = pattern;
        _translation = new StringBuilder(pattern.Length + 16);
        _sets = hasSets ? [] : null;
    }

    /// <summary>The pattern for .NET, or null and what is wrong.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="standIns">What is to be put into texts in place of characters beyond the basic plane; null where a character of the same category will do.</param>
    /// <param name="problem">What is wrong.</param>
    public static string? ToDotNet(string pattern, out StandIns? standIns, out string? problem)
    {
        standIns = null;
        OnigurumaSyntax syntax = new(pattern, hasSets: false);
        syntax.Translate();
        if (syntax._problem is null && syntax._needsSets)
        {
            syntax = new OnigurumaSyntax(pattern, hasSets: true);
            syntax.Translate();
            standIns = StandIns.Create(syntax._sets!);
            if (standIns is null)
                syntax._problem ??= "it tells too many kinds of characters apart.";
        }
        problem = syntax._problem;
        return problem is null ? syntax.WithSets(standIns) : null;
    }

    // Each set stands as one character in the translation until all are known.
    private string WithSets(StandIns? standIns)
    {
        if (standIns is null)
            return _translation.ToString();
        CodePointSet others = CodePointSet.Of((StandIns.First, StandIns.Last)).Complement();
        StringBuilder text = new();
        foreach (char c in _translation.ToString())
        {
            if (c is < StandIns.First or > StandIns.Last)
            {
                text.Append(c);
                continue;
            }
            int set = c - StandIns.First;
            StringBuilder members = new();
            _sets![set].Intersect(others).Union(standIns.Within(set)).AppendBasicPlane(members);
            text.Append(members.Length > 0 ? $"[{members}]" : @"[^\s\S]");
        }
        return text.ToString();
    }

    private void AppendSet(CodePointSet set)
    {
        if (_sets!.Count > StandIns.Last - StandIns.First)
            _problem = "it has too many classes of characters.";
        _translation.Append((char)(StandIns.First + _sets.Count));
        _sets.Add(set);
    }

    private void Translate()
    {
        // Where the last thing began that a quantifier can follow; groups remember theirs.
        int atom = 0;
        Stack<int> groups = [];
        while (_at < _pattern.Length && _problem is null)
        {
            char c = _pattern[_at];
            switch (c)
            {
                case '\\':
                    atom = _translation.Length;
                    AppendEscape(isInClass: false);
                    break;
                case '[':
                    atom = _translation.Length;
                    if (_sets is null)
                        AppendClass();
                    else
                        AppendSet(ReadClass());
                    break;
                case '.' when _sets is not null:
                    atom = _translation.Length;
                    AppendSet(CodePointSet.Of(('\n', '\n')).Complement());
                    _at++;
                    break;
                case '(':
                    groups.Push(_translation.Length);
                    AppendGroup();
                    break;
                case ')':
                    atom = groups.Count > 0 ? groups.Pop() : 0;
                    _translation.Append(')');
                    _at++;
                    break;
                case '*' or '+' or '?' or '{' when QuantifierLength() is > 0 and int length:
                    _translation.Append(_pattern, _at, length);
                    _at += length;
                    AppendQuantifierMode(isInterval: c == '{', atom);
                    break;
                default:
                    atom = _translation.Length;
                    AppendCharacter(c);
                    break;
            }
        }
    }

    private void AppendCharacter(char c)
    {
        if (char.IsSurrogate(c) || (_sets is not null && c is >= StandIns.First and <= StandIns.Last))
        {
            int point = ReadPoint();
            if (_sets is not null)
                AppendSet(CodePointSet.Of((point, point)));
            _needsSets = true;
            return;
        }
        // A brace that begins no quantifier is a character to both, but better said.
        _translation.Append(c is '{' or '}' ? $"\\{c}" : c);
        _at++;
    }

    // The character at the place, of one code unit or two.
    private int ReadPoint()
    {
        if (Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out Rune rune, out int length) != OperationStatus.Done)
            _problem = "it has half of a surrogate pair.";
        _at += length;
        return rune.Value;
    }

    // Length of "*", "+", "?", "{n}", "{n,}", "{,m}" or "{n,m}".
    private int QuantifierLength()
    {
        if (_pattern[_at] != '{')
            return 1;
        int end = _pattern.IndexOf('}', _at);
        if (end < 0 || end == _at + 1)
            return 0;
        ReadOnlySpan<char> inner = _pattern.AsSpan(_at + 1, end - _at - 1);
        // {,m} is refused by leaving it to be a text in both: nobody writes it.
        return char.IsAsciiDigit(inner[0]) && inner.Count(',') <= 1 && !inner.ContainsAnyExcept(s_interval) ? end - _at + 1 : 0;
    }

    // .NET has no possessive quantifiers, but atomic groups. Behind an interval, + repeats once more.
    private void AppendQuantifierMode(bool isInterval, int atom)
    {
        if (_at == _pattern.Length || _pattern[_at] is not ('+' or '?'))
            return;
        if (_pattern[_at] == '?')
            _translation.Append('?');
        else
            _translation.Insert(atom, isInterval ? "(?:" : "(?>").Append(isInterval ? ")+" : ")");
        _at++;
    }

    private void AppendGroup()
    {
        foreach (string opening in (ReadOnlySpan<string>)["(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!", "(?i:", "(?-i:", "(?i)", "(?-i)"])
        {
            if (string.CompareOrdinal(_pattern, _at, opening, 0, opening.Length) != 0)
                continue;
            _translation.Append(opening);
            _at += opening.Length;
            // An option alone is a group that is closed already.
            if (opening[^1] == ')')
                _problem = "it sets options in the middle.";
            return;
        }
        if (_at + 1 < _pattern.Length && _pattern[_at + 1] == '?')
            _problem = $"it has a group that begins with '{_pattern.AsSpan(_at, Math.Min(4, _pattern.Length - _at))}'.";
        // What is captured is of no use here.
        _translation.Append("(?:");
        _at++;
    }

    private void AppendEscape(bool isInClass)
    {
        if (_at + 1 == _pattern.Length)
        {
            _problem = "it ends with a backslash.";
            _at++;
            return;
        }
        if (_sets is not null && _pattern[_at + 1] is not ('A' or 'z' or 'Z' or 'b' or 'B'))
        {
            if (ReadEscape() is { Set: { } set })
                AppendSet(set);
            return;
        }
        char c = _pattern[_at + 1];
        _at += 2;
        switch (c)
        {
            case 'w':
                _translation.Append(isInClass ? Word : $"[{Word}]");
                break;
            case 'W' when !isInClass:
                _translation.Append(CultureInfo.InvariantCulture, $"[^{Word}]");
                break;
            case 'W' or 'H':
                _needsSets = true;
                break;
            case 'h':
                _translation.Append(isInClass ? "0-9a-fA-F" : "[0-9a-fA-F]");
                break;
            case 'x' when _at < _pattern.Length && _pattern[_at] == '{':
                if (!TryReadCode(out int code))
                    return;
                _needsSets |= code > char.MaxValue;
                _translation.Append(CultureInfo.InvariantCulture, $"\\u{code & 0xFFFF:X4}");
                break;
            case 'p' or 'P':
                AppendProperty(c);
                break;
            case 's' or 'S' or 'd' or 'D' or 'n' or 'r' or 't' or 'f' or 'v' or 'a' or 'e':
            case 'x' or 'u':
                _translation.Append('\\').Append(c);
                break;
            case 'A' or 'z' or 'Z' or 'b' or 'B' when !isInClass:
                // Stand-ins are no letters to .NET.
                if (_sets is not null && c is 'b' or 'B')
                    _problem = $"it has '\\{c}' beside classes that .NET has not.";
                _translation.Append('\\').Append(c);
                break;
            default:
                if (char.IsAsciiLetterOrDigit(c) || char.IsSurrogate(c))
                    _problem = $"it has '\\{c}'.";
                _translation.Append('\\').Append(c);
                break;
        }
    }

    // {…} behind \x: the number of a character.
    private bool TryReadCode(out int code)
    {
        int close = _pattern.IndexOf('}', _at);
        code = 0;
        if (close < 0 || !int.TryParse(_pattern.AsSpan(_at + 1, close - _at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code) || !Rune.IsValid(code))
        {
            _problem = "it has '\\x{' without the number of a character.";
            return false;
        }
        _at = close + 1;
        return true;
    }

    private void AppendProperty(char sign)
    {
        if (!TryReadProperty(ref sign, out string name))
            return;
        // General categories are called alike; of the rest .NET knows other names, for blocks.
        if (name is "L" or "Lu" or "Ll" or "Lt" or "Lm" or "Lo" or "M" or "Mn" or "Mc" or "Me" or "N" or "Nd" or "Nl" or "No" or "P" or "Pc" or "Pd" or "Ps" or "Pe" or "Pi" or "Pf" or "Po"
            or "S" or "Sm" or "Sc" or "Sk" or "So" or "Z" or "Zs" or "Zl" or "Zp" or "C" or "Cc" or "Cf" or "Cs" or "Co" or "Cn")
            _translation.Append('\\').Append(sign).Append('{').Append(name).Append('}');
        else
            _needsSets = true;
    }

    private bool TryReadProperty(ref char sign, out string name)
    {
        int close = _at < _pattern.Length && _pattern[_at] == '{' ? _pattern.IndexOf('}', _at) : -1;
        name = "";
        if (close < 0)
        {
            _problem = "it has a property without braces.";
            return false;
        }
        name = _pattern[(_at + 1)..close];
        _at = close + 1;
        if (name.StartsWith('^'))
        {
            name = name[1..];
            sign = sign == 'p' ? 'P' : 'p';
        }
        return true;
    }

    private void AppendClass()
    {
        _translation.Append('[');
        _at++;
        if (_at < _pattern.Length && _pattern[_at] == '^')
        {
            _translation.Append('^');
            _at++;
        }
        bool isFirst = true;
        while (_problem is null)
        {
            if (_at == _pattern.Length)
            {
                _problem = "a class is not closed.";
                return;
            }
            char c = _pattern[_at];
            switch (c)
            {
                case ']' when !isFirst:
                    _translation.Append(']');
                    _at++;
                    return;
                case '\\':
                    AppendEscape(isInClass: true);
                    break;
                case '[':
                    ReadClass();
                    _needsSets = true;
                    break;
                case '&' when _at + 1 < _pattern.Length && _pattern[_at + 1] == '&':
                    _at += 2;
                    _needsSets = true;
                    break;
                default:
                    AppendCharacter(c);
                    break;
            }
            isFirst = false;
        }
    }
}
