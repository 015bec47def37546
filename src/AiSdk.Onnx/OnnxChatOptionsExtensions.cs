using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>What calls of <see cref="OnnxChatClient"/> can ask for besides what every client knows: replies that fit an expression or a list, variables of the chat template, and an adapter.</summary>
public static class OnnxChatOptionsExtensions
{
    internal const string RegexKey = "regex";
    internal const string ChoicesKey = "choices";

    /// <summary>Generated code writes it too.</summary>
    internal const string AdapterKey = "adapter";

    /// <summary>Has the reply made with an adapter of the model.</summary>
    /// <param name="options">The options, which are changed: the name is <see cref="ChatOptions.AdditionalProperties"/><c>["adapter"]</c>.</param>
    /// <param name="name">A name in <see cref="OnnxModelOptions.Adapters"/>; <see langword="null"/> for the model as it is, whatever <see cref="OnnxModelOptions.DefaultAdapter"/> says.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <remarks>A name that the model does not have is an <see cref="ArgumentException"/> of the call.</remarks>
    public static ChatOptions WithAdapter(this ChatOptions options, string? name)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (name is { Length: 0 })
            throw new ArgumentException("The adapter's name is empty. Give one of OnnxModelOptions.Adapters, or null for the model as it is.", nameof(name));
        (options.AdditionalProperties ??= [])[AdapterKey] = name;
        return options;
    }

    /// <summary>Keeps the reply to a text that a regular expression matches as a whole.</summary>
    /// <param name="options">The options, which are changed: the expression is <see cref="ChatOptions.AdditionalProperties"/><c>["regex"]</c>.</param>
    /// <param name="pattern">The expression, in the syntax of ECMA-262 in Unicode mode; without back references and look-behind.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException"><paramref name="pattern"/> is empty, or the options keep the reply to choices already.</exception>
    /// <remarks>An expression that is wrong, cannot be enforced or matches nothing is a <see cref="NotSupportedException"/> of the call, as with a schema; see <see cref="OnnxModelOptions.ConstrainedDecoding"/>.</remarks>
    public static ChatOptions WithRegex(this ChatOptions options, string pattern)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        if (options.AdditionalProperties?.ContainsKey(ChoicesKey) == true)
            throw new ArgumentException("The options keep the reply to choices already; a regular expression beside them would be a second format. Use one of them.", nameof(options));
        (options.AdditionalProperties ??= [])[RegexKey] = pattern;
        return options;
    }

    /// <summary>Keeps the reply to one of some texts.</summary>
    /// <param name="options">The options, which are changed: the texts are <see cref="ChatOptions.AdditionalProperties"/><c>["choices"]</c>.</param>
    /// <param name="choices">The texts.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">There is no choice, or one is <see langword="null"/>, or the options keep the reply to a regular expression already.</exception>
    public static ChatOptions WithChoices(this ChatOptions options, params ReadOnlySpan<string> choices)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (choices.IsEmpty)
            throw new ArgumentException("There is no choice that the reply could be. Name at least one.", nameof(choices));
        if (choices.Contains(null))
            throw new ArgumentException("A choice is null. Leave it out, or use the empty text for a reply that may be empty.", nameof(choices));
        if (options.AdditionalProperties?.ContainsKey(RegexKey) == true)
            throw new ArgumentException("The options keep the reply to a regular expression already; choices beside it would be a second format. Use one of them.", nameof(options));
        (options.AdditionalProperties ??= [])[ChoicesKey] = choices.ToArray();
        return options;
    }

    /// <summary>Gives the model's chat template a variable, such as <c>enable_thinking</c>, <c>reasoning_effort</c> or <c>documents</c>; which ones it knows, the model's card says.</summary>
    /// <param name="options">The options, which are changed: the variables are <see cref="ChatOptions.AdditionalProperties"/><c>["chat_template_kwargs"]</c>, which may also be set as a dictionary or a JSON object.</param>
    /// <param name="name">The variable's name. One that the template does not ask for changes nothing.</param>
    /// <param name="value">The value: <see langword="null"/>, text, truth value, number, a list or dictionary of these, a <see cref="System.Text.Json.Nodes.JsonNode"/> or <see cref="System.Text.Json.JsonElement"/>. Text in it is data, like a message's: special tokens that it spells are not read as such.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or is <c>messages</c>, <c>tools</c> or <c>add_generation_prompt</c>, which the client gives itself; or the options hold something else than variables already.</exception>
    /// <remarks>A variable that is one of the model's special tokens, such as <c>bos_token</c>, is an <see cref="ArgumentException"/> of the call.</remarks>
    public static ChatOptions WithTemplateVariable(this ChatOptions options, string name, object? value)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (TemplateVariables.Reserved.Contains(name))
            throw new ArgumentException($"The variable is '{name}', {TemplateVariables.Why}", nameof(name));
        // Copied, because a clone of the options holds the same dictionary.
        Dictionary<string, object?> variables = new(TemplateVariables.Read(options), StringComparer.Ordinal) { [name] = value };
        (options.AdditionalProperties ??= [])[TemplateVariables.Key] = variables;
        return options;
    }
}
