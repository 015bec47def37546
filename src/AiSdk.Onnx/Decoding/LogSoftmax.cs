using System.Numerics.Tensors;

namespace AiSdk.Onnx;

/// <summary>Logits as logarithms of probabilities.</summary>
internal static class LogSoftmax
{
    /// <summary>What is taken from a logit to make it one: the logarithm of the sum of all logits' exponentials.</summary>
    public static double Normalizer(ReadOnlySpan<float> logits)
    {
        float greatest = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - greatest);
        return greatest + Math.Log(sum);
    }

    /// <summary>The token's, and those of the likeliest tokens.</summary>
    /// <param name="logits">The logits, [vocabulary].</param>
    /// <param name="token">The token.</param>
    /// <param name="alternatives">How many others are wanted.</param>
    /// <param name="text">The text of a token.</param>
    public static TokenLogProbability Of(ReadOnlySpan<float> logits, int token, int alternatives, Func<int, string> text)
    {
        double normalizer = Normalizer(logits);
        PriorityQueue<int, (float Score, int Smaller)> likeliest = new();
        for (int i = 0; i < logits.Length && alternatives > 0; i++)
        {
            if (likeliest.Count < alternatives)
                likeliest.Enqueue(i, (logits[i], -i));
            else if (logits[i] > logits[likeliest.Peek()])
                likeliest.EnqueueDequeue(i, (logits[i], -i));
        }
        var found = new TokenLogProbability[likeliest.Count];
        for (int i = found.Length - 1; i >= 0; i--)
        {
            int other = likeliest.Dequeue();
            found[i] = new TokenLogProbability(other, text(other), logits[other] - normalizer, []);
        }
        return new TokenLogProbability(token, text(token), logits[token] - normalizer, found);
    }
}
