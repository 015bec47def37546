namespace AiSdk.Onnx;

/// <summary>How an embedding model is loaded and run. Read once by <see cref="OnnxEmbeddingGenerator"/>.</summary>
public sealed class OnnxEmbeddingOptions
{
    /// <summary>How the vectors of a text's tokens become one; <see cref="EmbeddingPooling.Auto"/> unless it is set.</summary>
    public EmbeddingPooling Pooling { get; set; }

    /// <summary>Whether vectors are made one long (L2); <see langword="null"/> for what the folder's modules.json says, else yes, but for a graph that gives the text's vector itself.</summary>
    public bool? Normalize { get; set; }

    /// <summary>The most tokens of a text, 3 or more; <see langword="null"/> for what the folder says, else 512. Texts are shortened at their end, and say so.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>The most texts in one run, 1 or more.</summary>
    public int BatchSize { get; set; } = 32;

    /// <inheritdoc cref="OnnxModelOptions.IntraOpThreads"/>
    public int? IntraOpThreads { get; set; }

    /// <inheritdoc cref="OnnxModelOptions.AllowSpinning"/>
    public bool? AllowSpinning { get; set; }

    internal void Validate()
    {
        Require(Enum.IsDefined(Pooling), nameof(Pooling), Pooling, $"one of {string.Join(", ", Enum.GetNames<EmbeddingPooling>())}");
        Require(MaxTokens is null or >= 3, nameof(MaxTokens), MaxTokens, "3 or more, or null for what the folder says");
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "1 or more");
        Require(IntraOpThreads is null or >= 1, nameof(IntraOpThreads), IntraOpThreads, "1 or more, or null for the default");
    }

    private static void Require(bool condition, string name, object? value, string allowed)
    {
        if (!condition)
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(OnnxEmbeddingOptions)}.{name} must be {allowed}.");
    }
}
