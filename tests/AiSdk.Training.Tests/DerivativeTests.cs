using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>Gradients against central differences, in double: each rule, and whole models.</summary>
public sealed class DerivativeTests
{
    private const double Tolerance = 1e-5;

    private static readonly Dictionary<string, Func<ComputationGraph, GraphValue>> s_cases = new(StringComparer.Ordinal)
    {
        ["Add"] = g => g.Add(X(g, "x", 3, 4), X(g, "y", 3, 4)),
        ["Add broadcast"] = g => g.Add(X(g, "x", 2, 3, 4), X(g, "y", 3, 1)),
        ["Sub"] = g => g.Sub(X(g, "x", 1, 4), X(g, "y", 3, 4)),
        ["Mul"] = g => g.Mul(X(g, "x", 3, 4), X(g, "y", 4)),
        ["Mul of itself"] = g => Twice(g, X(g, "x", 3, 4)),
        ["Exp"] = g => g.Exp(X(g, "x", 3, 4)),
        ["Sigmoid"] = g => g.Sigmoid(X(g, "x", 3, 4)),
        ["Silu"] = g => g.Silu(X(g, "x", 3, 4)),
        ["MatMul"] = g => g.MatMul(X(g, "x", 3, 4), X(g, "y", 4, 5), factor: 0.7),
        ["MatMul left"] = g => g.MatMul(X(g, "x", 4, 3), X(g, "y", 4, 5), transposeLeft: true),
        ["MatMul right"] = g => g.MatMul(X(g, "x", 3, 4), X(g, "y", 5, 4), transposeRight: true, factor: 2),
        ["MatMul both"] = g => g.MatMul(X(g, "x", 4, 3), X(g, "y", 5, 4), transposeLeft: true, transposeRight: true),
        ["MatMul batched"] = g => g.MatMul(X(g, "x", 2, 3, 4), X(g, "y", 2, 5, 4), transposeRight: true, factor: 0.3),
        ["MatMul batched left"] = g => g.MatMul(X(g, "x", 2, 4, 3), X(g, "y", 2, 4, 5), transposeLeft: true),
        ["MatMul batched plain"] = g => g.MatMul(X(g, "x", 2, 3, 4), X(g, "y", 2, 4, 5)),
        ["MatMul batched both"] = g => g.MatMul(X(g, "x", 2, 4, 3), X(g, "y", 2, 5, 4), transposeLeft: true, transposeRight: true),
        ["Transpose"] = g => g.Transpose(X(g, "x", 2, 3, 4), 2, 0, 1),
        ["Reshape"] = g => g.Reshape(X(g, "x", 2, 3, 4), 6, 4),
        ["Expand"] = g => g.Expand(X(g, "x", 3, 1), [2, 3, 4]),
        ["Softmax"] = g => g.Softmax(X(g, "x", 3, 4)),
        ["ReduceSum"] = g => g.ReduceSum(X(g, "x", 2, 3, 4), keepAxes: false, 0, 2),
        ["ReduceSum kept"] = g => g.ReduceSum(X(g, "x", 2, 3, 4), keepAxes: true, 1),
        ["Gather"] = g => g.Gather(X(g, "x", 5, 4), g.Indices("rows", 6)),
        ["ScatterRows"] = g => g.ScatterRows(X(g, "x", 6, 4), g.Indices("rows", 6), 5),
        ["CrossEntropy"] = g => g.CrossEntropy(X(g, "x", 3, 5), g.Indices("elements", 3, 4), g.Input("shares", 3, 4), null),
        ["CrossEntropy smoothed"] = g => g.CrossEntropy(X(g, "x", 3, 5), g.Indices("elements", 3, 4), g.Input("shares", 3, 4), g.Input("smoothing", 3, 1)),
        ["RmsNorm"] = g => g.RmsNorm(X(g, "x", 3, 4), X(g, "y", 4), 1e-5).Output,
        ["Rotate"] = g => g.Rotate(X(g, "x", 2, 2, 3, 8), g.Input("cos", 5, 4), g.Input("sin", 5, 4)),
        ["Rotate back"] = g => g.Rotate(X(g, "x", 2, 2, 3, 8), g.Input("cos", 5, 4), g.Input("sin", 5, 4), inverse: true),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_rule_equals_central_differences(string name)
    {
        ComputationGraph graph = new(ElementType.Double);
        GraphValue result = s_cases[name](graph);
        // Weighted, so that an error in one element cannot hide behind another, and squared, so that the gradient that comes in differs everywhere.
        GraphValue weights = graph.Input("weights", [.. result.Shape]);
        GraphValue loss = graph.ReduceSum(graph.Mul(graph.Mul(result, result), weights), keepAxes: false, [.. Enumerable.Range(0, result.Rank)]);
        GraphValue[] parameters = [.. graph.Inputs.Where(static input => input.Name is "x" or "y")];
        IReadOnlyList<GraphValue?> gradients = Differentiation.Gradients(graph, loss, parameters);
        Dictionary<string, (Array, long[])> feeds = Feeds(graph, []);
        double error = GraphRunner.WorstError(graph, loss, [.. parameters.Select(static p => p.Name)], [.. gradients.Select(static gradient => gradient!)], feeds, 100);
        Assert.InRange(error, 0, Tolerance);
    }

    [Fact]
    public void Every_rule_has_a_case()
    {
        HashSet<GraphOperation> covered = [.. s_cases.Values.Select(make =>
        {
            ComputationGraph graph = new(ElementType.Double);
            make(graph);
            return graph.Nodes[^1].Operation;
        })];
        Assert.Equal(DerivativeRules.All.Keys.Order(), covered.Order());
    }

    [Fact]
    public void An_operation_without_a_rule_is_refused_by_its_name_and_node()
    {
        ComputationGraph graph = new(ElementType.Double);
        GraphValue x = X(graph, "x", 3, 1);
        GraphValue table = graph.Gather(x, graph.Indices("rows", 2, 2));
        GraphValue loss = graph.ReduceSum(table, keepAxes: false, 0, 1, 2);
        NotSupportedException exception = Assert.Throws<NotSupportedException>(() => Differentiation.Gradients(graph, loss, [x]));
        Assert.Contains("Gather", exception.Message, StringComparison.Ordinal);
        Assert.Contains(table.Name, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    public void A_whole_model_equals_central_differences(bool tied, bool lora, bool dropout)
    {
        LlamaConfiguration configuration = TestConfigurations.TwoLayers with { TiedEmbeddings = tied };
        LlamaGraph model = LlamaGraph.Create(configuration, new LlamaGraphOptions
        {
            NumberType = ElementType.Double,
            AdapterTargets = lora ? LlamaLayout.Projections : [],
            Rank = 3,
            AdapterScale = 1.5,
            HasDropout = dropout,
            HasSmoothing = true,
        });
        Dictionary<string, (Array, long[])> feeds = Feeds(model.Graph, new() { ["batch"] = 2, ["length"] = 5, ["rows"] = 6, ["choices"] = 2 });
        double error = GraphRunner.WorstError(model.Graph, model.Loss, [.. model.Trained.Select(static p => p.Name)], model.Gradients, feeds, 12);
        Assert.InRange(error, 0, Tolerance);
    }

    [Fact]
    public void Float_gives_what_double_gives()
    {
        Dictionary<string, (Array, long[])> feeds = [];
        double[][] Run(ElementType type)
        {
            LlamaGraph model = LlamaGraph.Create(TestConfigurations.TwoLayers, new LlamaGraphOptions { NumberType = type, HasSmoothing = true, HasDropout = true });
            feeds = Feeds(model.Graph, new() { ["batch"] = 3, ["length"] = 7, ["rows"] = 9, ["choices"] = 2 });
            using GraphRunner runner = new(model.Graph, [model.Loss, .. model.Gradients]);
            return runner.Run(feeds);
        }
        double[][] floats = Run(ElementType.Float);
        double[][] doubles = Run(ElementType.Double);
        for (int i = 0; i < doubles.Length; i++)
        {
            double largest = doubles[i].Max(Math.Abs);
            for (int j = 0; j < doubles[i].Length; j++)
                Assert.InRange(Math.Abs(floats[i][j] - doubles[i][j]), 0, 2e-5 * largest + 1e-7);
        }
    }

    [Fact]
    public void Rows_at_equal_indices_are_added_on_several_threads()
    {
        // ScatterND(add), which would be the shorter way, loses some of them on several threads.
        ComputationGraph graph = new(ElementType.Double);
        GraphValue rows = graph.Input("x", Dimension.Of("n"), 64);
        GraphValue sum = graph.ScatterRows(rows, graph.Indices("rows", Dimension.Of("n")), 3);
        using GraphRunner runner = new(graph, threads: 4, sum);
        var values = new double[4096 * 64];
        Array.Fill(values, 1);
        var indices = new long[4096];
        for (int run = 0; run < 20; run++)
        {
            double[] result = runner.Run(new Dictionary<string, (Array, long[])> { ["x"] = (values, [4096, 64]), ["rows"] = (indices, [4096]) })[0];
            Assert.All(result[..64], static value => Assert.Equal(4096, value));
            Assert.All(result[64..], static value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void Elements_at_equal_indices_are_added_on_several_threads()
    {
        ComputationGraph graph = new(ElementType.Float);
        Dimension rows = Dimension.Of("n");
        GraphValue sum = graph.AddElements(graph.Input("x", rows, 3), graph.Indices("elements", rows, 64), graph.Input("added", rows, 64));
        using GraphRunner runner = new(graph, threads: 4, sum);
        var added = new double[1024 * 64];
        Array.Fill(added, 1);
        var indices = new long[1024 * 64];
        for (int run = 0; run < 50; run++)
        {
            double[] result = runner.Run(new Dictionary<string, (Array, long[])> { ["x"] = (new double[1024 * 3], [1024, 3]), ["elements"] = (indices, [1024, 64]), ["added"] = (added, [1024, 64]) })[0];
            for (int i = 0; i < result.Length; i++)
                Assert.Equal(i % 3 == 0 ? 64 : 0, result[i]);
        }
    }

    [Fact]
    public void A_cross_entropy_whose_weights_depend_on_a_parameter_is_refused()
    {
        ComputationGraph graph = new(ElementType.Double);
        GraphValue x = X(graph, "x", 3, 4);
        GraphValue loss = graph.ReduceSum(graph.CrossEntropy(X(graph, "logits", 3, 5), graph.Indices("elements", 3, 4), x, null), keepAxes: false, 0, 1);
        Assert.Contains("through its weights", Assert.Throws<NotSupportedException>(() => Differentiation.Gradients(graph, loss, [x])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => graph.CrossEntropy(X(graph, "wide", 3, 5), graph.Indices("others", 3, 4), X(graph, "narrow", 3, 2), null));
        Assert.Throws<InvalidOperationException>(() => graph.AddElements(X(graph, "sum", 3, 5), graph.Indices("more", 3, 4), X(graph, "less", 3, 2)));
    }

    /// <summary>Small random numbers and valid indices for all inputs of a graph.</summary>
    internal static Dictionary<string, (Array Values, long[] Shape)> Feeds(ComputationGraph graph, Dictionary<string, long> lengths)
    {
        Random random = new(3);
        Dictionary<string, (Array, long[])> feeds = new(StringComparer.Ordinal);
        foreach (GraphValue input in graph.Inputs)
        {
            long[] shape = [.. input.Shape.Select(dimension => Dimension.Names(dimension).Aggregate(dimension.Factor, (product, name) => product * lengths[name]))];
            long count = shape.Aggregate(1L, static (product, length) => product * length);
            long highest = input.Name switch { LlamaGraph.Rows => lengths["batch"] * lengths["length"], "rows" or "elements" => 5, _ => TestConfigurations.TwoLayers.VocabularySize };
            feeds.Add(input.Name, input.Type == ElementType.Int64
                ? (Enumerable.Range(0, (int)count).Select(_ => random.NextInt64(highest)).ToArray(), shape)
                : (Enumerable.Range(0, (int)count).Select(_ => random.NextDouble() * 2 - 1).ToArray(), shape));
        }
        return feeds;
    }

    private static GraphValue X(ComputationGraph graph, string name, params Dimension[] shape) => graph.Input(name, shape);

    private static GraphValue Twice(ComputationGraph graph, GraphValue x) => graph.Mul(x, x);
}
