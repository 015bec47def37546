using System.Buffers;

namespace AiSdk;

/// <summary>
/// What the characters behind a quote, comma or word decide: the rules of <see cref="LenientReader"/>, on a text that goes on. Where the text known so far is not
/// enough, <see cref="IsShort"/> is set and the answer means nothing.
/// </summary>
internal ref struct QuoteRules(ReadOnlySpan<char> text, int depth, int openObjects, int openArrays)
{
    private const int LookAhead = 96;
    private const int MaxNumber = 41;
    private static readonly SearchValues<char> _doubleStops = SearchValues.Create("\"\\\n");
    private static readonly SearchValues<char> _singleStops = SearchValues.Create("'\\\n");
    private static readonly SearchValues<char> _backStops = SearchValues.Create("`\\\n");
    private static readonly SearchValues<char> _smartStops = SearchValues.Create("”“\"\\\n");
    private static readonly SearchValues<char> _smartSingleStops = SearchValues.Create("’‘'\\\n");
    private static readonly SearchValues<char> _guillemetStops = SearchValues.Create("»\\\n");
    private readonly ReadOnlySpan<char> _text = text;

    public bool IsShort { get; private set; }

    public static bool IsQuote(char c) => c is '"' or '\'' or '`' or '“' or '”' or '„' or '‘' or '’' or '«' or '‟';

    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is '\uFEFF' or '\u200B';

    /// <summary>What ends or interrupts a text that begins with a quote.</summary>
    public static SearchValues<char> Stops(char quote) => quote switch
    {
        '"' => _doubleStops,
        '\'' => _singleStops,
        '`' => _backStops,
        '«' => _guillemetStops,
        '‘' or '’' => _smartSingleStops,
        _ => _smartStops,
    };

    /// <summary>Whether a text consists of what numbers consist of, and is no longer than one.</summary>
    public static bool IsNumber(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxNumber)
            return false;
        bool digit = false;
        foreach (char c in text)
        {
            if (char.IsAsciiDigit(c))
                digit = true;
            else if (c is not ('-' or '+' or '.' or 'e' or 'E' or '−' or ',' or '_'))
                return false;
        }
        return digit;
    }

    /// <summary>Whether a quote ends the value that it stands behind.</summary>
    public bool Closes(int quote, bool inArray)
    {
        int i = quote + 1;
        if (i >= _text.Length)
            return Short();
        char c = _text[i];
        if (IsSpace(c))
        {
            i = SkipFrom(i);
            if (i >= _text.Length)
                return Short();
            c = _text[i];
        }
        bool spaced = i > quote + 1;
        switch (c)
        {
            case '.' or '…' when spaced && Omitted(i):
                i = SkipFrom(i + (c == '.' ? 3 : 1));
                return i >= _text.Length ? Short() : _text[i] is ']' or '}';
            case '}':
                return openObjects > 0 && (depth == 1 || Outside(i + 1));
            case ']':
                return openArrays > 0 && (depth == 1 || Outside(i + 1));
            case ',' or ';':
                return inArray ? ValueFollows(i + 1) : AfterComma(i);
            case '/':
                return spaced && (i + 1 >= _text.Length ? Short() : _text[i + 1] is '/' or '*');
            case '#':
                return spaced;
            default:
                if (!inArray)
                    return spaced && FollowsKey(i) && (IsQuote(c) || _text[quote..i].Contains('\n'));
                if (!spaced)
                    return false;
                bool line = _text[quote..i].Contains('\n');
                if (!line && !IsQuote(c) || line && (IsQuote(c) || c is '{' or '['))
                    return line;
                if (i + 1 >= _text.Length)
                    return Short();
                return line ? char.IsAsciiDigit(_text[c == '-' ? i + 1 : i]) : char.IsLetterOrDigit(_text[i + 1]);
        }
    }

    /// <summary>Whether a quote begins the next property, so that the text before it has lost its own.</summary>
    public bool BeginsProperty(int quote, int start, out int end)
    {
        end = quote;
        while (end > start && quote - end < LookAhead && char.IsWhiteSpace(_text[end - 1]))
            end--;
        if (end > start && _text[end - 1] == ',')
        {
            end--;
            return FollowsKey(quote);
        }
        return end < quote && _text[end..quote].Contains('\n') && FollowsKey(quote);
    }

    /// <summary>Where a word without quotes ends; -1 if that is not known yet.</summary>
    public int BareEnd(int start, bool inArray, int limit)
    {
        int nesting = 0;
        for (int i = start; i < _text.Length; i++)
        {
            char c = _text[i];
            if (i - start > limit)
                return i;
            if (char.IsAsciiLetterOrDigit(c))
                continue;
            if (c is '(' or '[' or '{' or '<' && nesting < 64)
                nesting += c == '<' ? 0 : 1;
            else if (c == ')' && nesting > 0)
                nesting--;
            else if (c is '}' or ']')
            {
                if (nesting > 0)
                    nesting--;
                else if (c == '}' ? openObjects > 0 : openArrays > 0 && inArray || openArrays > 0 && EndsAfter(i + 1))
                    return IsShort ? -1 : i;
            }
            else if (c is ',' or ';' && EndsBare(i, start, inArray, nesting))
                return IsShort ? -1 : i;
            else if (c == '\n' && nesting == 0 && (inArray || FollowsKey(i + 1)))
                return IsShort ? -1 : i;
            else if (c == ' ' && inArray && nesting == 0 && IsNumber(_text[start..i]) && NumberFollows(i + 1))
                return IsShort ? -1 : i;
            else if (c == ' ' && !inArray && nesting == 0 && (IsNumber(_text[start..i]) || IsLiteral(_text[start..i])) && FollowsKey(i + 1))
                return IsShort ? -1 : i;
            else if (c is '/' or '#' && nesting == 0 && i > start && (char.IsWhiteSpace(_text[i - 1]) || IsNumber(_text[start..i]) || IsLiteral(_text[start..i]))
                && (c == '#' || (i + 1 >= _text.Length ? Short() : _text[i + 1] is '/' or '*')))
                return IsShort ? -1 : i;
            if (IsShort)
                return -1;
        }
        return -1;
    }

    private bool Short()
    {
        IsShort = true;
        return false;
    }

    private bool EndsBare(int comma, int start, bool inArray, int nesting)
    {
        if (inArray)
            return nesting == 0;
        // A comma after a whole literal: only a digit makes it a thousands separator.
        bool number = IsNumber(_text[start..comma]);
        if (nesting == 0 && (IsLiteral(_text[start..comma].Trim()) || number && comma + 1 < _text.Length && !char.IsAsciiDigit(_text[comma + 1])))
            return true;
        int next = SkipFrom(comma + 1);
        if (next >= _text.Length)
            return Short();
        if (_text[next] is '}' or ',' && nesting == 0)
            return true;
        if (nesting > 0 && !_text[comma..next].Contains('\n'))
            return false;
        if (FollowsKey(comma + 1))
            return true;
        return nesting == 0 && !_text[start..comma].IsWhiteSpace() && _text[next] is '/' or '#';
    }

    /// <summary>Whether a word is one of the literals of JSON, Python or SQL.</summary>
    public static bool IsLiteral(ReadOnlySpan<char> text) => text is "null" or "true" or "false" or "None" or "True" or "False" or "NULL" or "TRUE" or "FALSE" or "Null";

    private bool EndsAfter(int i)
    {
        int next = SkipFrom(i);
        return next >= _text.Length ? Short() : _text[next] is ',' or '}' or ']';
    }

    private bool NumberFollows(int i)
    {
        int next = SkipFrom(i);
        return next >= _text.Length ? Short() : char.IsAsciiDigit(_text[next]) || _text[next] is '-' or '−';
    }

    private bool FollowsKey(int i)
    {
        i = SkipFrom(i);
        if (i >= _text.Length)
            return Short();
        int limit = Math.Min(_text.Length, i + LookAhead);
        bool cut = limit < i + LookAhead;
        char c = _text[i];
        if (IsQuote(c))
        {
            char close = Closing(c);
            for (i++; i < limit; i++)
            {
                if (_text[i] == '\\')
                    i++;
                else if (_text[i] == close || _text[i] == '"')
                    return ColonAt(i + 1);
                else if (_text[i] is '{' or '}')
                    return false;
            }
            return cut && Short();
        }
        if (!char.IsLetter(c) && c is not ('_' or '$') && !char.IsAsciiDigit(c))
            return false;
        int words = 0;
        for (; i < limit; i++)
        {
            c = _text[i];
            if (c == ' ')
            {
                if (++words > 2)
                    return false;
            }
            else if (!char.IsLetterOrDigit(c) && c is not ('_' or '-' or '$' or '.'))
                break;
        }
        if (i == limit && cut)
            return Short();
        return ColonAt(i) && (i + 2 >= _text.Length ? Short() : !(_text[i + 1] == '/' && _text[i + 2] == '/'));
    }

    private bool ColonAt(int i)
    {
        i = SkipFrom(i);
        return i >= _text.Length ? Short() : _text[i] is ':' or '=';
    }

    private readonly int SkipFrom(int i)
    {
        int limit = Math.Min(_text.Length, i + LookAhead);
        while (i < limit && IsSpace(_text[i]))
            i++;
        return i;
    }

    /// <summary>The quote that ends a text that begins with this one.</summary>
    public static char Closing(char quote) => quote switch
    {
        '“' or '„' or '”' or '‟' => '”',
        '‘' or '’' => '’',
        '«' => '»',
        _ => quote,
    };

    private bool AfterComma(int comma)
    {
        int next = SkipFrom(comma + 1);
        if (next >= _text.Length)
            return Short();
        char c = _text[next];
        if (c is '}' or ',' or ']' or ';' || Omitted(next))
            return true;
        if (c is '/' or '#')
            return c == '#' || (next + 1 >= _text.Length ? Short() : _text[next + 1] is '/' or '*');
        if (FollowsKey(next))
            return true;
        if (IsShort)
            return false;
        if (c == '"' && _text.Length - next <= LookAhead)
            return _text[(next + 1)..].Contains('"') ? next - comma >= LookAhead : Short();
        return c == '"' && !_text.Slice(next + 1, LookAhead - 1).Contains('"') || next - comma >= LookAhead;
    }

    private bool ValueFollows(int i)
    {
        int next = SkipFrom(i);
        if (next >= _text.Length)
            return Short();
        char c = _text[next];
        if (IsQuote(c) || char.IsAsciiDigit(c) || c is '-' or '{' or '[' or ']' or ',' or '/' or '#' || Omitted(next))
            return true;
        if (_text.Length - next < 5)
            return Short();
        ReadOnlySpan<char> rest = _text.Slice(next, 5);
        return rest.StartsWith("null") || rest.StartsWith("true") || rest.StartsWith("false") || rest.StartsWith("None") || rest.StartsWith("True") || rest.StartsWith("False");
    }

    private bool Omitted(int i) => _text[i] == '…' || _text[i] == '.' && (i + 2 >= _text.Length ? Short() : _text[i + 1] == '.' && _text[i + 2] == '.');

    private bool Outside(int i)
    {
        int next = SkipFrom(i);
        return next >= _text.Length ? Short() : _text[next] is ',' or '}' or ']' or ';' or '/' or '#' || _text[next] == '{' && FollowsKey(next + 1) || _text[i..next].Contains('\n');
    }
}
