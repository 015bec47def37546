namespace AiSdk;

/// <summary>Where a model reasons before it replies.</summary>
public enum ReasoningSource
{
    /// <summary>
    /// Beside the reply if it does so by itself: <c>ChatOptions.Reasoning</c> asks for it, the chat client says so (<c>GetService(typeof(ReasoningSource))</c>), or its last reply came with
    /// reasoning of its own. Else in a field of the reply.
    /// </summary>
    Auto,

    /// <summary>In a field of the reply, whatever the model does by itself.</summary>
    Field,

    /// <summary>Beside the reply: <c>ChatOptions.Reasoning</c> asks for it, and the reply has no field for it.</summary>
    Model,
}
