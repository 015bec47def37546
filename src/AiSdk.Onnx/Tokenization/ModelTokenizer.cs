using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>A model folder's tokenizer.json: text to token ids and back, as Hugging Face's tokenizers library does it. Thread-safe.</summary>
/// <remarks>Any string is encoded: halves of surrogate pairs that stand alone are read as U+FFFD.</remarks>
internal sealed class ModelTokenizer
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "tokenizer.json";

    private readonly TextNormalizer _normalizer;
    private readonly TextSplitter _splitter;
    private readonly SubwordModel _model;
    private readonly AddedTokens _rawTokens;
    private readonly AddedTokens _normalizedTokens;
    private readonly AddedTokens _normalizedPlainTokens;
    private readonly bool _keepsBreaks;
    private readonly TokenTable _table;
    private readonly PostProcessor _processor;
    private readonly InputShape _shape;
    private readonly int[] _prefix;

    private ModelTokenizer(JsonFile json)
    {
        _normalizer = TextNormalizer.Read(json.OptionalObject("normalizer"));
        _splitter = TextSplitter.Read(json.OptionalObject("pre_tokenizer"));
        (_model, Dictionary<string, int> vocabulary) = SubwordModelReader.Read(json.Object("model"), _splitter.IsByteLevel);
        List<AddedToken> added = SubwordModelReader.ReadAddedTokens(json, vocabulary);
        _rawTokens = new AddedTokens(added.Where(static t => !t.IsNormalized));
        AddedToken[] normalized = [.. added.Where(static t => t.IsNormalized).Select(t => t with { Content = _normalizer.Normalize(t.Content) })];
        _normalizedTokens = new AddedTokens(normalized);
        _normalizedPlainTokens = new AddedTokens(normalized.Where(static t => !t.IsSpecial));
        _keepsBreaks = _normalizer.Normalize($"a{SpecialTokenGuard.Break}b").Contains(SpecialTokenGuard.Break, StringComparison.Ordinal);
        Guard = new SpecialTokenGuard(added, _normalizer);
        _table = TokenTable.Read(json.OptionalObject("decoder"), vocabulary, added);
        _processor = PostProcessor.Read(json.OptionalObject("post_processor"));
        _shape = new InputShape(json.OptionalObject("truncation"), json.OptionalObject("padding"));
        _prefix = [.. _processor.Single.TakeWhile(static part => part.Sequence is null).SelectMany(static part => part.Ids)];
    }

    /// <summary>One more than the greatest token id.</summary>
    public int VocabularySize => _table.Count;

    /// <summary>The most tokens of an input, if the file says so.</summary>
    public int? MaxLength => _shape.Longest;

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

    /// <summary>A SentencePiece unigram tokenizer from the pieces and their logarithmic probabilities alone, as TensorFlow.js models bring them: a JSON list of [piece, score].</summary>
    /// <exception cref="OnnxModelException">The file is not readable or is something else.</exception>
    public static ModelTokenizer ReadPieces(string path)
    {
        JsonElement pieces = JsonFile.ReadArray(path);
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("normalizer");
            writer.WriteRawValue("""{"type":"NFKC"}""");
            writer.WritePropertyName("pre_tokenizer");
            writer.WriteRawValue("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":false}""");
            writer.WritePropertyName("decoder");
            writer.WriteRawValue("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":false}""");
            writer.WriteStartObject("model");
            writer.WriteString("type", "Unigram");
            writer.WriteNumber("unk_id", 0);
            writer.WritePropertyName("vocab");
            writer.WriteStartArray();
            bool isControl = true;
            foreach (JsonElement piece in pieces.EnumerateArray())
            {
                if (piece is not { ValueKind: JsonValueKind.Array } || piece.GetArrayLength() != 2 || piece[0].ValueKind != JsonValueKind.String || piece[1].ValueKind is not (JsonValueKind.Number or JsonValueKind.Null))
                    throw new OnnxModelException($"'{path}' must hold a list of [piece, score], but holds {piece.GetRawText()}.");
                // The control pieces, which come first, are not found in texts: no text has this character. JavaScript takes a score that is null for 0.
                isControl &= piece[1].ValueKind == JsonValueKind.Number && piece[1].GetDouble() == 0;
                writer.WriteStartArray();
                writer.WriteStringValue(isControl ? $"\uFFFF{piece[0].GetString()}" : piece[0].GetString());
                writer.WriteNumberValue(piece[1].ValueKind == JsonValueKind.Null ? 0 : piece[1].GetDouble());
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return new ModelTokenizer(JsonFile.Parse(path, json.WrittenMemory));
    }

    /// <summary>Reads a tokenizer.json.</summary>
    /// <exception cref="OnnxModelException">The file is not readable, or of a kind that is not supported.</exception>
    public static ModelTokenizer Read(string path) => new(JsonFile.Read(path));

    /// <summary>The ids of a text in which special and added tokens are recognised.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSurroundings">Whether the tokens that the post-processor puts around a text are added.</param>
    public List<int> Encode(string text, bool addSurroundings)
    {
        List<int> ids = [];
        if (!addSurroundings)
        {
            EncodeInto(text, ids, isGuarded: false);
            return ids;
        }
        foreach (InputPart part in _processor.Single)
        {
            if (part.Sequence is null)
                ids.AddRange(part.Ids);
            else
                EncodeInto(text, ids, isGuarded: false);
        }
        return ids;
    }

    /// <summary>The input that one text makes, or two, with the tokens around them; neither shortened nor filled up.</summary>
    public TokenizedText EncodeInput(string text, string? pair = null) =>
        Assemble(Encode(text, addSurroundings: false), pair is null ? null : Encode(pair, addSurroundings: false), isTruncated: false);

    /// <summary>The input that one text makes, shortened at its end to what a model takes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxTokens">The most tokens, those around the text included.</param>
    /// <param name="dropped">How many tokens were left out.</param>
    /// <returns>The input; <see langword="null"/> if the text has no tokens of its own.</returns>
    public TokenizedText? EncodeInput(string text, int maxTokens, out int dropped)
    {
        List<int> ids = Encode(text, addSurroundings: false);
        int room = Math.Max(0, maxTokens - _processor.Single.Sum(static part => part.Ids.Length));
        dropped = Math.Max(0, ids.Count - room);
        ids.RemoveRange(ids.Count - dropped, dropped);
        return ids.Count == 0 ? null : Assemble(ids, null, dropped > 0);
    }

    /// <summary>The inputs of a batch, shortened and filled up as the file says.</summary>
    public TokenizedText[] EncodeBatch(IEnumerable<(string Text, string? Pair)> texts) => _shape.Pad([.. texts.Select(item =>
    {
        List<int> first = Encode(item.Text, addSurroundings: false);
        List<int>? second = item.Pair is null ? null : Encode(item.Pair, addSurroundings: false);
        int around = (second is null ? _processor.Single : _processor.Pair).Sum(static part => part.Ids.Length);
        return Assemble(first, second, _shape.Truncate(first, second, around));
    })]);

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

    /// <summary>The ids of a text that goes on where another one stopped, without special tokens; what the normalizer puts before a text may be among them.</summary>
    public List<int> EncodeWithin(string text)
    {
        List<int> ids = [];
        EncodePlain(_normalizer.Normalize(ReplaceLoneSurrogates(text)), isFirst: false, ids);
        return ids;
    }

    /// <summary>The text of a whole sequence, as the reference implementation has it.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool withSpecial = false) => _table.Decode(ids, withSpecial);

    /// <summary>Starts decoding what follows a prompt.</summary>
    public TokenTextDecoder CreateDecoder(ReadOnlySpan<int> prompt) => new(_table, prompt);

    private TokenizedText Assemble(List<int> first, List<int>? second, bool isTruncated)
    {
        List<int> ids = [];
        List<int> types = [];
        foreach (InputPart part in second is null ? _processor.Single : _processor.Pair)
        {
            ids.AddRange(part.Sequence switch { null => part.Ids, 0 => first, _ => second! });
            while (types.Count < ids.Count)
                types.Add(part.TypeId);
        }
        int[] mask = new int[ids.Count];
        Array.Fill(mask, 1);
        return new TokenizedText([.. ids], [.. types], mask, isTruncated);
    }

    private void EncodeInto(string text, List<int> ids, bool isGuarded) => _rawTokens.Split(
        ReplaceLoneSurrogates(text),
        (stretch, at) =>
        {
            if (isGuarded && SpecialTokenGuard.HasMarks(stretch))
                EncodeGuarded(stretch, at == 0, ids);
            else
                EncodeStretch(_normalizedTokens, stretch, at == 0, isRestored: false, ids);
        },
        token => ids.Add(token.Id));

    private void EncodeGuarded(string stretch, bool isFirst, List<int> ids)
    {
        // Without a special token of the template's own, the text can be normalized as it was written: with breaks in it some
        // characters would not be composed. A normalizer that drops the breaks leaves no other way.
        if (_keepsBreaks && _normalizedTokens.HasSpecial(_normalizer.Normalize(stretch)))
            EncodeStretch(_normalizedTokens, stretch, isFirst, isRestored: true, ids);
        else
            EncodeStretch(_normalizedPlainTokens, SpecialTokenGuard.Restore(stretch), isFirst, isRestored: false, ids);
    }

    private void EncodeStretch(AddedTokens tokens, string stretch, bool isFirst, bool isRestored, List<int> ids)
    {
        string normalized = _normalizer.Normalize(stretch, out bool isStartRemoved);
        tokens.Split(
            normalized,
            (part, at) => EncodePlain(isRestored ? SpecialTokenGuard.Restore(part) : part, isFirst && !isStartRemoved && at == 0, ids),
            token => ids.Add(token.Id));
    }

    private void EncodePlain(string text, bool isFirst, List<int> ids)
    {
        foreach (TextPiece piece in _splitter.Split(text, isFirst))
            _model.Encode(piece.Text, ids);
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
}
