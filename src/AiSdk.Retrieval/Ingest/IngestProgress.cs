namespace AiSdk.Retrieval;

/// <summary>How far an ingest is.</summary>
/// <param name="Documents">The documents that were looked at.</param>
/// <param name="Written">Those of them that were new or changed and are stored.</param>
/// <param name="Chunks">The passages that were stored.</param>
public sealed record IngestProgress(int Documents, int Written, int Chunks);
