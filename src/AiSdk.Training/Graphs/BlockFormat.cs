using System.Globalization;
using AiSdk.Training.OnnxFormat;

namespace AiSdk.Training;

/// <summary>The block-wise format of MatMulNBits and GatherBlockQuantized: each row in blocks, each with a scale; a value is (code − zero point) · scale.</summary>
internal static class BlockFormat
{
    /// <summary>Reads a matrix of rows.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="node">The node that reads the matrix; its attributes <c>bits</c> and <c>block_size</c> count.</param>
    /// <param name="codes">The codes: two to a byte at 4 bits, the lower half first.</param>
    /// <param name="scales">A scale for each block.</param>
    /// <param name="zeroPoints">A zero point for each block, packed like the codes by rows or of the scales' type; empty: the middle code.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">Their length.</param>
    /// <exception cref="TrainingException">It is in another form.</exception>
    public static float[] Read(GraphReader graph, NodeProto node, string codes, string scales, string zeroPoints, int rows, int columns)
    {
        int bits = (int)GraphReader.Integer(node, "bits", 4);
        int size = (int)GraphReader.Integer(node, "block_size", 0);
        if (bits is not (4 or 8) || size < 1)
            throw graph.Error(node, string.Create(CultureInfo.InvariantCulture, $"has {bits} bits in blocks of {size}; 4 and 8 bits are supported."));
        int blocks = (columns + size - 1) / size;
        byte[] packed = OnnxTensors.ReadBytes(Find(codes), graph.Path);
        float[] factors = OnnxTensors.ReadFloats(Find(scales), graph.Path);
        TensorProto? zeros = zeroPoints.Length == 0 ? null : Find(zeroPoints);
        byte[]? zeroCodes = zeros is { DataType: (int)ElementType.UInt8 } ? OnnxTensors.ReadBytes(zeros, graph.Path) : null;
        float[]? zeroValues = zeros is not null && zeroCodes is null ? OnnxTensors.ReadFloats(zeros, graph.Path) : null;
        // Rows of MatMulNBits are filled up to whole blocks, those of GatherBlockQuantized are not.
        int rowBytes = packed.Length / rows;
        int zeroBytes = (blocks * bits + 7) / 8;
        var values = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int block = column / size;
                float zero = zeroValues is not null ? zeroValues[row * blocks + block]
                    : zeroCodes is not null ? Code(zeroCodes, row * zeroBytes, block, bits)
                    : 1 << (bits - 1);
                values[row * columns + column] = (Code(packed, row * rowBytes, column, bits) - zero) * factors[row * blocks + block];
            }
        }
        return values;

        TensorProto Find(string name)
        {
            string value = graph.Source(name);
            while (graph.Producer(value) is { OpType: "Reshape" } reshape)
                value = graph.Source(reshape.Input[0]);
            return graph.Constant(value) ?? throw graph.Error(node, $"reads '{name}', which is no constant.");
        }
    }

    private static int Code(byte[] packed, int start, int index, int bits) => bits == 8 ? packed[start + index] : (packed[start + index / 2] >> (index % 2 * 4)) & 0xF;
}
