namespace AiSdk;

/// <summary>Finds where in a growing reply the value may begin: behind reasoning, prose and fences.</summary>
internal sealed class ReplyStart
{
    // What comes before a value is a sentence; more of it may be reasoning whose opening tag was in the prompt, and then what looks like a value is a thought.
    private const int LongProse = 200;
    private const int MarkerLength = 120;
    private const string Channel = "<|channel|>";
    private const string Final = "<|channel|>final";
    private const string Message = "<|message|>";

    private static readonly string[] _opens = ["<think>", "<thinking>", "<reasoning>", "<|begin_of_thought|>", "[THINK]"];
    private static readonly string[] _ends = ["</think>", "</thinking>", "</reasoning>", "<|end_of_thought|>", "[/THINK]"];
    private static readonly string[] _answers = ["final", "answer", "corrected", "actual", "revised"];
    private static readonly string[] _drafts = ["draft", "example", "e.g.", "for instance", "first attempt", "schema", "such as", "instead of", "wrong", "incorrect", "template"];

    private int _from;
    private bool _begun;
    private bool _plain;
    private bool _broken;
    private string[]? _awaited;

    /// <summary>Where the value begins, or where the search goes on.</summary>
    public int Position { get; set; }

    /// <summary>Whether a fence is open.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>Whether the value is in a channel of its own, which a mark ends.</summary>
    public bool IsChannel { get; private set; }

    /// <summary>Whether the line before the value calls it a draft or an example.</summary>
    public bool IsDraft { get; private set; }

    /// <summary>Whether only reasoning or a fence, or nothing, stands before the value.</summary>
    public bool IsFirst(ReadOnlySpan<char> text) => IsFenced || text[_from..Position].IsWhiteSpace();

    /// <summary>Whether a tag before the value says that it is a tool's call.</summary>
    public bool IsCall(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> before = text[_from..Position];
        return before.Contains('<') && (before.Contains("tool", StringComparison.OrdinalIgnoreCase) || before.Contains("function", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>True at a value; false if more of the reply is needed; null if the reply is of a form in which no value can be found before its end.</summary>
    public bool? Find(ReadOnlySpan<char> text)
    {
        while (Position < text.Length)
        {
            if (!_begun)
            {
                if (char.IsWhiteSpace(text[Position]))
                {
                    Position++;
                    continue;
                }
                if (text[Position] == '"')
                    return null;
                _begun = true;
                _plain = text[Position] is '{' or '[' or '`';
            }
            ReadOnlySpan<char> rest = text[Position..];
            int next = _awaited is null ? rest.IndexOfAny("{[`<") : rest.IndexOfAny('<', '[');
            if (next < 0)
            {
                Position = text.Length;
                return false;
            }
            Position += next;
            rest = rest[next..];
            bool? found = _awaited is not null ? Awaited(rest) : rest[0] switch
            {
                '<' => Mark(rest),
                '`' => Fence(rest),
                _ => Value(text, rest),
            };
            if (found is not true)
            {
                // Not enough of the mark has come.
                if (found is null)
                    return _broken ? null : false;
                continue;
            }
            return true;
        }
        return false;
    }

    private bool? Awaited(ReadOnlySpan<char> rest)
    {
        switch (Match(rest, _awaited!, out int length))
        {
            case null:
                return null;
            case false:
                Position++;
                return false;
        }
        Position += length;
        if (_awaited![0] == Final)
        {
            _awaited = [Message];
            return false;
        }
        IsChannel |= _awaited[0] == Message;
        _awaited = null;
        _from = Position;
        return false;
    }

    private bool? Mark(ReadOnlySpan<char> rest)
    {
        bool? found = Match(rest, [Channel], out int _);
        if (found is true)
        {
            _awaited = [Final];
            return false;
        }
        bool? opens = Match(rest, _opens, out int _);
        bool? ends = _plain ? false : Match(rest, _ends, out int _);
        if (opens is true)
        {
            _awaited = _ends;
            return false;
        }
        if (ends is true)
        {
            _awaited = _ends;
            return false;
        }
        if (found is null || opens is null || ends is null)
            return null;
        Position++;
        return false;
    }

    private bool? Fence(ReadOnlySpan<char> rest)
    {
        int ticks = rest.IndexOfAnyExcept('`');
        if (ticks < 0)
        {
            _broken = rest.Length > LongProse;
            return null;
        }
        if (ticks < 3)
        {
            Position += ticks;
            return false;
        }
        if (IsFenced)
        {
            IsFenced = false;
            Position += ticks;
            return false;
        }
        int content = rest.IndexOfAny('\n', '{', '[');
        if (content < 0)
        {
            _broken = rest.Length > LongProse;
            return null;
        }
        IsFenced = true;
        Position += rest[content] == '\n' ? content + 1 : content;
        return false;
    }

    private bool? Value(ReadOnlySpan<char> text, ReadOnlySpan<char> rest)
    {
        if (rest[0] == '[')
        {
            bool? opens = Match(rest, _opens, out int _);
            bool? ends = Match(rest, _ends, out int _);
            if (opens is true && _plain)
                _broken = true;
            if (opens is true || ends is true)
            {
                _awaited = _ends;
                return _broken ? null : false;
            }
            if (opens is null || ends is null)
                return null;
        }
        int rank = Rank(text);
        if (!_plain && !IsFenced && rank > 0 && Position - _from > LongProse)
        {
            _awaited = _ends;
            return false;
        }
        IsDraft = rank == 2;
        return true;
    }

    /// <summary>What the line before a value calls it: 0 an answer, 1 nothing, 2 a draft. As <see cref="ReplyRepairer"/> has it.</summary>
    private int Rank(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> before = text[Math.Max(_from, Position - MarkerLength)..Position].TrimEnd(" \n\r\t`");
        if (before.EndsWith("json", StringComparison.OrdinalIgnoreCase))
            before = before[..^4].TrimEnd(" \n\r\t`");
        ReadOnlySpan<char> line = before[(before.LastIndexOfAny('\n', '}', ']') + 1)..];
        int draft = Last(line, _drafts);
        int answer = Last(line, _answers);
        return draft < 0 && answer < 0 ? 1 : draft > answer ? 2 : 0;
    }

    private static int Last(ReadOnlySpan<char> line, string[] words)
    {
        int last = -1;
        foreach (string word in words)
            last = Math.Max(last, line.LastIndexOf(word, StringComparison.OrdinalIgnoreCase));
        return last;
    }

    /// <summary>Whether a text begins with one of the marks; null if it may yet.</summary>
    private static bool? Match(ReadOnlySpan<char> text, string[] marks, out int length)
    {
        bool maybe = false;
        foreach (string mark in marks)
        {
            length = mark.Length;
            if (text.StartsWith(mark, StringComparison.OrdinalIgnoreCase))
                return true;
            maybe |= text.Length < mark.Length && mark.AsSpan().StartsWith(text, StringComparison.OrdinalIgnoreCase);
        }
        length = 0;
        return maybe ? null : false;
    }
}
