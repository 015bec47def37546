namespace AiSdk.Onnx;

/// <summary>A decoder holding the state of one sequence: the tokens seen and the cache that stands for them.</summary>
/// <remarks>Not thread-safe: one call, one decoder. Decoders of one model may run at the same time.</remarks>
internal interface IDecoder : IDisposable
{
    /// <summary>Runs the model over tokens that follow those already seen: a prompt, or the next token.</summary>
    /// <param name="tokens">At least one token id.</param>
    /// <param name="cancellationToken">Also stops a run in progress; the decoder then holds what it held before the piece that was stopped.</param>
    /// <exception cref="InvalidOperationException">The tokens do not fit.</exception>
    /// <exception cref="OnnxModelException">The model failed on them.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    void Append(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default);

    /// <summary>The logits after the last token, [vocabulary]; valid until the next call of <see cref="Append"/> or <see cref="Rewind"/>.</summary>
    /// <exception cref="InvalidOperationException">Nothing was appended yet, or since a <see cref="Rewind"/>.</exception>
    ReadOnlySpan<float> Logits { get; }

    /// <summary>The number of tokens seen.</summary>
    int Length { get; }

    /// <summary>Forgets all but the first tokens.</summary>
    /// <param name="length">How many to keep, 0 to <see cref="Length"/>.</param>
    void Rewind(int length);
}
