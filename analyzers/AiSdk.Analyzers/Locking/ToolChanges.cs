using AiSdk.Generators.Helpers;

namespace AiSdk.Analyzers.Locking;

/// <summary>Says what changed in the tools that a function offers.</summary>
internal static class ToolChanges
{
    private const int MaxChanges = 4;

    /// <summary>What changed, in words; null if nothing did.</summary>
    /// <param name="before">The tools in the lock file.</param>
    /// <param name="now">The tools as they would be written.</param>
    public static string? Describe(JsonValue? before, JsonValue? now)
    {
        if (JsonComparison.AreSame(before, now))
            return null;
        Dictionary<string, JsonValue> old = ByName(before);
        Dictionary<string, JsonValue> current = ByName(now);
        List<string> changes = [.. old.Keys.Where(name => !current.ContainsKey(name)).Select(static name => $"the tool '{name}' is gone")];
        foreach (KeyValuePair<string, JsonValue> tool in current)
        {
            if (!old.TryGetValue(tool.Key, out JsonValue? was))
            {
                changes.Add($"the tool '{tool.Key}' is new");
                continue;
            }
            if (Text(was, "effect") != Text(tool.Value, "effect"))
                changes.Add($"the effect of the tool '{tool.Key}' was {Text(was, "effect") ?? "not said"} and is {Text(tool.Value, "effect")}");
            if (Text(was, "description") != Text(tool.Value, "description"))
                changes.Add($"the description of the tool '{tool.Key}' changed");
            changes.AddRange(SchemaChanges.Between(LockedFunctions.Value(was, "arguments"), LockedFunctions.Value(tool.Value, "arguments")).Select(change => $"in the arguments of '{tool.Key}' {change.Sentence}"));
        }
        return changes.Count == 0 ? "they are written otherwise, with the same meaning" : string.Join("; ", changes.Take(MaxChanges)) + (changes.Count > MaxChanges ? "; and more" : "");
    }

    // Lock files of before name the class of the tools only.
    private static Dictionary<string, JsonValue> ByName(JsonValue? tools)
    {
        Dictionary<string, JsonValue> byName = new(StringComparer.Ordinal);
        foreach (JsonValue tool in tools?.Items ?? [])
        {
            if (Text(tool, "name") is { } name)
                byName[name] = tool;
        }
        return byName;
    }

    private static string? Text(JsonValue tool, string property) => LockedFunctions.Value(tool, property)?.Text;
}
