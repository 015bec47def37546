using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AiSdk.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>The arguments of a tool as JSON, and what is told to a model of arguments that do not fit.</summary>
internal static class ToolArguments
{
    /// <summary>What System.Text.Json does not take for text.</summary>
    public const string HalfCharacter = "an escape that is half of a surrogate pair";

    private const int MaxErrors = 10;

    /// <summary>Writes arguments as they come from a chat client: mostly pieces of JSON, which are copied.</summary>
    public static void Write(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, object?>> arguments)
    {
        writer.WriteStartObject();
        foreach ((string name, object? value) in arguments)
        {
            writer.WritePropertyName(name);
            WriteValue(writer, value);
        }
        writer.WriteEndObject();
    }

    /// <summary>Writes a value that is JSON, or that the platform knows how to write.</summary>
    public static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonElement { ValueKind: JsonValueKind.Undefined }:
                writer.WriteNullValue();
                break;
            case JsonElement element:
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(element), skipInputValidation: true);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            default:
                JsonSerializer.Serialize(writer, value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()));
                break;
        }
    }

    /// <summary>What is told to the model in place of a result.</summary>
    public static string Refusal(ToolInfo tool, string problem) => Refusal(tool.Name, problem);

    /// <summary>What is told to the model in place of a result.</summary>
    public static string Refusal(string tool, string problem) => $"{tool} was not run, because its arguments do not fit: {problem}. Call it again with the arguments that its schema describes.";

    /// <summary>What a reader's exception says of the arguments.</summary>
    public static string Problem(Exception exception, ReadOnlySpan<byte> utf8, ref Utf8JsonReader reader, JsonReaderOptions options)
    {
        if (exception is JsonException)
            return $"they are not valid JSON ({ReplyReader.WithoutLocation(exception.Message)})";
        long position = exception is OutputFormatException format ? format.Position : reader.TokenStartIndex;
        string path = JsonPath.At(utf8, (int)Math.Min(position, utf8.Length), options);
        string message = exception is InvalidOperationException ? HalfCharacter : exception.Message;
        return path == "$" ? message : $"argument '{Name(path)}': {message}";
    }

    /// <summary>What rules say of the arguments.</summary>
    public static string Problem(OutputValidator validator) =>
        string.Join("; ", validator.Errors.Take(MaxErrors).Select(static error => $"argument '{Name(error.Path)}': {error.Message}"));

    // $.order.items[2] is order.items[2] to a model; the root is nothing that it has written.
    private static string Name(string path) => path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path.StartsWith('$') ? path[1..] : path;
}
