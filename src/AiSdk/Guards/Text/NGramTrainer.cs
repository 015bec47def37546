namespace AiSdk;

/// <summary>Fits an <see cref="NGramModel"/> by logistic regression. Deterministic: the same examples give the same model.</summary>
internal static class NGramTrainer
{
    private const float Rate = 0.5f;

    /// <summary>An example: its n-grams, its class, and how much it counts.</summary>
    public readonly record struct Example(int[] Items, bool IsPositive, float Weight = 1);

    /// <summary>An example of a folded text.</summary>
    public static Example Of(ReadOnlySpan<char> text, bool isPositive, float weight = 1)
    {
        NGramSet set = NGramSet.ForThread;
        set.Fill(text);
        return new Example(set.Items.ToArray(), isPositive, weight);
    }

    /// <summary>Fits the model.</summary>
    /// <param name="examples">The examples; there should be both classes among them.</param>
    /// <param name="epochs">How often each is looked at.</param>
    /// <param name="decay">How strongly weights are drawn to nought.</param>
    /// <param name="cancellationToken">Stops it between two epochs.</param>
    public static NGramModel Train(IReadOnlyList<Example> examples, int epochs, float decay, CancellationToken cancellationToken = default)
    {
        float[] weights = new float[1 << NGramSet.Bits];
        float[] squares = new float[weights.Length];
        float bias = 0;
        float biasSquares = 1e-3f;
        int[] order = [.. Enumerable.Range(0, examples.Count)];
        ulong random = 0x9E3779B97F4A7C15;
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Shuffle(order, ref random);
            foreach (int index in order)
            {
                Example example = examples[index];
                if (example.Items.Length == 0)
                    continue;
                float value = 1 / MathF.Sqrt(example.Items.Length);
                float sum = 0;
                foreach (int item in example.Items)
                    sum += weights[item];
                float error = (1 / (1 + MathF.Exp(-(bias + sum * value))) - (example.IsPositive ? 1 : 0)) * example.Weight;
                biasSquares += error * error;
                bias -= Rate * error / MathF.Sqrt(biasSquares);
                foreach (int item in example.Items)
                {
                    float gradient = error * value + decay * weights[item];
                    squares[item] += gradient * gradient;
                    weights[item] -= Rate * gradient / (MathF.Sqrt(squares[item]) + 1e-3f);
                }
            }
        }
        return new NGramModel(weights, bias);
    }

    private static void Shuffle(int[] order, ref ulong random)
    {
        for (int i = order.Length - 1; i > 0; i--)
        {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            int other = (int)(random % (ulong)(i + 1));
            (order[i], order[other]) = (order[other], order[i]);
        }
    }
}
