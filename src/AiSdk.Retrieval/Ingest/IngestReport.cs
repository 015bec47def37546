namespace AiSdk.Retrieval;

/// <summary>What an ingest did.</summary>
public sealed record IngestReport
{
    /// <summary>The documents that were looked at.</summary>
    public int Documents { get; init; }

    /// <summary>Those that were new or changed.</summary>
    public int Written { get; init; }

    /// <summary>Those that were as they had been.</summary>
    public int Unchanged { get; init; }

    /// <summary>Those that were there before, were not among the documents, and were removed.</summary>
    public int Removed { get; init; }

    /// <summary>The passages that were stored.</summary>
    public int Chunks { get; init; }

    /// <summary>The passages whose embedding was computed; that of a passage that stayed as it was is taken from the store.</summary>
    public int Embedded { get; init; }

    /// <summary>The documents that could not be stored.</summary>
    public IReadOnlyList<RefusedDocument> Refused { get; init; } = [];
}
