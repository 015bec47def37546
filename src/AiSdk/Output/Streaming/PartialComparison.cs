using System.Text.Json;

namespace AiSdk;

/// <summary>Finds where a whole value is not what was shown of it.</summary>
internal static class PartialComparison
{
    private const int MaxDepth = CompilerServices.OutputReader.MaxDepth + 8;

    /// <summary>The path of the first contradiction, or null.</summary>
    public static string? Contradiction(PartialDocument document, string json, bool isWrapped)
    {
        if (document.Holder.Count == 0)
            return null;
        using JsonDocument whole = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        JsonElement root = whole.RootElement;
        if (isWrapped && root.ValueKind == JsonValueKind.Object && root.GetPropertyCount() == 1 && root.TryGetProperty("value", out JsonElement value))
            root = value;
        List<(string? Name, int Index)> path = [];
        return Agrees(document.Holder, 0, root, path) ? null : JsonPath.Format(path);
    }

    /// <summary>Whether a value is what was shown; else the path is where it is not.</summary>
    private static bool Agrees(PartialNode owner, int index, JsonElement whole, List<(string? Name, int Index)> path)
    {
        PartialEntry entry = owner.Entries[index];
        if (entry.Child is { } node)
            return node.IsList ? ListAgrees(node, entry.End > 0, whole, path) : ObjectAgrees(node, entry.End > 0, whole, path);
        ReadOnlySpan<byte> json = owner.Document.Json;
        if (entry.End == 0)
            return whole.ValueKind == JsonValueKind.String && whole.GetString()!.StartsWith(PartialText.Unescape(json[(entry.Start + 1)..owner.Document.Length]), StringComparison.Ordinal);
        json = json[entry.Start..entry.End];
        return json[0] == '"'
            ? whole.ValueKind == JsonValueKind.String && whole.ValueEquals(PartialText.Read(json))
            : JsonElement.DeepEquals(whole, JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth }));
    }

    private static bool ListAgrees(PartialNode node, bool closed, JsonElement whole, List<(string? Name, int Index)> path)
    {
        if (whole.ValueKind != JsonValueKind.Array || whole.GetArrayLength() is int length && (length < node.Count || closed && length > node.Count))
            return false;
        int index = 0;
        foreach (JsonElement element in whole.EnumerateArray())
        {
            if (index == node.Count)
                break;
            path.Add((null, index));
            if (!Agrees(node, index++, element, path))
                return false;
            path.RemoveAt(path.Count - 1);
        }
        return true;
    }

    private static bool ObjectAgrees(PartialNode node, bool closed, JsonElement whole, List<(string? Name, int Index)> path)
    {
        if (whole.ValueKind != JsonValueKind.Object)
            return false;
        Dictionary<string, int> shown = new(node.Count, StringComparer.Ordinal);
        for (int i = 0; i < node.Count; i++)
            shown[node.NameOf(i)] = i;
        foreach (JsonProperty property in whole.EnumerateObject())
        {
            path.Add((property.Name, 0));
            if (node.Variant is { } variant && property.NameEquals(variant.Name) ? !JsonElement.DeepEquals(property.Value, JsonElement.Parse(variant.Json))
                : shown.Remove(property.Name, out int index) ? !Agrees(node, index, property.Value, path)
                : closed && property.Value.ValueKind != JsonValueKind.Null)
                return false;
            path.RemoveAt(path.Count - 1);
        }
        // A null that the reply left out is none the worse for being left out of the value.
        foreach ((string name, int index) in shown)
        {
            PartialEntry entry = node.Entries[index];
            if (entry.Child is null && node.Document.Json[entry.Start] == 'n')
                continue;
            path.Add((name, 0));
            return false;
        }
        return true;
    }
}
