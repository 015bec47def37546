using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.CompilerServices;

public sealed partial class GuardRun
{
    private readonly List<string> _toolResults = [];

    /// <summary>Whether a guard hides things from the model, which its tools must be given all the same.</summary>
    internal bool Hides => _guards.Inputs.Any(static use => use.Guard is IMaskingGuard);

    /// <summary>What a tool is called with: the arguments, with what was hidden from the model in its place.</summary>
    /// <param name="argument">An argument as it came.</param>
    internal object? ForTool(object? argument) => argument switch
    {
        string text => Shown(text),
        JsonElement { ValueKind: JsonValueKind.String } text => Shown(text.GetString()!),
        JsonElement element => Rewritten(element, Shown),
        _ => argument,
    };

    /// <summary>What the model is given of a tool's result: hidden is what the guards of arguments hide.</summary>
    /// <param name="result">What the tool gives.</param>
    internal object? ForModel(object? result) => result switch
    {
        null => null,
        string text => Hidden(text),
        JsonElement { ValueKind: JsonValueKind.String } text => Hidden(text.GetString()!),
        JsonElement element => Rewritten(element, Hidden),
        TextContent content => new TextContent(Hidden(content.Text)),
        AIContent => result,
        IEnumerable<AIContent> contents => contents.Select(ForModel).Cast<AIContent>().ToList(),
        _ => Rewritten(AsJson(result), Hidden),
    };

    /// <summary>Notes that the model was given a text by a tool, for guards that compare the reply with what it was given.</summary>
    internal void Give(string text)
    {
        lock (_toolResults)
        {
            _toolResults.Add(text);
            // Another list: a guard may be reading that one.
            if (_context.Sources.Count > 0)
                _context.Sources = [.. _context.Sources, text];
        }
    }

    /// <summary>The text that a message's content shows to the model, or <see langword="null"/>.</summary>
    private static string? TextOf(AIContent content) => content switch
    {
        TextContent text => text.Text,
        TextReasoningContent thought => thought.Text,
        FunctionResultContent { Result: string text } => text,
        FunctionResultContent { Result: TextContent text } => text.Text,
        FunctionResultContent { Result: { } value } => AsJson(value).ToString(),
        _ => null,
    };

    private string Shown(string text)
    {
        // What was hidden last was hidden in what the others had left.
        foreach (GuardUse use in Enumerable.Reverse(_guards.Inputs))
            text = (use.Guard as IMaskingGuard)?.OpenRestore(_context)?.Append(text, isLast: true).Text ?? text;
        return text;
    }

    private string Hidden(string text)
    {
        foreach (GuardUse use in _guards.Inputs)
            text = (use.Guard as IMaskingGuard)?.MaskAgain(text, _context) ?? text;
        return text;
    }

    private static JsonElement AsJson(object value)
    {
        using PooledJson json = PooledJson.Rent();
        ToolArguments.WriteValue(json.Writer, value);
        return JsonElement.Parse(json.Written);
    }

    private static JsonElement Rewritten(JsonElement element, Func<string, string> rewrite)
    {
        if (element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            return element;
        using PooledJson json = PooledJson.Rent();
        Write(json.Writer, element);
        return JsonElement.Parse(json.Written);

        void Write(Utf8JsonWriter writer, JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    writer.WriteStartObject();
                    foreach (JsonProperty property in value.EnumerateObject())
                    {
                        writer.WritePropertyName(rewrite(property.Name));
                        Write(writer, property.Value);
                    }
                    writer.WriteEndObject();
                    break;
                case JsonValueKind.Array:
                    writer.WriteStartArray();
                    foreach (JsonElement item in value.EnumerateArray())
                        Write(writer, item);
                    writer.WriteEndArray();
                    break;
                case JsonValueKind.String:
                    writer.WriteStringValue(rewrite(value.GetString()!));
                    break;
                default:
                    value.WriteTo(writer);
                    break;
            }
        }
    }
}
