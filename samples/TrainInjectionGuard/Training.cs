using AiSdk;

namespace TrainInjectionGuard;

/// <summary>How the weights are made.</summary>
/// <param name="Epochs">How often each text is looked at.</param>
/// <param name="Decay">How strongly weights are drawn to nought.</param>
/// <param name="AttackWeight">How much a labelled attack counts.</param>
internal sealed record Training(int Epochs, float Decay, float AttackWeight)
{
    /// <summary>Fits a model to texts.</summary>
    public NGramModel Train(IEnumerable<LabelledText> texts, CancellationToken cancellationToken) =>
        NGramTrainer.Train([.. texts.SelectMany(Examples)], Epochs, Decay, cancellationToken);

    private IEnumerable<NGramTrainer.Example> Examples(LabelledText text)
    {
        float weight = text.Weight;
        if (text.IsAttack && !text.Source.StartsWith("written", StringComparison.Ordinal))
            weight *= AttackWeight;
        string folded = FoldedText.Of(text.Text).Text;
        yield return NGramTrainer.Of(folded, text.IsAttack, weight);
    }
}
