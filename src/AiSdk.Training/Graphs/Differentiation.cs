namespace AiSdk.Training;

/// <summary>Reverse-mode differentiation: adds to a graph the derivative of one of its values with respect to others.</summary>
internal static class Differentiation
{
    /// <summary>Adds the gradients.</summary>
    /// <param name="graph">The graph, to which nodes are added.</param>
    /// <param name="loss">A scalar.</param>
    /// <param name="parameters">The values that the derivative is asked for.</param>
    /// <returns>A value for each parameter, of its shape; null where the loss does not depend on it.</returns>
    /// <exception cref="NotSupportedException">An operation between parameter and loss has no rule; the message names it and its node.</exception>
    public static IReadOnlyList<GraphValue?> Gradients(ComputationGraph graph, GraphValue loss, IReadOnlyList<GraphValue> parameters)
    {
        // Only what lies between parameters and loss needs a gradient: frozen weights cost nothing.
        HashSet<GraphValue> needed = [.. parameters];
        GraphNode[] nodes = [.. graph.Nodes];
        foreach (GraphNode node in nodes)
        {
            if (node.Inputs.Any(needed.Contains))
                needed.UnionWith(node.Outputs);
        }
        Dictionary<GraphValue, GraphValue> gradients = new() { [loss] = graph.Constant(1) };
        foreach (GraphNode node in Enumerable.Reverse(nodes))
        {
            if (!gradients.TryGetValue(node.Output, out GraphValue? gradient) || !needed.Contains(node.Output))
                continue;
            if (!DerivativeRules.All.TryGetValue(node.Operation, out DerivativeRule? rule))
                throw new NotSupportedException($"The operation {node.Operation} of node '{node.Name}' has no derivative rule, but a parameter reaches the loss through it.");
            GraphValue?[] results = rule(new DerivativeContext(graph, node, gradient, needed));
            for (int i = 0; i < results.Length; i++)
            {
                if (results[i] is not { } result || !needed.Contains(node.Inputs[i]))
                    continue;
                GraphValue input = node.Inputs[i];
                gradients[input] = gradients.TryGetValue(input, out GraphValue? sum) ? graph.Add(sum, result) : result;
            }
        }
        return [.. parameters.Select(parameter => gradients.GetValueOrDefault(parameter))];
    }
}

/// <summary>What a rule is given.</summary>
/// <param name="Graph">The graph, to which the rule adds nodes.</param>
/// <param name="Node">The node.</param>
/// <param name="Gradient">The loss's derivative with respect to the node's first output.</param>
/// <param name="Needed">The values that need a gradient.</param>
internal sealed record DerivativeContext(ComputationGraph Graph, GraphNode Node, GraphValue Gradient, IReadOnlySet<GraphValue> Needed)
{
    public GraphValue Input(int index) => Node.Inputs[index];

    /// <summary>Makes an input's gradient, if it is needed.</summary>
    public GraphValue? For(int index, Func<GraphValue> make) => Needed.Contains(Node.Inputs[index]) ? make() : null;

    /// <summary>Sums a gradient over the axes along which an input was repeated.</summary>
    public GraphValue ReduceTo(GraphValue gradient, GraphValue input)
    {
        int added = gradient.Rank - input.Rank;
        int[] axes = [.. Enumerable.Range(0, gradient.Rank).Where(axis => axis < added || (input.Shape[axis - added] == 1 && gradient.Shape[axis] != 1))];
        return axes.Length == 0 ? gradient : Graph.Reshape(Graph.ReduceSum(gradient, keepAxes: false, axes), input.Shape);
    }
}

/// <summary>The derivative of one operation: a gradient for each input, null where it has none or none is needed.</summary>
internal delegate GraphValue?[] DerivativeRule(DerivativeContext context);
