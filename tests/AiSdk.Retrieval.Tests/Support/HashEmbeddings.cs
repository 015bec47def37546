using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace AiSdk.Retrieval.Tests;

/// <summary>A small real encoder without a model: each word has a fixed random direction, a text the sum of its words'. Counts what it was asked.</summary>
internal sealed class HashEmbeddings(int dimensions = 64, string model = "hash") : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly ConcurrentQueue<string> _asked = new();
    private int _requests;
    private int _texts;

    public int Texts => _texts;

    public int Requests => _requests;

    public IEnumerable<string> Asked => _asked;

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<Embedding<float>> made = [];
        Interlocked.Increment(ref _requests);
        foreach (string text in values)
        {
            Interlocked.Increment(ref _texts);
            _asked.Enqueue(text);
            made.Add(new Embedding<float>(Vector(text)));
        }
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(made));
    }

    public float[] Vector(string text)
    {
        float[] sum = new float[dimensions];
        List<string> words = [];
        new TextAnalyzer(TextLanguage.English, removeStopWords: false, stem: true).Analyze(text, words);
        foreach (string word in words)
        {
            int seed = 17;
            foreach (char c in word)
                seed = unchecked(seed * 31 + c);
            Random random = new(seed);
            for (int i = 0; i < dimensions; i++)
                sum[i] += (float)(random.NextDouble() - 0.5);
        }
        return sum;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("tests", null, model, dimensions) : null;

    public void Dispose()
    {
    }
}
