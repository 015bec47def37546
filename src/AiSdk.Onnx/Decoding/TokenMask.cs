using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AiSdk.Onnx;

/// <summary>Masks over a vocabulary, a bit a token: token 64·i+j is bit j of word i. Tokens beyond the mask are not in it.</summary>
internal static class TokenMask
{
    /// <summary>The token with the greatest score among those of a mask, the smallest id among equals; -1 if the mask is empty.</summary>
    public static int Best(ReadOnlySpan<float> scores, ReadOnlySpan<ulong> mask)
    {
        float best = Greatest(scores, mask);
        for (int from = 0; from < scores.Length;)
        {
            int at = scores[from..].IndexOf(best);
            if (at < 0)
                break;
            from += at;
            if (Contains(mask, from))
                return from;
            from++;
        }
        // Not a number is equal to nothing, itself included.
        for (int token = 0; token < scores.Length; token++)
        {
            if (Contains(mask, token) && float.IsNaN(scores[token]))
                return token;
        }
        return -1;
    }

    /// <summary>Copies the scores of a mask's tokens; the others are minus infinity.</summary>
    public static void Apply(ReadOnlySpan<float> scores, ReadOnlySpan<ulong> mask, Span<float> masked)
    {
        masked.Fill(float.NegativeInfinity);
        int words = Math.Min(mask.Length, (scores.Length + 63) / 64);
        for (int word = 0; word < words; word++)
        {
            for (ulong bits = mask[word]; bits != 0; bits &= bits - 1)
            {
                int token = (word << 6) + BitOperations.TrailingZeroCount(bits);
                if (token < scores.Length)
                    masked[token] = scores[token];
            }
        }
    }

    /// <summary>The logarithm of the sum of the exponentials of a mask's scores, each of them times a factor; minus infinity if the mask is empty.</summary>
    /// <param name="scores">The scores, [vocabulary].</param>
    /// <param name="mask">The mask.</param>
    /// <param name="factor">The factor, more than 0.</param>
    public static double LogSum(ReadOnlySpan<float> scores, ReadOnlySpan<ulong> mask, float factor)
    {
        float greatest = Greatest(scores, mask);
        if (float.IsNegativeInfinity(greatest))
            return double.NegativeInfinity;
        double sum = 0;
        int whole = Math.Min(mask.Length, scores.Length / 64);
        Vector256<float> factors = Vector256.Create(factor);
        Vector256<float> greatests = Vector256.Create(greatest);
        Vector256<int> powers = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        ref float first = ref MemoryMarshal.GetReference(scores);
        for (int word = 0; word < whole; word++)
        {
            // Most words of a place with few choices are empty.
            ulong bits = mask[word];
            for (int part = 0; bits != 0; part++, bits >>= 8)
            {
                if ((byte)bits == 0)
                    continue;
                Vector256<float> values = Vector256.LoadUnsafe(ref first, (nuint)((word << 6) + (part << 3)));
                Vector256<int> isIn = Vector256.Equals(Vector256.Create((int)(byte)bits) & powers, powers);
                sum += Vector256.Sum(Vector256.ConditionalSelect(isIn.AsSingle(), Vector256.Exp((values - greatests) * factors), Vector256<float>.Zero));
            }
        }
        for (int token = whole << 6; token < Math.Min(scores.Length, mask.Length << 6); token++)
        {
            if (Contains(mask, token))
                sum += Math.Exp((scores[token] - greatest) * factor);
        }
        return (greatest * factor) + Math.Log(sum);
    }

    /// <summary>Whether a mask has a token.</summary>
    public static bool Contains(ReadOnlySpan<ulong> mask, int token) => token >> 6 < mask.Length && (mask[token >> 6] >> token & 1) != 0;

    private static float Greatest(ReadOnlySpan<float> scores, ReadOnlySpan<ulong> mask)
    {
        float greatest = float.NegativeInfinity;
        int whole = Math.Min(mask.Length, scores.Length / 64);
        Vector256<float> lanes = Vector256.Create(float.NegativeInfinity);
        Vector256<float> none = lanes;
        Vector256<int> powers = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        ref float first = ref MemoryMarshal.GetReference(scores);
        for (int word = 0; word < whole; word++)
        {
            ulong bits = mask[word];
            if (bits == 0)
                continue;
            for (int part = 0; part < 8; part++, bits >>= 8)
            {
                Vector256<float> values = Vector256.LoadUnsafe(ref first, (nuint)((word << 6) + (part << 3)));
                Vector256<int> isIn = Vector256.Equals(Vector256.Create((int)(byte)bits) & powers, powers);
                lanes = Vector256.Max(lanes, Vector256.ConditionalSelect(isIn.AsSingle(), values, none));
            }
        }
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
            greatest = Math.Max(greatest, lanes[lane]);
        for (int token = whole << 6; token < Math.Min(scores.Length, mask.Length << 6); token++)
        {
            if (Contains(mask, token))
                greatest = Math.Max(greatest, scores[token]);
        }
        return greatest;
    }
}
