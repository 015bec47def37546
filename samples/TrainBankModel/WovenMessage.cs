using Quickstart;

namespace TrainBankModel;

/// <summary>A message with facts in it that are known.</summary>
/// <param name="Text">The message.</param>
/// <param name="Facts">What it says.</param>
/// <param name="Answer">The facts as the model should write them.</param>
internal sealed record WovenMessage(string Text, MessageFacts Facts, string Answer);
