using System.Globalization;
using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>What genai_config.json says, as far as a text decoder needs it.</summary>
internal sealed record GenAIConfig
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "genai_config.json";

    /// <summary>The architecture's name, e.g. llama.</summary>
    public required string ModelType { get; init; }

    /// <summary>The graph's file name in the folder.</summary>
    public required string GraphFile { get; init; }

    /// <summary>The most tokens of prompt and reply together that the model can see.</summary>
    public required int ContextLength { get; init; }

    public required int VocabularySize { get; init; }
    public required int Layers { get; init; }

    /// <summary>The tokens at which a reply ends; at least one.</summary>
    public required IReadOnlyList<int> EndTokens { get; init; }

    public int? BeginToken { get; init; }
    /// <summary>The numbers that one token takes in the cache of all layers; null where the file does not say.</summary>
    public long? CacheElements { get; init; }

    /// <summary>Whether the graph keeps its cache in pages, so that only the GenAI library's own engine can run it.</summary>
    public bool HasPagedCache { get; init; }

    public required GraphNames Names { get; init; }
    public required SearchDefaults Search { get; init; }

    /// <summary>Settings of the session that this library passes on.</summary>
    public required SessionSettings Session { get; init; }

    public static GenAIConfig Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new OnnxModelException($"'{folder}' holds no {FileName}. A model folder in ONNX Runtime GenAI's layout is needed: {FileName}, the graph it names, tokenizer.json, tokenizer_config.json.");
        JsonFile root = JsonFile.Read(path);
        JsonFile model = root.Object("model");
        JsonFile decoder = model.Object("decoder");
        if (decoder.Has("pipeline"))
            throw decoder.Error("pipeline", "asks for a graph in several parts, which is not supported; export the model as one graph.");
        int contextLength = RequirePositive(model, "context_length");
        int vocabularySize = RequirePositive(model, "vocab_size");
        SearchDefaults search = ReadSearch(root.OptionalObject("search"));
        return new GenAIConfig
        {
            ModelType = model.String("type"),
            GraphFile = decoder.FileName("filename"),
            ContextLength = contextLength,
            VocabularySize = vocabularySize,
            Layers = RequirePositive(decoder, "num_hidden_layers"),
            EndTokens = ReadEndTokens(model, vocabularySize),
            // An array of begin tokens occurs; the first is the one that begins a text.
            BeginToken = model.OneOrMoreInts("bos_token_id") is [int begin, ..] ? RequireToken(model, "bos_token_id", begin, vocabularySize) : null,
            CacheElements = decoder.OptionalInt("head_size") is > 0 and int size && decoder.OptionalInt("num_key_value_heads") is > 0 and int heads ? 2L * size * heads * decoder.Int("num_hidden_layers") : null,
            HasPagedCache = root.OptionalObject("engine")?.Has("dynamic_batching") == true,
            Names = ReadNames(decoder),
            Search = search,
            Session = ReadSession(decoder),
        };
    }

    private static int RequirePositive(JsonFile json, string name)
    {
        int value = json.Int(name);
        return value >= 1 ? value : throw json.Error(name, "must be 1 or more.");
    }

    private static int[] ReadEndTokens(JsonFile model, int vocabularySize)
    {
        const string Name = "eos_token_id";
        int[] tokens = model.OneOrMoreInts(Name);
        if (tokens.Length == 0)
            throw model.Error(Name, $"{(model.Has(Name) ? "names no token" : "is missing")}; at least one is needed, as otherwise no reply could end before its tokens run out.");
        foreach (int token in tokens)
            RequireToken(model, Name, token, vocabularySize);
        return tokens;
    }

    private static int RequireToken(JsonFile model, string name, int token, int vocabularySize) => (uint)token < (uint)vocabularySize
        ? token
        : throw model.Error(name, string.Create(CultureInfo.InvariantCulture, $"is {token}, which is no token of the model: model.vocab_size is {vocabularySize}, so ids go from 0 to {vocabularySize - 1}."));

    private static GraphNames ReadNames(JsonFile decoder)
    {
        JsonFile? inputs = decoder.OptionalObject("inputs");
        JsonFile? outputs = decoder.OptionalObject("outputs");
        string? past = inputs?.OptionalString("past_names");
        string? present = outputs?.OptionalString("present_names");
        if (past is null != present is null)
            throw decoder.Error(past is null ? "inputs.past_names" : "outputs.present_names", "is missing; past_names and present_names belong together.");
        // The defaults are those of ONNX Runtime GenAI.
        return new GraphNames
        {
            InputIds = inputs?.OptionalString("input_ids") ?? "input_ids",
            AttentionMask = inputs?.OptionalString("attention_mask") ?? "attention_mask",
            PositionIds = inputs?.OptionalString("position_ids") ?? "position_ids",
            Logits = outputs?.OptionalString("logits") ?? "logits",
            CachePairs = past is null
                ? [
                    new(Pattern(inputs, "past_key_names", "past_key_values.%d.key"), Pattern(outputs, "present_key_names", "present.%d.key")),
                    new(Pattern(inputs, "past_value_names", "past_key_values.%d.value"), Pattern(outputs, "present_value_names", "present.%d.value")),
                ]
                : [new(Pattern(inputs, "past_names", past), Pattern(outputs, "present_names", present!))],
        };
    }

    private static string Pattern(JsonFile? names, string field, string fallback)
    {
        string pattern = names?.OptionalString(field) ?? fallback;
        return pattern.Contains("%d", StringComparison.Ordinal) ? pattern : throw names!.Value.Error(field, "must hold %d, which stands for the layer.");
    }

    private static SearchDefaults ReadSearch(JsonFile? json)
    {
        if (json is not { } search)
            return new SearchDefaults();
        if (search.OptionalInt("num_beams") > 1)
            throw search.Error("num_beams", "asks for beam search, which is not supported; set it to 1.");
        RequireUnused(search, "num_return_sequences", 1, "asks for several replies, which is");
        RequireUnused(search, "min_length", 0, "keeps replies from ending early, which is");
        RequireUnused(search, "no_repeat_ngram_size", 0, "forbids repeated sequences, which is");
        if (search.OptionalFloat("diversity_penalty") is not (null or 0))
            throw search.Error("diversity_penalty", "belongs to beam search, which is not supported; set it to 0.");
        // As in ONNX Runtime GenAI, 0 means no limit for top_k and top_p, and a negative seed means none.
        var defaults = new SearchDefaults
        {
            Sample = search.OptionalBool("do_sample") ?? false,
            Temperature = search.OptionalFloat("temperature"),
            TopK = search.OptionalInt("top_k") is > 0 and int k ? k : null,
            TopP = search.OptionalFloat("top_p") is > 0 and float p ? p : null,
            RepetitionPenalty = search.OptionalFloat("repetition_penalty"),
            MaxLength = search.OptionalInt("max_length") is > 0 and int length ? length : null,
            Seed = search.OptionalInt("random_seed") is >= 0 and int seed ? seed : null,
            ChunkSize = search.OptionalInt("chunk_size") is > 0 and int chunk ? chunk : null,
            ShareBuffer = search.OptionalBool("past_present_share_buffer") ?? false,
        };
        if (defaults.Temperature < 0)
            throw search.Error("temperature", "must be 0 or more.");
        if (defaults.RepetitionPenalty <= 0)
            throw search.Error("repetition_penalty", "must be more than 0.");
        return defaults;
    }

    // A setting that changes replies must not be passed over in silence.
    private static void RequireUnused(JsonFile search, string name, int unused, string effect)
    {
        if (search.OptionalInt(name) is { } value && value > unused)
            throw search.Error(name, string.Create(CultureInfo.InvariantCulture, $"is {value}: that {effect} not supported; set it to {unused}."));
    }

    private static SessionSettings ReadSession(JsonFile decoder)
    {
        JsonFile? session = decoder.OptionalObject("session_options");
        List<KeyValuePair<string, string>> entries = [];
        foreach (JsonFile? source in (ReadOnlySpan<JsonFile?>)[session, session?.OptionalObject("config_entries")])
        {
            if (source is null)
                continue;
            foreach (JsonProperty property in source.Value.Element.EnumerateObject())
            {
                // ONNX Runtime's own keys are the ones with a dot.
                if (property.Value.ValueKind == JsonValueKind.String && property.Name.Contains('.', StringComparison.Ordinal))
                    entries.Add(new(property.Name, property.Value.GetString()!));
            }
        }
        List<KeyValuePair<string, string>> runEntries = [];
        if (decoder.OptionalObject("run_options") is { } run)
        {
            foreach (JsonProperty property in run.Element.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.String && property.Value.GetString() is { Length: > 0 } value)
                    runEntries.Add(new(property.Name, value));
            }
        }
        return new SessionSettings
        {
            IntraOpThreads = session?.OptionalInt("intra_op_num_threads"),
            InterOpThreads = session?.OptionalInt("inter_op_num_threads"),
            LogId = session?.OptionalString("log_id"),
            LogSeverity = session?.OptionalInt("log_severity_level"),
            CpuArena = session?.OptionalBool("enable_cpu_mem_arena"),
            MemoryPattern = session?.OptionalBool("enable_mem_pattern"),
            Entries = entries,
            RunEntries = runEntries,
        };
    }
}

/// <summary>The names of the graph's inputs and outputs; %d stands for the layer.</summary>
internal sealed record GraphNames
{
    public required string InputIds { get; init; }
    public required string AttentionMask { get; init; }
    public required string PositionIds { get; init; }
    public required string Logits { get; init; }

    /// <summary>One pair where keys and values are one tensor, two where they are separate.</summary>
    public required IReadOnlyList<CacheNames> CachePairs { get; init; }
}

/// <summary>A cache input and the output that continues it.</summary>
internal readonly record struct CacheNames(string Past, string Present);

/// <summary>The search section: what holds where a call says nothing.</summary>
internal sealed record SearchDefaults
{
    public bool Sample { get; init; }
    public float? Temperature { get; init; }
    public int? TopK { get; init; }
    public float? TopP { get; init; }
    public float? RepetitionPenalty { get; init; }
    public int? MaxLength { get; init; }
    public int? Seed { get; init; }
    public int? ChunkSize { get; init; }
    public bool ShareBuffer { get; init; }
}

/// <summary>Session and run settings of the decoder section.</summary>
internal sealed record SessionSettings
{
    public int? IntraOpThreads { get; init; }
    public int? InterOpThreads { get; init; }
    public string? LogId { get; init; }
    public int? LogSeverity { get; init; }
    public bool? CpuArena { get; init; }
    public bool? MemoryPattern { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Entries { get; init; } = [];
    public IReadOnlyList<KeyValuePair<string, string>> RunEntries { get; init; } = [];
}
