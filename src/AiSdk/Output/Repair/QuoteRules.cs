using System.Buffers;

namespace AiSdk;

/// <summary>What there is behind the text that is known.</summary>
internal enum TextEnd
{
    /// <summary>Nothing: it is whole.</summary>
    Whole,

    /// <summary>More, and rules must answer from what is known: a name that the end has cut counts as one.</summary>
    Open,

    /// <summary>More, and rules that need it say so.</summary>
    Unknown,
}

/// <summary>
/// What the characters behind a quote, comma or word decide. Where the text known so far is not enough and its end is <see cref="TextEnd.Unknown"/>,
/// <see cref="IsShort"/> is set and the answer means nothing. Places are indices into the text; a container is <c>[</c>, <c>{</c>, <c>:</c> for a name, or NUL for none.
/// </summary>
internal ref struct QuoteRules(ReadOnlySpan<char> text, TextEnd end, int depth, int openObjects, int openArrays)
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

    /// <summary>Whether a quote ends the value or name that it stands behind.</summary>
    public bool Closes(int quote, char container)
    {
        int i = quote + 1;
        if (i >= _text.Length)
            return AtEnd(true);
        char c = _text[i];
        if (IsSpace(c))
        {
            i = SkipFrom(i);
            if (i >= _text.Length)
                return AtEnd(true);
            c = _text[i];
        }
        if (container == '\0')
            return true;
        bool spaced = i > quote + 1;
        if (container == ':')
            return c is ':' or '=' or '}' || spaced && IsQuote(c) && !ColonAt(i + 1);
        switch (c)
        {
            case '.' or '…' when spaced && Omitted(i):
                i = SkipFrom(i + (c == '.' ? 3 : 1));
                return i >= _text.Length ? AtEnd(true) : _text[i] is ']' or '}';
            case '}':
                return openObjects > 0 && (depth == 1 || Outside(i + 1));
            case ']':
                return openArrays > 0 && (depth == 1 || Outside(i + 1));
            case ',' or ';':
                return container == '[' ? ValueFollows(i + 1) : AfterComma(i);
            case '/':
                return spaced && IsComment(i);
            case '#':
                return spaced;
            default:
                if (!spaced)
                    return false;
                bool line = _text[quote..i].Contains('\n');
                if (container == '{')
                    return FollowsKey(i) && (IsQuote(c) || line);
                if (IsQuote(c))
                    return line || (i + 1 >= _text.Length ? AtEnd(false) : char.IsLetterOrDigit(_text[i + 1]));
                if (c == '-' && line)
                    return i + 1 >= _text.Length ? AtEnd(false) : char.IsAsciiDigit(_text[i + 1]);
                return line && (c is '{' or '[' || char.IsAsciiDigit(c));
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

    /// <summary>Where a word without quotes ends, or the text's length; -1 if that is not known yet.</summary>
    public int BareEnd(int start, char container, int limit)
    {
        int nesting = 0;
        for (int i = start; i < _text.Length; i++)
        {
            char c = _text[i];
            if (i - start > limit)
                return i;
            if (char.IsAsciiLetterOrDigit(c))
                continue;
            bool ends = false;
            if (c is '(' or '[' or '{' or '<' && nesting < 64)
                nesting += c == '<' ? 0 : 1;
            else if (c == ')' && nesting > 0)
                nesting--;
            else if (c is '}' or ']' && nesting > 0)
                nesting--;
            else if (c is '}' or ']')
                ends = c == '}' ? openObjects > 0 : openArrays > 0 && (container == '[' || EndsAfter(i + 1));
            else if (c is ',' or ';')
                ends = EndsBare(i, start, container, nesting);
            else if (nesting == 0 && c == '\n')
                ends = container == '[' || container == '{' && FollowsKey(i + 1);
            else if (nesting == 0 && c == ' ' && container == '[')
                ends = IsNumber(_text[start..i]) && NumberFollows(i + 1);
            else if (nesting == 0 && c == ' ' && container == '{')
                ends = (IsNumber(_text[start..i]) || IsLiteral(_text[start..i])) && FollowsKey(i + 1);
            else if (nesting == 0 && c is '/' or '#' && i > start)
                ends = (char.IsWhiteSpace(_text[i - 1]) || IsNumber(_text[start..i]) || IsLiteral(_text[start..i])) && (c == '#' || IsComment(i));
            if (IsShort)
                return -1;
            if (ends)
                return i;
        }
        return end == TextEnd.Unknown ? -1 : _text.Length;
    }

    /// <summary>Whether a property's name and colon follow.</summary>
    public bool FollowsKey(int i)
    {
        i = SkipFrom(i);
        if (i >= _text.Length)
            return AtEnd(false);
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
                    return SkipFrom(i + 1) >= _text.Length ? AtEnd(true) : ColonAt(i + 1);
                else if (_text[i] is '{' or '}')
                    return false;
            }
            return cut && AtEnd(false);
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
        // A text that closes too early still grows; one that closes too late would have to be taken back.
        if (SkipFrom(i) >= _text.Length)
            return AtEnd(end == TextEnd.Open);
        return ColonAt(i) && (i + 2 >= _text.Length ? AtEnd(true) : !(_text[i + 1] == '/' && _text[i + 2] == '/'));
    }

    /// <summary>Where the next character is that is no space, within what is looked at.</summary>
    public readonly int SkipFrom(int i)
    {
        int limit = Math.Min(_text.Length, i + LookAhead);
        while (i < limit && IsSpace(_text[i]))
            i++;
        return i;
    }

    /// <summary>Whether a colon or equals sign is next.</summary>
    public bool ColonAt(int i)
    {
        i = SkipFrom(i);
        return i >= _text.Length ? AtEnd(false) : _text[i] is ':' or '=';
    }

    /// <summary>Whether a word is one of the literals of JSON, Python or SQL.</summary>
    public static bool IsLiteral(ReadOnlySpan<char> text) => text is "null" or "true" or "false" or "None" or "True" or "False" or "NULL" or "TRUE" or "FALSE" or "Null";

    /// <summary>The quote that ends a text that begins with this one.</summary>
    public static char Closing(char quote) => quote switch
    {
        '“' or '„' or '”' or '‟' => '”',
        '‘' or '’' => '’',
        '«' => '»',
        _ => quote,
    };

    // What the end of the text answers.
    private bool AtEnd(bool whole)
    {
        IsShort |= end == TextEnd.Unknown;
        return whole && !IsShort;
    }

    private bool EndsBare(int comma, int start, char container, int nesting)
    {
        if (container == '[')
            return nesting == 0;
        if (container != '{')
            return false;
        // A comma after a whole literal: only a digit makes it a thousands separator.
        if (nesting == 0 && (IsLiteral(_text[start..comma].Trim()) || IsNumber(_text[start..comma]) && comma + 1 < _text.Length && !char.IsAsciiDigit(_text[comma + 1])))
            return true;
        int next = SkipFrom(comma + 1);
        if (next >= _text.Length)
            return AtEnd(true);
        if (_text[next] is '}' or ',' && nesting == 0)
            return true;
        if (nesting > 0 && !_text[comma..next].Contains('\n'))
            return false;
        if (FollowsKey(comma + 1))
            return true;
        return nesting == 0 && !_text[start..comma].IsWhiteSpace() && _text[next] is '/' or '#';
    }

    private bool EndsAfter(int i)
    {
        int next = SkipFrom(i);
        return next >= _text.Length ? AtEnd(true) : _text[next] is ',' or '}' or ']';
    }

    private bool NumberFollows(int i)
    {
        int next = SkipFrom(i);
        return next >= _text.Length ? AtEnd(false) : char.IsAsciiDigit(_text[next]) || _text[next] is '-' or '−';
    }

    private bool AfterComma(int comma)
    {
        int next = SkipFrom(comma + 1);
        if (next >= _text.Length)
            return AtEnd(true);
        char c = _text[next];
        if (c is '}' or ',' or ']' or ';' || Omitted(next))
            return true;
        if (c is '/' or '#')
            return c == '#' || IsComment(next);
        if (FollowsKey(next))
            return true;
        if (IsShort)
            return false;
        // A very long name cannot be seen whole: it is one if it is in quotes and has no end near.
        if (c == '"' && !_text[(next + 1)..Math.Min(_text.Length, next + LookAhead)].Contains('"'))
            return _text.Length - next > LookAhead || AtEnd(true);
        return next - comma >= LookAhead;
    }

    private bool ValueFollows(int i)
    {
        int next = SkipFrom(i);
        if (next >= _text.Length)
            return AtEnd(true);
        char c = _text[next];
        if (IsQuote(c) || char.IsAsciiDigit(c) || c is '-' or '{' or '[' or ']' or ',' or '/' or '#' || Omitted(next))
            return true;
        ReadOnlySpan<char> rest = _text[next..Math.Min(_text.Length, next + 5)];
        if (rest.StartsWith("null") || rest.StartsWith("true") || rest.StartsWith("false") || rest.StartsWith("None") || rest.StartsWith("True") || rest.StartsWith("False"))
            return true;
        return rest.Length < 5 && AtEnd(false);
    }

    private bool IsComment(int i) => i + 1 >= _text.Length ? AtEnd(false) : _text[i + 1] is '/' or '*';

    // What a model writes for "and so on".
    private bool Omitted(int i) => _text[i] == '…' || _text[i] == '.' && (i + 2 >= _text.Length ? AtEnd(false) : _text[i + 1] == '.' && _text[i + 2] == '.');

    private bool Outside(int i)
    {
        int next = SkipFrom(i);
        if (next >= _text.Length)
            return AtEnd(true);
        // An object directly behind another is a list's next element that lacks its comma.
        return _text[next] is ',' or '}' or ']' or ';' or '/' or '#' || _text[next] == '{' && FollowsKey(next + 1) || _text[i..next].Contains('\n');
    }
}
