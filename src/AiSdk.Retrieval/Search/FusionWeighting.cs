namespace AiSdk.Retrieval;

/// <summary>How much each way of searching counts where their ranks are fused.</summary>
public enum FusionWeighting
{
    /// <summary>
    /// By how well each finds passages of these documents by a sentence of theirs, which an ingest measures (some 100 searches, again when the documents have become twice or half as many). So a weak encoder
    /// does not spoil what words find. Alike where it was not measured.
    /// </summary>
    Measured,

    /// <summary>Both alike: plain reciprocal rank fusion.</summary>
    Equal,
}
