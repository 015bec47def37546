using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiSdk.Cli;

/// <summary>What stands in a model's folder.</summary>
internal sealed record ModelInfo
{
    // A state is kept in the model's own number type; most models that run on a CPU keep it in 32 bits, so that this is the most that it takes.
    private const int BytesPerNumber = 4;

    public required string Folder { get; init; }

    public string? Architecture { get; init; }

    public int? ContextLength { get; init; }

    public int? VocabularySize { get; init; }

    public int? Layers { get; init; }

    public int? HiddenSize { get; init; }

    public int? AttentionHeads { get; init; }

    public int? KeyValueHeads { get; init; }

    public int? HeadSize { get; init; }

    public required long WeightBytes { get; init; }

    public string? Tokenizer { get; init; }

    public string? ChatTemplate { get; init; }

    public IReadOnlyList<string> Adapters { get; init; } = [];

    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Bytes of keys and values for a token.</summary>
    public long? StateBytesPerToken => Layers is { } layers && KeyValueHeads is { } heads && HeadSize is { } size ? 2L * layers * heads * size * BytesPerNumber : null;

    /// <exception cref="CommandException">It is no model's folder.</exception>
    public static ModelInfo Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new CommandException($"There is no folder '{folder}'.");
        JsonObject? config = Json(folder, "genai_config.json");
        JsonObject? model = config?["model"] as JsonObject;
        JsonObject? decoder = model?["decoder"] as JsonObject;
        JsonObject? tokenizer = Json(folder, "tokenizer.json");
        JsonObject? settings = Json(folder, "tokenizer_config.json");
        string[] weights = [.. Directory.EnumerateFiles(folder).Where(static file => Path.GetFileName(file).Contains(".onnx", StringComparison.OrdinalIgnoreCase) && !file.EndsWith(".onnx_adapter", StringComparison.OrdinalIgnoreCase))];
        if (config is null && weights.Length == 0)
            throw new CommandException($"{folder} is no model: it has neither genai_config.json nor an .onnx file.");
        List<string> missing = [];
        foreach (string file in (ReadOnlySpan<string>)["genai_config.json", "tokenizer.json", "tokenizer_config.json", decoder?["filename"]?.ToString() ?? "model.onnx"])
        {
            if (!File.Exists(Path.Combine(folder, file)))
                missing.Add(file);
        }
        return new ModelInfo
        {
            Folder = Path.GetFullPath(folder),
            Architecture = model?["type"]?.ToString(),
            ContextLength = Integer(model, "context_length"),
            VocabularySize = Integer(model, "vocab_size"),
            Layers = Integer(decoder, "num_hidden_layers"),
            HiddenSize = Integer(decoder, "hidden_size"),
            AttentionHeads = Integer(decoder, "num_attention_heads"),
            KeyValueHeads = Integer(decoder, "num_key_value_heads"),
            HeadSize = Integer(decoder, "head_size"),
            WeightBytes = weights.Sum(static file => new FileInfo(file).Length),
            Tokenizer = tokenizer?["model"] is JsonObject kind ? $"{kind["type"] ?? "of unknown kind"}, {Count(kind["vocab"])} entries" : null,
            ChatTemplate = Template(folder, settings),
            Adapters = [.. Directory.EnumerateFiles(folder, "*.onnx_adapter").Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)],
            Missing = missing,
        };
    }

    public JsonObject ToJson()
    {
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long free = memory - WeightBytes;
        return new JsonObject
        {
            ["folder"] = Folder,
            ["architecture"] = Architecture,
            ["contextLength"] = ContextLength,
            ["vocabularySize"] = VocabularySize,
            ["layers"] = Layers,
            ["hiddenSize"] = HiddenSize,
            ["attentionHeads"] = AttentionHeads,
            ["keyValueHeads"] = KeyValueHeads,
            ["headSize"] = HeadSize,
            ["weightBytes"] = WeightBytes,
            ["stateBytesPerToken"] = StateBytesPerToken,
            ["tokenizer"] = Tokenizer,
            ["chatTemplate"] = ChatTemplate,
            ["adapters"] = Adapters.Count == 0 ? null : new JsonArray([.. Adapters.Select(static name => (JsonNode?)name)]),
            ["missing"] = Missing.Count == 0 ? null : new JsonArray([.. Missing.Select(static name => (JsonNode?)name)]),
            ["memoryBytes"] = memory,
            ["fits"] = free > 0,
            ["tokensThatFit"] = StateBytesPerToken is > 0 and { } perToken && free > 0 ? free / perToken : null,
            ["fullContextsThatFit"] = StateBytesPerToken is > 0 and { } each && ContextLength is > 0 and { } length && free > 0 ? free / each / length : null,
        };
    }

    private static JsonObject? Json(string folder, string file)
    {
        string path = Path.Combine(folder, file);
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject : null;
        }
        catch (JsonException e)
        {
            throw new CommandException($"{path} is no JSON: {e.Message}");
        }
    }

    private static int? Integer(JsonObject? node, string name) => node?[name] is JsonValue value && value.TryGetValue(out int number) ? number : null;

    private static int Count(JsonNode? vocabulary) => vocabulary switch { JsonObject map => map.Count, JsonArray list => list.Count, _ => 0 };

    private static string? Template(string folder, JsonObject? settings)
    {
        if (File.Exists(Path.Combine(folder, "chat_template.jinja")))
            return "chat_template.jinja";
        return settings?["chat_template"] switch
        {
            JsonValue value => $"{value.ToString().Length} characters{(value.ToString().Contains("tools", StringComparison.Ordinal) ? ", knows tools" : "")}",
            JsonArray list => $"{list.Count} templates: {string.Join(", ", list.Select(static template => template?["name"]?.ToString()))}",
            _ => null,
        };
    }
}
