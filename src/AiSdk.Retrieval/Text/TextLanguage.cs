namespace AiSdk.Retrieval;

/// <summary>The language of documents: which words say nothing, and which endings are cut off.</summary>
public enum TextLanguage
{
    /// <summary>No stop words and no stemming: words are found as they are written, whatever their case and accents.</summary>
    None,

    /// <summary>English.</summary>
    English,

    /// <summary>German.</summary>
    German,

    /// <summary>French.</summary>
    French,

    /// <summary>Spanish.</summary>
    Spanish,
}
