using System.Globalization;

namespace AiSdk.Training;

/// <summary>The sizes of a Llama model: RMS normalization, rotary positions, grouped heads, SwiGLU (Touvron et al., 2023).</summary>
public sealed record LlamaConfiguration
{
    /// <summary>The number of tokens the model tells apart. 0, which only <see cref="TrainableModel.Create"/> takes: as many as its tokenizer has.</summary>
    public int VocabularySize { get; init; }

    /// <summary>The length of the vector that stands for a token between layers.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The length of the vector within each layer's feed-forward part.</summary>
    public required int InnerSize { get; init; }

    /// <summary>The number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>The number of attention heads of each layer.</summary>
    public required int Heads { get; init; }

    /// <summary>The number of heads for keys and values, which divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>The length of a head's vector, an even number; 0 means <see cref="HiddenSize"/> / <see cref="Heads"/>.</summary>
    public int HeadSize { get; init; }

    /// <summary>The most tokens the model can see.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Whether one table serves for the tokens' vectors and for the logits.</summary>
    public bool TiedEmbeddings { get; init; } = true;

    /// <summary>The base of the angles by which positions turn.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>What is added to the mean square before its root is taken.</summary>
    public double RmsEpsilon { get; init; } = 1e-5;

    /// <summary>The number of weights.</summary>
    public long ParameterCount => LlamaLayout.Parameters(Resolved()).Sum(static parameter => parameter.Count);

    internal int KeyValueSize => KeyValueHeads * HeadSize;

    internal int QuerySize => Heads * HeadSize;

    /// <summary>The configuration with its head size.</summary>
    internal LlamaConfiguration Resolved() => HeadSize > 0 ? this : this with { HeadSize = HiddenSize / Math.Max(1, Heads) };

    /// <exception cref="ArgumentException">A size is not possible.</exception>
    internal void Validate()
    {
        foreach ((string name, int value) in new[] { (nameof(VocabularySize), VocabularySize), (nameof(HiddenSize), HiddenSize), (nameof(InnerSize), InnerSize), (nameof(Layers), Layers), (nameof(Heads), Heads), (nameof(KeyValueHeads), KeyValueHeads), (nameof(ContextLength), ContextLength) })
        {
            if (value < 1)
                throw Error(name, value, "must be 1 or more");
        }
        if (Heads % KeyValueHeads != 0)
            throw Error(nameof(KeyValueHeads), KeyValueHeads, string.Create(CultureInfo.InvariantCulture, $"must divide {nameof(Heads)}, which is {Heads}"));
        // ONNX Runtime's attention wants whole vectors of 8.
        if (HeadSize < 8 || HeadSize % 8 != 0)
            throw Error(nameof(HeadSize), HeadSize, string.Create(CultureInfo.InvariantCulture, $"must be a multiple of 8 (it is {nameof(HiddenSize)} / {nameof(Heads)} = {HiddenSize} / {Heads} where it is not set)"));
        if ((long)Heads * HeadSize > int.MaxValue)
            throw Error(nameof(HeadSize), HeadSize, string.Create(CultureInfo.InvariantCulture, $"must be such that {nameof(Heads)} ({Heads}) times it is a number of 32 bits"));
        if (!(RopeTheta > 0 && double.IsFinite(RopeTheta)) || !(RmsEpsilon > 0 && double.IsFinite(RmsEpsilon)))
            throw new ArgumentException($"{nameof(LlamaConfiguration)}.{nameof(RopeTheta)} and {nameof(RmsEpsilon)} must be more than 0, and finite.");
    }

    private static ArgumentException Error(string name, int value, string rule) => new(string.Create(CultureInfo.InvariantCulture, $"{nameof(LlamaConfiguration)}.{name} is {value}; it {rule}."));
}
