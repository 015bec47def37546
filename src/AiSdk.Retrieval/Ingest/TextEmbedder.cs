using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.AI;

namespace AiSdk.Retrieval;

/// <summary>Makes the vectors of passages: those that the encoder has made before are taken from the file, the others are made in batches.</summary>
/// <param name="index">The index; it has an embedding generator.</param>
/// <param name="batch">How many texts are embedded in one request.</param>
internal sealed class TextEmbedder(RetrievalIndex index, int batch)
{
    /// <summary>The unit vectors of texts, and how many of them had to be made.</summary>
    /// <param name="texts">The texts; of those that are alike one is embedded.</param>
    /// <param name="parallel">How many requests at once, and what ends them.</param>
    /// <exception cref="RetrievalIndexException">The generator gave too few vectors, or one that holds no numbers.</exception>
    public async Task<(Dictionary<string, float[]> Vectors, int Made)> EmbedAsync(IEnumerable<string> texts, ParallelOptions parallel)
    {
        Dictionary<string, float[]> vectors = new(StringComparer.Ordinal);
        List<string> missing = [];
        using (KnownVectors stored = new(index))
        {
            foreach (string text in texts)
            {
                if (vectors.ContainsKey(text))
                    continue;
                float[]? vector = stored.Find(text);
                vectors.Add(text, vector ?? []);
                if (vector is null)
                    missing.Add(text);
            }
        }
        // Texts of like length together: a batch is as long as its longest.
        missing.Sort(static (a, b) => a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b));
        ConcurrentBag<(string Text, float[] Vector)> made = [];
        await Parallel.ForEachAsync(missing.Chunk(batch), parallel, async (some, token) =>
        {
            GeneratedEmbeddings<Embedding<float>> embeddings = await index.Options.Embeddings!.GenerateAsync(some, null, token).ConfigureAwait(false);
            if (embeddings.Count != some.Length)
                throw new RetrievalIndexException(string.Create(CultureInfo.InvariantCulture, $"The embedding generator gave {embeddings.Count} vectors for {some.Length} texts."));
            for (int i = 0; i < some.Length; i++)
            {
                float[] unit = IndexReader.Unit(embeddings[i].Vector.Span);
                if (Array.Exists(unit, static component => !float.IsFinite(component)))
                    throw new RetrievalIndexException("The embedding generator gave a vector that holds no numbers.");
                made.Add((some[i], unit));
            }
        }).ConfigureAwait(false);
        foreach ((string text, float[] vector) in made)
            vectors[text] = vector;
        return (vectors, missing.Count);
    }
}
