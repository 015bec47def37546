namespace AiSdk;

/// <summary>When a guard looks.</summary>
public enum GuardStage
{
    /// <summary>Before the model is asked: at the arguments that are not <see cref="TrustedAttribute"/>.</summary>
    Input,

    /// <summary>Before the caller sees the reply: at the reply.</summary>
    Output,
}
