using System.Text;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AiSdk.Retrieval.Tests.Store;

public sealed class IndexTests : IDisposable
{
    private readonly IndexFolder _folder = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private static Snapshot Loaded(RetrievalIndex index)
    {
        using IndexReader reader = index.Read(checkTerms: false);
        return reader.Snapshot;
    }

    private void Sql(string statements)
    {
        using SqliteConnection connection = new($"Data Source={_folder.File()};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own.
        command.CommandText = statements;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

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
        Assert.Contains("0 of 1 passages have a vector of this encoder", (await Assert.ThrowsAsync<RetrievalIndexException>(() => FindAsync(another, "horses", new RetrieverOptions { Mode = SearchMode.Dense }))).Message, StringComparison.Ordinal);
        // By itself a search takes the words then.
        Assert.Equal("lexical", Assert.Single(Assert.Single(await FindAsync(another, "horses")).Ranks).Arm);
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
        using (SqliteConnection connection = new($"Data Source={_folder.File()};Pooling=False"))
        {
            await connection.OpenAsync(CancellationToken);
            using SqliteCommand command = connection.CreateCommand();
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
    public async Task A_checkpoint_changes_nothing_that_was_loaded()
    {
        using RetrievalIndex index = _folder.Open();
        await index.IngestAsync([Doc("a", "old words")], cancellationToken: CancellationToken);
        Assert.Single(await FindAsync(index, "old"));
        Snapshot before = Loaded(index);

        // Later than the file's time by more than the file system's clock ticks.
        await Task.Delay(50, CancellationToken);
        Sql("PRAGMA wal_checkpoint(TRUNCATE)");

        Assert.Single(await FindAsync(index, "old"));
        Assert.Same(before, Loaded(index));
    }

    [Fact]
    public async Task A_backup_that_is_restored_into_the_open_file_is_read_as_it_is()
    {
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });
        await index.IngestAsync([Doc("a", "old words")], cancellationToken: CancellationToken);
        using SqliteConnection live = new($"Data Source={_folder.File()};Pooling=False");
        using SqliteConnection backup = new($"Data Source={_folder.File("backup.db")};Pooling=False");
        await live.OpenAsync(CancellationToken);
        await backup.OpenAsync(CancellationToken);
        live.BackupDatabase(backup);
        await index.IngestAsync([Doc("a", "new words")], cancellationToken: CancellationToken);
        long known = Loaded(index).Generation;
        Assert.Empty(await FindAsync(index, "old", new RetrieverOptions { Mode = SearchMode.Lexical }));

        backup.BackupDatabase(live);

        Assert.Equal("old words", Assert.Single(await FindAsync(index, "old").WaitAsync(TimeSpan.FromSeconds(30), CancellationToken)).Text);
        // The generations after the backup are others than those of the same numbers that were there before.
        using RetrievalIndex other = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });
        await index.IngestAsync([Doc("a", "new words")], cancellationToken: CancellationToken);
        Assert.Single(await FindAsync(index, "new", new RetrieverOptions { Mode = SearchMode.Lexical }));
        Assert.Equal(known, Loaded(index).Generation);
        backup.BackupDatabase(live);
        await other.IngestAsync([Doc("a", "third words"), Doc("b", "two")], cancellationToken: CancellationToken);
        Assert.Equal("third words", Assert.Single(await FindAsync(index, "third", new RetrieverOptions { Mode = SearchMode.Lexical })).Text);
        Assert.Empty(await FindAsync(index, "new", new RetrieverOptions { Mode = SearchMode.Lexical }));
    }

    [Fact]
    public async Task A_load_that_failed_leaves_no_vectors_to_the_next()
    {
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings(), VectorFormat = VectorFormat.Full });
        RetrieverOptions dense = new() { Mode = SearchMode.Dense };
        IngestOptions more = new() { RemoveMissing = false };
        await index.IngestAsync([Doc("a", "apples")], more, CancellationToken);
        Assert.Single(await FindAsync(index, "apples", dense));
        using (RetrievalIndex writer = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() }))
        {
            foreach (string key in (string[])["bananas", "cherries", "dates"])
                await writer.IngestAsync([Doc(key, key)], more, CancellationToken);
            Sql("CREATE TABLE kept AS SELECT * FROM t1_vectors; UPDATE t1_vectors SET vector = zeroblob(1000) WHERE chunk = (SELECT max(chunk) FROM t1_vectors)");
            await Assert.ThrowsAsync<ArgumentException>(() => FindAsync(index, "cherries", dense));
            Sql("DELETE FROM t1_vectors; INSERT INTO t1_vectors SELECT * FROM kept");
            await writer.RemoveAsync(["bananas"], CancellationToken);
        }

        foreach (string key in (string[])["apples", "cherries", "dates"])
        {
            IReadOnlyList<Passage> found = await FindAsync(index, key, dense);
            Assert.Equal(3, found.Count);
            Assert.Equal((key == "apples" ? "a" : key, 1.0, true), (found[0].Source, Math.Round(found[0].Score, 3), found[1].Score < 0.9));
        }
    }

    [Fact]
    public async Task Passages_of_which_some_have_vectors_of_another_encoder_are_not_searched_by_meaning()
    {
        Document[] documents = [.. Enumerable.Range(0, 3000).Select(static i => Doc($"d{i}", $"running number{i}"))];
        using (RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings(16) }))
            await index.IngestAsync(documents, cancellationToken: CancellationToken);
        using RetrievalIndex other = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings(16, "other") });

        async IAsyncEnumerable<Document> Stopped()
        {
            foreach (Document document in documents.Take(2000))
                yield return document;
            await Task.Yield();
            throw new IOException("the disk is gone");
        }
        await Assert.ThrowsAsync<IOException>(() => other.IngestAsync(Stopped(), cancellationToken: CancellationToken));

        foreach (SearchMode mode in (SearchMode[])[SearchMode.Auto, SearchMode.Dense, SearchMode.Hybrid])
            Assert.Contains("is mixed: 1024 of 3000 passages have a vector of this encoder", (await Assert.ThrowsAsync<RetrievalIndexException>(() => FindAsync(other, "running", new RetrieverOptions { Mode = mode }))).Message, StringComparison.Ordinal);
        using SqlitePassageCollection collection = new(other, "all");
        await Assert.ThrowsAsync<RetrievalIndexException>(async () => await collection.SearchAsync("running", 5, cancellationToken: CancellationToken).ToArrayAsync(CancellationToken));
        Assert.Equal("d7", Assert.Single(await FindAsync(other, "number7", new RetrieverOptions { Mode = SearchMode.Lexical })).Source);
        await other.IngestAsync(documents, cancellationToken: CancellationToken);
        Assert.Equal("d7", (await FindAsync(other, "running number7", new RetrieverOptions { Mode = SearchMode.Dense }))[0].Source);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_refused_by_name_and_the_others_are_stored()
    {
        string folder = _folder.File("pages");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "a.md"), "apples");
        File.CreateSymbolicLink(Path.Combine(folder, "gone.md"), Path.Combine(folder, "nowhere.md"));
        using (FileStream large = File.Create(Path.Combine(folder, "large.txt")))
            large.SetLength((2L << 30) + 1);
        File.WriteAllText(Path.Combine(folder, "z.md"), "zebras");
        using RetrievalIndex index = _folder.Open();

        IngestReport report = await index.IngestAsync(Document.InFolder(folder, CancellationToken), cancellationToken: CancellationToken);

        Assert.Equal(["a.md", "z.md"], index.GetDocuments());
        Assert.Equal(["gone.md", "large.txt"], report.Refused.Select(static refused => refused.Key));
        Assert.StartsWith("it cannot be read: ", report.Refused[0].Reason, StringComparison.Ordinal);
        Assert.Equal("it has 2147483649 bytes; cut it into several documents", report.Refused[1].Reason);
    }

    [Fact]
    public async Task A_title_without_end_is_cut_and_metadata_that_is_no_text_is_refused()
    {
        HashEmbeddings embeddings = new();
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = embeddings });

        IngestReport report = await index.IngestAsync(
            [
                Doc("a", "apples") with { Title = string.Concat(Enumerable.Repeat("title ", 166)) + "xxx\ud83d\ude00 lastword" },
                Doc("b", "bananas") with { Metadata = new Dictionary<string, string> { ["half"] = "x\ud83d" } },
            ],
            cancellationToken: CancellationToken);

        Assert.Contains("'half'", Assert.Single(report.Refused).Reason, StringComparison.Ordinal);
        Assert.Single(await FindAsync(index, "titles", new RetrieverOptions { Mode = SearchMode.Lexical }));
        Assert.Empty(await FindAsync(index, "lastword", new RetrieverOptions { Mode = SearchMode.Lexical }));
        Assert.Equal(string.Concat(Enumerable.Repeat("title ", 166)) + "xxx\napples", Assert.Single(embeddings.Asked, static text => text.EndsWith("apples", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Any_number_of_passages_may_be_wanted_and_any_number_of_values_filtered_by()
    {
        using RetrievalIndex index = _folder.Open(new RetrievalIndexOptions { Embeddings = new HashEmbeddings() });
        await index.IngestAsync(new[] { "red", "green", "it's \"blue\" \\ é" }.Select(static (color, i) => Doc($"d{i}", "a card") with { Metadata = new Dictionary<string, string> { ["color"] = color } }), cancellationToken: CancellationToken);
        string[] values = [.. Enumerable.Range(0, 40_000).Select(static i => $"v{i}"), "half \ud800", "nul\0", "it's \"blue\" \\ é"];

        foreach (SearchMode mode in Enum.GetValues<SearchMode>())
        {
            Assert.Equal(3, (await FindAsync(index, "card", new RetrieverOptions { Mode = mode }, top: int.MaxValue)).Count);
            Assert.Equal("d2", Assert.Single(await FindAsync(index, "card", new RetrieverOptions { Mode = mode }, PassageFilter.In("color", values))).Source);
            Assert.Equal("d1", Assert.Single(await FindAsync(index, "card", new RetrieverOptions { Mode = mode }, PassageFilter.Source([.. values, "d1"]))).Source);
        }
        using SqlitePassageCollection collection = new(index, "all");
        Assert.Equal(2, await collection.SearchAsync("card", int.MaxValue, new Microsoft.Extensions.VectorData.VectorSearchOptions<PassageRecord> { Skip = 1 }, CancellationToken).CountAsync(CancellationToken));
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
