namespace AiSdk.Onnx;

/// <summary>How a model writes calls of tools.</summary>
public enum ToolCallFormat
{
    /// <summary>As the model's chat template shows; <see cref="Json"/> where it shows nothing.</summary>
    Auto,

    /// <summary><c>&lt;tool_call&gt;{"name": …, "arguments": {…}}&lt;/tool_call&gt;</c>, once for each call: Hermes, Qwen, SmolLM; also with the XML-like contents of GLM and Qwen Coder.</summary>
    Hermes,

    /// <summary><c>{"name": …, "parameters": {…}}</c> as the whole reply, or behind <c>&lt;|python_tag|&gt;</c>, also as <c>name.call(key="value")</c>: Llama 3.</summary>
    Llama,

    /// <summary><c>[TOOL_CALLS]</c> and a list of <c>{"name": …, "arguments": {…}}</c>, or <c>name[ARGS]{…}</c>: Mistral.</summary>
    Mistral,

    /// <summary><c>&lt;|tool_call|&gt;</c> and a list of <c>{"name": …, "arguments": {…}}</c>: Phi, Granite.</summary>
    Phi,

    /// <summary><c>{"name": …, "arguments": {…}}</c>, or a list of such objects, as the whole reply.</summary>
    Json,
}
