using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Parsing;

/// <summary>Reads the passages that an example shows: what a prompt shows of them, and nothing else.</summary>
internal static class ExamplePassages
{
    /// <summary>What a passage looks like.</summary>
    public const string Form = """{"id": "…", "text": "…", "source": "…", "headings": ["…"]}, with an id that is no other's, and source and headings if there are any""";

    /// <summary>The passages; null if the value is no list of them.</summary>
    /// <param name="list">The value.</param>
    /// <param name="wrong">What is wrong in it; null if nothing is.</param>
    public static EquatableArray<ExamplePassage>? Read(JsonValue list, out JsonValue? wrong)
    {
        wrong = list.Kind == JsonKind.List ? null : list;
        List<ExamplePassage> passages = [];
        foreach (JsonValue item in list.Items)
        {
            if (Passage(item) is not { } passage || passages.Any(other => other.Id == passage.Id))
            {
                wrong = item;
                break;
            }
            passages.Add(passage);
        }
        return wrong is null ? passages.ToEquatableArray() : null;
    }

    private static ExamplePassage? Passage(JsonValue value)
    {
        Dictionary<string, JsonValue> members = new(StringComparer.Ordinal);
        foreach (JsonMember member in value.Members)
        {
            bool isKnown = member.Name is "id" or "text" or "source" ? member.Value.Kind == JsonKind.String : member is { Name: "headings", Value.Kind: JsonKind.List };
            if (!isKnown || members.ContainsKey(member.Name))
                return null;
            members.Add(member.Name, member.Value);
        }
        List<JsonValue> headings = members.TryGetValue("headings", out JsonValue? given) ? [.. given.Items] : [];
        return Text("id") is { } id && id.Trim().Length > 0 && Text("text") is { } text && headings.TrueForAll(static heading => heading.Kind == JsonKind.String)
            ? new ExamplePassage(id, text, Text("source"), headings.Select(static heading => heading.Text!).ToEquatableArray())
            : null;

        string? Text(string name) => members.TryGetValue(name, out JsonValue? member) ? LineEnds.Normalize(member.Text!) : null;
    }
}
