using System.ComponentModel;

namespace AiSdk.CompilerServices;

/// <summary>A function as prompt files see it. Made by generated code only.</summary>
/// <param name="info">The function.</param>
/// <param name="fileName">The name of the file that overrides its prompts, without folder.</param>
/// <param name="parameters">Its parameters that a prompt may show, in the order of its arguments.</param>
/// <param name="examples">Its examples.</param>
/// <param name="fullFileName">The same with the namespace, for where several interfaces have the name; <see langword="null"/> where there is none.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PromptFunction(AiFunctionInfo info, string fileName, PromptParameter[] parameters, PromptExampleCall[] examples, string? fullFileName = null)
{
    internal AiFunctionInfo Info { get; } = info;

    internal string FileName { get; } = fileName;

    internal string FullFileName { get; } = fullFileName ?? fileName;

    internal PromptParameter[] Parameters { get; } = parameters;

    internal PromptExampleCall[] Examples { get; } = examples;
}

/// <summary>A parameter as prompt files see it. Made by generated code only.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">Its type.</param>
/// <param name="isTrusted">Whether it may stand in a system prompt whatever its type.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PromptParameter(string name, PromptType type, bool isTrusted = false)
{
    internal string Name { get; } = name;

    internal PromptType Type { get; } = type;

    internal bool IsTrusted { get; } = isTrusted;
}

/// <summary>An example as prompt files render it. Made by generated code only.</summary>
/// <param name="reply">What the model should have answered.</param>
/// <param name="arguments">An argument for each parameter; null for those that examples do not give.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PromptExampleCall(string reply, params object?[] arguments)
{
    internal string Reply { get; } = reply;

    internal object?[] Arguments { get; } = arguments;
}
