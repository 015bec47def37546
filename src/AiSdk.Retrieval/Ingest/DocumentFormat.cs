namespace AiSdk.Retrieval;

/// <summary>How a document is written.</summary>
public enum DocumentFormat
{
    /// <summary>Plain text: paragraphs with blank lines between.</summary>
    PlainText,

    /// <summary>Markdown.</summary>
    Markdown,

    /// <summary>HTML.</summary>
    Html,
}
