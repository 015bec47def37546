using System.Collections;
using System.Globalization;
using System.Text.Json;
using AiSdk.CompilerServices;

namespace AiSdk.Prompts;

/// <summary>How values appear in prompts that are read at run time: as the generated code of a compiled prompt prints them.</summary>
internal static class PromptValue
{
    /// <summary>A value as text; null is nothing.</summary>
    public static string? Text(object? value, PromptType type, string? format = null) => value switch
    {
        null => null,
        string text => text,
        bool truth => PromptText.Of(truth),
        Uri uri => uri.OriginalString,
        Enum named when format is null => type.NameOf?.Invoke(named) ?? named.ToString(),
        IFormattable formattable => formattable.ToString(format ?? type.Format, CultureInfo.InvariantCulture),
        _ when type.Kind == PromptTypeKind.Character => value.ToString(),
        _ => Json(value, type, 0),
    };

    /// <summary>A value as JSON.</summary>
    /// <exception cref="ArgumentException">The value nests too deep, or contains itself.</exception>
    public static string Json(object? value, PromptType type, int indent) =>
        PromptText.Json((value, type), static (writer, given) => Write(writer, given.value, given.type), indent, type.Name);

    /// <summary>Whether a value counts as yes: not null, false, zero, empty.</summary>
    public static bool IsTrue(object? value, PromptType type) => value switch
    {
        null => false,
        bool truth => truth,
        string text => text.Length > 0,
        _ => type.Kind switch
        {
            PromptTypeKind.Number => Text(value, type).AsSpan().ContainsAnyExcept("-0."),
            PromptTypeKind.List or PromptTypeKind.Dictionary or PromptTypeKind.History => PromptType.Count(value) > 0,
            _ => true,
        },
    };

    /// <summary>Whether two values are the same: numbers by what they are worth, enums by name, all else only if of one sort.</summary>
    public static bool AreEqual(object? left, PromptType leftType, object? right, PromptType rightType)
    {
        if (left is null || right is null)
            return left is null && right is null;
        if (leftType.Kind == PromptTypeKind.Number && rightType.Kind == PromptTypeKind.Number)
            return left.Equals(right) || Double(left) == Double(right);
        if (leftType.Kind is PromptTypeKind.Enum or PromptTypeKind.String && rightType.Kind is PromptTypeKind.Enum or PromptTypeKind.String)
            return string.Equals(Text(left, leftType), Text(right, rightType), StringComparison.Ordinal);
        return left.Equals(right);
    }

    private static double Double(object number) =>
        double.Parse(((IFormattable)number).ToString(null, CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter writer, object? value, PromptType type)
    {
        if (value is null)
        {
            writer.WriteNullValue();
            return;
        }
        switch (type.Kind)
        {
            case PromptTypeKind.Boolean:
                writer.WriteBooleanValue((bool)value);
                break;
            case PromptTypeKind.Number:
                WriteNumber(writer, value);
                break;
            case PromptTypeKind.Object:
                writer.WriteStartObject();
                WriteMembers(writer, value, type);
                writer.WriteEndObject();
                break;
            case PromptTypeKind.Union:
                PromptVariant variant = Array.Find(type.Variants!(), variant => variant.IsInstance(value))
                    ?? throw new NotSupportedException($"{value.GetType()} is no [JsonDerivedType] of {type.Name}.");
                writer.WriteStartObject();
                writer.WritePropertyName(type.Discriminator);
                writer.WriteRawValue(variant.DiscriminatorJson);
                WriteMembers(writer, value, variant.Type);
                writer.WriteEndObject();
                break;
            case PromptTypeKind.List:
                writer.WriteStartArray();
                foreach (object? item in (IEnumerable)value)
                    Write(writer, item, type.Element);
                writer.WriteEndArray();
                break;
            case PromptTypeKind.Dictionary:
                writer.WriteStartObject();
                foreach ((string key, object? item) in type.Entries!(value))
                {
                    writer.WritePropertyName(key);
                    Write(writer, item, type.Element);
                }
                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue(Text(value, type));
                break;
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, object value, PromptType type)
    {
        foreach (PromptMember member in type.Members)
        {
            writer.WritePropertyName(member.JsonName);
            Write(writer, member.Get(value), member.Type);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case float number:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
        }
    }
}
