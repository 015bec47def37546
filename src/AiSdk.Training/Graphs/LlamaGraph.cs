namespace AiSdk.Training;

/// <summary>What a training graph has besides the model.</summary>
internal sealed record LlamaGraphOptions
{
    /// <summary>The number type: float, or double for checks.</summary>
    public ElementType NumberType { get; init; } = ElementType.Float;

    /// <summary>The projections that have adapters; their factors are trained, the model's weights are not. Empty: the weights are trained.</summary>
    public IReadOnlyList<string> AdapterTargets { get; init; } = [];

    public int Rank { get; init; }

    /// <summary>What adapters' products are multiplied with: alpha / rank.</summary>
    public double AdapterScale { get; init; } = 1;

    /// <summary>Whether masks for dropout are inputs: of adapters, where they read; else of what attention and feed-forward add.</summary>
    public bool HasDropout { get; init; }

    public bool HasSmoothing { get; init; }

    /// <summary>Whether the derivative is part of the graph.</summary>
    public bool IsTraining { get; init; } = true;
}

/// <summary>A Llama model's loss, and its derivative, as a graph.</summary>
/// <remarks>
/// Texts are padded at their end, which no token before it can see; so the causal mask is the only one. Rows with a weight of loss are
/// picked before the last normalization, so that logits are computed for them only.
/// </remarks>
internal sealed class LlamaGraph
{
    public const string Tokens = "input_ids";
    public const string Rows = "loss_rows";
    public const string TargetTokens = "target_tokens";
    public const string TargetWeights = "target_weights";
    public const string SmoothingWeights = "smoothing_weights";
    public const string Cos = "rope_cos";
    public const string Sin = "rope_sin";

    private readonly ComputationGraph _graph;
    private readonly LlamaConfiguration _c;
    private readonly LlamaGraphOptions _options;
    private readonly Dictionary<string, GraphValue> _weights = new(StringComparer.Ordinal);
    private readonly List<ParameterShape> _dropouts = [];
    private readonly Dimension _batch = Dimension.Of("batch");
    private readonly Dimension _length = Dimension.Of("length");

    private LlamaGraph(LlamaConfiguration configuration, LlamaGraphOptions options)
    {
        _c = configuration;
        _options = options;
        _graph = new ComputationGraph(options.NumberType);
        Trained = options.AdapterTargets.Count > 0 ? [.. LlamaLayout.AdapterParameters(configuration, options.AdapterTargets, options.Rank)] : [.. LlamaLayout.Parameters(configuration)];
        Loss = Build();
        Gradients = options.IsTraining ? [.. Differentiation.Gradients(_graph, Loss, [.. Trained.Select(parameter => _weights[parameter.Name])]).Select(static gradient => gradient!)] : [];
    }

    public ComputationGraph Graph => _graph;

    /// <summary>The weights that are trained, in order.</summary>
    public IReadOnlyList<ParameterShape> Trained { get; }

    /// <summary>The dropout masks that each run is given: names and widths; their rows are the tokens.</summary>
    public IReadOnlyList<ParameterShape> Dropouts => _dropouts;

    /// <summary>The weighted sum of the targets' negative log-probabilities; a scalar.</summary>
    public GraphValue Loss { get; }

    /// <summary>The loss's derivative for each of <see cref="Trained"/>.</summary>
    public IReadOnlyList<GraphValue> Gradients { get; }

    public static LlamaGraph Create(LlamaConfiguration configuration, LlamaGraphOptions options) => new(configuration, options);

    private GraphValue Build()
    {
        ComputationGraph g = _graph;
        Dimension rowCount = Dimension.Of("rows");
        Dimension choices = Dimension.Of("choices");
        GraphValue tokens = g.Indices(Tokens, _batch, _length);
        GraphValue rows = g.Indices(Rows, rowCount);
        GraphValue targets = g.Indices(TargetTokens, rowCount, choices);
        GraphValue targetWeights = g.Input(TargetWeights, rowCount, choices);
        GraphValue? smoothing = _options.HasSmoothing ? g.Input(SmoothingWeights, rowCount, 1) : null;
        GraphValue cos = g.Input(Cos, _c.ContextLength, _c.HeadSize / 2);
        GraphValue sin = g.Input(Sin, _c.ContextLength, _c.HeadSize / 2);
        foreach (ParameterShape parameter in LlamaLayout.Parameters(_c).Concat(_options.AdapterTargets.Count > 0 ? Trained : []))
            _weights.Add(parameter.Name, g.Input(parameter.Name, [.. parameter.Shape.Select(static dimension => (Dimension)dimension)]));

        GraphValue mask = g.CausalMask(_length);
        GraphValue x = g.Gather(_weights[LlamaLayout.Embedding], g.Reshape(tokens, _batch * _length));
        for (int layer = 0; layer < _c.Layers; layer++)
        {
            x = g.Add(x, Dropped(Attention(layer, Norm(x, LlamaLayout.AttentionNorm(layer)), mask, cos, sin), $"dropout.{layer}.attention"));
            x = g.Add(x, Dropped(FeedForward(layer, Norm(x, LlamaLayout.InnerNorm(layer))), $"dropout.{layer}.mlp"));
        }
        GraphValue last = Norm(g.Gather(x, rows), LlamaLayout.FinalNorm);
        GraphValue logits = g.MatMul(last, _weights[_c.TiedEmbeddings ? LlamaLayout.Embedding : LlamaLayout.Head], transposeRight: true);
        return g.ReduceSum(g.CrossEntropy(logits, targets, targetWeights, smoothing), keepAxes: false, 0, 1);
    }

    private GraphValue Attention(int layer, GraphValue x, GraphValue mask, GraphValue cos, GraphValue sin)
    {
        ComputationGraph g = _graph;
        long groups = _c.Heads / _c.KeyValueHeads;
        GraphValue input = AdapterInput(x, $"dropout.{layer}.attention_input");
        GraphValue Heads(string name, int heads) => g.Transpose(g.Reshape(Project(layer, name, x, input), _batch, _length, heads, _c.HeadSize), 0, 2, 1, 3);
        GraphValue query = g.Rotate(Heads("q_proj", _c.Heads), cos, sin);
        GraphValue key = g.Rotate(Heads("k_proj", _c.KeyValueHeads), cos, sin);
        GraphValue value = Heads("v_proj", _c.KeyValueHeads);
        // The heads that share keys and values stand one below the other, so that one product serves them.
        query = g.Reshape(query, _batch, _c.KeyValueHeads, groups * _length, _c.HeadSize);
        GraphValue scores = g.MatMul(query, key, transposeRight: true, factor: 1 / Math.Sqrt(_c.HeadSize));
        scores = g.Reshape(scores, _batch, _c.KeyValueHeads, groups, _length, _length);
        GraphValue shares = g.Reshape(g.Softmax(g.Add(scores, mask)), _batch, _c.KeyValueHeads, groups * _length, _length);
        GraphValue mixed = g.Reshape(g.MatMul(shares, value), _batch, _c.Heads, _length, _c.HeadSize);
        mixed = g.Reshape(g.Transpose(mixed, 0, 2, 1, 3), _batch * _length, _c.QuerySize);
        return Project(layer, "o_proj", mixed, AdapterInput(mixed, $"dropout.{layer}.attention_output"));
    }

    private GraphValue FeedForward(int layer, GraphValue x)
    {
        GraphValue input = AdapterInput(x, $"dropout.{layer}.mlp_input");
        GraphValue inner = _graph.Mul(_graph.Silu(Project(layer, "gate_proj", x, input)), Project(layer, "up_proj", x, input));
        return Project(layer, "down_proj", inner, AdapterInput(inner, $"dropout.{layer}.mlp_output"));
    }

    private GraphValue Norm(GraphValue x, string name) => _graph.RmsNorm(x, _weights[name], _c.RmsEpsilon).Output;

    private GraphValue Project(int layer, string name, GraphValue x, GraphValue adapterInput)
    {
        GraphValue product = _graph.MatMul(x, _weights[LlamaLayout.Projection(layer, name)]);
        if (!_options.AdapterTargets.Contains(name))
            return product;
        (string a, string b) = LlamaLayout.Adapter(layer, name);
        return _graph.Add(product, _graph.MatMul(_graph.MatMul(adapterInput, _weights[a]), _weights[b], factor: _options.AdapterScale));
    }

    private GraphValue AdapterInput(GraphValue x, string name)
    {
        string[] readers = name.EndsWith("attention_input", StringComparison.Ordinal) ? ["q_proj", "k_proj", "v_proj"]
            : name.EndsWith("attention_output", StringComparison.Ordinal) ? ["o_proj"]
            : name.EndsWith("mlp_input", StringComparison.Ordinal) ? ["gate_proj", "up_proj"]
            : ["down_proj"];
        return _options.AdapterTargets.Any(readers.Contains) ? Mask(x, name) : x;
    }

    private GraphValue Dropped(GraphValue x, string name) => _options.AdapterTargets.Count == 0 ? Mask(x, name) : x;

    // The masks are inputs, because a generator within the session would begin anew when a run is resumed.
    private GraphValue Mask(GraphValue x, string name)
    {
        if (!_options.HasDropout)
            return x;
        _dropouts.Add(new ParameterShape(name, (int)x.Last.Factor));
        return _graph.Mul(x, _graph.Input(name, x.Shape));
    }
}
