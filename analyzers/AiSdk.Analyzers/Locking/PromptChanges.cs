using System.Globalization;
using AiSdk.Generators.Helpers;

namespace AiSdk.Analyzers.Locking;

/// <summary>Says what changed in what a function sends.</summary>
internal static class PromptChanges
{
    private const int ExcerptLength = 60;

    /// <summary>What changed in prompts and examples, in words; null if nothing did.</summary>
    /// <param name="before">The function's entry in the lock file.</param>
    /// <param name="now">The entry as it would be written.</param>
    public static string? Describe(JsonValue before, JsonValue now)
    {
        List<JsonValue> old = Items(before, "prompts");
        List<JsonValue> current = Items(now, "prompts");
        if (old.Count != current.Count)
            return $"it had {Count(old.Count, "prompt")} and has {current.Count.ToString(CultureInfo.InvariantCulture)}";
        for (int i = 0; i < old.Count; i++)
        {
            string name = current.Count(prompt => Role(prompt) == Role(current[i])) == 1 ? $"the {Role(current[i])} prompt" : $"prompt {(i + 1).ToString(CultureInfo.InvariantCulture)} ({Role(current[i])})";
            if (Role(old[i]) != Role(current[i]))
                return $"prompt {(i + 1).ToString(CultureInfo.InvariantCulture)} was of the role {Role(old[i])} and is of {Role(current[i])}";
            if (Lines(LockedFunctions.Value(old[i], "text"), LockedFunctions.Value(current[i], "text")) is { } change)
                return $"{name} changed: {change}";
            if (!JsonComparison.AreSame(LockedFunctions.Value(old[i], "partials"), LockedFunctions.Value(current[i], "partials")))
                return $"{Partial(LockedFunctions.Value(old[i], "partials"), LockedFunctions.Value(current[i], "partials"))} in {name} changed";
        }
        return Examples(Items(before, "examples"), Items(now, "examples")) ?? Arguments(LockedFunctions.Value(before, "arguments"), LockedFunctions.Value(now, "arguments"));
    }

    private static string? Arguments(JsonValue? before, JsonValue? now)
    {
        foreach (JsonMember type in before?.Members ?? [])
        {
            if (LockedFunctions.Value(now, type.Name) is not { } form)
                return $"no {type.Name} is shown any more";
            if (JsonComparison.AreSame(type.Value, form))
                continue;
            List<string> old = [.. Parts(type.Value)];
            List<string> current = [.. Parts(form)];
            string? gone = old.FirstOrDefault(part => !current.Contains(part));
            string? added = current.FirstOrDefault(part => !old.Contains(part));
            return $"{type.Name} is shown otherwise: {(gone is null ? added is null ? "in another order" : $"{added} is new" : added is null ? $"{gone} is gone" : $"it had {gone} and has {added}")}";
        }
        return (now?.Members ?? []).FirstOrDefault(type => LockedFunctions.Value(before, type.Name) is null) is { } shown ? $"{shown.Name} is shown now" : null;

        static IEnumerable<string> Parts(JsonValue form) => form.Kind == JsonKind.List ? form.Items.Select(static item => $"'{item.Text}'") : form.Members.Select(static member => $"'{member.Name}' ({member.Value.Text})");
    }

    private static string? Examples(List<JsonValue> before, List<JsonValue> now)
    {
        if (before.Count != now.Count)
            return $"it had {Count(before.Count, "example")} and has {now.Count.ToString(CultureInfo.InvariantCulture)}";
        for (int i = 0; i < before.Count; i++)
        {
            foreach (string part in (string[])["input", "reasoning", "output"])
            {
                if (LockedFunctions.Value(before[i], part)?.Text is var old && LockedFunctions.Value(now[i], part)?.Text is var current && old != current)
                    return $"the {part} of example {(i + 1).ToString(CultureInfo.InvariantCulture)} was {Excerpt(old)} and is {Excerpt(current)}";
            }
        }
        return null;
    }

    private static string? Lines(JsonValue? before, JsonValue? now)
    {
        List<string> old = [.. (before?.Items ?? []).Select(static line => line.Text ?? "")];
        List<string> current = [.. (now?.Items ?? []).Select(static line => line.Text ?? "")];
        int first = 0;
        while (first < old.Count && first < current.Count && old[first] == current[first])
            first++;
        if (first == old.Count && first == current.Count)
            return null;
        int same = 0;
        while (same < old.Count - first && same < current.Count - first && old[old.Count - 1 - same] == current[current.Count - 1 - same])
            same++;
        int removed = old.Count - first - same;
        int added = current.Count - first - same;
        string line = $"line {(first + 1).ToString(CultureInfo.InvariantCulture)}";
        string more = Math.Max(removed, added) > 1 ? $" ({Count(Math.Max(removed, added) - 1, "more line")} changed)" : "";
        return removed == 0 ? $"{line} is new: {Excerpt(current[first])}{more}"
            : added == 0 ? $"{line} is gone: {Excerpt(old[first])}{more}"
            : $"{line} was {Excerpt(old[first])} and is {Excerpt(current[first])}{more}";
    }

    private static string Partial(JsonValue? before, JsonValue? now)
    {
        foreach (JsonMember partial in now?.Members ?? [])
        {
            if (!JsonComparison.AreSame(LockedFunctions.Value(before, partial.Name), partial.Value))
                return $"the partial '{partial.Name}'";
        }
        return "the partials";
    }

    private static List<JsonValue> Items(JsonValue entry, string property) => [.. LockedFunctions.Value(entry, property)?.Items ?? []];

    private static string Role(JsonValue prompt) => LockedFunctions.Value(prompt, "role")?.Text ?? "user";

    private static string Count(int count, string noun) => $"{count.ToString(CultureInfo.InvariantCulture)} {noun}{(count == 1 ? "" : "s")}";

    private static string Excerpt(string? text) => text is null ? "nothing" : text.Length <= ExcerptLength ? $"'{text}'" : $"'{text.Substring(0, ExcerptLength)}…'";
}
