using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AiSdk.CompilerServices;

namespace AiSdk;

/// <summary>Reads a whole reply with a generated reader, and says where it does not fit.</summary>
internal static class ReplyReader
{
    private static readonly JsonReaderOptions _options = new() { MaxDepth = OutputReader.MaxDepth };

    /// <summary>The reply's value.</summary>
    /// <exception cref="AiOutputException">The reply is not a value of the type.</exception>
    public static T Read<T>(AiFunctionInfo<T> function, string reply, ref AiCall call)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(reply.Length));
        try
        {
            OperationStatus status = Utf8.FromUtf16(reply, buffer, out int read, out int written, replaceInvalidSequences: false);
            ReadOnlySpan<byte> utf8 = buffer.AsSpan(0, written);
            return status == OperationStatus.Done
                ? Read(function, reply, utf8, ref call)
                : throw Failure(function, reply, utf8, written, read, "half of a surrogate pair, which is no character", null, ref call);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static T Read<T>(AiFunctionInfo<T> function, string reply, ReadOnlySpan<byte> utf8, ref AiCall call)
    {
        Utf8JsonReader reader = new(utf8, _options);
        try
        {
            return Read(function, ref reader);
        }
        catch (OutputFormatException e)
        {
            throw Failure(function, reply, utf8, e.Position, e.Message, e, ref call);
        }
        catch (JsonException e)
        {
            string problem = utf8.Trim(" \t\r\n"u8).IsEmpty ? "the reply is empty" : $"not valid JSON: {WithoutLocation(e.Message)}";
            throw Failure(function, reply, utf8, Position(utf8, e), problem, e, ref call);
        }
        catch (InvalidOperationException e) when (HasHalfCharacter(ref reader))
        {
            // System.Text.Json finds these only when the text is asked for.
            throw Failure(function, reply, utf8, reader.TokenStartIndex, "an escape that is half of a surrogate pair", e, ref call);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The type's own constructor or setter has refused what it was given.
            throw Failure(function, reply, utf8, reader.TokenStartIndex, e.Message, e, ref call);
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
        AiFunctionInfo<T> function, string reply, ReadOnlySpan<byte> utf8, long position, string problem, Exception? cause, ref AiCall call)
    {
        int bytes = (int)Math.Min(position, utf8.Length);
        return Failure(function, reply, utf8, bytes, Encoding.UTF8.GetCharCount(utf8[..bytes]), problem, cause, ref call);
    }

    private static AiOutputException Failure<T>(
        AiFunctionInfo<T> function, string reply, ReadOnlySpan<byte> utf8, int bytes, int characters, string problem, Exception? cause, ref AiCall call)
    {
        string path = JsonPath.At(utf8, bytes, _options);
        return new AiOutputException(
            $"{function.Name}: the reply does not fit {function.Output!.Name} at {path} (character {characters}): {problem}. The whole reply is in RawReply.",
            function.Name, reply, call.Id, path, characters, cause);
    }

    /// <summary>Where JSON breaks, in bytes. The reader itself stands before the token that it could not finish.</summary>
    private static long Position(ReadOnlySpan<byte> utf8, JsonException exception)
    {
        int start = 0;
        for (long line = exception.LineNumber ?? 0; line > 0; line--)
        {
            int end = utf8[start..].IndexOf((byte)'\n');
            if (end < 0)
                break;
            start += end + 1;
        }
        return start + (exception.BytePositionInLine ?? 0);
    }

    private static bool HasHalfCharacter(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
            return false;
        try
        {
            reader.GetString();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    // System.Text.Json appends a line and byte count, which AiOutputException states in its own terms.
    private static string WithoutLocation(string message)
    {
        int location = message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return (location < 0 ? message : message[..location]).TrimEnd('.');
    }
}
