using Microsoft.Extensions.VectorData;

namespace AiSdk.Retrieval;

/// <summary>A passage as a record of a vector store.</summary>
public sealed class PassageRecord
{
    /// <summary>Its id. What is written without one gets one from its text.</summary>
    [VectorStoreKey]
    public string Id { get; set; } = "";

    /// <summary>Its text.</summary>
    [VectorStoreData(IsFullTextIndexed = true)]
    public string Text { get; set; } = "";

    /// <summary>The document's key.</summary>
    [VectorStoreData(IsIndexed = true)]
    public string Source { get; set; } = "";

    /// <summary>The headings that it stands under, outermost first.</summary>
    [VectorStoreData]
    public IReadOnlyList<string> Headings { get; set; } = [];

    /// <summary>Where it begins in its document, in UTF-16 code units.</summary>
    [VectorStoreData]
    public int Start { get; set; }

    /// <summary>Where it ends in its document (exclusive), in UTF-16 code units.</summary>
    [VectorStoreData]
    public int End { get; set; }

    /// <summary>What the application said of its document. Filters name a value as <c>record.Metadata["key"]</c>.</summary>
    [VectorStoreData]
    public IReadOnlyDictionary<string, string> Metadata { get; set; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Its vector, where it was asked for; on writing, <see langword="null"/> has the index embed the text.</summary>
    public ReadOnlyMemory<float>? Vector { get; set; }

    /// <summary>The record as a passage.</summary>
    public Passage ToPassage() => new() { Id = Id, Text = Text, Source = Source, Headings = Headings, Start = Start, End = End, Metadata = Metadata };
}
