namespace AiSdk.Onnx;

/// <summary>A regular expression's syntax tree.</summary>
internal abstract record RegexNode
{
    /// <summary>One code point of a set.</summary>
    public sealed record Set(CodePointSet Points) : RegexNode;

    /// <summary>One after the other; nothing at all when there are no parts.</summary>
    public sealed record Sequence(IReadOnlyList<RegexNode> Parts) : RegexNode;

    /// <summary>Any of them.</summary>
    public sealed record Choice(IReadOnlyList<RegexNode> Parts) : RegexNode;

    /// <summary>Several times; without a maximum when that is null.</summary>
    public sealed record Repeat(RegexNode Body, int Minimum, int? Maximum) : RegexNode;

    /// <summary>The beginning of the text.</summary>
    public sealed record Begin : RegexNode;

    /// <summary>The end of the text.</summary>
    public sealed record End : RegexNode;

    /// <summary>All that an automaton accepts.</summary>
    public sealed record Language(Dfa Texts) : RegexNode;

    /// <summary>What must, or must not, come next.</summary>
    public sealed record Lookahead(RegexNode Body, bool IsNegated) : RegexNode;
}
