using AiSdk.Onnx;

namespace AiSdk.Benchmarks;

/// <summary>Multinomial logistic regression over hashed word and character n-grams with tf-idf weights: the linear model that adapters are compared with.</summary>
internal sealed class NgramClassifier
{
    private const int Buckets = 1 << 16;
    private const int Epochs = 60;
    private const double Rate = 0.5;
    private const double Decay = 1e-5;

    private readonly string[] _classes;
    private readonly double[] _idf = new double[Buckets];
    private readonly float[][] _weights;

    public NgramClassifier(IReadOnlyList<(string Text, string Class)> examples, ulong seed)
    {
        _classes = [.. examples.Select(static example => example.Class).Distinct().Order(StringComparer.Ordinal)];
        _weights = [.. _classes.Select(static _ => new float[Buckets])];
        foreach ((string text, _) in examples)
        {
            foreach (int bucket in Grams(text).Distinct())
                _idf[bucket]++;
        }
        for (int i = 0; i < Buckets; i++)
            _idf[i] = Math.Log((1.0 + examples.Count) / (1 + _idf[i])) + 1;
        (Dictionary<int, double> Features, int Class)[] data = [.. examples.Select(example => (Features(example.Text), Array.IndexOf(_classes, example.Class)))];
        Xoshiro256 random = new(seed);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            double rate = Rate * (1 - (double)epoch / Epochs);
            for (int i = 0; i < data.Length; i++)
                Learn(data[(int)(random.NextDouble() * data.Length)], rate);
        }
    }

    public string Predict(string text)
    {
        double[] scores = Scores(Features(text));
        return _classes[Array.IndexOf(scores, scores.Max())];
    }

    private void Learn((Dictionary<int, double> Features, int Class) example, double rate)
    {
        double[] scores = Scores(example.Features);
        double highest = scores.Max();
        double sum = scores.Sum(score => Math.Exp(score - highest));
        for (int c = 0; c < scores.Length; c++)
        {
            double error = (c == example.Class ? 1 : 0) - Math.Exp(scores[c] - highest) / sum;
            foreach ((int bucket, double value) in example.Features)
                _weights[c][bucket] += (float)(rate * (error * value * 10 - Decay * _weights[c][bucket]));
        }
    }

    private double[] Scores(Dictionary<int, double> features) => [.. _weights.Select(weights => features.Sum(feature => weights[feature.Key] * feature.Value))];

    private Dictionary<int, double> Features(string text)
    {
        Dictionary<int, double> features = [];
        foreach (int bucket in Grams(text))
            features[bucket] = features.GetValueOrDefault(bucket) + 1;
        foreach (int bucket in features.Keys)
            features[bucket] = (1 + Math.Log(features[bucket])) * _idf[bucket];
        double norm = Math.Sqrt(features.Values.Sum(static value => value * value));
        foreach (int bucket in features.Keys)
            features[bucket] /= norm;
        return features;
    }

    private static IEnumerable<int> Grams(string text)
    {
        string[] words = text.ToLowerInvariant().Split([' ', '.', ',', '?', '!', '\'', '"'], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            yield return Bucket('w', words[i]);
            if (i > 0)
                yield return Bucket('b', words[i - 1] + " " + words[i]);
            string padded = " " + words[i] + " ";
            for (int n = 3; n <= 4; n++)
            {
                for (int at = 0; at + n <= padded.Length; at++)
                    yield return Bucket('c', padded.Substring(at, n));
            }
        }
    }

    // FNV-1a: the same in every process.
    private static int Bucket(char kind, string gram)
    {
        uint hash = (2166136261 ^ kind) * 16777619;
        foreach (char character in gram)
            hash = (hash ^ character) * 16777619;
        return (int)(hash % Buckets);
    }
}
