namespace AiSdk.Retrieval.Tests;

/// <summary>A folder for a test's indexes, removed at its end.</summary>
internal sealed class IndexFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("aisdk-retrieval-").FullName;

    public string File(string name = "index.db") => System.IO.Path.Combine(Path, name);

    public RetrievalIndex Open(RetrievalIndexOptions? options = null) => RetrievalIndex.Open(File(), options);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
