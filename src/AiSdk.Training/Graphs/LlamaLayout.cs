namespace AiSdk.Training;

/// <summary>One weight of a model.</summary>
/// <param name="Name">Its name, as Hugging Face's Llama has it.</param>
/// <param name="Shape">Its shape: [in, out] for projections, [vocabulary, hidden] for tables, [hidden] for scales.</param>
internal sealed record ParameterShape(string Name, params IReadOnlyList<int> Shape)
{
    public long Count => Shape.Aggregate(1L, static (count, dimension) => count * dimension);

    /// <summary>Whether it is a vector, which weight decay leaves alone.</summary>
    public bool IsVector => Shape.Count == 1;
}

/// <summary>The names and shapes of a Llama model's weights.</summary>
internal static class LlamaLayout
{
    public const string Embedding = "model.embed_tokens.weight";
    public const string FinalNorm = "model.norm.weight";
    public const string Head = "lm_head.weight";

    /// <summary>The projections of each layer, in the order in which they run.</summary>
    public static IReadOnlyList<string> Projections { get; } = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    public static string AttentionNorm(int layer) => $"model.layers.{layer}.input_layernorm.weight";

    public static string InnerNorm(int layer) => $"model.layers.{layer}.post_attention_layernorm.weight";

    public static string Projection(int layer, string name) => $"model.layers.{layer}.{(name is "gate_proj" or "up_proj" or "down_proj" ? "mlp" : "self_attn")}.{name}.weight";

    /// <summary>The factors of an adapter on a projection.</summary>
    public static (string A, string B) Adapter(int layer, string name)
    {
        string stem = Projection(layer, name)[..^"weight".Length];
        return (stem + "lora_A.weight", stem + "lora_B.weight");
    }

    public static (int Rows, int Columns) ProjectionShape(LlamaConfiguration c, string name) => name switch
    {
        "q_proj" => (c.HiddenSize, c.QuerySize),
        "k_proj" or "v_proj" => (c.HiddenSize, c.KeyValueSize),
        "o_proj" => (c.QuerySize, c.HiddenSize),
        "gate_proj" or "up_proj" => (c.HiddenSize, c.InnerSize),
        "down_proj" => (c.InnerSize, c.HiddenSize),
        _ => throw new ArgumentException($"'{name}' is no projection; there are {string.Join(", ", Projections)}.", nameof(name)),
    };

    /// <summary>All weights, in a fixed order.</summary>
    public static IEnumerable<ParameterShape> Parameters(LlamaConfiguration c)
    {
        yield return new(Embedding, c.VocabularySize, c.HiddenSize);
        for (int layer = 0; layer < c.Layers; layer++)
        {
            yield return new(AttentionNorm(layer), c.HiddenSize);
            foreach (string name in Projections)
            {
                if (name == "gate_proj")
                    yield return new(InnerNorm(layer), c.HiddenSize);
                (int rows, int columns) = ProjectionShape(c, name);
                yield return new(Projection(layer, name), rows, columns);
            }
        }
        yield return new(FinalNorm, c.HiddenSize);
        if (!c.TiedEmbeddings)
            yield return new(Head, c.VocabularySize, c.HiddenSize);
    }

    /// <summary>The factors of adapters, in a fixed order.</summary>
    public static IEnumerable<ParameterShape> AdapterParameters(LlamaConfiguration c, IReadOnlyCollection<string> targets, int rank)
    {
        for (int layer = 0; layer < c.Layers; layer++)
        {
            foreach (string name in Projections.Where(targets.Contains))
            {
                (int rows, int columns) = ProjectionShape(c, name);
                (string a, string b) = Adapter(layer, name);
                yield return new(a, rows, rank);
                yield return new(b, rank, columns);
            }
        }
    }
}
