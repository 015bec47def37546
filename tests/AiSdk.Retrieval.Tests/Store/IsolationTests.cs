using CsCheck;
using Xunit;

namespace AiSdk.Retrieval.Tests.Store;

/// <summary>No search gives a passage of another tenant, or one that its filter does not let through, whichever way it searches.</summary>
public sealed class IsolationTests : IDisposable
{
    private readonly IndexFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private sealed record Given(string Key, string Words, string Language, bool IsDraft);

    private static readonly Gen<string> _words = OneOf("card", "loan", "fee", "rate", "branch", "mortgage").Array[1, 6].Select(static words => string.Join(' ', words));

    private static readonly Gen<Given[]> _documents =
        Gen.Select(Gen.Int[0, 9], _words, OneOf("en", "de", "fr"), Gen.Bool, static (key, words, language, draft) => new Given($"d{key}", words, language, draft)).Array[0, 12]
            .Select(static all => all.DistinctBy(static d => d.Key).ToArray());

    private static readonly Gen<PassageFilter> _filter = Gen.Recursive<PassageFilter>(static (depth, inner) =>
        depth > 3
            ? Leaf
            : Gen.OneOf(Leaf, Gen.Select(inner, inner, static (a, b) => a & b), Gen.Select(inner, inner, static (a, b) => a | b), inner.Select(static a => !a)));

    private static Gen<PassageFilter> Leaf => Gen.OneOf(
        OneOf("en", "de", "fr", "' OR 1=1 --").Array[0, 2].Select(static values => PassageFilter.In("language", values)),
        Gen.Const(PassageFilter.Equal("draft", "yes")),
        Gen.Int[0, 9].Select(static key => PassageFilter.Source($"d{key}")));

    [Fact]
    public void Searches_stay_within_tenant_and_filter()
    {
        int file = 0;
        Gen.Select(_documents, _documents, _words, _filter).Sample(
            (mine, theirs, query, filter) =>
            {
                string path = _folder.File($"{Interlocked.Increment(ref file)}.db");
                using RetrievalIndexes tenants = new(path, new RetrievalIndexOptions { Embeddings = new HashEmbeddings(16) });
                Ingest(tenants.Of("mine"), mine);
                Ingest(tenants.Of("theirs"), theirs);
                HashSet<string> allowed = [.. mine.Where(d => Matches(filter, d)).Select(d => d.Key)];
                foreach (SearchMode mode in (SearchMode[])[SearchMode.Lexical, SearchMode.Dense, SearchMode.Hybrid])
                {
                    IReadOnlyList<Passage> found = new Retriever(tenants.Of("mine"), new RetrieverOptions { Mode = mode })
                        .RetrieveAsync(new RetrievalQuery(query) { Top = 100, Filter = filter }).AsTask().GetAwaiter().GetResult();
                    Assert.All(found, passage =>
                    {
                        Given document = Assert.Single(mine, d => d.Key == passage.Source);
                        Assert.Equal($"mine {document.Words}", passage.Text);
                        Assert.Contains(passage.Source, allowed);
                    });
                    // And nothing is missing: by meaning every allowed passage has a place, by words each that has one of them.
                    IEnumerable<Given> expected = mine.Where(d => allowed.Contains(d.Key) && (mode != SearchMode.Lexical || d.Words.Split(' ').Intersect(query.Split(' ')).Any()));
                    Assert.Equal(expected.Select(d => d.Key).Order(StringComparer.Ordinal), found.Select(p => p.Source).Order(StringComparer.Ordinal));
                }
            },
            iter: 150, threads: 2);
    }

    [Fact]
    public async Task The_same_keys_of_two_tenants_are_two_documents_and_removal_touches_one()
    {
        using RetrievalIndexes tenants = new(_folder.File("two.db"), new RetrievalIndexOptions());
        Ingest(tenants.Of("a"), [new Given("d1", "card", "en", false)]);
        Ingest(tenants.Of("b"), [new Given("d1", "loan", "en", false)], "b");
        await tenants.Of("a").RemoveAsync(["d1"], TestContext.Current.CancellationToken);

        Assert.Empty(tenants.Of("a").GetDocuments());
        Assert.Equal("b loan", Assert.Single(tenants.Of("b").GetPassages("d1")).Text);
        string id = tenants.Of("b").GetPassages("d1")[0].Id;
        Assert.Null(tenants.Of("a").GetPassage(id));
        Assert.Empty(await new Retriever(tenants.Of("a")).RetrieveAsync(new RetrievalQuery("loan"), TestContext.Current.CancellationToken));
    }

    private static void Ingest(RetrievalIndex index, Given[] documents, string mark = "")
    {
        mark = mark.Length == 0 ? index.Tenant : mark;
        index.IngestAsync(documents.Select(d => new Document
        {
            Key = d.Key,
            Text = $"{mark} {d.Words}",
            Metadata = new Dictionary<string, string> { ["language"] = d.Language, ["draft"] = d.IsDraft ? "yes" : "no" },
        })).GetAwaiter().GetResult();
    }

    private static bool Matches(PassageFilter filter, Given document) => filter switch
    {
        PassageFilterAnd both => Matches(both.Left, document) && Matches(both.Right, document),
        PassageFilterOr one => Matches(one.Left, document) || Matches(one.Right, document),
        PassageFilterNot not => !Matches(not.Filter, document),
        PassageFilterIn { Key: null } source => source.Values.Contains(document.Key),
        PassageFilterIn { Key: "language" } language => language.Values.Contains(document.Language),
        PassageFilterIn draft => draft.Values.Contains(document.IsDraft ? "yes" : "no"),
        _ => throw new NotSupportedException(),
    };
}
