namespace AiSdk.Onnx;

/// <summary>How well a model predicts a text.</summary>
/// <param name="Tokens">How many tokens were predicted: all but the first.</param>
/// <param name="LogLikelihood">The sum of their log-probabilities, in nats.</param>
public sealed record TextScore(int Tokens, double LogLikelihood)
{
    /// <summary>The mean of what a token takes, in nats.</summary>
    public double CrossEntropy => -LogLikelihood / Tokens;

    /// <summary>e to the power of <see cref="CrossEntropy"/>: among how many equally likely tokens the model would have had to choose.</summary>
    public double Perplexity => Math.Exp(CrossEntropy);
}
