using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Retrieval.Tests.Ingest;

public sealed class IngestTests : IDisposable
{
    private readonly IndexFolder _folder = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private static Document[] Documents(int count) => [.. Enumerable.Range(0, count).Select(static i => new Document { Key = $"d{i}", Text = $"Item {i} of the list." })];

    [Fact]
    public async Task Progress_grows_with_what_is_stored_and_ends_with_all_documents()
    {
        using RetrievalIndex index = _folder.Open();
        List<(IngestProgress Told, int Stored)> steps = [];
        IngestOptions options = new() { Progress = new Told(progress => steps.Add((progress, index.GetDocuments().Count))) };
        Document[] documents = Documents(2500);

        IngestReport report = await index.IngestAsync(documents, options, CancellationToken);

        Assert.InRange(steps.Count, 2, 25);
        Assert.All(steps, static step => Assert.Equal(step.Stored, step.Told.Written));
        Assert.All(steps.Zip(steps.Skip(1)), static pair => Assert.True(pair.First.Told.Documents < pair.Second.Told.Documents && pair.First.Told.Chunks < pair.Second.Told.Chunks, $"{pair}"));
        Assert.Equal(new IngestProgress(2500, 2500, report.Chunks), steps[^1].Told);

        // What is unchanged was looked at, and is not written.
        steps.Clear();
        documents[^1] = documents[^1] with { Text = "Another text." };
        await index.IngestAsync(documents, options, CancellationToken);
        Assert.Equal(new IngestProgress(2500, 1, 1), Assert.Single(steps).Told);
        steps.Clear();
        await index.IngestAsync(documents, options, CancellationToken);
        Assert.Equal(new IngestProgress(2500, 0, 0), Assert.Single(steps).Told);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Texts_are_embedded_in_batches_of_which_as_many_run_at_once_as_the_options_say(int parallelism)
    {
        using CountedEmbeddings embeddings = new(parallelism);
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = embeddings });

        IngestReport report = await index.IngestAsync(Documents(1000), new IngestOptions { EmbeddingBatch = 24, Parallelism = parallelism }, CancellationToken);

        Assert.Equal(1000, report.Embedded);
        Assert.Equal([16, .. Enumerable.Repeat(24, 41)], embeddings.Sizes.Order());
        Assert.Equal(parallelism, embeddings.Most);
    }

    /// <summary>Told at once, not on another thread later as by <see cref="Progress{T}"/>.</summary>
    private sealed class Told(Action<IngestProgress> told) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => told(value);
    }

    /// <summary>An encoder that notes how many texts each request has and how many requests run at once. The first ones wait for each other, so that as many run together as may.</summary>
    private sealed class CountedEmbeddings(int expected) : DelegatingEmbeddingGenerator<string, Embedding<float>>(new HashEmbeddings())
    {
        private readonly Lock _lock = new();
        private readonly TaskCompletionSource _together = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _running;

        public List<int> Sizes { get; } = [];

        public int Most { get; private set; }

        public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            string[] texts = [.. values];
            lock (_lock)
            {
                Sizes.Add(texts.Length);
                Most = Math.Max(Most, ++_running);
                if (_running == expected)
                    _together.TrySetResult();
            }
            // Only where fewer run at once than may does this end by its time.
            await _together.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
            // Were there more, they would come meanwhile.
            await Task.Delay(1, cancellationToken);
            GeneratedEmbeddings<Embedding<float>> made = await base.GenerateAsync(texts, options, cancellationToken);
            lock (_lock)
                _running--;
            return made;
        }
    }
}
