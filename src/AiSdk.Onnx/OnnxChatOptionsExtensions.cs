using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>What replies of <see cref="OnnxChatClient"/> can be kept to besides JSON, and the adapter that makes them.</summary>
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
}
