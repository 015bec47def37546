namespace AiSdk.Evaluation;

/// <summary>What a <see cref="ReplyCacheChatClient"/> does with a request.</summary>
public enum ReplyCacheMode
{
    /// <summary>As <see cref="Record"/> if the environment variable <c>AISDK_EVAL_LIVE</c> is 1, else as <see cref="ReplayOnly"/>: for tests.</summary>
    LiveByEnvironment,

    /// <summary>It asks the model, and keeps the reply.</summary>
    AskWhereMissing,

    /// <summary>It fails: nothing is ever asked.</summary>
    ReplayOnly,

    /// <summary>It asks the model always, and keeps the reply in the place of the one that is there.</summary>
    Record,
}
