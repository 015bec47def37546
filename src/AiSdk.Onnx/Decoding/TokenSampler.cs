using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AiSdk.Onnx;

/// <summary>Picks the next token from logits.</summary>
/// <remarks>
/// The order is that of Hugging Face's transformers: repetition penalty, temperature, top-k, top-p, draw; frequency and presence
/// penalty, which are OpenAI's and count the reply alone, come behind the repetition penalty. Among equal logits the
/// token with the smaller id counts as more likely, so that a choice does not depend on how a sort orders equals.
/// </remarks>
internal sealed class TokenSampler
{
    private readonly GenerationSettings _settings;
    private readonly Xoshiro256? _random;
    private readonly HashSet<int>? _seen;
    private readonly Dictionary<int, int>? _counts;
    private float[] _scores = [];
    private float[] _masked = [];
    private float[] _weights = [];
    private int[] _candidates = [];
    private long[] _keys = [];

    public TokenSampler(GenerationSettings settings)
    {
        _settings = settings;
        if (settings.Temperature > 0)
            _random = new Xoshiro256(settings.Seed is { } seed ? unchecked((ulong)seed) : RandomSeed());
        if (settings.RepetitionPenalty != 1)
            _seen = [];
        if (settings.FrequencyPenalty != 0 || settings.PresencePenalty != 0)
            _counts = [];
    }

    /// <summary>Takes note of the prompt, which the repetition penalty counts.</summary>
    public void ObservePrompt(ReadOnlySpan<int> tokens)
    {
        if (_seen is null)
            return;
        foreach (int token in tokens)
            _seen.Add(token);
    }

    /// <summary>Takes note of a token of the reply, which all penalties count.</summary>
    public void ObserveReply(int token)
    {
        _seen?.Add(token);
        if (_counts is not null)
            _counts[token] = _counts.GetValueOrDefault(token) + 1;
    }

    /// <summary>The next token.</summary>
    /// <param name="logits">The model's logits, [vocabulary].</param>
    /// <param name="mask">The tokens to choose from (<see cref="TokenMask"/>), at least one; empty for all.</param>
    /// <exception cref="OnnxModelException">A logit is not a number, or none is finite.</exception>
    public int Next(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask = default)
    {
        ReadOnlySpan<float> scores = Penalize(logits);
        int best = Best(scores, mask);
        if (_random is null || _settings.TopK == 1)
            return best;
        if (!mask.IsEmpty)
        {
            Span<float> masked = Sized(ref _masked, scores.Length);
            TokenMask.Apply(scores, mask, masked);
            scores = masked;
        }
        return Draw(scores, scores[best]);
    }

    private static int Best(ReadOnlySpan<float> scores, ReadOnlySpan<ulong> mask)
    {
        int best = mask.IsEmpty ? IndexOfGreatest(scores) : TokenMask.Best(scores, mask);
        if (best < 0 || !float.IsFinite(scores[best]))
            throw new OnnxModelException(string.Create(CultureInfo.InvariantCulture, $"The model's logits hold {(best < 0 ? "nothing" : scores[best])} at token {best}: its weights or its arithmetic (16-bit overflow) are broken."));
        return best;
    }

    private static int IndexOfGreatest(ReadOnlySpan<float> scores)
    {
        // A maximum without its index is found much faster, so the index is looked for only in the piece that holds the greatest.
        const int piece = 4_096;
        float greatest = float.NegativeInfinity;
        int start = 0;
        for (int i = 0; i < scores.Length; i += piece)
        {
            float best = TensorPrimitives.Max(scores.Slice(i, Math.Min(piece, scores.Length - i)));
            // The greatest is NaN if there is one, which only the slow way finds.
            if (float.IsNaN(best))
                return TensorPrimitives.IndexOfMax(scores);
            if (best > greatest)
                (greatest, start) = (best, i);
        }
        return start + Math.Max(0, scores[start..].IndexOf(greatest));
    }

    private ReadOnlySpan<float> Penalize(ReadOnlySpan<float> logits)
    {
        if (_seen is not { Count: > 0 } && _counts is not { Count: > 0 })
            return logits;
        Span<float> scores = Sized(ref _scores, logits.Length);
        logits.CopyTo(scores);
        foreach (int token in _seen ?? [])
            scores[token] = scores[token] < 0 ? scores[token] * _settings.RepetitionPenalty : scores[token] / _settings.RepetitionPenalty;
        foreach ((int token, int count) in _counts ?? [])
            scores[token] -= count * _settings.FrequencyPenalty + _settings.PresencePenalty;
        return scores;
    }

    private int Draw(ReadOnlySpan<float> scores, float best)
    {
        Span<float> weights = Sized(ref _weights, scores.Length);
        // Weights relative to the best one cannot overflow. A temperature near 0 makes the others 0, never NaN, as best - best is 0.
        TensorPrimitives.Subtract(scores, best, weights);
        TensorPrimitives.Divide(weights, _settings.Temperature, weights);
        TensorPrimitives.Exp(weights, weights);
        if (_settings.TopK is { } k && k < weights.Length)
        {
            Span<int> candidates = MostLikely(scores, k);
            double total = 0;
            foreach (int token in candidates)
                total += weights[token];
            return DrawFrom(scores, weights, candidates, total);
        }
        double sum = SumOf(weights);
        return _settings.TopP < 1 ? DrawFrom(scores, weights, AboveTail(weights, sum), sum) : DrawFromAll(weights, sum);
    }

    /// <summary>Sorts candidates, cuts off the tail beyond top-p of the total, and draws among the rest.</summary>
    private int DrawFrom(ReadOnlySpan<float> scores, ReadOnlySpan<float> weights, Span<int> candidates, double total)
    {
        SortByScore(scores, candidates);
        double limit = total * _settings.TopP;
        double kept = 0;
        int count = 0;
        while (count < candidates.Length && (count == 0 || kept < limit))
            kept += weights[candidates[count++]];
        double target = _random!.NextDouble() * kept;
        double reached = 0;
        for (int i = 0; i < count; i++)
        {
            reached += weights[candidates[i]];
            if (reached > target)
                return candidates[i];
        }
        // Only rounding leads here.
        return candidates[0];
    }

    private int DrawFromAll(ReadOnlySpan<float> weights, double total)
    {
        double target = _random!.NextDouble() * total;
        double reached = 0;
        int last = 0;
        for (int token = 0; token < weights.Length; token++)
        {
            if (weights[token] == 0)
                continue;
            reached += weights[token];
            last = token;
            if (reached > target)
                return token;
        }
        return last;
    }

    private static double SumOf(ReadOnlySpan<float> weights)
    {
        // In order and in double precision: a vector's sum would depend on the machine's width, and with it what a seed gives.
        double sum = 0;
        foreach (float weight in weights)
            sum += weight;
        return sum;
    }

    /// <summary>The tokens that can belong to the top-p set.</summary>
    /// <remarks>
    /// All tokens below (1 - p) / vocabulary together have less than 1 - p, so those above have more than p: no other is needed,
    /// and a few hundred are sorted instead of the vocabulary.
    /// </remarks>
    private Span<int> AboveTail(ReadOnlySpan<float> weights, double total)
    {
        double least = total * (1 - _settings.TopP) / weights.Length;
        Span<int> candidates = Sized(ref _candidates, weights.Length);
        int count = 0;
        for (int token = 0; token < weights.Length; token++)
        {
            if (weights[token] >= least)
                candidates[count++] = token;
        }
        return candidates[..count];
    }

    /// <summary>The k tokens with the greatest scores, by a heap whose root is the least of them.</summary>
    private Span<int> MostLikely(ReadOnlySpan<float> scores, int k)
    {
        Span<int> heap = Sized(ref _candidates, k);
        for (int token = 0; token < k; token++)
            heap[token] = token;
        for (int i = k / 2 - 1; i >= 0; i--)
            SiftDown(scores, heap, i);
        float least = scores[heap[0]];
        for (int token = k; token < scores.Length; token++)
        {
            // Equal scores: the smaller id is there already and stays.
            if (scores[token] <= least)
                continue;
            heap[0] = token;
            SiftDown(scores, heap, 0);
            least = scores[heap[0]];
        }
        return heap;
    }

    private static void SiftDown(ReadOnlySpan<float> scores, Span<int> heap, int at)
    {
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= heap.Length)
                return;
            if (child + 1 < heap.Length && IsLess(scores, heap[child + 1], heap[child]))
                child++;
            if (!IsLess(scores, heap[child], heap[at]))
                return;
            (heap[at], heap[child]) = (heap[child], heap[at]);
            at = child;
        }
    }

    private static bool IsLess(ReadOnlySpan<float> scores, int a, int b) => scores[a] < scores[b] || (scores[a] == scores[b] && a > b);

    private void SortByScore(ReadOnlySpan<float> scores, Span<int> candidates)
    {
        // Keys that sort ascending into "more likely first, smaller id first".
        Span<long> keys = Sized(ref _keys, candidates.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            // The bits of floats order as the floats do once those of negative ones are turned around; adding 0 makes -0 the same as 0.
            int bits = BitConverter.SingleToInt32Bits(scores[candidates[i]] + 0f);
            int ascending = bits < 0 ? bits ^ int.MaxValue : bits;
            keys[i] = ((long)~ascending << 32) | (uint)candidates[i];
        }
        keys.Sort();
        for (int i = 0; i < keys.Length; i++)
            candidates[i] = (int)(uint)keys[i];
    }

    private static Span<T> Sized<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new T[length];
        return buffer.AsSpan(0, length);
    }

    private static ulong RandomSeed()
    {
        Span<ulong> seed = [0];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(seed));
        return seed[0];
    }
}
