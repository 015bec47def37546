namespace AiSdk.Onnx;

/// <summary>Whether replies are kept to <see cref="Microsoft.Extensions.AI.ChatOptions.ResponseFormat"/> while they are written.</summary>
public enum ConstrainedDecoding
{
    /// <summary>
    /// Always; a schema that cannot be enforced in full is refused, with the keyword and its place. So are the parameters of a tool that <see cref="Microsoft.Extensions.AI.ChatOptions.ToolMode"/>
    /// asks for by name. Of other tools, which may never be called, the arguments are then any object, and the response says so as with <see cref="WhenPossible"/>.
    /// </summary>
    Required,

    /// <summary>
    /// Where the whole schema can be enforced; elsewhere the reply is whatever the model writes, and says so: the
    /// <see cref="Microsoft.Extensions.AI.ChatResponse.AdditionalProperties"/>, or those of the last update of a stream, hold the reason as <see cref="OnnxChatClient.UnconstrainedReason"/>.
    /// </summary>
    WhenPossible,

    /// <summary>Never.</summary>
    Off,
}
