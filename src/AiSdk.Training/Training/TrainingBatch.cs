using System.Buffers;

namespace AiSdk.Training;

/// <summary>A batch as the graph reads it: tokens padded to one length, and the rows that have a loss. Its arrays are rented; they hold more than the batch needs.</summary>
internal sealed class TrainingBatch : IDisposable
{
    // More, and what a layer reads and writes no longer fits into a core's cache; fewer, and matrices get too thin.
    private const int PartTokens = 512;

    private TrainingBatch(int size, int length, int rows, int choices)
    {
        Size = size;
        Length = length;
        Rows = rows;
        Choices = choices;
        Tokens = ArrayPool<long>.Shared.Rent(size * length);
        LossRows = ArrayPool<long>.Shared.Rent(Math.Max(1, rows));
        TargetTokens = ArrayPool<long>.Shared.Rent(Math.Max(1, rows * choices));
        TargetWeights = ArrayPool<float>.Shared.Rent(Math.Max(1, rows * choices));
        SmoothingWeights = ArrayPool<float>.Shared.Rent(Math.Max(1, rows));
    }

    /// <summary>The number of examples.</summary>
    public int Size { get; }

    /// <summary>The tokens of each, padding included.</summary>
    public int Length { get; }

    /// <summary>The number of tokens that are predicted with a weight.</summary>
    public int Rows { get; }

    /// <summary>How many targets each of them has at most.</summary>
    public int Choices { get; }

    /// <summary>The sum of the weights.</summary>
    public double Weight { get; private set; }

    public long[] Tokens { get; }

    public long[] LossRows { get; }

    public long[] TargetTokens { get; }

    public float[] TargetWeights { get; }

    public float[] SmoothingWeights { get; }

    /// <summary>Where its examples come from.</summary>
    public IReadOnlyList<string> Sources { get; private set; } = [];

    /// <summary>The tokens that are no padding.</summary>
    public int RealTokens { get; private set; }

    /// <summary>Makes a batch.</summary>
    /// <param name="examples">At least one.</param>
    /// <param name="promptWeight">The weight of tokens of prompts.</param>
    /// <param name="smoothing">The probability that is spread over all tokens.</param>
    public static TrainingBatch Create(IReadOnlyList<EncodedExample> examples, double promptWeight, double smoothing)
    {
        int length = examples.Max(static example => example.Tokens.Length) - 1;
        int choices = 1;
        int rows = 0;
        foreach (EncodedExample example in examples)
        {
            rows += RowsOf(example, promptWeight);
            foreach (IReadOnlyList<KeyValuePair<int, double>> targets in example.SoftTargets ?? [])
                choices = Math.Max(choices, targets.Count);
        }
        TrainingBatch batch = new(examples.Count, length, rows, choices);
        batch.Fill(examples, promptWeight, smoothing);
        return batch;
    }

    /// <summary>Makes the parts of a batch that can run beside each other, of about as many examples each.</summary>
    /// <param name="examples">At least one, in the order of their lengths.</param>
    /// <param name="promptWeight">The weight of tokens of prompts.</param>
    /// <param name="smoothing">The probability that is spread over all tokens.</param>
    /// <returns>The parts; to be disposed of by the caller.</returns>
    public static IEnumerable<TrainingBatch> Parts(IReadOnlyList<EncodedExample> examples, double promptWeight, double smoothing)
    {
        int parts = Math.Min(PartsOf(examples.Sum(static example => example.Tokens.Length - 1)), examples.Count);
        for (int part = 0; part < parts; part++)
            yield return Create([.. examples.Take((examples.Count * part / parts)..(examples.Count * (part + 1) / parts))], promptWeight, smoothing);
    }

    /// <summary>The parts that a batch of so many tokens has, if it has as many examples.</summary>
    public static int PartsOf(int tokens) => Math.Max(1, (tokens + (PartTokens / 2)) / PartTokens);

    public void Dispose()
    {
        ArrayPool<long>.Shared.Return(Tokens);
        ArrayPool<long>.Shared.Return(LossRows);
        ArrayPool<long>.Shared.Return(TargetTokens);
        ArrayPool<float>.Shared.Return(TargetWeights);
        ArrayPool<float>.Shared.Return(SmoothingWeights);
    }

    private static int RowsOf(EncodedExample example, double promptWeight) =>
        (PromptWeight(example, promptWeight) == 0 ? 0 : example.PromptLength - 1) + (example.Weight == 0 ? 0 : example.Tokens.Length - example.PromptLength);

    // In 32 bits small weights may come to 0.
    private static float PromptWeight(EncodedExample example, double promptWeight) => example.Weight * (float)promptWeight;

    private void Fill(IReadOnlyList<EncodedExample> examples, double promptWeight, double smoothing)
    {
        Array.Clear(Tokens, 0, Size * Length);
        Array.Clear(TargetTokens, 0, Rows * Choices);
        Array.Clear(TargetWeights, 0, Rows * Choices);
        int row = 0;
        for (int e = 0; e < examples.Count; e++)
        {
            EncodedExample example = examples[e];
            int count = example.Tokens.Length - 1;
            RealTokens += count;
            for (int i = 0; i < count; i++)
            {
                Tokens[e * Length + i] = example.Tokens[i];
                float weight = i + 1 >= example.PromptLength ? example.Weight : PromptWeight(example, promptWeight);
                if (weight == 0)
                    continue;
                LossRows[row] = e * Length + i;
                SmoothingWeights[row] = weight * (float)smoothing;
                FillTargets(example, i + 1, row, weight * (float)(1 - smoothing));
                Weight += weight;
                row++;
            }
        }
        Sources = [.. examples.Select(static example => example.Source)];
    }

    private void FillTargets(EncodedExample example, int position, int row, float weight)
    {
        if (example.SoftTargets is not { } targets || position < example.PromptLength)
        {
            TargetTokens[row * Choices] = example.Tokens[position];
            TargetWeights[row * Choices] = weight;
            return;
        }
        int choice = row * Choices;
        foreach ((int token, double probability) in targets[position - example.PromptLength])
        {
            TargetTokens[choice] = token;
            TargetWeights[choice++] = weight * (float)probability;
        }
    }
}
