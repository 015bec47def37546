using System.Text.Json;

namespace AiSdk.Benchmarks;

/// <summary>A labelled text: whether it is an attack, or where personal data is in it.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsAttack">Whether it is an attack; <see langword="null"/> where it is labelled for personal data.</param>
/// <param name="Source">Where it is from.</param>
/// <param name="Spans">The personal data in it.</param>
internal sealed record GuardCase(string Text, bool? IsAttack, string Source, IReadOnlyList<PiiSpan> Spans)
{
    /// <summary>Whether it is harmless text with the words of attacks.</summary>
    public bool HasTriggerWords => IsAttack == false && (Source.Contains("NotInject", StringComparison.OrdinalIgnoreCase) || Source.Contains("trigger", StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads cases: JSON lines with <c>text</c> and <c>label</c>, or <c>text</c> and <c>spans</c>.</summary>
    /// <exception cref="InvalidDataException">A line is neither.</exception>
    public static List<GuardCase> Read(string file)
    {
        List<GuardCase> cases = [];
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            string text = root.GetProperty("text").GetString()!;
            string source = string.Join('/', new[] { "source", "subset" }.Select(name => root.TryGetProperty(name, out JsonElement value) ? value.ToString() : "").Where(static part => part.Length > 0));
            if (root.TryGetProperty("label", out JsonElement label))
                cases.Add(new GuardCase(text, label.ValueKind == JsonValueKind.True || (label.ValueKind == JsonValueKind.Number && label.GetInt32() == 1), source, []));
            else if (root.TryGetProperty("spans", out JsonElement spans))
                cases.Add(new GuardCase(text, null, source, [.. spans.EnumerateArray().Select(static span => new PiiSpan(span.GetProperty("type").GetString()!, span.GetProperty("start").GetInt32(), span.GetProperty("end").GetInt32()))]));
            else
                throw new InvalidDataException($"{file}, line {number}: a case has a \"label\" (0 or 1) or \"spans\".");
        }
        return cases;
    }
}

/// <summary>Labelled personal data.</summary>
/// <param name="Type">Its type, in the words of the data.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
internal sealed record PiiSpan(string Type, int Start, int End)
{
    /// <summary>The kind that a guard should take it for; none for types that it does not look for.</summary>
    public PiiKinds Kind => Type.ToUpperInvariant() switch
    {
        "EMAIL" or "EMAIL_ADDRESS" => PiiKinds.Email,
        "PHONE" or "PHONE_NUMBER" => PiiKinds.Phone,
        "CARD" or "CREDIT_CARD" => PiiKinds.Card,
        "IBAN" or "IBAN_CODE" => PiiKinds.Iban,
        "SSN" or "US_SSN" => PiiKinds.SocialSecurityNumber,
        "IP" or "IP_ADDRESS" => PiiKinds.IpAddress,
        "DOCUMENT" or "PASSPORT" or "US_PASSPORT" or "US_DRIVER_LICENSE" or "DRIVER_LICENSE" => PiiKinds.Document,
        _ => PiiKinds.None,
    };
}
