namespace AiSdk.Retrieval;

/// <summary>How passages are searched for.</summary>
public enum SearchMode
{
    /// <summary>By words and by meaning where there is an embedding generator, by words alone elsewhere.</summary>
    Auto,

    /// <summary>By words.</summary>
    Lexical,

    /// <summary>By meaning.</summary>
    Dense,

    /// <summary>Both, their ranks fused.</summary>
    Hybrid,
}
