using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace AiSdk.Retrieval.Tests;

/// <summary>The same, searched by vector and keywords together: the cosine, and one more for each keyword that a record has.</summary>
internal sealed class HybridNoteCollection(string name, IEmbeddingGenerator<string, Embedding<float>> embeddings) : NoteCollection(name, embeddings), IKeywordHybridSearchable<Note>
{
    public async IAsyncEnumerable<VectorSearchResult<Note>> HybridSearchAsync<TInput>(
        TInput searchValue, ICollection<string> keywords, int top, HybridSearchOptions<Note>? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TInput : notnull
    {
        Asked.Add($"{top} by vector and keywords {string.Join(", ", keywords)}: {searchValue}");
        ReadOnlyMemory<float> vector = await VectorAsync($"{searchValue}", cancellationToken);
        foreach (VectorSearchResult<Note> result in Best(note => Cosine(vector, note) + keywords.Count(word => note.Body.Contains(word, StringComparison.OrdinalIgnoreCase)), options?.Filter, options?.Skip ?? 0, top))
            yield return result;
    }
}
