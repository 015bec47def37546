namespace AiSdk.Onnx;

/// <summary>A place in a constrained text. A value: to go back, keep an earlier one.</summary>
internal readonly struct ConstraintState
{
    private readonly TokenTrie _vocabulary;
    private readonly ConstraintMatcher _matcher;
    private readonly MatchState _state;

    internal ConstraintState(TokenTrie vocabulary, ConstraintMatcher matcher, MatchState state)
    {
        _vocabulary = vocabulary;
        _matcher = matcher;
        _state = state;
    }

    /// <summary>The vocabulary.</summary>
    public TokenTrie Vocabulary => _vocabulary;

    /// <summary>The tokens that may follow, one bit each: token 64·i+j is bit j of word i. Tokens that end a text are not among them; see <see cref="IsComplete"/>.</summary>
    public ReadOnlySpan<ulong> Mask => _matcher.Mask(_state);

    /// <summary>Whether the mask of this place has been worked out already.</summary>
    public bool HasMask => _state.Mask is not null;

    /// <summary>Whether the text may end here.</summary>
    public bool IsComplete => _state.IsComplete;

    /// <summary>Whether a token may follow.</summary>
    public bool Allows(int token) => (uint)token < (uint)_vocabulary.Count && (Mask[token >> 6] >> token & 1) != 0;

    /// <summary>The place behind a token.</summary>
    /// <exception cref="ArgumentException">The token may not follow.</exception>
    public ConstraintState Accept(int token)
    {
        if ((uint)token >= (uint)_vocabulary.Count || _vocabulary[token].IsEmpty || !TryAccept(_vocabulary[token], out ConstraintState next))
            throw new ArgumentException($"Token {token} is not allowed here.", nameof(token));
        return next;
    }

    /// <summary>The place behind some bytes.</summary>
    /// <returns>Whether they may follow.</returns>
    public bool TryAccept(ReadOnlySpan<byte> bytes, out ConstraintState next)
    {
        MatchState? state = _matcher.Next(_state, bytes);
        next = state is null ? this : new ConstraintState(_vocabulary, _matcher, state);
        return state is not null;
    }

    /// <summary>
    /// The tokens of the bytes that must follow: they can go into the model at once. Of the last ones those are left out that, with what may follow, could be
    /// the beginning of a longer token: there the model chooses, as it would have.
    /// </summary>
    public ReadOnlySpan<int> ForcedTokens => _matcher.ForcedTokens(_state);

    /// <summary>The bytes that must follow, whatever the model thinks. Few or none where there is a choice.</summary>
    public byte[] ForcedBytes() => _matcher.Forced(_state);
}
