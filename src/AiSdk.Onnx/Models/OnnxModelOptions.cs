namespace AiSdk.Onnx;

/// <summary>How a model is loaded and run. Read once by <see cref="OnnxModel.Load"/>.</summary>
public sealed class OnnxModelOptions
{
    /// <summary>
    /// The number of threads one operator may use, 1 or more; <see langword="null"/> for what genai_config.json says, else one
    /// thread per physical core.
    /// </summary>
    public int? IntraOpThreads { get; set; }

    /// <summary>
    /// Whether the session's threads spin while they wait for work (<c>session.intra_op.allow_spinning</c>);
    /// <see langword="null"/> for what genai_config.json says, else ONNX Runtime's default, which is to spin.
    /// </summary>
    /// <remarks>Spinning makes a single call faster. It slows everything else on the machine, other models included.</remarks>
    public bool? AllowSpinning { get; set; }

    /// <summary>
    /// The most prompt tokens given to the model in one run, 1 or more; <see langword="null"/> for what genai_config.json says
    /// (<c>search.chunk_size</c>), else the whole prompt at once.
    /// </summary>
    /// <remarks>
    /// Pieces bound the memory a long prompt takes. Models with dynamically quantized activations (DynamicQuantizeMatMul) give
    /// slightly different logits with different pieces; float and MatMulNBits models do not.
    /// </remarks>
    public int? PrefillChunkSize { get; set; }

    internal OnnxModelOptions Validated()
    {
        RequirePositive(IntraOpThreads, nameof(IntraOpThreads));
        RequirePositive(PrefillChunkSize, nameof(PrefillChunkSize));
        return new OnnxModelOptions { IntraOpThreads = IntraOpThreads, AllowSpinning = AllowSpinning, PrefillChunkSize = PrefillChunkSize };
    }

    private static void RequirePositive(int? value, string name)
    {
        if (value < 1)
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(OnnxModelOptions)}.{name} must be 1 or more, or null for the default.");
    }
}
