namespace TrainInjectionGuard;

/// <summary>A text with its class.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsAttack">Whether it tries to take over the model.</param>
/// <param name="Source">Where it is from, for the figures.</param>
/// <param name="Weight">How much it counts in training.</param>
internal sealed record LabelledText(string Text, bool IsAttack, string Source, float Weight = 1)
{
    /// <summary>Whether it is harmless text that has the words of attacks.</summary>
    public bool HasTriggerWords => !IsAttack && Source.Contains("NotInject", StringComparison.Ordinal);
}
