using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>Makes the key that stands for one effect.</summary>
internal static class ToolKey
{
    // Endpoints give ids of 24 letters and more. Local models and some servers count, call_0, and begin anew in each conversation: such an id alone tells nothing apart.
    private const int UniqueIdLength = 16;

    /// <summary>The key of a call.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="call">The call as it came.</param>
    public static string Of(string tool, ReadOnlySpan<byte> arguments, AIFunctionArguments? call) => Of(Scope(call), tool, arguments);

    /// <summary>The key of a call: the same for equal arguments, in whatever order they came.</summary>
    public static string Of(string scope, string tool, ReadOnlySpan<byte> arguments)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, scope);
        Append(hash, tool);
        hash.AppendData(Canonical(arguments));
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        // Lengths keep the parts apart.
        static void Append(IncrementalHash hash, string part) => hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{part.Length}:{part}")));
    }

    /// <summary>Arguments with their names in ordinal order and without blanks.</summary>
    public static byte[] Canonical(ReadOnlySpan<byte> arguments)
    {
        if (arguments.IsEmpty)
            return "{}"u8.ToArray();
        using PooledJson json = PooledJson.Rent();
        Write(json.Writer, HalfCharacters.Replaced(JsonElement.Parse(arguments)));
        return json.Written.ToArray();
    }

    /// <summary>What tells a call in a loop from all others, and is the same when the conversation that led to it is taken up again; <see langword="null"/> where nothing in it does.</summary>
    public static string? Identity(FunctionInvocationContext context)
    {
        // Not the request's own id: a call that is approved is run by a later request than the one in which the model made it.
        string id = context.CallContent.CallId;
        // Some servers put the tool's name before what they count: functions.transfer_money:0.
        if (IsUnique(id.Replace(context.CallContent.Name, "", StringComparison.Ordinal)))
            return $"call {id}";
        IList<ChatMessage> messages = context.Messages;
        int reply = messages.Count - 1;
        while (reply >= 0 && !messages[reply].Contents.Contains(context.CallContent))
            reply--;
        if (reply < 0)
            return null;
        int turn = reply - 1;
        while (turn >= 0 && messages[turn].Role != ChatRole.User)
            turn--;
        // Also a model that is asked anew says the same thing at the same place. The text of a conversation is not enough: who wants the same twice says the same twice.
        if (turn >= 0 && messages[turn].MessageId is { } message && IsUnique(message))
            return string.Create(CultureInfo.InvariantCulture, $"message {message} {reply - turn} {id}");
        return messages[reply].MessageId is { } replied && IsUnique(replied) ? $"reply {replied} {id}" : null;
    }

    private static bool IsUnique(string id) => id.Length >= UniqueIdLength;

    private static string Scope(AIFunctionArguments? call) => ToolOperation.CurrentId is { } operation ? "operation " + operation : Identity(call) ?? "once " + Guid.NewGuid().ToString("N");

    private static string? Identity(AIFunctionArguments? call)
    {
        if (call is null)
            return null;
        if (ToolCallRecord.Of(call) is { } record)
            return record.Identity;
        return FunctionInvokingChatClient.CurrentContext is { } context && ReferenceEquals(context.Arguments, call) ? Identity(context) : null;
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in element.EnumerateObject().OrderBy(static p => p.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when element.TryGetDecimal(out decimal number):
                // 10, 10.0 and 1e1 are the same amount; the division takes the zeros at the end away.
                writer.WriteNumberValue(number / 1.0000000000000000000000000000m);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
