namespace AiSdk.Onnx;

/// <summary>A model's input: what became of one text, or of two.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="TypeIds">Which text each token belongs to, as the model counts them.</param>
/// <param name="AttentionMask">1 for each token, 0 for each that only fills up.</param>
/// <param name="IsTruncated">Whether tokens were left out because the file limits their number.</param>
internal sealed record TokenizedText(int[] Ids, int[] TypeIds, int[] AttentionMask, bool IsTruncated = false);
