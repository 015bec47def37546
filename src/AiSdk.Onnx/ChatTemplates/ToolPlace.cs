namespace AiSdk.Onnx;

/// <summary>Where a template looks for the tools.</summary>
internal enum ToolPlace
{
    /// <summary>In the variable <c>tools</c>, as transformers has it.</summary>
    Variable,

    /// <summary>In a message, where a text stands that says them in JSON: Phi 4 mini.</summary>
    MessageText,

    /// <summary>In a message, as the variable has them.</summary>
    MessageList,
}
