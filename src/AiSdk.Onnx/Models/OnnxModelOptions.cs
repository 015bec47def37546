namespace AiSdk.Onnx;

/// <summary>How a model is loaded and run. Read once by <see cref="OnnxModel.Load"/>.</summary>
public sealed class OnnxModelOptions
{
    /// <summary>What runs the model; <see cref="OnnxEngine.Auto"/> unless it is set.</summary>
    public OnnxEngine Engine { get; set; }

    /// <summary>What the model runs on, as ONNX Runtime names it: <c>cuda</c>, <c>dml</c>, …; <see langword="null"/> for the CPU. What genai_config.json says of it is not used.</summary>
    /// <remarks>
    /// The native libraries are the application's to bring: for the GenAI engine by the package Microsoft.ML.OnnxRuntimeGenAI.Cuda or Microsoft.ML.OnnxRuntimeGenAI.DirectML, for ONNX Runtime by
    /// Microsoft.ML.OnnxRuntime.Gpu or Microsoft.ML.OnnxRuntime.DirectML.
    /// </remarks>
    public string? ExecutionProvider { get; set; }

    /// <summary>
    /// Settings of the <see cref="ExecutionProvider"/>, such as <c>device_id</c>; none for the CPU. On ONNX Runtime's CUDA, <c>use_tf32</c> is 0 unless it is set: 32-bit models compute with
    /// 32 bits, as on the CPU; 1 is faster and makes other replies.
    /// </summary>
    public IDictionary<string, string> ProviderOptions { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Adapters (LoRA) that replies can ask for, by a name of one's own: the file (.onnx_adapter), relative to the model's folder or absolute. They are loaded with the model. A reply uses the one that its
    /// <see cref="OnnxChatOptionsExtensions.WithAdapter"/> names, else <see cref="DefaultAdapter"/>.
    /// </summary>
    /// <remarks>The graph takes an adapter's weights as inputs with defaults, which hold for replies without one.</remarks>
    public IDictionary<string, string> Adapters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The adapter of replies that ask for none, one of <see cref="Adapters"/>; <see langword="null"/> for the model as it is.</summary>
    public string? DefaultAdapter { get; set; }

    /// <summary>How many replies are made together at most, 1 or more; 1 makes each on its own. 16 unless it is set.</summary>
    /// <remarks>
    /// The GenAI engine joins replies that are made at the same time and are free: without response format, tools, penalties, log-probabilities, and greedy or without a seed. Replies with an adapter are
    /// made each on its own.
    /// </remarks>
    public int MaxBatchSize { get; set; } = 16;

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
    /// slightly different logits with different pieces, and so do 8-bit MatMulNBits models of accuracy level 4; others do not.
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

    /// <summary>
    /// What the logits are divided by before a reply's <see cref="IConstrainedChatClient.Confidence"/> is taken from them, more than 0; <see langword="null"/> for what the model folder's calibration.json
    /// says (<see cref="ConfidenceCalibration"/>), else 1. Replies stay the same.
    /// </summary>
    public double? ConfidenceTemperature { get; set; }

    /// <summary>The file or folder of the GenAI library; null for what the environment says.</summary>
    internal string? GenAILibraryPath { get; set; }

    /// <summary>The execution provider; null for the CPU.</summary>
    internal string? ProviderName => ExecutionProvider is null || ExecutionProvider.Equals("cpu", StringComparison.OrdinalIgnoreCase) || ExecutionProvider.Equals("CPUExecutionProvider", StringComparison.OrdinalIgnoreCase) ? null : ExecutionProvider;

    /// <summary>The options with what depends on the model filled in.</summary>
    /// <param name="isReproducible">Whether the model's output stays the same however its input is cut into runs.</param>
    internal OnnxModelOptions Resolved(bool isReproducible) => new()
    {
        Engine = Engine,
        DefaultAdapter = DefaultAdapter,
        ExecutionProvider = ExecutionProvider,
        MaxBatchSize = MaxBatchSize,
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
        if (MaxBatchSize < 1)
            throw new ArgumentOutOfRangeException(nameof(MaxBatchSize), MaxBatchSize, $"{nameof(OnnxModelOptions)}.{nameof(MaxBatchSize)} must be 1 (each reply on its own) or more.");
        if (!Enum.IsDefined(Engine))
            throw new ArgumentOutOfRangeException(nameof(Engine), Engine, $"{nameof(OnnxModelOptions)}.{nameof(Engine)} must be one of {string.Join(", ", Enum.GetNames<OnnxEngine>())}.");
        if (ExecutionProvider is not null && string.IsNullOrWhiteSpace(ExecutionProvider))
            throw new ArgumentException($"{nameof(OnnxModelOptions)}.{nameof(ExecutionProvider)} is empty: name one, such as cuda, or leave it null for the CPU.", nameof(ExecutionProvider));
        if (ProviderName is null && ProviderOptions.Count > 0)
            throw new ArgumentException($"{nameof(OnnxModelOptions)}.{nameof(ProviderOptions)} has settings ({string.Join(", ", ProviderOptions.Keys)}), but the CPU takes none: set {nameof(ExecutionProvider)} to the provider that they are for.", nameof(ProviderOptions));
        if (DefaultAdapter is not null && !Adapters.ContainsKey(DefaultAdapter))
            throw new ArgumentException($"{nameof(OnnxModelOptions)}.{nameof(DefaultAdapter)} is '{DefaultAdapter}', which is none of {nameof(Adapters)} ({(Adapters.Count == 0 ? "there are none" : string.Join(", ", Adapters.Keys))}).", nameof(DefaultAdapter));
        if (PrefixCacheBytes < 0)
            throw new ArgumentOutOfRangeException(nameof(PrefixCacheBytes), PrefixCacheBytes, $"{nameof(OnnxModelOptions)}.{nameof(PrefixCacheBytes)} must be 0 or more, or null for the default.");
        if (ConfidenceTemperature is { } temperature && !(double.IsFinite(temperature) && temperature > 0))
            throw new ArgumentOutOfRangeException(nameof(ConfidenceTemperature), temperature, $"{nameof(OnnxModelOptions)}.{nameof(ConfidenceTemperature)} must be more than 0, or null for what the model's {ConfidenceCalibration.FileName} says.");
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
