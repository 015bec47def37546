namespace AiSdk.Onnx;

/// <summary>What runs a model: loaded once, gives each reply a decoder. Thread-safe.</summary>
internal interface IEngine : IDisposable
{
    /// <summary>Which one it is; never <see cref="OnnxEngine.Auto"/>.</summary>
    OnnxEngine Kind { get; }

    /// <summary>Whether the graph extends its cache in place.</summary>
    bool SharesBuffers { get; }

    /// <summary>Whether <see cref="IDecoder.Reserve"/> keeps what was read, so that a decoder may begin small.</summary>
    bool KeepsWhenGrowing { get; }

    /// <summary>How many decoders it has made that are not disposed, kept ones included.</summary>
    int Decoders { get; }

    /// <summary>Refuses what comes after the model was disposed.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    void ThrowIfDisposed();

    /// <summary>A decoder with an empty state.</summary>
    /// <param name="capacity">The most tokens it will hold.</param>
    /// <param name="adapter">The adapter that all its runs use, one of <see cref="OnnxModelOptions.Adapters"/>; null for the model as it is.</param>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    /// <exception cref="OnnxModelException">The engine cannot make one.</exception>
    IDecoder CreateDecoder(int capacity, string? adapter = null);

    /// <summary>A decoder of the model as it is, without adapter, that makes a reply together with others that are made at the same time, and chooses its tokens itself.</summary>
    /// <param name="settings">How tokens are chosen.</param>
    /// <param name="capacity">The most tokens of prompt and reply together.</param>
    /// <returns>The decoder, or null where the reply is better made on its own.</returns>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    IDecoder? CreateBatchDecoder(GenerationSettings settings, int capacity);

    /// <summary>Has a decoder's runs made together with those of others, where that is possible.</summary>
    /// <param name="decoder">A decoder of <see cref="CreateDecoder"/>.</param>
    /// <returns>What to give its tokens to; null where the decoder runs by itself.</returns>
    ScheduledReply? Schedule(IDecoder decoder);
}
