using AiSdk.Training.OnnxFormat;

namespace AiSdk.Training;

/// <summary>A product with a constant matrix, in whatever form a graph has it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Rows">The width of what it reads.</param>
/// <param name="Columns">The width of what it gives.</param>
/// <param name="Read">Reads the matrix as [rows, columns].</param>
internal sealed record Linear(NodeProto Node, int Rows, int Columns, Func<float[]> Read);

/// <summary>Finds products with constant matrices: MatMul, Gemm, MatMulNBits.</summary>
internal static class LinearReader
{
    /// <summary>The product that a node is; null if it is another.</summary>
    /// <exception cref="TrainingException">It is one in a form that cannot be read.</exception>
    public static Linear? Of(GraphReader graph, NodeProto node) => node.OpType switch
    {
        "MatMul" or "FusedMatMul" => Plain(graph, node, GraphReader.Integer(node, "transB", 0) == 1),
        "Gemm" => Gemm(graph, node),
        "MatMulNBits" => Blocks(graph, node),
        _ => null,
    };

    private static Linear? Gemm(GraphReader graph, NodeProto node)
    {
        if (GraphReader.Integer(node, "transA", 0) == 1 || GraphReader.Float(node, "alpha", 1) != 1)
            throw graph.Error(node, "has transA or alpha, which Llama models do not have.");
        if (GraphReader.Input(node, 2).Length > 0)
            throw graph.Error(node, "adds a bias, which Llama models do not have.");
        return Plain(graph, node, GraphReader.Integer(node, "transB", 0) == 1);
    }

    private static Linear? Plain(GraphReader graph, NodeProto node, bool isTransposed)
    {
        string value = graph.Source(node.Input[1]);
        while (graph.Producer(value) is { OpType: "Transpose" } transpose)
        {
            isTransposed = !isTransposed;
            value = graph.Source(transpose.Input[0]);
        }
        // Without elements it is the default of an adapter's factor.
        if (graph.Constant(value) is not { Dims: [long first, long second] } matrix || first * second == 0)
            return null;
        (int rows, int columns) = isTransposed ? ((int)second, (int)first) : ((int)first, (int)second);
        return new Linear(node, rows, columns, () =>
        {
            float[] values = OnnxTensors.ReadFloats(matrix, graph.Path);
            return isTransposed ? Transposed(values, columns, rows) : values;
        });
    }

    private static Linear Blocks(GraphReader graph, NodeProto node)
    {
        int rows = (int)GraphReader.Integer(node, "K", 0);
        int columns = (int)GraphReader.Integer(node, "N", 0);
        if (GraphReader.Input(node, 4).Length > 0)
            throw graph.Error(node, "has a group index, which is not supported.");
        if (GraphReader.Input(node, 5).Length > 0)
            throw graph.Error(node, "adds a bias, which Llama models do not have.");
        return new Linear(node, rows, columns, () => Transposed(BlockFormat.Read(graph, node, node.Input[1], node.Input[2], GraphReader.Input(node, 3), columns, rows), columns, rows));
    }

    /// <summary>[rows, columns] as [columns, rows].</summary>
    public static float[] Transposed(float[] values, int rows, int columns)
    {
        var result = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                result[column * rows + row] = values[row * columns + column];
        }
        return result;
    }
}
