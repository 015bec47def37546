using Xunit;

namespace AiSdk.Retrieval.Tests.Store;

/// <summary>What this program does when <see cref="CrashTests"/> starts it as another process: ingests, again and again, documents whose texts say which version they are of.</summary>
public sealed class IngestChild
{
    public const string Variable = "AISDK_INGEST_CHILD";
    public const int Documents = 60;

    /// <summary>A document of a version; its passages say which document and version they are of, and how many there are.</summary>
    public static Document Version(int document, int version)
    {
        int parts = 2 + (document + version) % 5;
        return new Document
        {
            Key = $"d{document}",
            Text = string.Concat(Enumerable.Range(0, parts).Select(part => $"# Part {part}\n\nversion {version} document {document} part {part} of {parts} common\n\n")),
            Format = DocumentFormat.Markdown,
        };
    }

    public static IEnumerable<Document> All(int version) => Enumerable.Range(0, Documents).Select(document => Version(document, version));

    public static RetrievalIndexOptions Options => new() { Embeddings = new HashEmbeddings(32) };

    // By itself it does nothing: CrashTests starts it, in another process. A test that is left out would be counted as skipped.
    [Fact]
    public async Task Ingests_until_it_is_killed()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var file, var first, var rounds])
            return;
        using RetrievalIndex index = RetrievalIndex.Open(file, Options);
        int from = int.Parse(first, System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(file + ".started", "", TestContext.Current.CancellationToken);
        for (int version = from; version < from + int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture); version++)
        {
            // Few documents at a time, so that there are many transactions to be killed in.
            foreach (Document[] some in All(version).Chunk(7))
                await index.IngestAsync(some, new IngestOptions { RemoveMissing = false }, TestContext.Current.CancellationToken);
        }
    }
}
