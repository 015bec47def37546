namespace AiSdk.Onnx;

/// <summary>A decoder holding the state of one sequence: the tokens seen and the cache that stands for them.</summary>
/// <remarks>Not thread-safe: one call, one decoder. Decoders of one model may run at the same time.</remarks>
internal interface IDecoder : IDisposable
{
    /// <summary>Runs the model over tokens that follow those already seen: a prompt, or the next token.</summary>
    /// <param name="tokens">At least one token id.</param>
    /// <param name="cancellationToken">Also stops a run in progress; the decoder then holds what it held before the piece that was stopped, or nothing where the engine cannot go on from there.</param>
    /// <exception cref="InvalidOperationException">The tokens do not fit.</exception>
    /// <exception cref="OnnxModelException">The model failed on them.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    void Append(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default) => Append(tokens, 1, cancellationToken);

    /// <summary>Runs the model over tokens, and keeps the logits after several of them.</summary>
    /// <param name="tokens">At least one token id.</param>
    /// <param name="kept">After how many of the last tokens, from 1 to the number of tokens and at most <see cref="MaxKeptLogits"/>, the logits are wanted.</param>
    /// <param name="cancellationToken">Also stops a run in progress; the decoder then holds what it held before the piece that was stopped, or nothing where the engine cannot go on from there.</param>
    /// <exception cref="InvalidOperationException">The tokens do not fit.</exception>
    /// <exception cref="OnnxModelException">The model failed on them.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    void Append(ReadOnlySpan<int> tokens, int kept, CancellationToken cancellationToken);

    /// <summary>The adapter that its runs use: its state is that of a model of its own. Null for the model as it is.</summary>
    string? Adapter { get; }

    /// <summary>The most logits that one call of Append keeps; 1 where the engine gives those of the last token only.</summary>
    int MaxKeptLogits { get; }

    /// <summary>Whether <see cref="CopyFrom"/> works; elsewhere a state is used further by rewinding it.</summary>
    bool CanCopy { get; }

    /// <summary>Whether <see cref="Rewind"/> works, so that the decoder can serve another reply.</summary>
    bool CanRewind { get; }

    /// <summary>The logits after the last token, [vocabulary]; valid until the next call of Append or <see cref="Rewind"/>.</summary>
    /// <exception cref="InvalidOperationException">Nothing was appended yet, or since a <see cref="Rewind"/>.</exception>
    ReadOnlySpan<float> Logits { get; }

    /// <summary>The logits after one of the last tokens that were appended, [vocabulary].</summary>
    /// <param name="index">0 for the first of those that were kept.</param>
    ReadOnlySpan<float> KeptLogits(int index);

    /// <summary>The time that runs of the engine have taken since the decoder was made.</summary>
    TimeSpan EngineTime { get; }

    /// <summary>The number of tokens it can hold.</summary>
    int Capacity { get; }

    /// <summary>The memory that its cache takes, in bytes.</summary>
    long CacheBytes { get; }

    /// <summary>Makes room for more tokens; what is there stays.</summary>
    /// <param name="capacity">How many tokens it must hold; fewer than <see cref="Capacity"/> changes nothing.</param>
    void Reserve(int capacity);

    /// <summary>Takes over the state of another decoder of the same model; this one must be empty.</summary>
    /// <param name="other">The other one; no call of it may run.</param>
    /// <param name="length">How many of its first tokens.</param>
    void CopyFrom(IDecoder other, int length);

    /// <summary>The number of tokens seen.</summary>
    int Length { get; }

    /// <summary>Forgets all but the first tokens.</summary>
    /// <param name="length">How many to keep, 0 to <see cref="Length"/>.</param>
    void Rewind(int length);
}
