namespace AiSdk.Retrieval;

/// <summary>What a tenant's part of an index holds.</summary>
/// <param name="Documents">The documents.</param>
/// <param name="Chunks">The passages.</param>
/// <param name="Vectors">The passages with a vector of the encoder.</param>
/// <param name="FileBytes">The size of the file, of all tenants together, with what is not yet moved from the log into it.</param>
public sealed record RetrievalIndexInfo(int Documents, int Chunks, int Vectors, long FileBytes);
