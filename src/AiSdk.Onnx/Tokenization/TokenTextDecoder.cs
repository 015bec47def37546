using System.Text;

namespace AiSdk.Onnx;

/// <summary>The decoder of a tokenizer.json, worked out for every token: the bytes each one stands for.</summary>
internal sealed class TokenTable
{
    private readonly string?[] _tokens;
    private readonly bool[] _isSpecial;
    private readonly bool[] _isAdded;
    private readonly bool[] _isByte;
    private readonly byte[] _bytes;
    private readonly int[] _starts;

    private TokenTable(string?[] tokens, bool[] isSpecial, bool[] isAdded, TokenRules rules)
    {
        _tokens = tokens;
        _isSpecial = isSpecial;
        _isAdded = isAdded;
        Rules = rules;
        _isByte = new bool[tokens.Length];
        _starts = new int[tokens.Length + 1];
        using MemoryStream bytes = new();
        for (int id = 0; id < tokens.Length; id++)
        {
            if (Text(id) is { } token)
                bytes.Write(rules.Bytes(token, isFirst: false, isLast: false, out _isByte[id]));
            _starts[id + 1] = (int)bytes.Length;
        }
        _bytes = bytes.ToArray();
    }

    /// <summary>How tokens become text.</summary>
    public TokenRules Rules { get; }

    /// <summary>The number of ids; those without a token stand for nothing.</summary>
    public int Count => _tokens.Length;

    /// <summary>The UTF-8 bytes of a token within a text, which may be a part of a character; none for special tokens.</summary>
    public ReadOnlySpan<byte> this[int token] => (uint)token < (uint)Count ? _bytes.AsSpan(_starts[token].._starts[token + 1]) : default;

    /// <summary>Reads the field and applies it to the vocabulary.</summary>
    public static TokenTable Read(JsonFile? json, IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<AddedToken> added)
    {
        int count = Math.Max(vocabulary.Values.DefaultIfEmpty(-1).Max(), added.Select(static t => t.Id).DefaultIfEmpty(-1).Max()) + 1;
        var tokens = new string?[count];
        var isSpecial = new bool[count];
        var isAdded = new bool[count];
        foreach ((string token, int id) in vocabulary)
            tokens[id] = token;
        foreach (AddedToken token in added)
            (tokens[token.Id], isSpecial[token.Id], isAdded[token.Id]) = (token.Content, token.IsSpecial, true);
        return new TokenTable(tokens, isSpecial, isAdded, TokenRules.Read(json));
    }

    /// <summary>A token as the file writes it; null for special ones, unless they are asked for, and for ids without a token.</summary>
    public string? Text(int token, bool withSpecial = false) => (uint)token < (uint)Count && (withSpecial || !_isSpecial[token]) ? _tokens[token] : null;

    /// <summary>Whether a token is a mark that was added to the vocabulary, special or not, rather than a piece of text.</summary>
    public bool IsAdded(int token) => _isAdded[token];

    /// <summary>Whether a token is one byte of a character that no token holds.</summary>
    public bool IsByte(int token) => _isByte[token];

    /// <summary>The text of a whole sequence.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool withSpecial)
    {
        List<int> tokens = new(ids.Length);
        foreach (int id in ids)
        {
            if (Text(id, withSpecial) is { } token && !(Rules.IsDeduplicated && tokens.Count > 0 && Text(tokens[^1], withSpecial) == token))
                tokens.Add(id);
        }
        using MemoryStream bytes = new();
        List<byte> run = [];
        for (int i = 0; i < tokens.Count; i++)
        {
            int id = tokens[i];
            bool isLast = i == tokens.Count - 1;
            if (_isByte[id])
            {
                run.Add(this[id][0]);
                continue;
            }
            WriteRun(run, bytes);
            bytes.Write(i == 0 || _isSpecial[id] || (isLast && Rules.DependsOnLast) ? Rules.Bytes(_tokens[id]!, i == 0, isLast, out _) : this[id]);
        }
        WriteRun(run, bytes);
        string text = Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        foreach (TextStage stage in Rules.CreateStages())
            text = stage.Push(text) + stage.Finish();
        return text;
    }

    // The reference implementation takes a run of byte tokens as characters only if all of it is.
    private static void WriteRun(List<byte> run, MemoryStream bytes)
    {
        if (run.Count == 0)
            return;
        byte[] all = [.. run];
        run.Clear();
        if (System.Text.Unicode.Utf8.IsValid(all))
        {
            bytes.Write(all);
            return;
        }
        foreach (byte _ in all)
            bytes.Write("\uFFFD"u8);
    }
}

/// <summary>Turns tokens into text as they come.</summary>
/// <remarks>
/// The text of a sequence does not depend on how it is asked for: bytes that do not yet make a character are held back, and bytes
/// that never do become U+FFFD. What follows a prompt reads as its continuation. It is the text of <see cref="TokenTable.Decode"/>,
/// with one exception: of byte tokens that make some characters but are not all part of one, those characters are shown here, as it
/// is known too late that a wrong byte follows.
/// </remarks>
internal sealed class TokenTextDecoder
{
    private readonly TokenTable _tokens;
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private readonly TextStage[] _stages;
    private readonly List<byte> _run = [];
    private bool _isFirst = true;
    private string? _previous;
    private int _held = -1;

    /// <summary>Starts behind a prompt.</summary>
    public TokenTextDecoder(TokenTable tokens, ReadOnlySpan<int> prompt)
    {
        _tokens = tokens;
        _stages = tokens.Rules.CreateStages();
        foreach (int token in prompt)
            _ = Push(token);
        _utf8.Reset();
        _run.Clear();
        _held = -1;
        foreach (TextStage stage in _stages)
            stage.Continue();
    }

    /// <summary>The text that is complete with this token; often empty.</summary>
    public string Push(int token)
    {
        if (_tokens.Text(token) is not { } text)
            return "";
        if (_tokens.Rules.IsDeduplicated)
        {
            if (text == _previous)
                return "";
            _previous = text;
        }
        if (_tokens.Rules.DependsOnLast)
            (token, _held) = (_held, token);
        return token < 0 ? "" : Stage(PushToken(token, isLast: false), isLast: false);
    }

    /// <summary>The same for a token's bytes.</summary>
    public string PushBytes(ReadOnlySpan<byte> bytes) => Stage(Characters(bytes), isLast: false);

    /// <summary>What was held back, and what stands for bytes that no character came of.</summary>
    public string Finish()
    {
        string text = _held >= 0 ? PushToken(_held, isLast: true) : "";
        _held = -1;
        Span<char> characters = stackalloc char[8];
        return Stage($"{text}{FinishRun()}{characters[.._utf8.GetChars([], characters, flush: true)]}", isLast: true);
    }

    private string PushToken(int token, bool isLast)
    {
        if (_tokens.IsByte(token))
        {
            _isFirst = false;
            return PushByte(_tokens[token][0]);
        }
        ReadOnlySpan<byte> bytes = _isFirst || isLast ? _tokens.Rules.Bytes(_tokens.Text(token)!, _isFirst, isLast, out _) : _tokens[token];
        _isFirst = false;
        return _run.Count == 0 ? Characters(bytes) : FinishRun() + Characters(bytes);
    }

    private string Characters(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return "";
        Span<char> characters = bytes.Length <= 256 ? stackalloc char[Encoding.UTF8.GetMaxCharCount(bytes.Length)] : new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        return new string(characters[.._utf8.GetChars(bytes, characters, flush: false)]);
    }

    private string PushByte(byte value)
    {
        _run.Add(value);
        string text = "";
        while (_run.Count > 0)
        {
            System.Buffers.OperationStatus status = Rune.DecodeFromUtf8(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_run), out Rune rune, out int length);
            if (status == System.Buffers.OperationStatus.NeedMoreData)
                break;
            text += status == System.Buffers.OperationStatus.Done ? rune.ToString() : new string('\uFFFD', length);
            _run.RemoveRange(0, length);
        }
        return text;
    }

    // One for each byte, as in a text that is decoded as a whole.
    private string FinishRun()
    {
        if (_run.Count == 0)
            return "";
        string text = new('\uFFFD', _run.Count);
        _run.Clear();
        return text;
    }

    private string Stage(string text, bool isLast)
    {
        foreach (TextStage stage in _stages)
            text = isLast ? stage.Push(text) + stage.Finish() : text.Length == 0 ? text : stage.Push(text);
        return text;
    }
}
