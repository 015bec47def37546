namespace AiSdk.Training;

/// <summary>Original and result side by side.</summary>
/// <param name="Original">The model that was given.</param>
/// <param name="Quantized">The model that was made.</param>
/// <param name="TokenAgreement">At how many of the texts' positions both hold the same token to be the most likely next one, from 0 to 1.</param>
/// <param name="Matrices">How many matrices were quantized.</param>
public sealed record QuantizationReport(ModelFigures Original, ModelFigures Quantized, double TokenAgreement, int Matrices)
{
    /// <summary>By how much perplexity rose, as a share of the original's; negative where it fell.</summary>
    public double PerplexityLoss => Quantized.Perplexity / Original.Perplexity - 1;
}

/// <summary>What was measured of a model.</summary>
/// <param name="Bytes">The size of its graph and weights.</param>
/// <param name="Perplexity">Its perplexity on the texts.</param>
/// <param name="TokensPerSecond">How many tokens it writes per second, one after the other.</param>
public sealed record ModelFigures(long Bytes, double Perplexity, double TokensPerSecond);
