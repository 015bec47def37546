namespace AiSdk.Evaluation;

/// <summary>How sure a judge says it is.</summary>
public enum JudgeConfidence
{
    /// <summary>It may as well be otherwise.</summary>
    Low,

    /// <summary>It is probable.</summary>
    Medium,

    /// <summary>There is no doubt.</summary>
    High,
}
