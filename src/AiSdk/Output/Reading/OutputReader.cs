using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace AiSdk.CompilerServices;

/// <summary>The parts that generated readers are made of. Called by generated code only.</summary>
/// <remarks>
/// Each <c>ReadX</c> takes the token that the reader stands on. What does not fit is thrown, never converted: rounding, saturating and guessing would
/// lose something in silence.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class OutputReader
{
    /// <summary>The greatest depth of nesting that a reply may have.</summary>
    public const int MaxDepth = 64;

    /// <summary>The most digits that a whole number may have: reading more takes more than linear time.</summary>
    private const int MaxDigits = 100_000;

    private const int DateLength = 10;
    private const int ExcerptLength = 60;

    /// <summary>Reads a value that the compiler has checked: an example's argument.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <exception cref="InvalidOperationException">It does not fit after all.</exception>
    public static T Parse<T>(OutputReader<T> read, ReadOnlySpan<byte> json)
    {
        ArgumentNullException.ThrowIfNull(read);
        Utf8JsonReader reader = new(json);
        try
        {
            reader.Read();
            return read(ref reader);
        }
        catch (Exception e) when (e is OutputFormatException or JsonException)
        {
            throw new InvalidOperationException($"an [Example] has an argument that does not fit its parameter: {e.Message}: {Encoding.UTF8.GetString(json)}", e);
        }
    }

    /// <summary>Expects the beginning of an object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StartObject(ref Utf8JsonReader reader, string type)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            ThrowUnexpected(ref reader, $"an object ({type})");
    }

    /// <summary>Goes to the value of the next property; false at the object's end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NextProperty(ref Utf8JsonReader reader, out ReadOnlySpan<byte> name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            name = default;
            return false;
        }
        name = Text(ref reader);
        reader.Read();
        return true;
    }

    /// <summary>Expects the beginning of a list.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StartList(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            ThrowUnexpected(ref reader, "a list");
    }

    /// <summary>Goes to the next element; false at the list's end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool NextItem(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Notes that a property was seen, by its bit.</summary>
    /// <exception cref="Exception">It was seen before.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Once(ref Utf8JsonReader reader, ref ulong seen, ulong bit)
    {
        if ((seen & bit) != 0)
            ThrowDuplicate(ref reader);
        seen |= bit;
    }

    /// <summary>The name of the property with an object's discriminator, wherever in the object it stands; the reader does not move.</summary>
    /// <param name="reader">Stands on the object's beginning.</param>
    /// <param name="discriminator">The property's name.</param>
    /// <param name="value">The discriminator's text, or its digits where it is a number.</param>
    public static bool TryFindDiscriminator(Utf8JsonReader reader, ReadOnlySpan<byte> discriminator, [NotNullWhen(true)] out string? value)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(discriminator);
            reader.Read();
            if (found && reader.TokenType is JsonTokenType.String)
            {
                value = reader.GetString()!;
                return true;
            }
            if (found && reader.TokenType is JsonTokenType.Number)
            {
                value = Encoding.UTF8.GetString(reader.ValueSpan);
                return true;
            }
            // A second one further on must not count in its place.
            if (found)
                break;
            reader.Skip();
        }
        value = null;
        return false;
    }

    /// <summary>A text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static string ReadString(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            ThrowUnexpected(ref reader, "a string");
        return reader.GetString()!;
    }

    /// <summary>Any JSON, of its own.</summary>
    public static JsonElement ReadJson(ref Utf8JsonReader reader) => JsonElement.ParseValue(ref reader);

    /// <summary>The bytes of a text that is compared with known values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> ReadName(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            ThrowUnexpected(ref reader, "a string");
        return Text(ref reader);
    }

    /// <summary>True or false.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ReadBoolean(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.True)
            return true;
        if (reader.TokenType != JsonTokenType.False)
            ThrowUnexpected(ref reader, "true or false");
        return false;
    }

    /// <summary>A 32-bit whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadInt32(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int value))
            return value;
        return ReadWhole<int>(ref reader, "a whole number from -2147483648 to 2147483647");
    }

    /// <summary>A 64-bit whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ReadInt64(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value))
            return value;
        return ReadWhole<long>(ref reader, "a whole number of 64 bits");
    }

    /// <summary>A 64-bit floating-point number; one too great for it is refused rather than made infinite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ReadDouble(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double value) && double.IsFinite(value) && (value != 0 || IsZero(reader.ValueSpan)))
            return value;
        return ThrowUnexpected<double>(ref reader, "a number within the range of double");
    }

    /// <summary>A 32-bit floating-point number; one too great for it is refused rather than made infinite.</summary>
    public static float ReadSingle(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out float value) && float.IsFinite(value) && (value != 0 || IsZero(reader.ValueSpan)))
            return value;
        return ThrowUnexpected<float>(ref reader, "a number within the range of float");
    }

    /// <summary>A decimal number; one with more digits than it can hold is refused rather than rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static decimal ReadDecimal(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out decimal value) && IsExact(reader.ValueSpan, value))
            return value;
        return ThrowUnexpected<decimal>(ref reader, "a number of at most 28 digits");
    }

    /// <summary>A whole number of any of the other built-in types.</summary>
    /// <typeparam name="T">The type.</typeparam>
    public static T ReadInteger<T>(ref Utf8JsonReader reader)
        where T : struct, IBinaryInteger<T>
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            // No number type of .NET needs more digits, except BigInteger.
            ReadOnlySpan<byte> digits = reader.ValueSpan;
            if (digits.Length > MaxDigits)
                ThrowUnexpected(ref reader, $"a whole number of at most {MaxDigits} digits");
            Span<char> text = digits.Length <= 128 ? stackalloc char[128] : new char[digits.Length];
            int length = Encoding.UTF8.GetChars(digits, text);
            if (T.TryParse(text[..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out T value))
                return value;
        }
        return ReadWhole<T>(ref reader, $"a whole number within the range of {typeof(T).Name}");
    }

    /// <summary>A 16-bit floating-point number.</summary>
    public static Half ReadHalf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double value) && Half.IsFinite((Half)value) && ((Half)value != default || IsZero(reader.ValueSpan)))
            return (Half)value;
        return ThrowUnexpected<Half>(ref reader, "a number within the range of Half");
    }

    /// <summary>A single UTF-16 code unit.</summary>
    public static char ReadChar(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && reader.GetString() is [char value])
            return value;
        return ThrowUnexpected<char>(ref reader, "a string of one character");
    }

    /// <summary>A date, <c>2026-03-31</c>.</summary>
    public static DateOnly ReadDateOnly(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && DateOnly.TryParseExact(reader.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly value))
            return value;
        return ThrowUnexpected<DateOnly>(ref reader, "a date like \"2026-03-31\"");
    }

    /// <summary>A time of day, <c>14:05</c>, <c>14:05:09</c> or <c>14:05:09.5</c>.</summary>
    public static TimeOnly ReadTimeOnly(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String
            && TimeOnly.TryParseExact(reader.GetString(), ["HH:mm:ss", "HH:mm", "HH:mm:ss.FFFFFFF"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly value))
            return value;
        return ThrowUnexpected<TimeOnly>(ref reader, "a time of day like \"14:05:09\"");
    }

    /// <summary>A date with time, ISO 8601.</summary>
    public static DateTime ReadDateTime(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && reader.TryGetDateTime(out DateTime value) && !LosesDecimals(Text(ref reader)))
            return value;
        return ThrowUnexpected<DateTime>(ref reader, "a date and time like \"2026-03-31T14:05:09Z\"");
    }

    /// <summary>A date with time and offset, ISO 8601.</summary>
    public static DateTimeOffset ReadDateTimeOffset(ref Utf8JsonReader reader)
    {
        // Without an offset the machine's own would be assumed, and the same reply would mean different moments on different machines.
        if (reader.TokenType == JsonTokenType.String && HasOffset(Text(ref reader)) && reader.TryGetDateTimeOffset(out DateTimeOffset value) && !LosesDecimals(Text(ref reader)))
            return value;
        return ThrowUnexpected<DateTimeOffset>(ref reader, "a date and time with its offset like \"2026-03-31T14:05:09+02:00\"");
    }

    /// <summary>A duration in .NET's constant format, <c>1.02:03:04.5</c>.</summary>
    public static TimeSpan ReadTimeSpan(ref Utf8JsonReader reader)
    {
        // TryParse would read 24:00:00 as 24 days.
        if (reader.TokenType == JsonTokenType.String && reader.GetString() is { } text && text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan value))
            return value;
        return ThrowUnexpected<TimeSpan>(ref reader, "a duration like \"1.02:03:04\" (days.hours:minutes:seconds)");
    }

    /// <summary>A GUID.</summary>
    public static Guid ReadGuid(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && reader.TryGetGuid(out Guid value))
            return value;
        return ThrowUnexpected<Guid>(ref reader, "a GUID like \"6b29fc40-ca47-1067-b31d-00dd010662da\"");
    }

    /// <summary>A URI, absolute or relative.</summary>
    public static Uri ReadUri(ref Utf8JsonReader reader)
    {
        // On Unix, /a/b would become file:///a/b.
        if (reader.TokenType == JsonTokenType.String && reader.GetString() is { } text
            && Uri.TryCreate(text, text.StartsWith('/') ? UriKind.Relative : UriKind.RelativeOrAbsolute, out Uri? value))
            return value;
        return ThrowUnexpected<Uri>(ref reader, "a URI");
    }

    /// <summary>Says that the reader's token is not what was expected.</summary>
    [DoesNotReturn]
    public static void ThrowUnexpected(ref Utf8JsonReader reader, string expected) =>
        throw new OutputFormatException($"expected {expected}, found {Describe(ref reader)}", reader.TokenStartIndex);

    /// <inheritdoc cref="ThrowUnexpected(ref Utf8JsonReader, string)"/>
    [DoesNotReturn]
    public static T ThrowUnexpected<T>(ref Utf8JsonReader reader, string expected)
    {
        ThrowUnexpected(ref reader, expected);
        return default;
    }

    /// <summary>Says that an object has a property that its type does not know.</summary>
    [DoesNotReturn]
    public static void ThrowUnknownProperty(ref Utf8JsonReader reader, string type, scoped ReadOnlySpan<byte> name) =>
        throw new OutputFormatException($"{type} has no property '{Excerpt(Encoding.UTF8.GetString(name))}'", reader.TokenStartIndex);

    /// <summary>Says which required properties are missing, at the object's end.</summary>
    /// <param name="reader">Stands on the object's end.</param>
    /// <param name="type">The object's type.</param>
    /// <param name="missing">A bit for each property that is missing.</param>
    /// <param name="names">The properties' names, in the order of their bits.</param>
    [DoesNotReturn]
    public static void ThrowMissing(ref Utf8JsonReader reader, string type, ulong missing, params ReadOnlySpan<string> names)
    {
        List<string> absent = [];
        for (int i = 0; i < names.Length; i++)
        {
            if ((missing & (1UL << i)) != 0)
                absent.Add($"'{names[i]}'");
        }
        throw new OutputFormatException($"{type} lacks the required {(absent.Count == 1 ? "property" : "properties")} {string.Join(", ", absent)}", reader.TokenStartIndex);
    }

    /// <summary>Says that a model gave a tool an argument that it does not take.</summary>
    /// <param name="reader">Stands on the argument's value.</param>
    /// <param name="name">The argument.</param>
    /// <param name="known">What it takes.</param>
    [DoesNotReturn]
    public static void ThrowUnknownArgument(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name, string known) =>
        throw new OutputFormatException($"there is no argument of this name; {(known.Length == 0 ? "the tool takes none" : $"those that there are: {known}")}", reader.TokenStartIndex);

    /// <summary>Says which arguments a model left out.</summary>
    /// <param name="reader">Stands on the end of the arguments.</param>
    /// <param name="missing">A bit for each that is missing.</param>
    /// <param name="names">Their names and what they are, in the order of their bits.</param>
    [DoesNotReturn]
    public static void ThrowMissingArgument(ref Utf8JsonReader reader, ulong missing, params ReadOnlySpan<string> names)
    {
        List<string> absent = [];
        for (int i = 0; i < names.Length; i++)
        {
            if ((missing & (1UL << i)) != 0)
                absent.Add(names[i]);
        }
        throw new OutputFormatException($"the required {(absent.Count == 1 ? "argument is" : "arguments are")} missing: {string.Join(", ", absent)}", 0);
    }

    [DoesNotReturn]
    private static void ThrowDuplicate(ref Utf8JsonReader reader) =>
        throw new OutputFormatException("the property appears twice, and only one of its values could be kept", reader.TokenStartIndex);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<byte> Text(ref Utf8JsonReader reader) => reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan;

    private static byte[] Unescape(ref Utf8JsonReader reader)
    {
        byte[] buffer = new byte[reader.ValueSpan.Length];
        return buffer[..reader.CopyString(buffer)];
    }

    private static bool HasOffset(ReadOnlySpan<byte> text) => text.Length > DateLength && text[DateLength..].ContainsAny("Z+-"u8);

    /// <summary>Whether a time has more than the seven decimals that .NET keeps.</summary>
    private static bool LosesDecimals(ReadOnlySpan<byte> text)
    {
        int point = text.IndexOf((byte)'.');
        if (point < 0)
            return false;
        ReadOnlySpan<byte> decimals = text[(point + 1)..];
        int end = decimals.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        decimals = end < 0 ? decimals : decimals[..end];
        return decimals.Length > 7 && decimals[7..].ContainsAnyExcept((byte)'0');
    }

    // What has no exponent and at most 28 digits fits always. The rest is a method of its own: compiling it loads an assembly for BigInteger.
    private static bool IsExact(ReadOnlySpan<byte> number, decimal value) =>
        (number.Length <= 28 && number.IndexOfAny((byte)'e', (byte)'E') < 0) || HasSameDigits(number, value);

    // JSON Schema counts 1.0 and 2e3 as whole numbers, and some models write them.
    private static T ReadWhole<T>(ref Utf8JsonReader reader, string expected)
        where T : struct, INumberBase<T>
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out decimal value) && decimal.IsInteger(value) && IsExact(reader.ValueSpan, value))
        {
            try
            {
                return T.CreateChecked(value);
            }
            catch (OverflowException)
            {
                // It is whole, but too great for the type.
            }
        }
        return ThrowUnexpected<T>(ref reader, expected);
    }

    // A number too small for its type becomes 0, which it is not.
    private static bool IsZero(ReadOnlySpan<byte> number)
    {
        int exponent = number.IndexOfAny((byte)'e', (byte)'E');
        return (exponent < 0 ? number : number[..exponent]).IndexOfAnyInRange((byte)'1', (byte)'9') < 0;
    }

    /// <summary>Whether a number lost nothing on its way into a decimal.</summary>
    private static bool HasSameDigits(ReadOnlySpan<byte> number, decimal value)
    {
        (string digits, BigInteger exponent) = Normalize(Encoding.UTF8.GetString(number));
        (string kept, BigInteger keptExponent) = Normalize(value.ToString(CultureInfo.InvariantCulture));
        return string.Equals(digits, kept, StringComparison.Ordinal) && (digits.Length == 0 || exponent == keptExponent);

        static (string Digits, BigInteger Exponent) Normalize(string number)
        {
            int e = number.AsSpan().IndexOfAny('e', 'E');
            string mantissa = (e < 0 ? number : number[..e]).TrimStart('-');
            int point = mantissa.IndexOf('.', StringComparison.Ordinal);
            string all = point < 0 ? mantissa : mantissa.Remove(point, 1);
            string trimmed = all.TrimEnd('0');
            // An exponent of more digits than these belongs to zero, or to no decimal.
            BigInteger exponent = e >= 0 && number.Length - e <= 20 ? BigInteger.Parse(number.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
            return (trimmed.TrimStart('0'), exponent - (point < 0 ? 0 : all.Length - point) + (all.Length - trimmed.Length));
        }
    }

    private static string Describe(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.EndArray => "the list's end",
        JsonTokenType.EndObject => "the object's end",
        JsonTokenType.String => $"the string \"{Excerpt(reader.GetString()!)}\"",
        JsonTokenType.Number => $"the number {Excerpt(Encoding.UTF8.GetString(reader.ValueSpan))}",
        JsonTokenType.None => "nothing",
        _ => reader.TokenType.ToString().ToLowerInvariant(),
    };

    private static string Excerpt(string text) =>
        text.Length <= ExcerptLength ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[ExcerptLength - 1]) ? ExcerptLength - 1 : ExcerptLength), "…");
}
