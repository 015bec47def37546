using System.Text.Json;

namespace AiSdk.Onnx.Tests.ChatTemplates;

/// <summary>Template values from JSON.</summary>
internal static class TemplateValues
{
    public static object? From(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(property => property.Name, property => From(property.Value), StringComparer.Ordinal),
        JsonValueKind.Array => value.EnumerateArray().Select(From).ToList(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetRawText().AsSpan().ContainsAny(".eE") ? (object)value.GetDouble() : value.GetInt64(),
        _ => null,
    };

    public static object? Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return From(document.RootElement);
    }
}
