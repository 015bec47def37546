using Microsoft.Extensions.AI;

namespace AiSdk.Benchmarks;

/// <summary>Gives the vector of the synthetic passage whose number a text begins with; what is measured is the index, not an encoder.</summary>
internal sealed class SyntheticEmbeddings(SyntheticCorpus corpus) : IEmbeddingGenerator<string, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(text => new Embedding<float>(corpus.Vector(Number(text))))));

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private static int Number(string text) => int.TryParse(text.AsSpan(0, Math.Max(0, text.IndexOf(' '))), out int number) ? number : text.Length;
}
