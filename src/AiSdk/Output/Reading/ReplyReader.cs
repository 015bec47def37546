using System.Buffers;
using System.Text;
using System.Text.Json;
using AiSdk.CompilerServices;

namespace AiSdk;

/// <summary>Reads a whole reply with a generated reader, and says where it does not fit.</summary>
internal static class ReplyReader
{
    private static readonly JsonReaderOptions _options = new() { MaxDepth = OutputReader.MaxDepth };

    /// <summary>The reply's value.</summary>
    /// <exception cref="AiOutputException">The reply is not a value of the type.</exception>
    public static T Read<T>(AiFunctionInfo<T> function, string reply, string? callId)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(reply.Length));
        ReadOnlySpan<byte> utf8 = buffer.AsSpan(0, Encoding.UTF8.GetBytes(reply, buffer));
        Utf8JsonReader reader = new(utf8, _options);
        try
        {
            return Read(function, ref reader);
        }
        catch (OutputFormatException e)
        {
            throw Failure(function, reply, utf8, e.Position, e.Message, e, callId);
        }
        catch (JsonException e)
        {
            string problem = utf8.Trim(" \t\r\n"u8).IsEmpty ? "the reply is empty" : $"not valid JSON: {WithoutLocation(e.Message)}";
            throw Failure(function, reply, utf8, reader.BytesConsumed, problem, e, callId);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static T Read<T>(AiFunctionInfo<T> function, ref Utf8JsonReader reader)
    {
        reader.Read();
        bool wrapped = function.Output!.IsWrapped && reader.TokenType == JsonTokenType.StartObject;
        if (wrapped)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("value"u8))
                OutputReader.ThrowUnexpected(ref reader, "the property 'value' (this type is wrapped in {\"value\": …})");
            reader.Read();
        }
        T value = function.Reader(ref reader);
        if (wrapped)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.EndObject)
                OutputReader.ThrowUnexpected(ref reader, "the end of {\"value\": …}");
        }
        // Past the value only white space may follow; anything else makes Read throw.
        reader.Read();
        return value;
    }

    private static AiOutputException Failure<T>(
        AiFunctionInfo<T> function, string reply, ReadOnlySpan<byte> utf8, long position, string problem, Exception cause, string? callId)
    {
        int bytes = (int)Math.Min(position, utf8.Length);
        string path = JsonPath.At(utf8, bytes, _options);
        int characters = Encoding.UTF8.GetCharCount(utf8[..bytes]);
        return new AiOutputException(
            $"{function.Name}: the reply does not fit {function.Output!.Name} at {path} (character {characters}): {problem}. The whole reply is in RawReply.",
            function.Name, reply, callId ?? AiCall.NewId(), path, characters, cause);
    }

    // System.Text.Json appends a line and byte count, which AiOutputException states in its own terms.
    private static string WithoutLocation(string message)
    {
        int location = message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return (location < 0 ? message : message[..location]).TrimEnd('.');
    }
}
