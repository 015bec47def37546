namespace AiSdk;

/// <summary>How a model is asked for a reply of the function's type.</summary>
public enum StructuredOutputMode
{
    /// <summary>
    /// What the chat client prefers: it may return a mode from <c>GetService(typeof(StructuredOutputMode))</c>, as <c>OnnxChatClient</c> does; of a client that says
    /// nothing, what its endpoint takes best: <see cref="ModelProfile.OutputMode"/>.
    /// </summary>
    Auto,

    /// <summary>The schema goes to the endpoint as <c>ChatOptions.ResponseFormat</c>; it is the endpoint's to enforce it.</summary>
    JsonSchema,

    /// <summary>The schema is that of a tool which the model must call; its arguments are the reply.</summary>
    ToolCall,

    /// <summary>
    /// The type is described in the prompt, where the template says <c>{{output_format}}</c>, else at the end of the last user message;
    /// see <see cref="OutputSchema.Instructions"/>.
    /// </summary>
    Prompt,
}
