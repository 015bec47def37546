namespace AiSdk;

internal enum NodeKind : byte
{
    Object,
    Array,

    /// <summary>Text in quotes.</summary>
    Text,

    /// <summary>Anything without quotes: numbers, literals, bare words.</summary>
    Bare,

    /// <summary>Nothing where a value should be.</summary>
    Missing,
}

[Flags]
internal enum Damage : ushort
{
    None = 0,
    Quotes = 1,
    Unterminated = 2,
    InnerQuotes = 4,
    Separator = 8,
    Comment = 16,
    Junk = 32,
    Key = 64,
    LineBreak = 128,
    TooDeep = 256,
    Escape = 512,

    /// <summary>The reply, which is still coming, ends within the value.</summary>
    Open = 1024,
}

/// <summary>A value as the reply has it; text is a span of the reader's buffer.</summary>
internal struct ReplyNode
{
    public NodeKind Kind;
    public Damage Damage;
    public int Start;
    public int Length;
    public int SourceStart;
    public int SourceEnd;
    public int KeyStart;
    public int KeyLength;
    public int First;
    public int Next;
    public int Count;
}
