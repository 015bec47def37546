namespace AiSdk.Evaluation;

/// <summary>What a <see cref="ReplyCacheChatClient"/> does with a request that it has no reply of.</summary>
public enum ReplyCacheMode
{
    /// <summary>It asks the model if the environment variable <c>AISDK_EVAL_LIVE</c> is 1, and else fails: for tests.</summary>
    LiveByEnvironment,

    /// <summary>It asks the model, and keeps the reply.</summary>
    AskWhereMissing,

    /// <summary>It fails: nothing is ever asked.</summary>
    ReplayOnly,
}
