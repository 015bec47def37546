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

    /// <summary>Whether replies are kept to their response format; <see cref="ConstrainedDecoding.Required"/> unless it is set.</summary>
    public ConstrainedDecoding ConstrainedDecoding { get; set; }

    /// <summary>
    /// The most memory, in bytes, for the caches of ended replies: a prompt that begins like one of them is read from there on. 0 keeps none;
    /// <see langword="null"/> for 256 MiB, or none where a model's output depends on how it is cut (see <see cref="JumpForward"/>).
    /// </summary>
    public long? PrefixCacheBytes { get; set; }

    /// <summary>
    /// Whether tokens that the response format leaves no choice about go into the model together, in the run of the next one;
    /// <see langword="null"/> for yes, unless the model's output depends on how its input is cut into runs, as that of models with
    /// dynamically quantized activations does.
    /// </summary>
    public bool? JumpForward { get; set; }

    /// <summary>
    /// Whether what stood behind the last tokens before is tried as a guess of what comes next, which the model checks in one run. Stops by itself where that takes
    /// longer; the reply is the same. <see langword="null"/> as with <see cref="JumpForward"/>.
    /// </summary>
    public bool? PromptLookup { get; set; }

    /// <summary>How the model writes calls of tools; <see cref="ToolCallFormat.Auto"/> unless it is set.</summary>
    public ToolCallFormat ToolCallFormat { get; set; }

    /// <summary>The options with what depends on the model filled in.</summary>
    /// <param name="isReproducible">Whether the model's output stays the same however its input is cut into runs.</param>
    internal OnnxModelOptions Resolved(bool isReproducible) => new()
    {
        IntraOpThreads = IntraOpThreads,
        AllowSpinning = AllowSpinning,
        PrefillChunkSize = PrefillChunkSize,
        ConstrainedDecoding = ConstrainedDecoding,
        ToolCallFormat = ToolCallFormat,
        PrefixCacheBytes = PrefixCacheBytes ?? (isReproducible ? 256L << 20 : 0),
        JumpForward = JumpForward ?? isReproducible,
        PromptLookup = PromptLookup ?? isReproducible,
    };

    internal void Validate()
    {
        RequirePositive(IntraOpThreads, nameof(IntraOpThreads));
        RequirePositive(PrefillChunkSize, nameof(PrefillChunkSize));
        if (PrefixCacheBytes < 0)
            throw new ArgumentOutOfRangeException(nameof(PrefixCacheBytes), PrefixCacheBytes, $"{nameof(OnnxModelOptions)}.{nameof(PrefixCacheBytes)} must be 0 or more, or null for the default.");
        if (!Enum.IsDefined(ToolCallFormat))
            throw new ArgumentOutOfRangeException(nameof(ToolCallFormat), ToolCallFormat, $"{nameof(OnnxModelOptions)}.{nameof(ToolCallFormat)} must be one of {string.Join(", ", Enum.GetNames<ToolCallFormat>())}.");
        if (!Enum.IsDefined(ConstrainedDecoding))
            throw new ArgumentOutOfRangeException(nameof(ConstrainedDecoding), ConstrainedDecoding, $"{nameof(OnnxModelOptions)}.{nameof(ConstrainedDecoding)} must be one of {string.Join(", ", Enum.GetNames<ConstrainedDecoding>())}.");
    }

    private static void RequirePositive(int? value, string name)
    {
        if (value < 1)
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(OnnxModelOptions)}.{name} must be 1 or more, or null for the default.");
    }
}
