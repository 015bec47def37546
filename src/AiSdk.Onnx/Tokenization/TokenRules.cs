using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>The decoder of a tokenizer.json: what each token becomes, and then the joined text.</summary>
internal sealed class TokenRules
{
    private readonly List<Map> _maps = [];
    private readonly List<Map> _mapsBehindBytes = [];
    private readonly List<Func<TextStage>> _stages = [];
    private Phase _phase;

    private delegate string Map(string token, bool isFirst, bool isLast);

    private enum Phase
    {
        Tokens,
        BytesFused,
        Joined,
    }

    /// <summary>Whether tokens are written in the stand-ins of their bytes.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>Whether tokens such as &lt;0x0A&gt; are bytes.</summary>
    public bool HasByteFallback { get; private set; }

    /// <summary>Whether a token that follows itself counts once.</summary>
    public bool IsDeduplicated { get; private set; }

    /// <summary>Whether the last token of a text is written in another way.</summary>
    public bool DependsOnLast { get; private set; }

    /// <summary>Reads the field; without one tokens are joined by spaces.</summary>
    public static TokenRules Read(JsonFile? json)
    {
        var rules = new TokenRules();
        if (json is { } decoder)
            rules.Add(decoder);
        else
            rules._maps.Add(static (token, isFirst, _) => isFirst ? token : " " + token);
        return rules;
    }

    /// <summary>New stages for one text.</summary>
    public TextStage[] CreateStages() => [.. _stages.Select(static create => create())];

    /// <summary>A token's UTF-8 bytes, which may be a part of a character.</summary>
    public byte[] Bytes(string token, bool isFirst, bool isLast, out bool isByte)
    {
        isByte = false;
        foreach (Map map in _maps)
            token = map(token, isFirst, isLast);
        if (IsByteLevel)
            return ByteLevelAlphabet.Decode(token);
        if (HasByteFallback && token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
        {
            isByte = true;
            return [value];
        }
        foreach (Map map in _mapsBehindBytes)
            token = map(token, isFirst, isLast);
        return Encoding.UTF8.GetBytes(token);
    }

    private void Add(JsonFile json)
    {
        string type = json.String("type");
        switch (type)
        {
            case "Sequence":
                foreach (JsonFile part in json.Objects("decoders"))
                    Add(part);
                break;
            case "ByteLevel" when _phase == Phase.Tokens:
                IsByteLevel = true;
                _phase = Phase.Joined;
                break;
            case "ByteFallback" when _phase != Phase.Joined:
                HasByteFallback = true;
                _phase = Phase.BytesFused;
                break;
            case "Fuse":
                _phase = Phase.Joined;
                break;
            case "Replace":
                AddReplace(TextPattern.Read(json.Object("pattern")), json.String("content"));
                break;
            case "Strip" when _phase != Phase.BytesFused:
                string content = json.String("content");
                if (content.Length != 1)
                    throw json.Error("content", $"is '{content}', but must be one character, of those up to U+FFFF.");
                (int start, int stop) = (json.Int("start"), json.Int("stop"));
                if (_phase == Phase.Joined)
                    _stages.Add(() => new StripStage(content[0], start, stop));
                else
                    _maps.Add((token, _, _) => Whole(new StripStage(content[0], start, stop), token));
                break;
            case "Metaspace" when _phase != Phase.Joined && !IsDeduplicated:
                string replacement = json.String("replacement");
                bool isStripped = TextSplitter.ReadScheme(json) != "never";
                AddMap((token, isFirst, _) => token.Replace(replacement, isFirst && isStripped ? "" : " ", StringComparison.Ordinal));
                break;
            case "WordPiece" when _phase == Phase.Tokens && !IsDeduplicated:
                AddWordPiece(json.OptionalString("prefix") ?? "##", json.OptionalBool("cleanup") ?? true);
                break;
            case "BPEDecoder" when _phase == Phase.Tokens && !IsDeduplicated:
                string suffix = json.OptionalString("suffix") ?? "</w>";
                DependsOnLast = true;
                _maps.Add((token, _, isLast) => suffix.Length == 0 ? token : token.Replace(suffix, isLast ? "" : " ", StringComparison.Ordinal));
                break;
            case "CTC" when _phase == Phase.Tokens && _maps.Count == 0:
                AddCtc(json.OptionalString("pad_token") ?? "<pad>", json.OptionalString("word_delimiter_token") ?? "|", json.OptionalBool("cleanup") ?? true);
                break;
            case "ByteLevel" or "ByteFallback" or "Strip" or "Metaspace" or "WordPiece" or "BPEDecoder" or "CTC":
                throw json.Error("type", $"is '{type}', which is not supported behind the decoders before it.");
            default:
                throw json.Error("type", $"is '{type}', a decoder that is not supported; Sequence, ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace, WordPiece, BPEDecoder and CTC are.");
        }
    }

    // Bytes do not come to mean what is looked for behind them: the vocabulary has it as a token.
    private void AddMap(Map map) => (_phase == Phase.BytesFused ? _mapsBehindBytes : _maps).Add(map);

    private void AddReplace(TextPattern pattern, string content)
    {
        if (_phase == Phase.Joined)
            _stages.Add(() => new ReplaceStage(pattern, content));
        else
            AddMap((token, _, _) => pattern.Replace(token, content));
    }

    private void AddWordPiece(string prefix, bool isCleaned) => _maps.Add((token, isFirst, _) =>
    {
        if (!isFirst)
            token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return isCleaned ? Clean(token) : token;
    });

    private void AddCtc(string padding, string delimiter, bool isCleaned)
    {
        IsDeduplicated = true;
        _maps.Add((token, _, _) =>
        {
            token = Replace(token, padding, "");
            return isCleaned ? Replace(Clean(token), delimiter, " ") : token;
        });
    }

    private static string Replace(string text, string from, string to) => from.Length == 0 ? text : text.Replace(from, to, StringComparison.Ordinal);

    // The reference implementation's list, in its order.
    private static string Clean(string text)
    {
        if (!text.Contains(' ', StringComparison.Ordinal))
            return text;
        foreach ((string from, string to) in (ReadOnlySpan<(string, string)>)[(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")])
            text = text.Replace(from, to, StringComparison.Ordinal);
        return text;
    }

    private static string Whole(TextStage stage, string text) => stage.Push(text) + stage.Finish();
}
