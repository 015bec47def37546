using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiSdk;

namespace BankDesk.Tickets;

/// <summary>Text as the page may show it: of card and account numbers the last four digits only, which is all that a desk needs.</summary>
internal static class ShownText
{
    private const int Kept = 4;

    private static readonly PiiGuard _numbers = new(PiiKinds.Card | PiiKinds.Iban);

    /// <summary>The text with whole numbers shortened.</summary>
    public static string Of(string text)
    {
        StringBuilder shown = new();
        int copied = 0;
        foreach (PiiMatch match in _numbers.Find(text))
        {
            string digits = string.Concat(match.Value.Where(char.IsLetterOrDigit));
            shown.Append(text, copied, match.Start - copied).Append("•••• ").Append(digits[^Kept..]);
            copied = match.Start + match.Length;
        }
        return shown.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Arguments with whole numbers shortened; a model may have written one where another value is wanted.</summary>
    public static JsonElement Of(JsonElement arguments)
    {
        JsonObject shown = [];
        foreach (JsonProperty argument in arguments.EnumerateObject())
        {
            string text = argument.Value.ValueKind == JsonValueKind.String ? argument.Value.GetString()! : argument.Value.GetRawText();
            string safe = Of(text);
            shown[argument.Name] = argument.Value.ValueKind == JsonValueKind.String || safe != text ? JsonValue.Create(safe) : JsonNode.Parse(text);
        }
        return JsonSerializer.SerializeToElement(shown);
    }
}
