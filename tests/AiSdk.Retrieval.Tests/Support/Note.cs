using Microsoft.Extensions.VectorData;

namespace AiSdk.Retrieval.Tests;

/// <summary>A record as an application may have it: another key and other names than the project's own.</summary>
internal sealed class Note
{
    [VectorStoreKey]
    public int Number { get; set; }

    [VectorStoreData(IsFullTextIndexed = true)]
    public string Body { get; set; } = "";

    [VectorStoreData(IsIndexed = true)]
    public string Page { get; set; } = "";

    [VectorStoreData(IsIndexed = true)]
    public string Language { get; set; } = "en";

    [VectorStoreVector(64)]
    public ReadOnlyMemory<float> Vector { get; set; }
}
