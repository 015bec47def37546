using System.Numerics.Tensors;

namespace AiSdk.Training;

/// <summary>A matrix whose rows are quantized in blocks.</summary>
/// <param name="Codes">[rows, blocks, block size · bits / 8]; at 4 bits two to a byte, the lower half first.</param>
/// <param name="Scales">[rows, blocks].</param>
/// <param name="Blocks">The blocks of a row, the last of which may be filled up.</param>
internal sealed record QuantizedMatrix(byte[] Codes, float[] Scales, int Blocks);

/// <summary>Quantizes rows in blocks: a value is (code − 2^(bits − 1)) · scale.</summary>
internal static class BlockQuantizer
{
    // Scales somewhat smaller than the largest value asks for cut that one off and serve all others better.
    private const int Candidates = 16;
    private const float SmallestShrink = 0.7f;

    public static QuantizedMatrix Quantize(ReadOnlySpan<float> values, int rows, int columns, int bits, int size, CancellationToken cancellationToken = default)
    {
        int blocks = (columns + size - 1) / size;
        int blockBytes = size * bits / 8;
        var codes = new byte[rows * blocks * blockBytes];
        var scales = new float[rows * blocks];
        var block = new float[size];
        for (int row = 0; row < rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int b = 0; b < blocks; b++)
            {
                int count = Math.Min(size, columns - b * size);
                values.Slice(row * columns + b * size, count).CopyTo(block);
                block.AsSpan(count).Clear();
                int index = row * blocks + b;
                scales[index] = Scale(block, bits);
                Encode(block, scales[index], bits, codes.AsSpan(index * blockBytes, blockBytes));
            }
        }
        return new QuantizedMatrix(codes, scales, blocks);
    }

    /// <summary>The scale with the smallest sum of squared errors. The most extreme value takes the code 0, of which there is one more than on the other side.</summary>
    private static float Scale(ReadOnlySpan<float> block, int bits)
    {
        float extreme = TensorPrimitives.MaxMagnitude(block);
        if (extreme == 0)
            return 0;
        float full = extreme / -(1 << (bits - 1));
        // At 8 bits the largest value's own error outweighs what the others gain.
        if (bits == 8)
            return full;
        float best = full;
        double smallest = double.MaxValue;
        for (int i = 0; i < Candidates; i++)
        {
            float scale = full * (1 - (1 - SmallestShrink) * i / (Candidates - 1));
            double error = 0;
            foreach (float value in block)
            {
                float difference = value - (Code(value, scale, bits) - (1 << (bits - 1))) * scale;
                error += difference * difference;
            }
            if (error < smallest)
                (smallest, best) = (error, scale);
        }
        return best;
    }

    private static int Code(float value, float scale, int bits) => Math.Clamp((int)MathF.Round(value / scale) + (1 << (bits - 1)), 0, (1 << bits) - 1);

    private static void Encode(ReadOnlySpan<float> block, float scale, int bits, Span<byte> codes)
    {
        for (int i = 0; i < block.Length; i++)
        {
            int code = scale == 0 ? 1 << (bits - 1) : Code(block[i], scale, bits);
            if (bits == 8)
                codes[i] = (byte)code;
            else
                codes[i / 2] |= (byte)(code << (i % 2 * 4));
        }
    }
}
