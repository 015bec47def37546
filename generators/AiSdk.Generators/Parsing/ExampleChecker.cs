using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Parsing;

/// <summary>Says whether an example's JSON is a value of its type: it accepts what the generated reader reads without an exception, and nothing else.</summary>
/// <remarks>It mirrors ReaderEmitter, which writes the readers of composed types, and the run time's OutputReader, which reads the simple ones.</remarks>
internal static class ExampleChecker
{
    private const int MaxDigits = 100_000;
    private const int MaxDecimalScale = 28;
    private const int ExcerptLength = 60;
    private const int MaxNamesInMessage = 12;

    /// <summary>Half is finite below this: from the middle between its greatest value and the next power of two on, rounding makes it infinite.</summary>
    private const double HalfLimit = 65520;

    /// <summary>And zero up to this: the middle between zero and its least value, 2 to the power of -25.</summary>
    private const double HalfZero = 1.0 / (1 << 25);

    private static readonly BigInteger _maxDecimal = (BigInteger)decimal.MaxValue;

    private static readonly Dictionary<string, (BigInteger Minimum, BigInteger Maximum)> _ranges = new(StringComparer.Ordinal)
    {
        ["ReadInteger<sbyte>"] = (sbyte.MinValue, sbyte.MaxValue),
        ["ReadInteger<byte>"] = (byte.MinValue, byte.MaxValue),
        ["ReadInteger<short>"] = (short.MinValue, short.MaxValue),
        ["ReadInteger<ushort>"] = (ushort.MinValue, ushort.MaxValue),
        ["ReadInt32"] = (int.MinValue, int.MaxValue),
        ["ReadInteger<uint>"] = (uint.MinValue, uint.MaxValue),
        ["ReadInt64"] = (long.MinValue, long.MaxValue),
        ["ReadInteger<ulong>"] = (ulong.MinValue, ulong.MaxValue),
        // How many bits these have is known only where the program runs.
        ["ReadInteger<nint>"] = (long.MinValue, long.MaxValue),
        ["ReadInteger<nuint>"] = (ulong.MinValue, ulong.MaxValue),
        ["ReadInteger<global::System.Int128>"] = (-BigInteger.Pow(2, 127), BigInteger.Pow(2, 127) - 1),
        ["ReadInteger<global::System.UInt128>"] = (0, BigInteger.Pow(2, 128) - 1),
    };

    private static readonly char[] _digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

    private static readonly string[] _timeFormats = ["HH:mm:ss", "HH:mm", "HH:mm:ss.FFFFFFF"];

    // As the run time's JSON library has it: a point may lack its decimals where an offset follows.
    private static readonly Regex _dateTime = new(
        @"\A(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(T(?<hour>[01][0-9]|2[0-3]):(?<minute>[0-5][0-9])(:(?<second>[0-5][0-9])(\.(?<decimals>[0-9]{1,16}|(?=[Z+-])))?)?(?<zone>Z|(?<sign>[+-])(?<hours>[0-9]{2})(:(?<minutes>[0-5][0-9]))?)?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    private static readonly Regex _guid = new(@"\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    /// <summary>Why a value does not fit a type, and where; null if it does.</summary>
    /// <param name="value">The value.</param>
    /// <param name="use">The type.</param>
    /// <param name="types">The types by their index.</param>
    /// <param name="path">The value's path in its text.</param>
    /// <param name="checksLimits">Whether the limits of annotations count: those of replies are validated, arguments are not.</param>
    public static JsonMisfit? Misfit(JsonValue value, TypeUse use, IReadOnlyList<TypeModel> types, string path, bool checksLimits = false)
    {
        if (use.IsNullable && value.Kind == JsonKind.Null)
            return null;
        TypeModel type = types[use.Type];
        switch (type.Kind)
        {
            case OutputTypeKind.Scalar:
                return Expected(value, type.Scalar!.Read) is { } expected ? Unexpected(value, expected, path) : null;
            case OutputTypeKind.Enum:
                if (value.Kind == JsonKind.String && type.Values.Any(known => known.JsonName == value.Text))
                    return null;
                return Unexpected(value, Names(type), path);
            case OutputTypeKind.List:
                return value.Kind == JsonKind.List
                    ? value.Items.Select((item, i) => Misfit(item, type.Element, types, $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]", checksLimits)).FirstOrDefault(static misfit => misfit is not null)
                    : Unexpected(value, "a list", path);
            default:
                if (value.Kind != JsonKind.Object)
                    return Unexpected(value, $"an object ({type.Name})", path);
                return type.Kind switch
                {
                    OutputTypeKind.Dictionary => DictionaryMisfit(value, type, types, path, checksLimits),
                    OutputTypeKind.Union => UnionMisfit(value, type, types, path, checksLimits),
                    _ => ObjectMisfit(value, type, types, path, checksLimits),
                };
        }
    }

    /// <summary>A path with one more property.</summary>
    public static string Step(string path, string name) =>
        name.Length > 0 && name[0] is not (>= '0' and <= '9') && name.All(static c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_')
            ? $"{path}.{name}"
            : $"{path}['{name.Replace(@"\", @"\\").Replace("'", @"\'")}']";

    /// <summary>A value for people: <c>the string "x"</c>.</summary>
    public static string Describe(JsonValue value) => value.Kind switch
    {
        JsonKind.Object => "an object",
        JsonKind.List => "a list",
        JsonKind.String => $"the string \"{Excerpt(value.Text!)}\"",
        JsonKind.Number => $"the number {Excerpt(value.Raw)}",
        _ => value.Raw,
    };

    private static JsonMisfit? DictionaryMisfit(JsonValue value, TypeModel type, IReadOnlyList<TypeModel> types, string path, bool checksLimits)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonMember member in value.Members)
        {
            string at = Step(path, member.Name);
            if (Misfit(member.Value, type.Element, types, at, checksLimits) is { } misfit)
                return misfit;
            if (!seen.Add(member.Name))
                return At(at, member, "expected each name once, found it again");
        }
        return null;
    }

    private static JsonMisfit? UnionMisfit(JsonValue value, TypeModel type, IReadOnlyList<TypeModel> types, string path, bool checksLimits)
    {
        string choices = string.Join(", ", type.Variants.Select(static variant => variant.DiscriminatorText));
        JsonValue? discriminator = value.Members.FirstOrDefault(member => member.Name == type.Discriminator && member.Value.Kind is JsonKind.String or JsonKind.Number)?.Value;
        if (discriminator is null)
            return Unexpected(value, $"an object with the property '{type.Discriminator}' ({choices})", path);
        string text = discriminator.Text ?? discriminator.Raw;
        return type.Variants.FirstOrDefault(variant => variant.DiscriminatorText == text) is { } chosen
            ? ObjectMisfit(value, types[chosen.Type], types, path, checksLimits)
            : Unexpected(discriminator, $"one of {choices}", Step(path, type.Discriminator));
    }

    private static JsonMisfit? ObjectMisfit(JsonValue value, TypeModel type, IReadOnlyList<TypeModel> types, string path, bool checksLimits)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonMember member in value.Members)
        {
            string at = Step(path, member.Name);
            PropertyModel? property = type.Properties.FirstOrDefault(known => known.JsonName == member.Name);
            if (property is null && member.Name != type.VariantDiscriminator)
                return At(at, member, $"expected a property of {type.Name}, found '{Excerpt(member.Name)}', which it does not have");
            if (!seen.Add(member.Name))
                return At(at, member, "expected each property once, found it again");
            if (property is not null && Misfit(member.Value, property.Type, types, at, checksLimits) is { } misfit)
                return misfit;
            if (checksLimits && property is { Limits: { } limits } && ExampleLimits.Broken(member.Value, limits) is { } limit)
                return Unexpected(member.Value, limit, at);
        }
        List<string> missing = [.. type.Properties.Where(property => property.IsRequired && !seen.Contains(property.JsonName)).Select(static property => $"'{property.JsonName}'")];
        return missing.Count == 0
            ? null
            : new JsonMisfit(path, value.Start, value.Raw.Length, $"expected the required {(missing.Count == 1 ? "property" : "properties")} {string.Join(", ", missing)} of {type.Name}, found {(missing.Count == 1 ? "none" : "none of them")}");
    }

    /// <summary>What a simple type's reader would say that it expected, or null where it reads the value.</summary>
    public static string? Expected(JsonValue value, string read)
    {
        string? text = value.Kind == JsonKind.String ? value.Text : null;
        string? number = value.Kind == JsonKind.Number ? value.Raw : null;
        (bool fits, string expected) = read switch
        {
            "ReadString" => (text is not null, "a string"),
            "ReadChar" => (text is { Length: 1 }, "a string of one character"),
            "ReadBoolean" => (value.Kind is JsonKind.True or JsonKind.False, "true or false"),
            "ReadDouble" => (number is not null && Double(number) is var value64 && !double.IsInfinity(value64) && (value64 != 0 || IsZero(number)), "a number within the range of double"),
            "ReadSingle" => (number is not null && IsSingle(number), "a number within the range of float"),
            "ReadHalf" => (number is not null && Math.Abs(Double(number)) is < HalfLimit and var value16 && (value16 > HalfZero || IsZero(number)), "a number within the range of Half"),
            "ReadDecimal" => (number is not null && IsDecimal(number), "a number of at most 28 digits"),
            "ReadDateOnly" => (text is not null && IsDate(text), "a date like \"2026-03-31\""),
            "ReadTimeOnly" => (text is not null && DateTime.TryParseExact(text, _timeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _), "a time of day like \"14:05:09\""),
            "ReadDateTime" => (text is not null && IsDateTime(text, mustHaveOffset: false), "a date and time like \"2026-03-31T14:05:09Z\""),
            "ReadDateTimeOffset" => (text is not null && IsDateTime(text, mustHaveOffset: true), "a date and time with its offset like \"2026-03-31T14:05:09+02:00\""),
            "ReadTimeSpan" => (text is not null && text.IndexOf(':') >= 0 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out _), "a duration like \"1.02:03:04\" (days.hours:minutes:seconds)"),
            "ReadGuid" => (text is not null && _guid.IsMatch(text), "a GUID like \"6b29fc40-ca47-1067-b31d-00dd010662da\""),
            "ReadUri" => (text is not null && Uri.TryCreate(text, text.StartsWith("/", StringComparison.Ordinal) ? UriKind.Relative : UriKind.RelativeOrAbsolute, out _), "a URI"),
            "ReadInteger<global::System.Numerics.BigInteger>" => (number is { Length: <= MaxDigits } && (IsWhole(number) || WholeDecimal(number) is not null), $"a whole number of at most {MaxDigits} digits"),
            _ when _ranges.TryGetValue(read, out (BigInteger Minimum, BigInteger Maximum) range) =>
                (number is not null && IsWithin(number, range.Minimum, range.Maximum), $"a whole number from {range.Minimum} to {range.Maximum}"),
            // A simple type that is new to this list: its reader has the last word, at run time.
            _ => (true, ""),
        };
        return fits ? null : expected;
    }

    /// <summary>Whether the number says zero: one too small for its type becomes that, and is refused.</summary>
    private static bool IsZero(string number)
    {
        int e = number.IndexOfAny(['e', 'E']);
        return (e < 0 ? number : number.Substring(0, e)).IndexOfAny(_digits) < 0;
    }

    private static bool IsWhole(string number) => number.IndexOfAny(['.', 'e', 'E']) < 0;

    // The length spares parsing what is far too great, which takes more than linear time.
    private static bool IsWithin(string number, BigInteger minimum, BigInteger maximum) =>
        (IsWhole(number) ? number.Length <= 40 ? BigInteger.Parse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null : WholeDecimal(number)) is { } value
        && value >= minimum && value <= maximum;

    // What is too great is infinite on one framework and not parsed on another.
    private static double Double(string number) =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.PositiveInfinity;

    private static bool IsSingle(string number) =>
        float.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && !float.IsInfinity(value) && (value != 0 || IsZero(number));

    private static bool IsDecimal(string number) => TryDecimal(number, out _, out _);

    /// <summary>The whole number that 1.0 or 2e3 is, as far as a decimal holds it; null where it is none.</summary>
    private static BigInteger? WholeDecimal(string number) =>
        TryDecimal(number, out BigInteger digits, out int exponent) && exponent >= 0 ? (number[0] == '-' ? -digits : digits) * BigInteger.Pow(10, exponent) : null;

    /// <summary>Whether a decimal holds the number without rounding it: its digits as a whole number without zeros at the end, and a power of ten of at least -28.</summary>
    private static bool TryDecimal(string number, out BigInteger value, out int power)
    {
        value = 0;
        power = 0;
        int e = number.IndexOfAny(['e', 'E']);
        string mantissa = (e < 0 ? number : number.Substring(0, e)).TrimStart('-');
        int point = mantissa.IndexOf('.');
        string all = point < 0 ? mantissa : mantissa.Remove(point, 1);
        string trimmed = all.TrimEnd('0');
        string digits = trimmed.TrimStart('0');
        if (digits.Length == 0)
            return true;
        if (digits.Length > MaxDecimalScale + 1)
            return false;
        BigInteger exponent = e < 0 ? 0 : BigInteger.Parse(number.Substring(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        exponent += all.Length - trimmed.Length - (point < 0 ? 0 : all.Length - point);
        if (exponent < -MaxDecimalScale || exponent > MaxDecimalScale)
            return false;
        value = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        power = (int)exponent;
        return value * BigInteger.Pow(10, Math.Max(0, power)) <= _maxDecimal;
    }

    private static bool IsDate(string text) => DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsDateTime(string text, bool mustHaveOffset)
    {
        Match match = _dateTime.Match(text);
        if (!match.Success || !DateTime.TryParseExact(match.Groups["date"].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime date))
            return false;
        // More decimals than .NET keeps are refused unless they are zeros.
        string decimals = match.Groups["decimals"].Value;
        if (decimals.Length > 7 && decimals.Substring(7).Trim('0').Length > 0)
            return false;
        if (!match.Groups["zone"].Success)
            return !mustHaveOffset;

        TimeSpan offset = new(Number("hours"), Number("minutes"), 0);
        if (match.Groups["sign"].Value == "-")
            offset = -offset;
        if (offset.Duration() > TimeSpan.FromHours(14))
            return false;
        long ticks = date.Ticks + new TimeSpan(Number("hour"), Number("minute"), Number("second")).Ticks - offset.Ticks
            + (decimals.Length == 0 ? 0 : long.Parse(decimals.PadRight(7, '0').Substring(0, 7), NumberStyles.None, CultureInfo.InvariantCulture));
        return ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;

        int Number(string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
    }

    private static string Names(TypeModel type) => type.Values.Count <= MaxNamesInMessage
        ? "one of " + string.Join(", ", type.Values.Select(static value => value.JsonName))
        : $"one of the {type.Values.Count} values of {type.Name}";

    private static JsonMisfit Unexpected(JsonValue value, string expected, string path) => new(path, value.Start, value.Raw.Length, $"expected {expected}, found {Describe(value)}");

    private static JsonMisfit At(string path, JsonMember member, string reason) => new(path, member.Start, member.Value.Start + member.Value.Raw.Length - member.Start, reason);

    private static string Excerpt(string text) =>
        text.Length <= ExcerptLength ? text : text.Substring(0, char.IsHighSurrogate(text[ExcerptLength - 1]) ? ExcerptLength - 1 : ExcerptLength) + "…";
}

/// <summary>Where JSON does not fit its type, and why.</summary>
/// <param name="Path">The value's path.</param>
/// <param name="Position">Where it begins in its text.</param>
/// <param name="Length">How long it is there.</param>
/// <param name="Reason">What was expected and what was found.</param>
internal sealed record JsonMisfit(string Path, int Position, int Length, string Reason)
{
    public override string ToString() => $"at {Path} (character {Position.ToString(CultureInfo.InvariantCulture)}): {Reason}";
}
