using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>The simple types, and how each is read, described and printed.</summary>
internal static class Scalars
{
    private const string TimePattern = @"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,7})?)?$";
    private const string DurationPattern = @"^-?(\d+\.)?([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,7})?$";

    /// <summary>How a type is read, or null if it is not simple.</summary>
    public static ScalarModel? Output(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_String => new("ReadString", "string"),
        SpecialType.System_Char => new("ReadChar", "string"),
        SpecialType.System_Boolean => new("ReadBoolean", "boolean"),
        SpecialType.System_SByte => new("ReadInteger<sbyte>", "integer", Minimum: "-128", Maximum: "127"),
        SpecialType.System_Byte => new("ReadInteger<byte>", "integer", Minimum: "0", Maximum: "255"),
        SpecialType.System_Int16 => new("ReadInteger<short>", "integer", Minimum: "-32768", Maximum: "32767"),
        SpecialType.System_UInt16 => new("ReadInteger<ushort>", "integer", Minimum: "0", Maximum: "65535"),
        SpecialType.System_Int32 => new("ReadInt32", "integer"),
        SpecialType.System_UInt32 => new("ReadInteger<uint>", "integer", Minimum: "0"),
        SpecialType.System_Int64 => new("ReadInt64", "integer"),
        SpecialType.System_UInt64 => new("ReadInteger<ulong>", "integer", Minimum: "0"),
        SpecialType.System_IntPtr => new("ReadInteger<nint>", "integer"),
        SpecialType.System_UIntPtr => new("ReadInteger<nuint>", "integer", Minimum: "0"),
        SpecialType.System_Single => new("ReadSingle", "number"),
        SpecialType.System_Double => new("ReadDouble", "number"),
        SpecialType.System_Decimal => new("ReadDecimal", "number"),
        SpecialType.System_DateTime => new("ReadDateTime", "string", "date-time"),
        _ => type switch
        {
            _ when type.Is("System", "DateOnly") => new("ReadDateOnly", "string", "date"),
            // JSON Schema's own format "time" demands an offset, which TimeOnly has not.
            _ when type.Is("System", "TimeOnly") => new("ReadTimeOnly", "string", Pattern: TimePattern),
            _ when type.Is("System", "DateTimeOffset") => new("ReadDateTimeOffset", "string", "date-time"),
            _ when type.Is("System", "TimeSpan") => new("ReadTimeSpan", "string", Pattern: DurationPattern),
            _ when type.Is("System", "Guid") => new("ReadGuid", "string", "uuid"),
            // The format "uri" is none of those that OpenAI's strict mode accepts.
            _ when type.Is("System", "Uri") => new("ReadUri", "string"),
            _ when type.Is("System", "Half") => new("ReadHalf", "number"),
            _ when type.Is("System", "Int128") => new("ReadInteger<global::System.Int128>", "integer"),
            _ when type.Is("System", "UInt128") => new("ReadInteger<global::System.UInt128>", "integer", Minimum: "0"),
            _ when type.Is("System.Numerics", "BigInteger") => new("ReadInteger<global::System.Numerics.BigInteger>", "integer"),
            _ => null,
        },
    };

    /// <summary>Whether the type is a number.</summary>
    public static bool IsNumber(ITypeSymbol type) => Output(type) is { JsonType: "integer" or "number" };

    /// <summary>Whether the JSON writer knows the number type.</summary>
    public static bool IsWriterNumber(ITypeSymbol type) =>
        type.SpecialType is (>= SpecialType.System_SByte and <= SpecialType.System_Double) and not (SpecialType.System_IntPtr or SpecialType.System_UIntPtr);

    /// <summary>The format in which a value type is printed unless the template says otherwise; null for the type's own.</summary>
    public static string? DefaultFormat(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_DateTime } => "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        _ when type.Is("System", "DateTimeOffset") => "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        _ when type.Is("System", "DateOnly") => "yyyy-MM-dd",
        _ when type.Is("System", "TimeOnly") => "HH:mm:ss.FFFFFFF",
        _ when type.Is("System", "TimeSpan") => "c",
        _ => null,
    };

    /// <summary>Whether text made of the type cannot carry instructions to a model.</summary>
    public static bool IsHarmless(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Enum
        || (Output(type) is { } scalar && type.SpecialType is not (SpecialType.System_String or SpecialType.System_Char) && scalar.Read != "ReadUri");
}
