using System.Text;

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
