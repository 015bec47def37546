using System.Globalization;
using System.Runtime.CompilerServices;

namespace AiSdk.Onnx;

/// <content>Reads classes as sets of code points.</content>
internal sealed partial class OnigurumaSyntax
{
    // The class at the place: its items, classes within it and intersections.
    private CodePointSet ReadClass()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            _problem = "it has classes within too many classes.";
        _at++;
        bool isNegated = Skip("^");
        CodePointSet? intersection = null;
        CodePointSet members = CodePointSet.Empty;
        bool isFirst = true;
        while (_problem is null)
        {
            if (_at == _pattern.Length)
                _problem = "a class is not closed.";
            else if (!isFirst && Skip("]"))
                break;
            else if (Skip("&&"))
                (intersection, members) = (intersection?.Intersect(members) ?? members, CodePointSet.Empty);
            else if (string.CompareOrdinal(_pattern, _at, "[:", 0, 2) == 0 && _pattern.IndexOf(":]", _at, StringComparison.Ordinal) is > 0 and int end)
                members = members.Union(ReadPosix(end));
            else if (_pattern[_at] == '[')
                members = members.Union(ReadClass());
            else
                members = members.Union(ReadClassItem());
            isFirst = false;
        }
        members = intersection?.Intersect(members) ?? members;
        return isNegated ? members.Complement() : members;
    }

    // [:name:] or [:^name:]
    private CodePointSet ReadPosix(int end)
    {
        string name = _pattern[(_at + 2)..end];
        _at = end + 2;
        bool isNegated = name.StartsWith('^');
        return Property(isNegated ? name[1..] : name, isNegated);
    }

    // One character, a range of them, or what an escape stands for.
    private CodePointSet ReadClassItem()
    {
        (int first, CodePointSet? set) = ReadClassPart();
        if (set is not null)
            return set;
        if (_at + 1 < _pattern.Length && _pattern[_at] == '-' && _pattern[_at + 1] is not (']' or '['))
        {
            int dash = _at++;
            (int last, CodePointSet? behind) = ReadClassPart();
            if (behind is not null || last < first)
                _problem ??= $"it has a range that does not end behind its beginning: '{_pattern.AsSpan(dash - 1, Math.Min(4, _pattern.Length - dash + 1))}'.";
            return _problem is null ? CodePointSet.Of((first, last)) : CodePointSet.Empty;
        }
        return CodePointSet.Of((first, first));
    }

    private (int Point, CodePointSet? Set) ReadClassPart()
    {
        if (_pattern[_at] != '\\')
            return (ReadPoint(), null);
        if (_at + 1 < _pattern.Length && _pattern[_at + 1] == 'b')
        {
            _at += 2;
            return ('\b', null);
        }
        (CodePointSet set, int? point) = ReadEscape();
        return (point ?? 0, point is null ? set : null);
    }

    // What an escape stands for; the point as well where that is one character.
    private (CodePointSet Set, int? Point) ReadEscape()
    {
        char c = _at + 1 < _pattern.Length ? _pattern[_at + 1] : '\0';
        _at += 2;
        int point = c;
        switch (c)
        {
            case 'w' or 'W':
                return (Property("word", c == 'W'), null);
            case 's' or 'S':
                return (Property("whitespace", c == 'S'), null);
            case 'd' or 'D':
                return (Property("nd", c == 'D'), null);
            case 'h' or 'H':
                return (Property("xdigit", c == 'H'), null);
            case 'p' or 'P':
                char sign = c;
                return (TryReadProperty(ref sign, out string name) ? Property(name, sign == 'P') : CodePointSet.Empty, null);
            case 'n' or 'r' or 't' or 'f' or 'v' or 'a' or 'e':
                point = c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'f' => '\f', 'v' => '\v', 'a' => '\a', _ => '\e' };
                break;
            case 'x' when _at < _pattern.Length && _pattern[_at] == '{':
                TryReadCode(out point);
                break;
            case 'x' or 'u':
                int length = c == 'x' ? 2 : 4;
                if (_at + length > _pattern.Length || !int.TryParse(_pattern.AsSpan(_at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out point))
                    _problem = $"it has '\\{c}' without {length} hexadecimal digits.";
                _at += length;
                break;
            default:
                if (c == '\0' || char.IsAsciiLetterOrDigit(c) || char.IsSurrogate(c))
                    _problem = $"it has '\\{c}'.";
                break;
        }
        return (CodePointSet.Of((point, point)), point);
    }

    private CodePointSet Property(string name, bool isNegated)
    {
        if (UnicodeProperties.Find(name) is not { } set)
        {
            _problem = $"it has the property '{name}'.";
            return CodePointSet.Empty;
        }
        return isNegated ? set.Complement() : set;
    }

    private bool Skip(string text)
    {
        bool isThere = string.CompareOrdinal(_pattern, _at, text, 0, text.Length) == 0;
        if (isThere)
            _at += text.Length;
        return isThere;
    }
}
