using System.Text;
using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>A model folder's tokenizer.json: text to token ids and back, as Hugging Face's tokenizers library does it. Thread-safe.</summary>
internal sealed class ModelTokenizer
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "tokenizer.json";

    // Far beyond every real vocabulary; without a limit one wrong id would ask for gigabytes of table.
    private const int GreatestId = (1 << 24) - 1;

    private readonly TextNormalizer _normalizer;
    private readonly TextSplitter _splitter;
    private readonly SubwordModel _model;
    private readonly AddedTokens _rawTokens;
    private readonly AddedTokens _normalizedTokens;
    private readonly AddedTokens _normalizedPlainTokens;
    private readonly TokenTable _table;
    private readonly int[] _prefix;
    private readonly int[] _suffix;

    private ModelTokenizer(JsonFile json)
    {
        JsonFile model = json.Object("model");
        // Old files do not name the type; only byte-pair encoding has merges.
        string type = model.OptionalString("type") ?? (model.Has("merges") ? "BPE" : "unnamed");
        if (type != "BPE")
            throw model.Error("type", $"is '{type}', a tokenizer model that is not supported; BPE is.");
        foreach (string affix in (ReadOnlySpan<string>)["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (model.OptionalString(affix) is { Length: > 0 } value)
                throw model.Error(affix, $"is '{value}', which is not supported.");
        }
        Dictionary<string, int> vocabulary = ReadVocabulary(model);
        List<(string, string)> merges = ReadMerges(model, vocabulary);
        List<AddedToken> added = [.. json.Objects("added_tokens").Select(ReadAddedToken)];
        _normalizer = TextNormalizer.Read(json.OptionalObject("normalizer"));
        _splitter = TextSplitter.Read(json.OptionalObject("pre_tokenizer"));
        bool byteFallback = model.OptionalBool("byte_fallback") ?? false;
        bool ignoreMerges = model.OptionalBool("ignore_merges") ?? false;
        _model = _splitter.IsByteLevel && !byteFallback && !ignoreMerges
            ? new ByteLevelModel(vocabulary, merges)
            : new BytePairModel(vocabulary, merges, byteFallback, model.OptionalString("unk_token"), model.OptionalBool("fuse_unk") ?? false, _splitter.IsByteLevel, ignoreMerges);
        _rawTokens = new AddedTokens(added.Where(static t => !t.IsNormalized));
        AddedToken[] normalized = [.. added.Where(static t => t.IsNormalized).Select(t => t with { Content = _normalizer.Normalize(t.Content) })];
        _normalizedTokens = new AddedTokens(normalized);
        _normalizedPlainTokens = new AddedTokens(normalized.Where(static t => !t.IsSpecial));
        Guard = new SpecialTokenGuard(added, _normalizer);
        _table = TokenTable.Read(json.OptionalObject("decoder"), vocabulary, added);
        (_prefix, _suffix) = ReadSurroundings(json.OptionalObject("post_processor"));
    }

    /// <summary>One more than the greatest token id.</summary>
    public int VocabularySize => _table.Count;

    /// <summary>The bytes of each token.</summary>
    public TokenTable Tokens => _table;

    /// <summary>What text from outside goes through before it becomes part of a prompt.</summary>
    public SpecialTokenGuard Guard { get; }

    /// <summary>Loads a folder's tokenizer.</summary>
    /// <exception cref="OnnxModelException">The file is missing, not readable, or of a kind that is not supported.</exception>
    public static ModelTokenizer Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        return File.Exists(path) ? Read(path) : throw new OnnxModelException($"'{folder}' holds no {FileName}, which the model needs to read text.");
    }

    /// <summary>Reads a tokenizer.json.</summary>
    public static ModelTokenizer Read(string path) => new(JsonFile.Read(path));

    /// <summary>The ids of a text in which special and added tokens are recognised.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSurroundings">Whether the tokens that the post-processor puts around a text are added.</param>
    public List<int> Encode(string text, bool addSurroundings)
    {
        List<int> ids = [];
        if (addSurroundings)
            ids.AddRange(_prefix);
        EncodeInto(text, ids, isGuarded: false);
        if (addSurroundings)
            ids.AddRange(_suffix);
        return ids;
    }

    /// <summary>The ids of a prompt that the model continues.</summary>
    /// <remarks>
    /// What the post-processor puts before a text (the begin token) is added, unless the prompt, whose template may have written
    /// it, begins with it. What it puts behind a text is not: that would end what is to be continued.
    /// Special tokens are recognised, except in text that went through <see cref="Guard"/>, which is encoded as it was written.
    /// </remarks>
    public List<int> EncodePrompt(string text)
    {
        List<int> ids = [];
        EncodeInto(text, ids, isGuarded: true);
        if (!ids.Take(_prefix.Length).SequenceEqual(_prefix))
            ids.InsertRange(0, _prefix);
        return ids;
    }

    /// <summary>Starts decoding what follows a prompt.</summary>
    public TokenTextDecoder CreateDecoder(ReadOnlySpan<int> prompt) => new(_table, prompt);

    private void EncodeInto(string text, List<int> ids, bool isGuarded) => _rawTokens.Split(
        ReplaceLoneSurrogates(text),
        (stretch, at) =>
        {
            if (isGuarded && SpecialTokenGuard.HasMarks(stretch))
                EncodeGuarded(stretch, at == 0, ids);
            else
                _normalizedTokens.Split(_normalizer.Normalize(stretch), (part, partAt) => EncodePlain(part, at == 0 && partAt == 0, ids), token => ids.Add(token.Id));
        },
        token => ids.Add(token.Id));

    private void EncodeGuarded(string stretch, bool isFirst, List<int> ids)
    {
        string marked = _normalizer.Normalize(stretch);
        // Without a special token of the template's own, the text can be normalized as it was written: with breaks in it some
        // characters would not be composed.
        if (_normalizedTokens.HasSpecial(marked))
            _normalizedTokens.Split(marked, (part, at) => EncodePlain(SpecialTokenGuard.Restore(part), isFirst && at == 0, ids), token => ids.Add(token.Id));
        else
            _normalizedPlainTokens.Split(_normalizer.Normalize(SpecialTokenGuard.Restore(stretch)), (part, at) => EncodePlain(part, isFirst && at == 0, ids), token => ids.Add(token.Id));
    }

    private void EncodePlain(string text, bool isFirst, List<int> ids)
    {
        foreach (string piece in _splitter.Split(text, isFirst))
            _model.Encode(piece, ids);
    }

    private static string ReplaceLoneSurrogates(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            i++;
        }
        return text;
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

    private static List<(string, string)> ReadMerges(JsonFile model, Dictionary<string, int> vocabulary)
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
            foreach (string token in (ReadOnlySpan<string>)[left, right, left + right])
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

    private static (int[] Prefix, int[] Suffix) ReadSurroundings(JsonFile? json)
    {
        List<int> prefix = [];
        List<int> suffix = [];
        if (json is not null)
            AddSurroundings(json.Value, prefix, suffix);
        return ([.. prefix], [.. suffix]);
    }

    private static void AddSurroundings(JsonFile json, List<int> prefix, List<int> suffix)
    {
        string type = json.String("type");
        switch (type)
        {
            case "Sequence":
                foreach (JsonFile part in json.Objects("processors"))
                    AddSurroundings(part, prefix, suffix);
                break;
            case "ByteLevel":
                break;
            case "RobertaProcessing" or "BertProcessing":
                prefix.Add(Id(json, "cls"));
                suffix.Add(Id(json, "sep"));
                break;
            case "TemplateProcessing":
                List<int> target = prefix;
                foreach (JsonFile item in json.Objects("single"))
                {
                    if (item.Has("Sequence"))
                        target = suffix;
                    else
                        target.AddRange(json.Object("special_tokens").Object(item.Object("SpecialToken").String("id")).OneOrMoreInts("ids"));
                }
                break;
            default:
                throw json.Error("type", $"is '{type}', a post-processor that is not supported; Sequence, ByteLevel, TemplateProcessing, RobertaProcessing and BertProcessing are.");
        }
    }

    private static int Id(JsonFile json, string name) =>
        json.TryGet(name, out JsonElement pair) && pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2 && pair[1].TryGetInt32(out int id)
            ? id
            : throw json.Error(name, "must be a pair of token and id.");
}
