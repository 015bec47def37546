using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AiSdk.CompilerServices;

namespace AiSdk;

/// <summary>Checks JSON against a shape: what it is made of, and its limits.</summary>
/// <remarks>Takes linear time. A union's variant is chosen once for each place: the one with the fewest errors.</remarks>
internal sealed class ShapeValidator
{
    // An object's properties each take a level.
    private const int MaxDepth = (2 * OutputReader.MaxDepth) + 8;
    private const int MaxValueBytes = 400;

    private static readonly ConditionalWeakTable<OutputLimits, OutputPattern> _patterns = [];

    private readonly OutputValidator _errors;
    private readonly Dictionary<(int Place, OutputShape Shape), OutputShape?> _chosen = [];
    private readonly JsonElement _root;
    private int _trials;
    private int _trialErrors;

    private ShapeValidator(JsonElement root, OutputValidator errors)
    {
        _root = root;
        _errors = errors;
    }

    /// <summary>Notes what is wrong with a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="shape">What it must be.</param>
    /// <param name="errors">Collects what is wrong.</param>
    public static void Validate(JsonElement value, OutputShape shape, OutputValidator errors) => new ShapeValidator(value, errors).Check(value, shape, null, isNullable: false);

    /// <summary>What is wrong with a value, all at once; empty if nothing is.</summary>
    /// <param name="json">Any text; what is no JSON is an error too.</param>
    /// <param name="shape">What the value must be.</param>
    public static IReadOnlyList<OutputError> Validate(string json, OutputShape shape)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            ShapeValidator validator = new(document.RootElement, new OutputValidator());
            validator.Check(document.RootElement, shape, null, isNullable: false);
            return validator._errors.Errors;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // Half a surrogate pair, escaped or not, is no JsonException.
            return [new OutputError("$", $"the text is not JSON: {e.Message}")];
        }
    }

    private void Check(JsonElement value, OutputShape shape, OutputLimits? limits, bool isNullable)
    {
        if (value.ValueKind == JsonValueKind.Null && (isNullable || shape.Kind is OutputShapeKind.Null or OutputShapeKind.Any))
            return;
        bool fits = shape.Kind switch
        {
            OutputShapeKind.Object => Object(value, shape, null),
            OutputShapeKind.List => List(value, shape),
            OutputShapeKind.Dictionary => Dictionary(value, shape),
            OutputShapeKind.Union => Union(value, shape),
            OutputShapeKind.Enum => shape.Values.Any(allowed => IsValue(value, allowed)) || Fail(value, "enum", "is none of the allowed values"),
            OutputShapeKind.String => value.ValueKind == JsonValueKind.String ? Text(value, shape) : WrongType(value, "string", "a text"),
            OutputShapeKind.Integer => value.ValueKind == JsonValueKind.Number && new DecimalText(value.GetRawText()).IsWhole || WrongType(value, "integer", "a whole number"),
            OutputShapeKind.Number => value.ValueKind == JsonValueKind.Number || WrongType(value, "number", "a number"),
            OutputShapeKind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False || WrongType(value, "boolean", "true or false"),
            OutputShapeKind.Null => WrongType(value, "null", "null"),
            _ => true,
        };
        if (!fits)
            return;
        Limits(value, limits);
        if (!ReferenceEquals(limits, shape.Limits))
            Limits(value, shape.Limits);
    }

    private bool Text(JsonElement value, OutputShape shape)
    {
        if (shape.Format is not { } format)
            return true;
        string text = value.GetString()!;
        return !DateText.Canonical(format, text, out string? canonical) || canonical == text || Fail(value, $"format {format}", $"has not the format '{format}'");
    }

    private bool Object(JsonElement value, OutputShape shape, string? discriminator)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return WrongType(value, "object", "an object");
        IReadOnlyList<OutputProperty> properties = shape.Properties;
        Span<bool> seen = properties.Count <= 128 ? stackalloc bool[properties.Count] : new bool[properties.Count];
        int next = 0;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            int index = Find(property, properties, next);
            if (index >= 0)
            {
                next = index + 1;
                seen[index] = true;
                OutputProperty declared = properties[index];
                _errors.Enter(declared.Name);
                Check(property.Value, declared.Shape, declared.Limits, declared.Nullable);
                _errors.Leave();
            }
            else if (!shape.IsOpen && (discriminator is null || !property.NameEquals(discriminator)))
            {
                _errors.Enter(property.Name);
                Fail(property.Value, "additionalProperties", $"is not wanted: {shape.Name} has no property of that name");
                _errors.Leave();
            }
        }
        for (int i = 0; i < properties.Count; i++)
        {
            if (!seen[i] && properties[i].Required)
                Fail(value, "required", $"lacks the property '{properties[i].Name}'");
        }
        return true;
    }

    // Properties mostly come in the shape's order.
    private static int Find(JsonProperty property, IReadOnlyList<OutputProperty> properties, int next)
    {
        for (int i = 0; i < properties.Count; i++)
        {
            int index = next + i < properties.Count ? next + i : next + i - properties.Count;
            if (property.NameEquals(properties[index].Name))
                return index;
        }
        return -1;
    }

    private bool List(JsonElement value, OutputShape shape)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return WrongType(value, "array", "a list");
        OutputShape? items = shape.Items;
        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            _errors.Enter(index++);
            if (items is not null)
                Check(item, items, null, shape.ItemsNullable);
            _errors.Leave();
        }
        return true;
    }

    private bool Dictionary(JsonElement value, OutputShape shape)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return WrongType(value, "object", "an object");
        OutputShape? items = shape.Items;
        foreach (JsonProperty entry in value.EnumerateObject())
        {
            _errors.Enter(entry.Name);
            if (shape.Values.Count > 0 && !shape.Values.Any(allowed => allowed.Name == entry.Name))
                Fail(entry.Value, "propertyNames", "has a name that is not allowed here");
            if (items is not null)
                Check(entry.Value, items, null, shape.ItemsNullable);
            _errors.Leave();
        }
        return true;
    }

    private bool Union(JsonElement value, OutputShape shape)
    {
        if (shape.Discriminator is { } discriminator)
        {
            if (value.ValueKind != JsonValueKind.Object)
                return WrongType(value, "object", "an object");
            if (!value.TryGetProperty(discriminator, out JsonElement chosen))
                return Fail(value, "required", $"lacks the property '{discriminator}'");
            foreach (OutputVariant variant in shape.Variants)
            {
                if (IsJson(chosen, variant.Discriminator))
                    return Object(value, variant.Shape, discriminator);
            }
            _errors.Enter(discriminator);
            Fail(chosen, "const", $"is none of {string.Join(", ", shape.Variants.Select(static v => v.Discriminator))}");
            _errors.Leave();
            return false;
        }

        // What a trial of an outer union has found out holds for all others: else unions in unions would take exponential time.
        (int, OutputShape) key = (Place(value), shape);
        if (!_chosen.TryGetValue(key, out OutputShape? best))
        {
            int fewest = int.MaxValue;
            int outer = _trialErrors;
            _trials++;
            foreach (OutputVariant variant in shape.Variants)
            {
                OutputShape candidate = variant.Shape;
                // A value of another sort would have one error only, and is the farthest away all the same.
                if (!IsOfSort(value, candidate))
                    continue;
                _trialErrors = 0;
                Check(value, candidate, null, isNullable: false);
                if (_trialErrors < fewest)
                    (best, fewest) = (candidate, _trialErrors);
                if (fewest == 0)
                    break;
            }
            _trials--;
            _trialErrors = outer;
            _chosen.Add(key, best);
        }
        if (best is null)
            return Fail(value, "anyOf", "is of none of the allowed types");
        Check(value, best, null, isNullable: false);
        return true;
    }

    private static bool IsOfSort(JsonElement value, OutputShape shape) => shape.Kind switch
    {
        OutputShapeKind.Object or OutputShapeKind.Dictionary => value.ValueKind == JsonValueKind.Object,
        OutputShapeKind.List => value.ValueKind == JsonValueKind.Array,
        OutputShapeKind.String => value.ValueKind == JsonValueKind.String,
        OutputShapeKind.Integer or OutputShapeKind.Number => value.ValueKind == JsonValueKind.Number,
        OutputShapeKind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        OutputShapeKind.Null => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    private int Place(JsonElement value)
    {
        JsonMarshal.GetRawUtf8Value(_root).Overlaps(JsonMarshal.GetRawUtf8Value(value), out int offset);
        return offset;
    }

    private void Limits(JsonElement value, OutputLimits? limits)
    {
        if (limits is null || value.ValueKind == JsonValueKind.Null)
            return;
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                DecimalText number = new(value.GetRawText());
                if (limits.Minimum is { } minimum && number.CompareTo(new DecimalText(minimum)) is int low && (low < 0 || low == 0 && limits.MinimumIsExclusive))
                    Fail(value, (limits.MinimumIsExclusive ? "exclusiveMinimum " : "minimum ") + minimum, (limits.MinimumIsExclusive ? "is not more than " : "is not at least ") + minimum);
                if (limits.Maximum is { } maximum && number.CompareTo(new DecimalText(maximum)) is int high && (high > 0 || high == 0 && limits.MaximumIsExclusive))
                    Fail(value, (limits.MaximumIsExclusive ? "exclusiveMaximum " : "maximum ") + maximum, (limits.MaximumIsExclusive ? "is not less than " : "is not at most ") + maximum);
                break;
            case JsonValueKind.String when limits.MinLength is not null || limits.MaxLength is not null || limits.Pattern is not null || limits.Format is not null:
                string text = value.GetString()!;
                Length(value, OutputValidator.CodePoints(text), limits, "Length", "characters");
                // An empty text passes, as in RegularExpressionAttribute.
                if (limits.Pattern is { } pattern && text.Length > 0
                    && _errors.Problem(_patterns.GetValue(limits, static l => new OutputPattern(l.Pattern!)), text) is { } problem)
                    Fail(value, $"pattern {pattern}", problem);
                if (limits.Format == "email" && !OutputValidator.IsEmailAddress(text))
                    Fail(value, "format email", "is no e-mail address");
                break;
            case JsonValueKind.Array when limits.MinLength is not null || limits.MaxLength is not null:
                Length(value, value.GetArrayLength(), limits, "Items", "items");
                break;
            case JsonValueKind.Object when limits.MinLength is not null || limits.MaxLength is not null:
                Length(value, value.GetPropertyCount(), limits, "Properties", "items");
                break;
        }
        if (limits.AllowedValues is { Count: > 0 } allowed && !allowed.Any(one => IsJson(value, one)))
            Fail(value, "enum", $"is none of {ValueText.Cut(string.Join(", ", allowed), 1000)}");
    }

    private void Length(JsonElement value, int length, OutputLimits limits, string keyword, string unit)
    {
        int minimum = limits.MinLength ?? 0;
        int maximum = limits.MaxLength ?? int.MaxValue;
        if (length < minimum)
            Fail(value, $"min{keyword} {minimum}", $"has {length} {unit}, where {OutputValidator.Allowed(minimum, maximum)}");
        else if (length > maximum)
            Fail(value, $"max{keyword} {maximum}", $"has {length} {unit}, where {OutputValidator.Allowed(minimum, maximum)}");
    }

    private static bool IsValue(JsonElement value, OutputValue allowed) =>
        allowed.Json is { } json ? IsJson(value, json) : value.ValueKind == JsonValueKind.String && value.ValueEquals(allowed.Name);

    private static bool IsJson(JsonElement value, string json)
    {
        if (json.StartsWith('"') && json.AsSpan(1).IndexOfAny('\\', '"') == json.Length - 2)
            return value.ValueKind == JsonValueKind.String && value.ValueEquals(json.AsSpan(1, json.Length - 2));
        try
        {
            return JsonElement.DeepEquals(value, JsonElement.Parse(json));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool WrongType(JsonElement value, string type, string expected) => Fail(value, $"type {type}", $"is not {expected}");

    /// <summary>Notes what is wrong; always false.</summary>
    private bool Fail(JsonElement value, string rule, string problem)
    {
        if (_trials > 0)
        {
            _trialErrors++;
            return false;
        }
        // No more of the value is made into text than is shown.
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(value);
        string text = ValueText.Cut(Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, MaxValueBytes)]));
        _errors.Add(rule, text, $"{text} {problem}");
        return false;
    }
}
