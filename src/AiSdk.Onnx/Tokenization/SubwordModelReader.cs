using System.Globalization;
using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>Reads the fields model and added_tokens of a tokenizer.json.</summary>
internal static class SubwordModelReader
{
    // Far beyond every real vocabulary; without a limit one wrong id would ask for gigabytes of table.
    private const int GreatestId = (1 << 24) - 1;

    /// <summary>The model and its vocabulary.</summary>
    /// <param name="model">The field.</param>
    /// <param name="isByteLevel">Whether the model has to turn pieces into the stand-ins of their bytes.</param>
    public static (SubwordModel Model, Dictionary<string, int> Vocabulary) Read(JsonFile model, bool isByteLevel)
    {
        string type = model.OptionalString("type") ?? Guess(model);
        if (type == "Unigram")
            return ReadUnigram(model, isByteLevel);
        if (type is not ("BPE" or "WordPiece" or "WordLevel"))
            throw model.Error("type", $"is '{type}', a tokenizer model that is not supported; BPE, Unigram, WordPiece and WordLevel are.");
        Dictionary<string, int> vocabulary = ReadVocabulary(model);
        SubwordModel read = type switch
        {
            "BPE" => ReadBytePair(model, vocabulary, isByteLevel),
            "WordPiece" => new WordPieceModel(vocabulary, Find(vocabulary, model.OptionalString("unk_token") ?? "[UNK]"), model.OptionalString("continuing_subword_prefix") ?? "##", model.OptionalInt("max_input_chars_per_word") ?? 100),
            _ => new WordLevelModel(vocabulary, Find(vocabulary, model.OptionalString("unk_token") ?? "<unk>")),
        };
        return (isByteLevel && type != "BPE" ? new StandInModel(read) : read, vocabulary);
    }

    /// <summary>The added tokens.</summary>
    /// <remarks>
    /// As in the reference, what the file says of an id is not what counts: a token of the vocabulary keeps its id, any other has the
    /// next one behind the vocabulary's tokens, counted, and those added before it. A token that is said again has the last one's properties.
    /// </remarks>
    public static List<AddedToken> ReadAddedTokens(JsonFile json, Dictionary<string, int> vocabulary)
    {
        OrderedDictionary<string, AddedToken> tokens = new(StringComparer.Ordinal);
        int greatest = -1;
        foreach (JsonFile item in json.Objects("added_tokens"))
        {
            AddedToken token = ReadAddedToken(item);
            if (token.Content.Length == 0)
                continue;
            int id = tokens.TryGetValue(token.Content, out AddedToken? known) ? known.Id
                : vocabulary.TryGetValue(token.Content, out int own) ? own
                : Math.Max(greatest + 1, vocabulary.Count);
            greatest = Math.Max(greatest, id);
            tokens[token.Content] = token with { Id = id };
        }
        return [.. tokens.Values];
    }

    // Old files do not name the type.
    private static string Guess(JsonFile model) =>
        model.Has("merges") ? "BPE"
        : model.TryGet("vocab", out JsonElement vocab) && vocab.ValueKind == JsonValueKind.Array ? "Unigram"
        : model.Has("continuing_subword_prefix") ? "WordPiece"
        : "WordLevel";

    private static int? Find(Dictionary<string, int> vocabulary, string token) => vocabulary.TryGetValue(token, out int id) ? id : null;

    private static SubwordModel ReadBytePair(JsonFile model, Dictionary<string, int> vocabulary, bool isByteLevel)
    {
        if (model.OptionalFloat("dropout") is { } dropout && dropout != 0)
            throw model.Error("dropout", string.Create(CultureInfo.InvariantCulture, $"is {dropout}; a tokenizer that leaves out merges at random is not supported."));
        BytePairOptions options = new()
        {
            ByteFallback = model.OptionalBool("byte_fallback") ?? false,
            UnknownToken = model.OptionalString("unk_token"),
            FuseUnknown = model.OptionalBool("fuse_unk") ?? false,
            IsByteLevel = isByteLevel,
            IgnoreMerges = model.OptionalBool("ignore_merges") ?? false,
            ContinuationPrefix = model.OptionalString("continuing_subword_prefix") ?? "",
            EndSuffix = model.OptionalString("end_of_word_suffix") ?? "",
        };
        List<(string, string)> merges = ReadMerges(model, vocabulary, options);
        var bytePair = new BytePairModel(vocabulary, merges, options);
        bool isPlain = isByteLevel && options with { IsByteLevel = false, UnknownToken = null, FuseUnknown = false } == new BytePairOptions();
        return isPlain ? new ByteLevelModel(vocabulary, merges, bytePair) : bytePair;
    }

    private static (SubwordModel, Dictionary<string, int>) ReadUnigram(JsonFile model, bool isByteLevel)
    {
        if (!model.TryGet("vocab", out JsonElement element) || element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0)
            throw model.Error("vocab", "is missing or empty; an array is needed.");
        Dictionary<string, int> vocabulary = new(element.GetArrayLength(), StringComparer.Ordinal);
        var scores = new double[element.GetArrayLength()];
        int count = 0;
        foreach (JsonElement item in element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2 || item[0].ValueKind != JsonValueKind.String || item[1].ValueKind != JsonValueKind.Number)
                throw model.Error(string.Create(CultureInfo.InvariantCulture, $"vocab[{count}]"), $"is {item.GetRawText()}, but must be a pair of token and score.");
            vocabulary[item[0].GetString()!] = count;
            scores[count++] = item[1].GetDouble();
        }
        int unknown = model.OptionalInt("unk_id") ?? -1;
        if (unknown >= scores.Length || unknown < -1)
            throw model.Error("unk_id", string.Create(CultureInfo.InvariantCulture, $"is {unknown}, but the vocabulary has {scores.Length} tokens."));
        SubwordModel unigram = new UnigramModel(vocabulary, scores, unknown, model.OptionalBool("byte_fallback") ?? false);
        return (isByteLevel ? new StandInModel(unigram) : unigram, vocabulary);
    }

    private static Dictionary<string, int> ReadVocabulary(JsonFile model)
    {
        JsonFile vocab = model.Object("vocab");
        Dictionary<string, int> vocabulary = new(vocab.Element.GetPropertyCount(), StringComparer.Ordinal);
        foreach (JsonProperty property in vocab.Element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out int id) || id is < 0 or > GreatestId)
                throw vocab.WrongKind(property.Name, "a token id", property.Value);
            vocabulary[property.Name] = id;
        }
        return vocabulary.Count > 0 ? vocabulary : throw model.Error("vocab", "holds no token.");
    }

    private static List<(string, string)> ReadMerges(JsonFile model, Dictionary<string, int> vocabulary, BytePairOptions options)
    {
        if (!model.TryGet("merges", out JsonElement element) || element.ValueKind != JsonValueKind.Array)
            throw model.Error("merges", "is missing; an array is needed.");
        List<(string, string)> merges = new(element.GetArrayLength());
        foreach (JsonElement item in element.EnumerateArray())
        {
            string[] parts = item.ValueKind switch
            {
                JsonValueKind.String => item.GetString()!.Split(' '),
                JsonValueKind.Array => [.. item.EnumerateArray().Select(static part => part.ValueKind == JsonValueKind.String ? part.GetString()! : "")],
                _ => [],
            };
            if (parts is not [string left, string right])
                throw model.Error("merges", $"holds {item.GetRawText()}, which is not a pair of tokens.");
            foreach (string token in (ReadOnlySpan<string>)[left, right, BytePairModel.Join(left, right, options)])
            {
                if (!vocabulary.ContainsKey(token))
                    throw model.Error("merges", $"holds {item.GetRawText()}, but the vocabulary has no token '{token}'.");
            }
            merges.Add((left, right));
        }
        return merges;
    }

    private static AddedToken ReadAddedToken(JsonFile json)
    {
        int id = json.Int("id");
        if (id is < 0 or > GreatestId)
            throw json.Error("id", "is no possible token id.");
        return new AddedToken(
            id,
            json.String("content"),
            json.OptionalBool("special") ?? false,
            json.OptionalBool("normalized") ?? true,
            json.OptionalBool("lstrip") ?? false,
            json.OptionalBool("rstrip") ?? false,
            json.OptionalBool("single_word") ?? false);
    }
}
