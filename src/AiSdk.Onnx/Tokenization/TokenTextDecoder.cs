using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>The decoder of a tokenizer.json, worked out for every token: the bytes each one stands for.</summary>
internal sealed class TokenTable
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;

    private TokenTable(byte[] bytes, int[] starts, int stripAtStart)
    {
        _bytes = bytes;
        _starts = starts;
        StripAtStart = stripAtStart;
    }

    /// <summary>How many spaces are taken from the beginning of a text: the space that the normalizer put there.</summary>
    public int StripAtStart { get; }

    /// <summary>The number of ids; those without a token stand for nothing.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>The UTF-8 bytes of a token, which may be a part of a character; none for special tokens.</summary>
    public ReadOnlySpan<byte> this[int token] => (uint)token < (uint)Count ? _bytes.AsSpan(_starts[token].._starts[token + 1]) : default;

    /// <summary>Reads the field and applies it to the vocabulary.</summary>
    public static TokenTable Read(JsonFile? json, IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<AddedToken> added)
    {
        var rules = new Rules();
        if (json is null)
        {
            // A tokenizer without a decoder joins tokens by spaces.
            rules.Prefix = " ";
            rules.StripAtStart = 1;
        }
        else
        {
            rules.Add(json.Value);
        }
        int count = Math.Max(vocabulary.Values.DefaultIfEmpty(-1).Max(), added.Select(static t => t.Id).DefaultIfEmpty(-1).Max()) + 1;
        var tokens = new string?[count];
        foreach ((string token, int id) in vocabulary)
            tokens[id] = token;
        foreach (AddedToken token in added)
            tokens[token.Id] = token.IsSpecial ? null : token.Content;
        using MemoryStream bytes = new();
        var starts = new int[count + 1];
        for (int id = 0; id < count; id++)
        {
            if (tokens[id] is { } token)
                bytes.Write(rules.Bytes(token));
            starts[id + 1] = (int)bytes.Length;
        }
        return new TokenTable(bytes.ToArray(), starts, rules.StripAtStart);
    }

    private sealed class Rules
    {
        private readonly List<(string From, string To)> _replacements = [];
        private bool _isByteLevel;
        private bool _hasByteFallback;

        public string Prefix { get; set; } = "";

        public int StripAtStart { get; set; }

        public void Add(JsonFile json)
        {
            string type = json.String("type");
            switch (type)
            {
                case "Sequence":
                    foreach (JsonFile part in json.Objects("decoders"))
                        Add(part);
                    break;
                case "ByteLevel":
                    _isByteLevel = true;
                    break;
                case "ByteFallback":
                    _hasByteFallback = true;
                    break;
                case "Fuse":
                    break;
                case "Replace" when json.Object("pattern").OptionalString("String") is { Length: > 0 } from:
                    _replacements.Add((from, json.String("content")));
                    break;
                case "Strip" when json.String("content") == " " && json.Int("stop") == 0:
                    StripAtStart = json.Int("start");
                    break;
                case "Metaspace":
                    _replacements.Add((json.OptionalString("replacement") ?? "▁", " "));
                    StripAtStart = (json.OptionalString("prepend_scheme") ?? (json.OptionalBool("add_prefix_space") ?? true ? "always" : "never")) == "never" ? 0 : 1;
                    break;
                default:
                    throw json.Error("type", $"is '{type}', a decoder that is not supported in this form; Sequence, ByteLevel, ByteFallback, Fuse, Replace of a text, Strip of spaces at the start and Metaspace are.");
            }
        }

        public byte[] Bytes(string token)
        {
            if (_isByteLevel)
                return ByteLevelAlphabet.Decode(token);
            if (_hasByteFallback && token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
                return [value];
            foreach ((string from, string to) in _replacements)
                token = token.Replace(from, to, StringComparison.Ordinal);
            return Encoding.UTF8.GetBytes(Prefix + token);
        }
    }
}

/// <summary>Turns tokens into text as they come.</summary>
/// <remarks>
/// The text of a sequence does not depend on how it is asked for: bytes that do not yet make a character are held back, and bytes
/// that never do become U+FFFD. What follows a prompt reads as its continuation.
/// </remarks>
internal sealed class TokenTextDecoder
{
    private readonly TokenTable _tokens;
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private int _strip;

    /// <summary>Starts behind a prompt.</summary>
    public TokenTextDecoder(TokenTable tokens, ReadOnlySpan<int> prompt)
    {
        _tokens = tokens;
        _strip = tokens.StripAtStart;
        foreach (int token in prompt)
            _ = Strip(tokens[token]);
    }

    /// <summary>The text that is complete with this token; often empty.</summary>
    public string Push(int token) => PushBytes(Strip(_tokens[token]));

    /// <summary>The same for a token's bytes.</summary>
    public string PushBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return "";
        Span<char> characters = bytes.Length <= 256 ? stackalloc char[Encoding.UTF8.GetMaxCharCount(bytes.Length)] : new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        return new string(characters[.._utf8.GetChars(bytes, characters, flush: false)]);
    }

    /// <summary>What stands for bytes that no character came of.</summary>
    public string Finish()
    {
        Span<char> characters = stackalloc char[8];
        return new string(characters[.._utf8.GetChars([], characters, flush: true)]);
    }

    private ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> bytes)
    {
        // Only an unbroken run of spaces at the very beginning counts.
        while (_strip > 0 && !bytes.IsEmpty)
        {
            if (bytes[0] == ' ')
            {
                bytes = bytes[1..];
                _strip--;
            }
            else
            {
                _strip = 0;
            }
        }
        return bytes;
    }
}
