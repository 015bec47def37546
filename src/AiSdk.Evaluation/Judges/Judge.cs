namespace AiSdk.Evaluation;

/// <content>What a run's manifest says of it.</content>
public sealed partial class Judge
{
    /// <summary>A function of it with the prompt that is in force, and the model that it asks.</summary>
    internal ScoringJudge Describe(AiFunctionInfo function) => new(function.Name, (_overrides?.InForce(function) ?? function).PromptHash, _caller.ModelId);
}
