using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>What training draws from random numbers, the same on every machine.</summary>
internal static class RandomNumbers
{
    /// <summary>A seed for one of many uses.</summary>
    public static ulong Seed(ulong seed, ulong use, ulong number) => new Xoshiro256(new Xoshiro256(new Xoshiro256(seed).Next() ^ use).Next() ^ number).Next();

    /// <summary>Fills an array with normally distributed numbers (Box and Muller).</summary>
    public static void FillNormal(Span<float> values, double deviation, Xoshiro256 random)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            double radius = deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            (double sin, double cos) = Math.SinCos(2 * Math.PI * random.NextDouble());
            values[i] = (float)(radius * cos);
            if (i + 1 < values.Length)
                values[i + 1] = (float)(radius * sin);
        }
    }

    /// <summary>Puts a list into a random order.</summary>
    public static void Shuffle<T>(IList<T> items, Xoshiro256 random)
    {
        for (int i = items.Count - 1; i > 0; i--)
        {
            int other = (int)(random.NextDouble() * (i + 1));
            (items[i], items[other]) = (items[other], items[i]);
        }
    }
}
