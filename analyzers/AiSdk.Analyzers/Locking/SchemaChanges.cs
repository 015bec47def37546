using System.Globalization;
using AiSdk.Generators.Helpers;

namespace AiSdk.Analyzers.Locking;

/// <summary>Says what changed in what a function reads, and whether replies that were stored may not be readable any more.</summary>
internal sealed class SchemaChanges
{
    private static readonly (string Keyword, bool IsMinimum, string Word)[] _limits =
    [
        ("minimum", true, "at least"), ("exclusiveMinimum", true, "more than"), ("maximum", false, "at most"), ("exclusiveMaximum", false, "less than"),
        ("minLength", true, "of at least (characters)"), ("maxLength", false, "of at most (characters)"), ("minItems", true, "of at least (elements)"), ("maxItems", false, "of at most (elements)"),
        ("minProperties", true, "of at least (entries)"), ("maxProperties", false, "of at most (entries)"),
    ];

    private readonly JsonValue _oldRoot;
    private readonly JsonValue _newRoot;
    private readonly HashSet<(int, int)> _visited = [];
    private readonly List<SchemaChange> _changes = [];

    private SchemaChanges(JsonValue oldRoot, JsonValue newRoot)
    {
        _oldRoot = oldRoot;
        _newRoot = newRoot;
    }

    /// <summary>What changed between two schemas.</summary>
    public static IReadOnlyList<SchemaChange> Between(JsonValue? before, JsonValue? now)
    {
        if (before is null || now is null)
        {
            return before is null && now is null ? []
                : [new SchemaChange(true, before is null ? "it gave text and gives a typed value" : "it gave a typed value and gives text")];
        }
        SchemaChanges changes = new(before, now);
        changes.Compare(before, now, "$");
        // What no rule has a word for is a change all the same.
        if (changes._changes.Count == 0 && !JsonComparison.AreSame(before, now))
            changes.Add(true, "its schema is another");
        return changes._changes;
    }

    private void Compare(JsonValue before, JsonValue now, string path)
    {
        before = Resolve(before, _oldRoot);
        now = Resolve(now, _newRoot);
        if (!_visited.Add((before.Start, now.Start)))
            return;
        CompareDescriptions(before, now, path);
        if (Choices(before) is { } oldChoices && Choices(now) is { } newChoices)
        {
            CompareChoices(oldChoices, newChoices, path);
            return;
        }
        if (Choices(before) is { } were && Single(were) is { } oldOnly)
            before = CompareNull(were, [now], path) ? Resolve(oldOnly, _oldRoot) : before;
        else if (Choices(now) is { } are && Single(are) is { } newOnly)
            now = CompareNull([before], are, path) ? Resolve(newOnly, _newRoot) : now;

        List<string> oldTypes = Types(before);
        List<string> newTypes = Types(now);
        if (oldTypes.Remove("null") is var wasNull && newTypes.Remove("null") is var isNull && wasNull != isNull)
            Add(wasNull, wasNull ? $"{path} could be null and cannot be any more" : $"{path} can be null now");
        if (!oldTypes.SequenceEqual(newTypes))
        {
            bool isWidened = oldTypes is ["integer"] && newTypes is ["number"] && NumberTypes.Widens(Value(before, NumberTypes.Keyword)?.Text, Value(now, NumberTypes.Keyword)?.Text);
            Add(!isWidened, $"{path} was {Word(oldTypes)} and is {Word(newTypes)}");
            return;
        }
        CompareNumbers(before, now, path);
        CompareEnum(before, now, path);
        CompareLimits(before, now, path);
        CompareProperties(before, now, path);
        if (Value(before, "items") is { } oldItems && Value(now, "items") is { } newItems)
            Compare(oldItems, newItems, path + "[]");
        if (Value(before, "additionalProperties") is { Kind: JsonKind.Object } oldRest && Value(now, "additionalProperties") is { Kind: JsonKind.Object } newRest)
            Compare(oldRest, newRest, path + ".*");
    }

    private void CompareProperties(JsonValue before, JsonValue now, string path)
    {
        IReadOnlyList<JsonMember> old = Value(before, "properties")?.Members ?? [];
        IReadOnlyList<JsonMember> current = Value(now, "properties")?.Members ?? [];
        HashSet<string> oldRequired = [.. Texts(before, "required")];
        HashSet<string> newRequired = [.. Texts(now, "required")];
        foreach (JsonMember property in old)
        {
            string at = $"{path}.{property.Name}";
            if (current.FirstOrDefault(p => p.Name == property.Name) is not { } same)
            {
                Add(true, $"the property {at} is gone");
                continue;
            }
            Compare(property.Value, same.Value, at);
            if (oldRequired.Contains(property.Name) != newRequired.Contains(property.Name))
                Add(newRequired.Contains(property.Name), newRequired.Contains(property.Name) ? $"{at} could be missing and is required now" : $"{at} was required and may be missing now");
        }
        List<string> kept = [.. current.Select(static p => p.Name).Where(name => old.Any(o => o.Name == name))];
        if (!kept.SequenceEqual(old.Select(static o => o.Name).Where(kept.Contains)))
            Add(false, $"the order of the properties of {path} changed");
        foreach (JsonMember property in current.Where(p => old.All(o => o.Name != p.Name)))
        {
            bool isRequired = newRequired.Contains(property.Name);
            Add(isRequired, $"the property {path}.{property.Name} is new{(isRequired ? " and required" : "")}");
        }
    }

    private void CompareNumbers(JsonValue before, JsonValue now, string path)
    {
        // Lock files of before say no types.
        if (Value(before, NumberTypes.Keyword)?.Text is { } old && Value(now, NumberTypes.Keyword)?.Text is { } current && old != current)
            Add(!NumberTypes.Widens(old, current), $"{path} was {old} and is {current}");
    }

    private void CompareEnum(JsonValue before, JsonValue now, string path)
    {
        List<string> old = Texts(before, "enum");
        List<string> current = Texts(now, "enum");
        if (old.Count == 0 && current.Count > 0)
            Add(true, $"{path} could be anything and must be one of {string.Join(", ", current)} now");
        else if (old.Count > 0 && current.Count == 0)
            Add(false, $"{path} had to be one of {string.Join(", ", old)} and can be anything now");
        else
        {
            foreach (string value in old.Where(value => !current.Contains(value)))
                Add(true, $"{path} has lost the value '{value}'");
            foreach (string value in current.Where(value => !old.Contains(value)))
                Add(false, $"{path} has the new value '{value}'");
            if (!old.Where(current.Contains).SequenceEqual(current.Where(old.Contains)))
                Add(false, $"the order of the values of {path} changed");
        }
        if (Value(before, "const")?.Raw != Value(now, "const")?.Raw)
            Add(true, $"{path} was {Value(before, "const")?.Raw ?? "anything"} and is {Value(now, "const")?.Raw ?? "anything"}");
    }

    private void CompareLimits(JsonValue before, JsonValue now, string path)
    {
        foreach ((string keyword, bool isMinimum, string word) in _limits)
        {
            string? old = Value(before, keyword)?.Raw;
            string? current = Value(now, keyword)?.Raw;
            if (old == current || (NumberTypes.IsOwn(before, keyword, old) && NumberTypes.IsOwn(now, keyword, current)))
                continue;
            bool isNarrower = current is not null && (old is null || (isMinimum ? Number(current) > Number(old) : Number(current) < Number(old)));
            Add(isNarrower, $"{path} {(old is null ? "had no limit" : $"was {word} {old}")} and {(current is null ? "has no limit" : $"is {word} {current}")}");
        }
        foreach (string keyword in (string[])["pattern", "format"])
        {
            string? old = Value(before, keyword)?.Text;
            string? current = Value(now, keyword)?.Text;
            if (old != current)
                Add(current is not null, $"the {keyword} of {path} {(old is null ? "is new" : $"was '{old}'")}{(current is null ? " and is gone" : old is null ? $": '{current}'" : $" and is '{current}'")}");
        }
    }

    private void CompareChoices(IReadOnlyList<JsonValue> before, IReadOnlyList<JsonValue> now, string path)
    {
        if (Single(before) is { } oldOnly && Single(now) is { } newOnly)
        {
            CompareNull(before, now, path);
            Compare(oldOnly, newOnly, path);
            return;
        }
        CompareNull(before, now, path);
        Dictionary<string, JsonValue> old = Alternatives(before, _oldRoot);
        Dictionary<string, JsonValue> current = Alternatives(now, _newRoot);
        foreach (KeyValuePair<string, JsonValue> alternative in old)
        {
            if (current.TryGetValue(alternative.Key, out JsonValue? same))
                Compare(alternative.Value, same, $"{path}({alternative.Key})");
            else
                Add(true, $"{path} has lost the alternative {alternative.Key}");
        }
        foreach (string name in current.Keys.Where(name => !old.ContainsKey(name)))
            Add(false, $"{path} has the new alternative {name}");
        if (!old.Keys.Where(current.ContainsKey).SequenceEqual(current.Keys.Where(old.ContainsKey)))
            Add(false, $"the order of the alternatives of {path} changed");
    }

    private bool CompareNull(IReadOnlyList<JsonValue> before, IReadOnlyList<JsonValue> now, string path)
    {
        bool wasNull = before.Any(choice => Types(Resolve(choice, _oldRoot)).Contains("null"));
        bool isNull = now.Any(choice => Types(Resolve(choice, _newRoot)).Contains("null"));
        if (wasNull != isNull)
            Add(wasNull, wasNull ? $"{path} could be null and cannot be any more" : $"{path} can be null now");
        return true;
    }

    private void CompareDescriptions(JsonValue before, JsonValue now, string path)
    {
        if (Value(before, "description")?.Text != Value(now, "description")?.Text)
            Add(false, $"the description of {path} changed");
    }

    /// <summary>A union's alternatives by what tells them apart.</summary>
    private static Dictionary<string, JsonValue> Alternatives(IReadOnlyList<JsonValue> choices, JsonValue root)
    {
        Dictionary<string, JsonValue> found = new(StringComparer.Ordinal);
        foreach (JsonValue choice in choices)
        {
            JsonValue schema = Resolve(choice, root);
            string? name = (Value(schema, "properties")?.Members ?? []).Select(static member => Value(member.Value, "const")?.Raw).FirstOrDefault(static constant => constant is not null);
            if (name is not null && !found.ContainsKey(name))
                found.Add(name, schema);
        }
        return found;
    }

    private static JsonValue? Single(IReadOnlyList<JsonValue> choices) =>
        choices.Where(static choice => !(Types(choice) is ["null"])).Take(2).ToList() is [{ } only] ? only : null;

    private static IReadOnlyList<JsonValue>? Choices(JsonValue schema) => Value(schema, "anyOf")?.Items;

    private static JsonValue Resolve(JsonValue schema, JsonValue root)
    {
        for (int i = 0; i < 8 && Value(schema, "$ref")?.Text is { } reference; i++)
        {
            JsonValue? target = reference == "#" ? root : Value(Value(root, "$defs"), reference.Substring(reference.LastIndexOf('/') + 1));
            if (target is null)
                return schema;
            schema = target;
        }
        return schema;
    }

    private static List<string> Types(JsonValue schema) => Value(schema, "type") is { } type ? type.Kind == JsonKind.List ? [.. type.Items.Select(static item => item.Text ?? item.Raw)] : [type.Text ?? ""] : [];

    private static List<string> Texts(JsonValue schema, string keyword) => [.. (Value(schema, keyword)?.Items ?? []).Where(static item => item.Kind != JsonKind.Null).Select(static item => item.Text ?? item.Raw)];

    private static JsonValue? Value(JsonValue? schema, string keyword) => LockedFunctions.Value(schema, keyword);

    private static string Word(List<string> types) => types.Count == 0 ? "anything" : string.Join(" or ", types);

    private static decimal Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : text.StartsWith("-", StringComparison.Ordinal) ? decimal.MinValue : decimal.MaxValue;

    private void Add(bool isBreaking, string sentence) => _changes.Add(new SchemaChange(isBreaking, sentence));
}

/// <summary>A change of what a function reads.</summary>
/// <param name="IsBreaking">Whether a reply that could be read before may not be readable any more.</param>
/// <param name="Sentence">What changed.</param>
internal sealed record SchemaChange(bool IsBreaking, string Sentence);
