using System.Linq.Expressions;
using Microsoft.Extensions.VectorData;
using Xunit;

namespace AiSdk.Retrieval.Tests.VectorData;

/// <summary>The retriever over a vector store that is not the project's own, with records of the application's.</summary>
public sealed class ForeignCollectionTests
{
    private static readonly Note[] s_notes =
    [
        new() { Number = 7, Body = "A lost card is blocked at once.", Page = "loss" },
        new() { Number = 8, Body = "Eine verlorene Karte wird gesperrt.", Page = "loss", Language = "de" },
        new() { Number = 9, Body = "A replacement card costs twelve euros.", Page = "fees" },
        new() { Number = 10, Body = "Loans are paid back within ten years.", Page = "loans" },
        // What it is about makes its vector, a number in it hardly does.
        new() { Number = 11, Body = "The machine in the hall shows 4711 when its drawer for notes is empty, and somebody of the branch fills it within the hour.", Page = "machines" },
        new() { Number = 12, Body = "What does an error mean? An error does mean that something is wrong.", Page = "machines" },
    ];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_the_store_knows_keywords_it_is_asked_for_both_and_its_order_and_scores_are_kept()
    {
        using HybridNoteCollection collection = await FilledAsync(new HybridNoteCollection("notes", new HashEmbeddings()));
        const string Question = "What does the error 4711 mean?";
        VectorSearchResult<Note>[] expected = await collection.HybridSearchAsync(Question, ["error", "4711", "mean"], 3, cancellationToken: CancellationToken).ToArrayAsync(CancellationToken);

        IReadOnlyList<Passage> found = await Over(collection).RetrieveAsync(new RetrievalQuery(Question) { Top = 3 }, CancellationToken);

        Assert.Equal("3 by vector and keywords error, 4711, mean: What does the error 4711 mean?", collection.Asked[^1]);
        Assert.Equal(expected.Select(static result => $"note {result.Record.Number}"), found.Select(static passage => passage.Id));
        Assert.Equal(expected.Select(static result => result.Score!.Value), found.Select(static passage => passage.Score));
        Assert.Equal(found.Select(static (passage, i) => new PassageRank("notes", i + 1, passage.Score)), found.Select(static passage => Assert.Single(passage.Ranks)));
        Assert.Equal(("note 12", "machines"), (found[0].Id, found[0].Source));
        Assert.Equal(2 / 3.0, found[0].Evidence!.Value, 9);
        Assert.Equal("note 11", found[1].Id);
    }

    [Fact]
    public async Task Where_the_store_knows_none_it_is_asked_by_vector_and_cannot_be_told_to_do_more()
    {
        using NoteCollection collection = await FilledAsync(new NoteCollection("notes", new HashEmbeddings()));

        IReadOnlyList<Passage> found = await Over(collection).RetrieveAsync(new RetrievalQuery("Is my lost card blocked?") { Top = 2 }, CancellationToken);

        Assert.Equal("2 by vector: Is my lost card blocked?", Assert.Single(collection.Asked));
        Assert.Equal(2, found.Count);
        Assert.Equal(("note 7", "A lost card is blocked at once.", 1.0), (found[0].Id, found[0].Text, found[0].Evidence));
        Assert.Contains("does not implement IKeywordHybridSearchable<Note>", Assert.Throws<ArgumentException>(() => Over(collection, new RetrieverOptions { Mode = SearchMode.Hybrid })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_keywords_or_where_meaning_alone_is_wanted_the_vector_is_asked_for()
    {
        using HybridNoteCollection collection = await FilledAsync(new HybridNoteCollection("notes", new HashEmbeddings()));

        await Over(collection).RetrieveAsync(new RetrievalQuery("What is it?") { Top = 1 }, CancellationToken);
        await Over(collection, new RetrieverOptions { Mode = SearchMode.Dense }).RetrieveAsync(new RetrievalQuery("lost card") { Top = 1 }, CancellationToken);

        Assert.Equal(["1 by vector: What is it?", "1 by vector: lost card"], collection.Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filters_of_the_query_and_of_all_queries_hold_in_each_kind_of_search(bool hybrid)
    {
        HashEmbeddings embeddings = new();
        using NoteCollection collection = await FilledAsync(hybrid ? new HybridNoteCollection("notes", embeddings) : new NoteCollection("notes", embeddings));
        VectorCollectionRetriever<int, Note> retriever = Over(collection, new RetrieverOptions { Filter = !PassageFilter.Equal("language", "de") });
        async Task<string[]> FindAsync(PassageFilter? filter) => [.. (await retriever.RetrieveAsync(new RetrievalQuery("lost card") { Top = 10, Filter = filter }, CancellationToken)).Select(static passage => passage.Id).Order(StringComparer.Ordinal)];

        Assert.Equal(["note 10", "note 11", "note 12", "note 7", "note 9"], await FindAsync(null));
        Assert.Equal(["note 7"], await FindAsync(PassageFilter.Source("loss")));
        Assert.Equal(["note 10", "note 9"], await FindAsync(PassageFilter.Source("fees") | PassageFilter.Source("loans", "none")));
        Assert.Empty(await FindAsync(PassageFilter.In("language")));
    }

    [Fact]
    public async Task What_has_too_little_evidence_makes_room_for_what_comes_after_it()
    {
        using HybridNoteCollection collection = await FilledAsync(new HybridNoteCollection("notes", new HashEmbeddings()));
        VectorCollectionRetriever<int, Note> retriever = Over(collection, new RetrieverOptions { MinimumEvidence = 0.9, Depth = 50 });

        Assert.Equal("note 7", Assert.Single(await retriever.RetrieveAsync(new RetrievalQuery("lost card") { Top = 1 }, CancellationToken)).Id);
        Assert.Empty(await retriever.RetrieveAsync(new RetrievalQuery("weather in Paris"), CancellationToken));

        Assert.Equal(["50 by vector and keywords lost, card: lost card", "50 by vector and keywords weather, paris: weather in Paris"], collection.Asked);
    }

    private static async Task<T> FilledAsync<T>(T collection)
        where T : NoteCollection
    {
        await collection.UpsertAsync(s_notes, CancellationToken);
        return collection;
    }

    private static VectorCollectionRetriever<int, Note> Over(NoteCollection collection, RetrieverOptions? options = null) => new(
        collection,
        static note => new Passage { Id = $"note {note.Number}", Text = note.Body, Source = note.Page, Metadata = new Dictionary<string, string> { ["language"] = note.Language } },
        ToCondition,
        options: options);

    /// <summary>A filter as a condition that a store could read: comparisons of the record's properties with values.</summary>
    private static Expression<Func<Note, bool>> ToCondition(PassageFilter filter)
    {
        ParameterExpression note = Expression.Parameter(typeof(Note), "note");
        return Expression.Lambda<Func<Note, bool>>(Condition(filter), note);

        Expression Condition(PassageFilter one) => one switch
        {
            PassageFilterAnd both => Expression.AndAlso(Condition(both.Left), Condition(both.Right)),
            PassageFilterOr either => Expression.OrElse(Condition(either.Left), Condition(either.Right)),
            PassageFilterNot not => Expression.Not(Condition(not.Filter)),
            PassageFilterIn { Key: null or "language" } named => named.Values
                .Select(value => (Expression)Expression.Equal(Expression.Property(note, named.Key is null ? nameof(Note.Page) : nameof(Note.Language)), Expression.Constant(value)))
                .Aggregate((Expression)Expression.Constant(false), Expression.OrElse),
            _ => throw new NotSupportedException($"A note has no {one}."),
        };
    }
}
