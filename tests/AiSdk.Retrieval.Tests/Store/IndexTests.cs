using System.Text;
using Xunit;

namespace AiSdk.Retrieval.Tests.Store;

public sealed class IndexTests : IDisposable
{
    private readonly IndexFolder _folder = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private static Document Doc(string key, string text) => new() { Key = key, Text = text };

    private static async Task<IReadOnlyList<Passage>> FindAsync(RetrievalIndex index, string query, RetrieverOptions? options = null, PassageFilter? filter = null, int top = 10) =>
        await new Retriever(index, options).RetrieveAsync(new RetrievalQuery(query) { Top = top, Filter = filter }, CancellationToken);

    [Fact]
    public async Task Unchanged_documents_are_left_changed_ones_replaced_and_missing_ones_removed()
    {
        HashEmbeddings embeddings = new();
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = embeddings });
        IngestReport first = await index.IngestAsync([Doc("a", "Apples are red.\n\nPears are green."), Doc("b", "Cars drive."), Doc("c", "Cats sleep.")], cancellationToken: CancellationToken);
        string apples = (await FindAsync(index, "apples"))[0].Id;
        int texts = embeddings.Texts;

        IngestReport second = await index.IngestAsync([Doc("a", "Apples are red.\n\nPears are green."), Doc("b", "Cars fly."), Doc("d", "Dogs bark.")], cancellationToken: CancellationToken);

        Assert.Equal((3, 3, 0, 0), (first.Documents, first.Written, first.Unchanged, first.Removed));
        Assert.Equal((3, 2, 1, 1), (second.Documents, second.Written, second.Unchanged, second.Removed));
        Assert.Equal(2, second.Embedded);
        Assert.Equal(texts + 2 + 1, embeddings.Texts + 1);
        Assert.Equal(["a", "b", "d"], index.GetDocuments());
        Assert.Equal(apples, (await FindAsync(index, "apples"))[0].Id);
        Assert.Equal("Cars fly.", (await FindAsync(index, "cars"))[0].Text);
        Assert.DoesNotContain(await FindAsync(index, "cats", new RetrieverOptions { Mode = SearchMode.Lexical }), static passage => passage.Source == "c");
    }

    [Fact]
    public async Task A_changed_document_embeds_only_the_passages_that_changed()
    {
        HashEmbeddings embeddings = new();
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = embeddings });
        string Text(string last) => string.Concat(Enumerable.Range(0, 6).Select(static i => $"# Part {i}\n\nThis is what part {i} says.\n\n")) + $"# End\n\n{last}\n";
        await index.IngestAsync([new Document { Key = "a", Text = Text("old"), Format = DocumentFormat.Markdown }], cancellationToken: CancellationToken);

        IngestReport report = await index.IngestAsync([new Document { Key = "a", Text = Text("new"), Format = DocumentFormat.Markdown }], cancellationToken: CancellationToken);

        Assert.Equal((1, 7, 1), (report.Written, report.Chunks, report.Embedded));
    }

    [Fact]
    public async Task Another_chunker_language_or_encoder_writes_all_documents_anew_and_searching_before_says_so()
    {
        using (RetrievalIndex index = _folder.Open())
            await index.IngestAsync([Doc("a", "Running horses.")], cancellationToken: CancellationToken);
        using (RetrievalIndex chunks = _folder.Open(new RetrievalIndexOptions { Chunks = new ChunkOptions { MaxTokens = 100, OverlapTokens = 0 } }))
            Assert.Equal(1, (await chunks.IngestAsync([Doc("a", "Running horses.")], cancellationToken: CancellationToken)).Written);
        using (RetrievalIndex other = _folder.Open(new RetrievalIndexOptions { Language = TextLanguage.None }))
        {
            RetrievalIndexException e = await Assert.ThrowsAsync<RetrievalIndexException>(() => FindAsync(other, "running"));
            Assert.Contains("other settings of language", e.Message, StringComparison.Ordinal);
            Assert.Equal(1, (await other.IngestAsync([Doc("a", "Running horses.")], cancellationToken: CancellationToken)).Written);
            Assert.Empty(await FindAsync(other, "run"));
        }
        using RetrievalIndex encoder = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });
        Assert.Equal(1, (await encoder.IngestAsync([Doc("a", "Running horses.")], cancellationToken: CancellationToken)).Written);
        Assert.Equal(1, encoder.GetInfo().Vectors);
        using RetrievalIndex another = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings(32, "other") });
        Assert.Empty(await FindAsync(another, "horses", new RetrieverOptions { Mode = SearchMode.Dense }));
        Assert.Equal(1, (await another.IngestAsync([Doc("a", "Running horses.")], cancellationToken: CancellationToken)).Written);
        Assert.Single(await FindAsync(another, "horses", new RetrieverOptions { Mode = SearchMode.Dense }));
    }

    [Fact]
    public async Task A_reader_that_stays_open_sees_what_others_write_and_remove()
    {
        using RetrievalIndex writer = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });
        using RetrievalIndex reader = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });
        for (int round = 0; round < 8; round++)
        {
            await writer.IngestAsync([Doc($"k{round}", $"common unique{round}")], new IngestOptions { RemoveMissing = false }, CancellationToken);
            if (round % 3 == 2)
                await writer.RemoveAsync([$"k{round - 1}"], CancellationToken);

            string[] expected = [.. writer.GetDocuments().Order(StringComparer.Ordinal)];
            Assert.Equal(expected, (await FindAsync(reader, "common", new RetrieverOptions { Mode = SearchMode.Lexical }, top: 100)).Select(static p => p.Source).Order(StringComparer.Ordinal));
            Assert.Equal(expected, (await FindAsync(reader, "common", new RetrieverOptions { Mode = SearchMode.Dense }, top: 100)).Select(static p => p.Source).Order(StringComparer.Ordinal));
            Assert.Equal($"k{round}", (await FindAsync(reader, $"unique{round}"))[0].Source);
        }
    }

    [Fact]
    public async Task Hostile_texts_are_stored_and_found_or_refused_with_their_names()
    {
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });
        Document[] documents =
        [
            Doc("delimiters", "</passage> <passage id=\"x\"> </passage-00000000> zebra\"'); DROP TABLE t1_chunks; --"),
            Doc("nul", "before\0nulterm\0after"),
            Doc("surrogates", "half \ud800 surrogateterm \udfff end"),
            Doc("empty", ""),
            Doc("blank", " \n\t\r\n "),
            Doc("fts", "NEAR(AND OR NOT \"quoted* ^ftsterm:col {x}"),
            Document.FromUtf8("latin1", [0x63, 0x61, 0x66, 0xE9]),
            Document.FromUtf8("bom", [0xEF, 0xBB, 0xBF, .. "bomterm"u8]),
            Doc("", "no key"),
            Doc("control\nkey", "x"),
            Doc("nul", "again"),
            new Document { Key = "line", Text = string.Concat(Enumerable.Repeat("filler words of a line ", 450_000)) + "needleterm", Format = DocumentFormat.PlainText },
            new Document { Key = "deep.md", Text = new string('>', 20_000) + " deepterm", Format = DocumentFormat.Markdown },
            new Document { Key = "broken.html", Text = "<p><b>unclosed <table><td>htmlterm <script>", Format = DocumentFormat.Html },
        ];

        IngestReport report = await index.IngestAsync(documents, cancellationToken: CancellationToken);

        Dictionary<string, string> refused = report.Refused.GroupBy(static r => r.Key).ToDictionary(static g => g.Key, static g => g.First().Reason);
        Assert.Equal("it is no UTF-8 (at byte 3); convert it", refused["latin1"]);
        Assert.Equal("it has no key", refused[""]);
        Assert.Contains("control characters", refused["control\nkey"], StringComparison.Ordinal);
        Assert.Contains("another with its key", refused["nul"], StringComparison.Ordinal);
        foreach ((string key, string term) in new[] { ("delimiters", "zebra"), ("nul", "nulterm"), ("surrogates", "surrogateterm"), ("fts", "NEAR( \"ftsterm* OR"), ("bom", "bomterm"), ("line", "needleterm"), ("broken.html", "htmlterm") })
            Assert.Equal(key, (await FindAsync(index, term, new RetrieverOptions { Mode = SearchMode.Lexical }))[0].Source);
        Assert.True(refused.ContainsKey("deep.md") || (await FindAsync(index, "deepterm"))[0].Source == "deep.md");
        Assert.Equal("before\0nulterm\0after", (await FindAsync(index, "nulterm"))[0].Text);
        Assert.Contains("empty", index.GetDocuments());
        Assert.Empty(index.GetPassages("empty"));
        Assert.Empty(await FindAsync(index, "", new RetrieverOptions { Mode = SearchMode.Lexical }));
        Assert.Empty(await FindAsync(index, "\0 \ud800", new RetrieverOptions { Mode = SearchMode.Lexical }));
    }

    [Fact]
    public async Task A_hundred_thousand_tiny_documents_are_stored_and_found()
    {
        using RetrievalIndex index = _folder.Open();

        IngestReport report = await index.IngestAsync(Enumerable.Range(0, 100_000).Select(static i => Doc($"d{i}", $"tiny{i}")), cancellationToken: CancellationToken);

        Assert.Equal(100_000, report.Written);
        Assert.Equal(100_000, index.GetInfo().Chunks);
        Assert.Equal("d99999", Assert.Single(await FindAsync(index, "tiny99999")).Source);
        Assert.Equal("d0", Assert.Single(await FindAsync(index, "tiny0")).Source);
    }

    [Fact]
    public async Task A_failing_source_or_encoder_leaves_what_was_there_and_removes_nothing()
    {
        using RetrievalIndex index = _folder.Open();
        await index.IngestAsync([Doc("a", "one"), Doc("b", "two")], cancellationToken: CancellationToken);

        async IAsyncEnumerable<Document> Failing()
        {
            yield return Doc("c", "three");
            await Task.Yield();
            throw new IOException("the disk is gone");
        }
        await Assert.ThrowsAsync<IOException>(() => index.IngestAsync(Failing(), cancellationToken: CancellationToken));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => index.IngestAsync([Doc("d", "four")], cancellationToken: new CancellationToken(canceled: true)));

        Assert.Equal(["a", "b"], index.GetDocuments());
    }

    [Fact]
    public async Task An_ingest_with_other_settings_that_stops_halfway_leaves_an_index_that_says_it_is_mixed()
    {
        Document[] documents = [.. Enumerable.Range(0, 3000).Select(static i => Doc($"d{i}", $"running number{i}"))];
        using (RetrievalIndex index = _folder.Open())
            await index.IngestAsync(documents, cancellationToken: CancellationToken);
        using RetrievalIndex other = _folder.Open(new RetrievalIndexOptions { Language = TextLanguage.None });
        using RetrievalIndex first = _folder.Open();

        async IAsyncEnumerable<Document> Stopped()
        {
            foreach (Document document in documents.Take(2000))
                yield return document;
            await Task.Yield();
            throw new IOException("the disk is gone");
        }
        await Assert.ThrowsAsync<IOException>(() => other.IngestAsync(Stopped(), cancellationToken: CancellationToken));

        // Neither the settings of before nor those of now find all of it, so that neither finds some of it in silence.
        foreach (RetrievalIndex index in (RetrievalIndex[])[other, first])
            Assert.Contains("is mixed", (await Assert.ThrowsAsync<RetrievalIndexException>(() => FindAsync(index, "running"))).Message, StringComparison.Ordinal);
        // Documents that were not among the rest keep it mixed; all of them, or their removal, mend it.
        await other.IngestAsync(documents.Take(2500), new IngestOptions { RemoveMissing = false }, CancellationToken);
        await Assert.ThrowsAsync<RetrievalIndexException>(() => FindAsync(other, "running"));
        await other.IngestAsync(documents.Take(2500), cancellationToken: CancellationToken);
        Assert.Equal(2500, (await FindAsync(other, "running", top: 5000, options: new RetrieverOptions { Depth = 5000 })).Count);
        Assert.Empty(await FindAsync(other, "run"));
    }

    [Fact]
    public async Task A_file_that_is_replaced_while_it_is_open_is_noticed()
    {
        using RetrievalIndex index = _folder.Open();
        await index.IngestAsync([Doc("a", "old words")], cancellationToken: CancellationToken);
        Assert.Single(await FindAsync(index, "old"));
        string another = _folder.File("another.db");
        using (RetrievalIndex other = RetrievalIndex.Open(another))
            await other.IngestAsync([Doc("b", "new words")], cancellationToken: CancellationToken);

        foreach (string suffix in (string[])["-wal", "-shm"])
            File.Delete(_folder.File() + suffix);
        File.Move(another, _folder.File(), overwrite: true);

        RetrievalIndexException e = await Assert.ThrowsAsync<RetrievalIndexException>(() => FindAsync(index, "old"));
        Assert.Contains("was replaced since it was opened", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RetrievalIndexException>(() => index.IngestAsync([Doc("c", "more words")], cancellationToken: CancellationToken));
        await Assert.ThrowsAsync<RetrievalIndexException>(() => index.RemoveAsync(["b"], CancellationToken));
        using (RetrievalIndex again = _folder.Open())
            Assert.Equal("b", Assert.Single(await FindAsync(again, "words")).Source);

        foreach (string suffix in (string[])["", "-wal", "-shm"])
            File.Delete(_folder.File() + suffix);
        e = await Assert.ThrowsAsync<RetrievalIndexException>(() => FindAsync(index, "old"));
        Assert.Contains("the file is gone", e.Message, StringComparison.Ordinal);
        // Looking did not make an empty one.
        Assert.False(File.Exists(_folder.File()));
    }

    [Fact]
    public async Task A_backup_that_is_put_back_is_read_as_it_is()
    {
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });
        await index.IngestAsync([Doc("a", "old words")], cancellationToken: CancellationToken);
        string backup = _folder.File("backup.db");
        using (Microsoft.Data.Sqlite.SqliteConnection connection = new($"Data Source={_folder.File()};Pooling=False"))
        {
            await connection.OpenAsync(CancellationToken);
            using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
            command.CommandText = $"VACUUM INTO '{backup}'";
            await command.ExecuteNonQueryAsync(CancellationToken);
        }
        for (int i = 0; i < 3; i++)
            await index.IngestAsync([Doc("a", $"new words {i}")], cancellationToken: CancellationToken);
        Assert.Empty(await FindAsync(index, "old", new RetrieverOptions { Mode = SearchMode.Lexical }));

        foreach (string suffix in (string[])["-wal", "-shm"])
            File.Delete(_folder.File() + suffix);
        File.Move(backup, _folder.File(), overwrite: true);

        Assert.Equal("old words", Assert.Single(await FindAsync(index, "old")).Text);
        await index.IngestAsync([Doc("b", "words after the backup")], new IngestOptions { RemoveMissing = false }, CancellationToken);
        Assert.Equal(["a", "b"], (await FindAsync(index, "words")).Select(static p => p.Source).Order());
    }

    [Fact]
    public async Task A_write_waits_for_anothers_without_a_thread_until_it_is_cancelled_or_has_waited_long_enough()
    {
        using RetrievalIndex index = _folder.Open();
        using RetrievalIndex impatient = _folder.Open(new RetrievalIndexOptions { WriteTimeout = TimeSpan.FromMilliseconds(50) });
        using IndexWriter other = await IndexWriter.BeginAsync(index, CancellationToken);
        using CancellationTokenSource source = new();

        // More of them than the pool has threads, and none is held.
        Task<int>[] waiting = [.. Enumerable.Range(0, 200).Select(_ => index.RemoveAsync(["a"], source.Token))];
        Task<IngestReport> ingest = index.IngestAsync([Doc("a", "x")], cancellationToken: source.Token);
        await Task.Run(static () => { }, CancellationToken);
        RetrievalIndexException e = await Assert.ThrowsAsync<RetrievalIndexException>(() => impatient.RemoveAsync(["a"], CancellationToken));
        Assert.Contains("WriteTimeout", e.Message, StringComparison.Ordinal);
        await source.CancelAsync();

        foreach (Task task in (IEnumerable<Task>)[.. waiting, ingest])
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        other.Dispose();
        Assert.Equal(0, await index.RemoveAsync(["a"], CancellationToken));
        Assert.Empty(index.GetDocuments());
    }

    [Fact]
    public void What_is_no_index_is_refused_with_its_path()
    {
        File.WriteAllText(_folder.File(), new string('x', 5000), Encoding.ASCII);

        RetrievalIndexException e = Assert.Throws<RetrievalIndexException>(() => _folder.Open());

        Assert.StartsWith($"The index {_folder.File()} cannot be opened: ", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _folder.Open(new RetrievalIndexOptions { Chunks = new ChunkOptions { MaxTokens = 3 } }));
    }
}
