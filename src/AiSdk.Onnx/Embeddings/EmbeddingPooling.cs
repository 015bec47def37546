namespace AiSdk.Onnx;

/// <summary>How the vectors of a text's tokens become one.</summary>
public enum EmbeddingPooling
{
    /// <summary>As the model says: its own vector of the text if the graph gives one, else what the folder's pooling configuration names, else <see cref="Mean"/>.</summary>
    Auto,

    /// <summary>The mean over the tokens that belong to the text.</summary>
    Mean,

    /// <summary>The vector of the first token (CLS).</summary>
    FirstToken,

    /// <summary>The vector of the last token.</summary>
    LastToken,
}
