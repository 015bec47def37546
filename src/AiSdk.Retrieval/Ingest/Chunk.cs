namespace AiSdk.Retrieval;

/// <summary>A passage before it is stored.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Start">Where it begins in the document.</param>
/// <param name="End">Where it ends in the document (exclusive).</param>
/// <param name="Headings">The headings that it stands under.</param>
internal sealed record Chunk(string Text, int Start, int End, string[] Headings);
