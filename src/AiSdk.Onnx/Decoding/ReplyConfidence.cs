namespace AiSdk.Onnx;

/// <summary>
/// How likely a reply was among those that its constraint allows: the product, over the places where the constraint left the model a choice, of the probability of the token taken among the tokens
/// allowed there. Not thread-safe.
/// </summary>
/// <remarks>
/// The probabilities are the model's own, at the temperature of its calibration; how tokens are sampled, and penalties, do not count. It is the probability of this sequence of tokens, and so at most
/// that of the value: the vocabulary can spell a value in several ways. Models that were trained on one way, as all are, give the others next to nothing. To sum over all ways, or to score each value
/// of an enumeration, would take a run for each.
/// </remarks>
internal sealed class ReplyConfidence(double temperature)
{
    private readonly float _factor = (float)(1 / temperature);
    private double _logarithm;

    /// <summary>The probability, 0 to 1.</summary>
    public double Value => Math.Exp(Math.Min(_logarithm, 0));

    /// <summary>Takes note of a choice.</summary>
    /// <param name="logits">The model's logits, [vocabulary].</param>
    /// <param name="mask">The tokens that were allowed.</param>
    /// <param name="token">The one taken.</param>
    public void Observe(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> mask, int token) => _logarithm += (logits[token] * _factor) - TokenMask.LogSum(logits, mask, _factor);
}
