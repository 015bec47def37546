namespace AiSdk.Onnx;

/// <summary>What a reply may be, token by token. Not thread-safe; what it learns is shared by all replies of one constraint.</summary>
internal sealed class ReplyConstraint(ConstraintState start, IReadOnlyList<int> endTokens, int vocabularySize)
{
    private readonly ulong[] _mask = new ulong[(vocabularySize + 63) / 64];
    private ConstraintState _state = start;

    /// <summary>Whether the text is complete and nothing may follow.</summary>
    public bool IsOver => _state.IsComplete && _state.Mask.IndexOfAnyExcept(0UL) < 0;

    /// <summary>The tokens that must follow, whatever the model thinks; not all of them where the last could be part of a longer one.</summary>
    public ReadOnlySpan<int> Forced => _state.ForcedTokens;

    /// <summary>The tokens that may follow; the end tokens are among them where the text may end.</summary>
    /// <exception cref="OnnxModelException">None may: the vocabulary has no token for what the constraint wants.</exception>
    public ReadOnlySpan<ulong> Mask()
    {
        ReadOnlySpan<ulong> mask = _state.Mask;
        mask[..Math.Min(mask.Length, _mask.Length)].CopyTo(_mask);
        // A model may have more scores than its vocabulary has tokens; an end token of an earlier mask may stand there.
        _mask.AsSpan(Math.Min(mask.Length, _mask.Length)).Clear();
        if (_state.IsComplete)
        {
            foreach (int token in endTokens)
                _mask[token >> 6] |= 1UL << token;
        }
        else if (mask.IndexOfAnyExcept(0UL) < 0)
        {
            throw new OnnxModelException("The response format wants a character that no token of the model's vocabulary begins with: this model cannot write it.");
        }
        return _mask;
    }

    /// <summary>Goes on behind a token that was allowed; an end token changes nothing.</summary>
    public void Accept(int token)
    {
        if (!endTokens.Contains(token))
            _state = _state.Accept(token);
    }

    /// <summary>How many of some tokens, one after the other, are allowed.</summary>
    public int CountAllowed(ReadOnlySpan<int> tokens)
    {
        ConstraintState state = _state;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (!state.ForcedTokens.IsEmpty || !state.Allows(tokens[i]))
                return i;
            state = state.Accept(tokens[i]);
        }
        return tokens.Length;
    }
}
