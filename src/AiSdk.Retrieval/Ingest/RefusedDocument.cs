namespace AiSdk.Retrieval;

/// <summary>A document that could not be stored. What was stored under its key before is left as it was.</summary>
/// <param name="Key">The document's key.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record RefusedDocument(string Key, string Reason);
