using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>One schema in a document: an object, or true or false.</summary>
/// <param name="Element">The JSON.</param>
/// <param name="Pointer">Where it is, as a URI fragment.</param>
/// <param name="Base">The URI that its references are relative to.</param>
/// <param name="Scope">What dynamic references mean that there are several anchors for: those of the resources on the way to the schema, the outermost ones.</param>
internal sealed record RawSchema(JsonElement Element, string Pointer, Uri Base, DynamicScope Scope);

/// <summary>The anchors that dynamic references lead to, by name.</summary>
/// <param name="Targets">Names, and the pointers that they stand for, in the order of their coming.</param>
internal sealed record DynamicScope(ImmutableArray<(string Name, string Pointer)> Targets)
{
    /// <summary>Where nothing depends on the way.</summary>
    public static DynamicScope None { get; } = new([]);

    /// <summary>What tells scopes apart.</summary>
    public string Key => string.Concat(Targets.Order().Select(static target => $"\n{target.Name}\n{target.Pointer}"));
}

/// <summary>A JSON Schema document: its subschemas, by number, and what its references mean.</summary>
internal sealed class SchemaDocument
{
    private static readonly Uri s_base = new("https://schema.invalid/");

    private readonly List<RawSchema> _schemas = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (JsonElement Element, string Pointer)> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (JsonElement Element, string Pointer)> _anchors = new(StringComparer.Ordinal);
    private readonly List<(string Resource, string Name, JsonElement Element, string Pointer, Uri Base)> _dynamicAnchors = [];
    private readonly Dictionary<string, Uri> _bases = new(StringComparer.Ordinal);
    private readonly List<string> _annotations = [];

    public SchemaDocument(JsonElement root)
    {
        string dialect = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("$schema", out JsonElement schema) && schema.ValueKind == JsonValueKind.String ? schema.GetString()! : "";
        // OpenAPI 3.1 is 2020-12 with annotations of its own.
        if (dialect.Length > 0 && !dialect.Contains("json-schema.org/", StringComparison.Ordinal) && !dialect.StartsWith("https://spec.openapis.org/oas/3.1/dialect/", StringComparison.Ordinal))
            throw new ConstraintException("$schema", "#", $"names '{dialect}', a dialect that is not known");
        IsOldDialect = dialect.Contains("draft-0", StringComparison.Ordinal);
        _resources.Add(s_base.ToString(), (root, "#"));
        Index(root, "#", s_base);
        // One alone is where a reference leads to in any case.
        HashSet<string> several = [.. _dynamicAnchors.GroupBy(static anchor => anchor.Name, StringComparer.Ordinal).Where(static group => group.Count() > 1).Select(static group => group.Key)];
        _dynamicAnchors.RemoveAll(anchor => !several.Contains(anchor.Name));
        Root = Register(root, "#", _bases.GetValueOrDefault("#", s_base), DynamicScope.None);
    }

    /// <summary>Whether the document says that it is of draft 7 or older, where nothing beside <c>$ref</c> counts.</summary>
    public bool IsOldDialect { get; }

    /// <summary>What the document says of its values that is no assertion, a sentence each: formats that JSON Schema does not know, and contents of texts.</summary>
    public IReadOnlyList<string> Annotations => _annotations;

    /// <summary>The number of the whole document.</summary>
    public int Root { get; }

    /// <summary>The schema with a number.</summary>
    public RawSchema this[int number] => _schemas[number];

    /// <summary>The number of a schema inside another.</summary>
    /// <param name="parent">The schema around it.</param>
    /// <param name="element">The inner schema.</param>
    /// <param name="path">Its path from there, such as <c>["properties", "a"]</c>.</param>
    public int Child(RawSchema parent, JsonElement element, params ReadOnlySpan<string> path)
    {
        string pointer = Join(parent.Pointer, path);
        return Register(element, pointer, _bases.GetValueOrDefault(pointer, parent.Base), parent.Scope);
    }

    /// <summary>The number of a schema that is not in the document.</summary>
    public int Synthetic(string json)
    {
        if (_numbers.TryGetValue(json, out int number))
            return number;
        using var document = JsonDocument.Parse(json);
        return Register(document.RootElement.Clone(), json, s_base, DynamicScope.None);
    }

    /// <summary>The number of a reference's target.</summary>
    /// <exception cref="ConstraintException">It is not in the document.</exception>
    public int Resolve(RawSchema from, string reference)
    {
        int hash = reference.IndexOf('#', StringComparison.Ordinal);
        string address = hash < 0 ? reference : reference[..hash];
        string fragment = hash < 0 ? "" : Uri.UnescapeDataString(reference[(hash + 1)..]);
        if (!Uri.TryCreate(from.Base, address, out Uri? target))
            throw NotFound();
        string resource = WithoutFragment(target);
        if (fragment.Length > 0 && fragment[0] != '/')
        {
            return _anchors.TryGetValue(resource + "#" + fragment, out (JsonElement Element, string Pointer) anchor)
                ? Register(anchor.Element, anchor.Pointer, _bases.GetValueOrDefault(anchor.Pointer, target), from.Scope)
                : throw NotFound();
        }
        if (!_resources.TryGetValue(resource, out (JsonElement Element, string Pointer) found))
            throw NotFound();
        (JsonElement element, string pointer) = found;
        Uri baseUri = _bases.GetValueOrDefault(pointer, target);
        foreach (string token in fragment.Length == 0 ? [] : fragment[1..].Split('/'))
        {
            string name = token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member))
                element = member;
            else if (element.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < element.GetArrayLength())
                element = element[index];
            else
                throw NotFound();
            pointer = Join(pointer, name);
            baseUri = _bases.GetValueOrDefault(pointer, baseUri);
        }
        return Register(element, pointer, baseUri, from.Scope);

        ConstraintException NotFound() => new("$ref", from.Pointer, $"leads to '{reference}', which is not in the document");
    }

    /// <summary>The number of a dynamic reference's target.</summary>
    /// <exception cref="ConstraintException">It is not in the document.</exception>
    public int ResolveDynamic(RawSchema from, string keyword, string reference)
    {
        int target = Resolve(from, reference);
        int hash = reference.IndexOf('#', StringComparison.Ordinal);
        string name = keyword == "$recursiveRef" ? "" : hash < 0 ? "" : Uri.UnescapeDataString(reference[(hash + 1)..]);
        if (keyword != "$recursiveRef" && (name.Length == 0 || name[0] == '/'))
            return target;
        bool isDynamic = this[target].Element is { ValueKind: JsonValueKind.Object } element && (keyword == "$recursiveRef"
            ? element.TryGetProperty("$recursiveAnchor", out JsonElement isAnchor) && isAnchor.ValueKind == JsonValueKind.True
            : element.TryGetProperty("$dynamicAnchor", out JsonElement anchor) && anchor.ValueKind == JsonValueKind.String && anchor.GetString() == name);
        if (!isDynamic)
            return target;
        foreach ((string known, string pointer) in from.Scope.Targets)
        {
            if (known == name)
            {
                (_, _, JsonElement found, _, Uri baseUri) = _dynamicAnchors.First(anchor => anchor.Name == name && anchor.Pointer == pointer);
                return Register(found, pointer, baseUri, from.Scope);
            }
        }
        return target;
    }

    /// <summary>A pointer with more steps.</summary>
    public static string Join(string pointer, params ReadOnlySpan<string> path)
    {
        foreach (string step in path)
            pointer += "/" + step.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        return pointer;
    }

    private int Register(JsonElement element, string pointer, Uri baseUri, DynamicScope scope)
    {
        scope = Enter(scope, baseUri);
        string key = scope.Targets.IsEmpty ? pointer : pointer + scope.Key;
        if (_numbers.TryGetValue(key, out int number))
            return number;
        if (element.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False))
            throw new ConstraintException("schema", pointer, "is neither an object nor true nor false");
        _numbers.Add(key, _schemas.Count);
        _schemas.Add(new RawSchema(element, pointer, baseUri, scope));
        return _schemas.Count - 1;
    }

    /// <summary>The scope with the anchors of a resource; those that are there already are further out.</summary>
    private DynamicScope Enter(DynamicScope scope, Uri baseUri)
    {
        if (_dynamicAnchors.Count == 0)
            return scope;
        string resource = WithoutFragment(baseUri);
        foreach ((string at, string name, _, string pointer, _) in _dynamicAnchors)
        {
            if (at == resource && !scope.Targets.Any(target => target.Name == name))
                scope = new DynamicScope(scope.Targets.Add((name, pointer)));
        }
        return scope;
    }

    private static string WithoutFragment(Uri uri)
    {
        string text = uri.ToString();
        int hash = text.IndexOf('#', StringComparison.Ordinal);
        return hash < 0 ? text : text[..hash];
    }

    private void Annotate(JsonElement schema, string pointer)
    {
        if (schema.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String && !StringFormats.IsDefined(format.GetString()!))
            _annotations.Add($"'format' at {pointer} names '{format.GetString()}', which is no format of JSON Schema and asserts nothing.");
        foreach (string keyword in (ReadOnlySpan<string>)["contentEncoding", "contentMediaType", "contentSchema"])
        {
            if (schema.TryGetProperty(keyword, out _))
                _annotations.Add($"'{keyword}' at {pointer} describes what a text holds and asserts nothing.");
        }
    }

    private void Index(JsonElement element, string pointer, Uri baseUri, bool isMap = false)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in element.EnumerateArray())
                Index(item, Join(pointer, (index++).ToString(CultureInfo.InvariantCulture)), baseUri);
            return;
        }
        if (element.ValueKind != JsonValueKind.Object)
            return;
        if (!isMap)
        {
            foreach (string keyword in (ReadOnlySpan<string>)["$id", "id"])
            {
                if (!element.TryGetProperty(keyword, out JsonElement id) || id.ValueKind != JsonValueKind.String || (keyword == "id" && !IsOldDialect) || (IsOldDialect && element.TryGetProperty("$ref", out _)))
                    continue;
                string text = id.GetString()!;
                if (text.StartsWith('#'))
                    _anchors.TryAdd(WithoutFragment(baseUri) + text, (element, pointer));
                else if (Uri.TryCreate(baseUri, text, out Uri? uri))
                    _resources.TryAdd(WithoutFragment(baseUri = uri), (element, pointer));
            }
            foreach (string keyword in (ReadOnlySpan<string>)["$anchor", "$dynamicAnchor"])
            {
                if (element.TryGetProperty(keyword, out JsonElement anchor) && anchor.ValueKind == JsonValueKind.String)
                    _anchors.TryAdd(WithoutFragment(baseUri) + "#" + anchor.GetString(), (element, pointer));
            }
        }
        if (!isMap)
        {
            if (element.TryGetProperty("$dynamicAnchor", out JsonElement dynamic) && dynamic.ValueKind == JsonValueKind.String)
                _dynamicAnchors.Add((WithoutFragment(baseUri), dynamic.GetString()!, element, pointer, baseUri));
            if (element.TryGetProperty("$recursiveAnchor", out JsonElement recursive) && recursive.ValueKind == JsonValueKind.True)
                _dynamicAnchors.Add((WithoutFragment(baseUri), "", element, pointer, baseUri));
        }
        if (!isMap)
            Annotate(element, pointer);
        _bases[pointer] = baseUri;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            bool holdsMap = !isMap && property.Name is "properties" or "patternProperties" or "$defs" or "definitions" or "dependentSchemas" or "dependencies";
            // An identifier in a place that holds no schema identifies nothing.
            if (isMap || holdsMap || property.Name is "allOf" or "anyOf" or "oneOf" or "prefixItems" or "items" or "additionalItems" or "additionalProperties" or "propertyNames" or "contains" or "not"
                or "if" or "then" or "else" or "unevaluatedItems" or "unevaluatedProperties" or "contentSchema")
                Index(property.Value, Join(pointer, property.Name), baseUri, !isMap && holdsMap);
        }
    }
}
