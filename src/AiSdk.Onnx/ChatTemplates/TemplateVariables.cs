using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>The variables that a call gives to the chat template: <see cref="ChatOptions.AdditionalProperties"/><c>["chat_template_kwargs"]</c>, as other servers call them.</summary>
internal static class TemplateVariables
{
    /// <summary>The name in <see cref="ChatOptions.AdditionalProperties"/>.</summary>
    public const string Key = "chat_template_kwargs";

    /// <summary>The names that are not a call's to give, as the client gives them itself.</summary>
    public static IReadOnlyList<string> Reserved { get; } = ["messages", "tools", "add_generation_prompt"];

    /// <summary>The variables of a call by name; none where it gives none.</summary>
    /// <exception cref="ArgumentException">What the options hold is not a dictionary or a JSON object, or names a reserved variable.</exception>
    public static List<KeyValuePair<string, object?>> Read(ChatOptions? options)
    {
        if (options?.AdditionalProperties?.TryGetValue(Key, out object? given) != true || given is null)
            return [];
        List<KeyValuePair<string, object?>> variables = given switch
        {
            JsonElement { ValueKind: JsonValueKind.Object } json => [.. json.EnumerateObject().Select(static property => KeyValuePair.Create(property.Name, (object?)property.Value))],
            JsonObject json => [.. json.Select(static property => KeyValuePair.Create(property.Key, (object?)property.Value))],
            IEnumerable<KeyValuePair<string, object?>> entries => [.. entries],
            IDictionary entries => PromptValues.Pairs(entries),
            _ => throw new ArgumentException($"ChatOptions.AdditionalProperties[\"{Key}\"] is a {given.GetType()}, not a dictionary or a JSON object of the chat template's variables. Set it with WithTemplateVariable.", nameof(options)),
        };
        foreach ((string name, _) in variables)
        {
            if (Reserved.Contains(name))
                throw new ArgumentException($"ChatOptions.AdditionalProperties[\"{Key}\"] has the variable '{name}', {Why}", nameof(options));
        }
        return variables;
    }

    /// <summary>Why a reserved name is refused.</summary>
    public static string Why => $"which the client gives to the chat template itself. Leave it out; give messages and tools with the call. Reserved are {string.Join(", ", Reserved)}.";
}
