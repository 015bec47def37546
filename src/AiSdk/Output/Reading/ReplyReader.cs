using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AiSdk.CompilerServices;

namespace AiSdk;

/// <summary>Makes a value of a reply: strictly; else repaired, and then strictly; always validated.</summary>
internal static class ReplyReader
{
    private const int MaxErrorsInMessage = 5;

    private static readonly JsonReaderOptions _options = new() { MaxDepth = OutputReader.MaxDepth };

    /// <summary>The reply's value.</summary>
    /// <param name="function">The function.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="call">The call.</param>
    /// <param name="reading">The value, if there is one.</param>
    /// <returns>Why the reply is no value of the type; <see langword="null"/> if it is one.</returns>
    public static AiOutputException? TryRead<T>(AiFunctionInfo<T> function, string reply, ref AiCall call, out Reading<T> reading)
    {
        if (function.Output!.HasReasoning)
            return TryReadReasoned(function, reply, ref call, out reading);
        AiOutputException? strict = null;
        if (!MayBeJson(reply) || (strict = TryReadStrictly(function, reply, function.Output.IsWrapped, ref call, out T value)) is not null)
            return TryRepair(function, reply, strict, ref call, out reading);
        reading = new Reading<T>(value, reply, []);
        return Validate(function, reply, reading, ref call);
    }

    /// <summary>The value of one element of a list's reply.</summary>
    /// <param name="function">The function, which gives lists.</param>
    /// <param name="stream">The reply as far as it has come.</param>
    /// <param name="index">The element's index.</param>
    /// <param name="json">The element.</param>
    /// <param name="element">The value, if there is one.</param>
    /// <returns>Why the element is no value of its type; <see langword="null"/> if it is one.</returns>
    public static AiOutputException? TryReadElement<T>(AiFunctionInfo<IReadOnlyList<T>> function, ReplyStream stream, int index, ReadOnlySpan<byte> json, out T element)
    {
        // A list of this one: so the list's reader and rules are the element's too.
        byte[] list = ArrayPool<byte>.Shared.Rent(json.Length + 2);
        try
        {
            list[0] = (byte)'[';
            json.CopyTo(list.AsSpan(1));
            list[json.Length + 1] = (byte)']';
            ReadOnlySpan<byte> utf8 = list.AsSpan(0, json.Length + 2);
            AiOutputException? failure = TryRead(function, "", utf8, isWrapped: false, ref stream.Call, out IReadOnlyList<T> one)
                ?? Validate(function, "", new Reading<IReadOnlyList<T>>(one, "", []), ref stream.Call);
            element = failure is null ? one[0] : default!;
            return failure is null ? null : OfElement(function, failure, index, stream);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(list);
        }
    }

    /// <summary>Reads a reply without repair.</summary>
    /// <param name="function">The function.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="isWrapped">Whether an object is the wrapper of the value.</param>
    /// <param name="call">The call.</param>
    /// <param name="value">The value, if there is one.</param>
    /// <returns>Why the reply is no value of the type; <see langword="null"/> if it is one.</returns>
    public static AiOutputException? TryReadStrictly<T>(AiFunctionInfo<T> function, string reply, bool isWrapped, ref AiCall call, out T value)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(reply.Length));
        try
        {
            OperationStatus status = Utf8.FromUtf16(reply, buffer, out int read, out int written, replaceInvalidSequences: false);
            ReadOnlySpan<byte> utf8 = buffer.AsSpan(0, written);
            if (status == OperationStatus.Done)
                return TryRead(function, reply, utf8, isWrapped, ref call, out value);
            value = default!;
            return Failure(function, reply, utf8, written, read, "half of a surrogate pair, which is no character", null, ref call);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static AiOutputException OfElement<T>(AiFunctionInfo<IReadOnlyList<T>> function, AiOutputException failure, int index, ReplyStream stream)
    {
        string element = string.Create(CultureInfo.InvariantCulture, $"$[{index}]");
        string reply = stream.Shown;
        return Failure(function, reply, [.. failure.Errors.Select(error => error with { Path = error.Path.StartsWith("$[0]", StringComparison.Ordinal) ? element + error.Path["$[0]".Length..] : element })], [], reply.Length, failure.InnerException, ref stream.Call);
    }

    /// <summary>The value of a reply that has, or should have, a field for the model's reasoning before it.</summary>
    private static AiOutputException? TryReadReasoned<T>(AiFunctionInfo<T> function, string reply, ref AiCall call, out Reading<T> reading)
    {
        string? split = ReasonedReply.Split(reply, out string? reasoning);
        string inner = split ?? reply;
        AiOutputException? strict = null;
        if (MayBeJson(inner) && (strict = TryReadStrictly(function, inner, isWrapped: true, ref call, out T value)) is null)
        {
            reading = new Reading<T>(value, inner, []) { Reasoning = reasoning };
            return Whole(Validate(function, inner, reading, ref call), reply, inner);
        }
        if (split is not null)
        {
            AiOutputException? failure = TryRepair(function, inner, strict, ref call, out reading);
            reading = reading with { Reasoning = reasoning };
            return Whole(failure, reply, inner);
        }
        OutputShape shape = function.Output!.Shape;
        if ((ReasonedReply.Repair(reply, shape, function.AllowsLoss, out StructuredOutputResult repaired, out reasoning) && TryReadStrictly(function, repaired.Json!, isWrapped: true, ref call, out value) is null)
            || (ReasonedReply.RepairBeside(reply, shape, function.AllowsLoss, out StructuredOutputResult beside, out reasoning) && TryReadStrictly(function, (repaired = beside).Json!, isWrapped: true, ref call, out value) is null))
        {
            reading = new Reading<T>(value, repaired.Json!, repaired.Repairs) { Reasoning = reasoning };
            return Validate(function, reply, reading, ref call);
        }
        // Without the field for reasoning, as models reply that do not mind the schema, or that reason beside the reply.
        if (TryRepair(function, reply, strict, ref call, out reading) is { } wrong)
            return repaired.Errors.Count > 0 ? Failure(function, reply, repaired.Errors, repaired.Repairs, strict?.Position ?? 0, strict?.InnerException, ref call) : wrong;
        reading = reading with { Reasoning = ReasonedReply.Around(reply, shape, reading.Repairs) };
        return null;
    }

    /// <summary>A failure in terms of the whole reply.</summary>
    private static AiOutputException? Whole(AiOutputException? failure, string reply, string inner) => failure is null || ReferenceEquals(reply, inner)
        ? failure
        : new AiOutputException(
            failure.Message, failure.FunctionName, reply, failure.CallId, failure.Path, failure.Position == 0 ? 0 : failure.Position + reply.Length - inner.Length, failure.InnerException, failure.Errors, failure.Repairs,
            failure.Attempts);

    // What begins with prose or a fence need not fail first, which is slow and stops debuggers.
    private static bool MayBeJson(string reply)
    {
        int start = reply.AsSpan().IndexOfAnyExcept(" \t\r\n");
        return start >= 0 && reply[start] is '{' or '[' or '"' or '-' or 't' or 'f' or 'n' or (>= '0' and <= '9');
    }

    private static AiOutputException? TryRepair<T>(AiFunctionInfo<T> function, string reply, AiOutputException? strict, ref AiCall call, out Reading<T> reading)
    {
        reading = default;
        OutputSchema output = function.Output!;
        // As plain text any reply is a text, quotes included: of a text that its type refuses, that makes another.
        if (strict?.InnerException is not (null or JsonException) && output.Shape is { Kind: OutputShapeKind.String, Format: null })
            return strict;
        StructuredOutputResult repaired;
        using (ReplyRepairer repairer = new(reply, output.Shape, partial: false, output.IsWrapped ? OutputSchema.Wrapper : null))
            repaired = repairer.Run(function.AllowsLoss);
        int position = strict?.Position ?? 0;
        if (!repaired.Success)
            return Failure(function, reply, Precise(repaired.Errors, strict), repaired.Repairs, position, strict?.InnerException, ref call);
        if (TryReadStrictly(function, repaired.Json, isWrapped: false, ref call, out T value) is { } failure)
            return Failure(function, reply, failure.Errors, repaired.Repairs, position, failure.InnerException, ref call);
        reading = new Reading<T>(value, repaired.Json, repaired.Repairs);
        return Validate(function, reply, reading, ref call);
    }

    /// <summary>Of two errors of the same place, the one that says it more exactly: repair may only know which element it could not keep, where the strict reader saw why.</summary>
    private static IReadOnlyList<OutputError> Precise(IReadOnlyList<OutputError> errors, AiOutputException? strict)
    {
        if (strict?.InnerException is not OutputFormatException)
            return errors;
        OutputError exact = strict.Errors[0];
        return [.. errors.Select(error => IsBelow(exact.Path, error.Path) ? exact : error)];

        static bool IsBelow(string path, string parent) =>
            path.Length > parent.Length && path.StartsWith(parent, StringComparison.Ordinal) && path[parent.Length] is '.' or '[';
    }

    private static AiOutputException? Validate<T>(AiFunctionInfo<T> function, string reply, in Reading<T> reading, ref AiCall call)
    {
        if (function.Validator is not { } validate)
            return null;
        OutputValidator validator = new() { Passages = call.Passages ?? Passages.Empty };
        validate(reading.Value, validator);
        return validator.Count == 0 ? null : Failure(function, reply, validator.Errors, reading.Repairs, reply.Length, null, ref call);
    }

    private static AiOutputException? TryRead<T>(AiFunctionInfo<T> function, string reply, ReadOnlySpan<byte> utf8, bool isWrapped, ref AiCall call, out T value)
    {
        value = default!;
        Utf8JsonReader reader = new(utf8, _options);
        try
        {
            value = Read(function, isWrapped, ref reader);
            return null;
        }
        catch (OutputFormatException e)
        {
            return Failure(function, reply, utf8, e.Position, e.Message, e, ref call);
        }
        catch (JsonException e)
        {
            string problem = utf8.Trim(" \t\r\n"u8).IsEmpty ? "the reply is empty" : $"not valid JSON: {WithoutLocation(e.Message)}";
            return Failure(function, reply, utf8, Position(utf8, e), problem, e, ref call);
        }
        catch (InvalidOperationException e) when (HasHalfCharacter(ref reader))
        {
            // System.Text.Json finds these only when the text is asked for.
            return Failure(function, reply, utf8, reader.TokenStartIndex, "an escape that is half of a surrogate pair", e, ref call);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The type's own constructor or setter has refused what it was given.
            return Failure(function, reply, utf8, reader.TokenStartIndex, e.Message, e, ref call);
        }
    }

    private static T Read<T>(AiFunctionInfo<T> function, bool isWrapped, ref Utf8JsonReader reader)
    {
        reader.Read();
        bool wrapped = isWrapped && reader.TokenType == JsonTokenType.StartObject;
        if (wrapped)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(OutputSchema.Wrapper))
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
            function.Name, reply, call.Id, path, characters, cause, [new OutputError(path, problem)]);
    }

    private static AiOutputException Failure<T>(
        AiFunctionInfo<T> function, string reply, IReadOnlyList<OutputError> errors, IReadOnlyList<Repair> repairs, int position, Exception? cause, ref AiCall call)
    {
        string problems = string.Join("; ", errors.Take(MaxErrorsInMessage).Select(static error => $"{error.Path}: {error.Message}"));
        string more = errors.Count > MaxErrorsInMessage ? $"; and {errors.Count - MaxErrorsInMessage} more" : "";
        return new AiOutputException(
            $"{function.Name}: the reply does not fit {function.Output!.Name}: {problems}{more}. The whole reply is in RawReply.",
            function.Name, reply, call.Id, errors[0].Path, position, cause, errors, repairs);
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
    public static string WithoutLocation(string message)
    {
        int location = message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return (location < 0 ? message : message[..location]).TrimEnd('.');
    }
}
