using System.Linq.Expressions;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace AiSdk.Retrieval.Tests;

/// <summary>A vector store that is none of the project's: records in memory, searched by cosine alone. Notes what it was asked for.</summary>
internal class NoteCollection(string name, IEmbeddingGenerator<string, Embedding<float>> embeddings) : VectorStoreCollection<int, Note>
{
    private readonly SortedDictionary<int, Note> _notes = [];

    public override string Name => name;

    public List<string> Asked { get; } = [];

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default)
    {
        _notes.Clear();
        return Task.CompletedTask;
    }

    public override Task<Note?> GetAsync(int key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default) => Task.FromResult(_notes.GetValueOrDefault(key));

    public override IAsyncEnumerable<Note> GetAsync(Expression<Func<Note, bool>> filter, int top, FilteredRecordRetrievalOptions<Note>? options = null, CancellationToken cancellationToken = default) =>
        _notes.Values.Where(filter.Compile()).Skip(options?.Skip ?? 0).Take(top).ToAsyncEnumerable();

    public override Task DeleteAsync(int key, CancellationToken cancellationToken = default)
    {
        _notes.Remove(key);
        return Task.CompletedTask;
    }

    public override async Task UpsertAsync(Note record, CancellationToken cancellationToken = default)
    {
        record.Vector = await VectorAsync(record.Body, cancellationToken);
        _notes[record.Number] = record;
    }

    public override async Task UpsertAsync(IEnumerable<Note> records, CancellationToken cancellationToken = default)
    {
        foreach (Note record in records)
            await UpsertAsync(record, cancellationToken);
    }

    public override async IAsyncEnumerable<VectorSearchResult<Note>> SearchAsync<TInput>(TInput searchValue, int top, VectorSearchOptions<Note>? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Asked.Add($"{top} by vector: {searchValue}");
        ReadOnlyMemory<float> vector = await VectorAsync($"{searchValue}", cancellationToken);
        foreach (VectorSearchResult<Note> result in Best(note => Cosine(vector, note), options?.Filter, options?.Skip ?? 0, top))
            yield return result;
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    protected async Task<ReadOnlyMemory<float>> VectorAsync(string text, CancellationToken cancellationToken) => await embeddings.GenerateVectorAsync(text, cancellationToken: cancellationToken);

    protected static double Cosine(ReadOnlyMemory<float> vector, Note note) => TensorPrimitives.CosineSimilarity(vector.Span, note.Vector.Span);

    protected IEnumerable<VectorSearchResult<Note>> Best(Func<Note, double> score, Expression<Func<Note, bool>>? filter, int skip, int top) =>
        _notes.Values.Where(filter?.Compile() ?? (static _ => true)).Select(note => new VectorSearchResult<Note>(note, score(note))).OrderByDescending(static result => result.Score).Skip(skip).Take(top);
}
