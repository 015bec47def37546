using System.Globalization;
using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>One JSON object of a model folder, read so that every complaint names the file and the field.</summary>
/// <remarks>Values are plain enough here that neither reflection nor source generation is needed.</remarks>
internal readonly struct JsonFile
{
    private static readonly JsonDocumentOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly string _path;
    private readonly string _prefix;

    private JsonFile(string path, string prefix, JsonElement element)
    {
        _path = path;
        _prefix = prefix;
        Element = element;
    }

    /// <summary>The object itself.</summary>
    public JsonElement Element { get; }

    /// <summary>Reads a file whose root is an object; the element outlives the document.</summary>
    public static JsonFile Read(string path) => Object(path, Load(path));

    /// <summary>Takes JSON for a file's that it was made from.</summary>
    public static JsonFile Parse(string path, ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, s_options);
        return Object(path, document.RootElement.Clone());
    }

    /// <summary>Reads a file whose root is a list.</summary>
    public static JsonElement ReadArray(string path)
    {
        JsonElement root = Load(path);
        return root.ValueKind == JsonValueKind.Array ? root : throw new OnnxModelException($"'{path}' must hold a JSON list, but holds {Name(root.ValueKind)}.");
    }

    private static JsonFile Object(string path, JsonElement root) => root.ValueKind == JsonValueKind.Object
        ? new JsonFile(path, "", root)
        : throw new OnnxModelException($"'{path}' must hold a JSON object, but holds {Name(root.ValueKind)}.");

    private static JsonElement Load(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            using var document = JsonDocument.Parse(stream, s_options);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new OnnxModelException($"'{path}' is not valid JSON: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OnnxModelException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    public OnnxModelException Error(string problem, Exception? inner = null) => new($"'{_path}': {problem}", inner);

    public OnnxModelException Error(string name, string problem) => Error($"field '{_prefix}{name}' {problem}");

    public bool Has(string name) => TryGet(name, out _);

    public JsonFile Object(string name) => OptionalObject(name) ?? throw Error(name, "is missing; an object is needed.");

    public JsonFile? OptionalObject(string name) => !TryGet(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Object ? new JsonFile(_path, $"{_prefix}{name}.", value)
        : throw WrongKind(name, "an object", value);

    public int Int(string name) => OptionalInt(name) ?? throw Error(name, "is missing; a number is needed.");

    public int? OptionalInt(string name) => !TryGet(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number
        : throw WrongKind(name, "a whole number", value);

    public float? OptionalFloat(string name) => !TryGet(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number) && float.IsFinite(number) ? number
        : throw WrongKind(name, "a number", value);

    public bool? OptionalBool(string name) => !TryGet(name, out JsonElement value) ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw WrongKind(name, "true or false", value),
    };

    public string String(string name) => OptionalString(name) ?? throw Error(name, "is missing; a text is needed.");

    public string? OptionalString(string name) => !TryGet(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw WrongKind(name, "a text", value);

    /// <summary>The name of a file in the folder or in one within it.</summary>
    public string FileName(string name)
    {
        string file = String(name);
        string[] parts = file.Split('/', '\\');
        // Of a colon Windows makes a drive.
        return parts.All(static part => part is not ("" or "." or "..") && !part.Contains(':', StringComparison.Ordinal))
            ? file
            : throw Error(name, $"is '{file}', which is not the name of a file in the model's folder; paths that lead out of it are refused.");
    }

    /// <summary>A number or an array of numbers, both of which occur for end-of-sequence tokens.</summary>
    public int[] OneOrMoreInts(string name)
    {
        if (!TryGet(name, out JsonElement value))
            return [];
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int single))
            return [single];
        if (value.ValueKind != JsonValueKind.Array)
            throw WrongKind(name, "a whole number or an array of them", value);
        var numbers = new int[value.GetArrayLength()];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (value[i].ValueKind != JsonValueKind.Number || !value[i].TryGetInt32(out numbers[i]))
                throw WrongKind(string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"), "a whole number", value[i]);
        }
        return numbers;
    }

    /// <summary>The objects of an array; none if it is absent.</summary>
    public List<JsonFile> Objects(string name)
    {
        List<JsonFile> objects = [];
        if (!TryGet(name, out JsonElement value))
            return objects;
        if (value.ValueKind != JsonValueKind.Array)
            throw WrongKind(name, "an array", value);
        foreach (JsonElement item in value.EnumerateArray())
        {
            string at = string.Create(CultureInfo.InvariantCulture, $"{name}[{objects.Count}]");
            if (item.ValueKind != JsonValueKind.Object)
                throw WrongKind(at, "an object", item);
            objects.Add(new JsonFile(_path, $"{_prefix}{at}.", item));
        }
        return objects;
    }

    public OnnxModelException WrongKind(string name, string wanted, JsonElement value) => Error(name, $"must be {wanted}, but is {Name(value.ValueKind)}{(value.ValueKind == JsonValueKind.Number ? $" ({value.GetRawText()})" : "")}.");

    /// <summary>A field that is there; null counts as absent.</summary>
    public bool TryGet(string name, out JsonElement value) => Element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };
}
