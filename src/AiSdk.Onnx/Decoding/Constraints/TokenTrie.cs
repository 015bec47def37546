namespace AiSdk.Onnx;

/// <summary>A vocabulary's tokens, prepared once for all constraints: tries of their bytes, and masks of those that fit anywhere in a JSON string.</summary>
internal sealed class TokenTrie
{
    // Longer tokens exist (runs of spaces or dashes), but none that a reply needs.
    private const int LongestToken = 512;

    private readonly byte[][] _tokens;

    /// <summary>Prepares a vocabulary.</summary>
    /// <param name="tokens">The bytes of each token id; none for special tokens, which no constraint allows.</param>
    public TokenTrie(IReadOnlyList<byte[]> tokens)
    {
        _tokens = [.. tokens];
        Words = (tokens.Count + 63) / 64;
        List<(byte[], int)> all = [];
        List<(int Token, int Length)> plain = [];
        List<(byte[] Text, int Token)> exits = [];
        List<List<(byte[], int)>> exitsByPrefix = [];
        for (int token = 0; token < _tokens.Length; token++)
        {
            byte[] text = _tokens[token];
            if (text.Length is 0 or > LongestToken)
                continue;
            MaxLength = Math.Max(MaxLength, text.Length);
            all.Add((text, token));
            (int bytes, int characters) = PlainPrefix(text);
            if (bytes == text.Length)
            {
                plain.Add((token, characters));
                continue;
            }
            byte[] rest = text[bytes..];
            exits.Add((rest, token));
            while (exitsByPrefix.Count <= characters)
                exitsByPrefix.Add([]);
            exitsByPrefix[characters].Add((rest, token));
        }
        All = new ByteTrie(all);
        Exits = new ByteTrie(exits);
        ExitsByPrefix = [.. exitsByPrefix.Select(static entries => new ByteTrie(entries))];
        Plain = new ulong[plain.Select(static entry => entry.Length).DefaultIfEmpty().Max() + 1][];
        for (int length = 0; length < Plain.Length; length++)
        {
            Plain[length] = length == 0 ? new ulong[Words] : [.. Plain[length - 1]];
            foreach ((int token, int characters) in plain)
            {
                if (characters == length)
                    Plain[length][token >> 6] |= 1UL << token;
            }
        }
    }

    /// <summary>The number of token ids.</summary>
    public int Count => _tokens.Length;

    /// <summary>The length of a mask.</summary>
    public int Words { get; }

    /// <summary>The greatest length of a token in bytes.</summary>
    public int MaxLength { get; }

    /// <summary>All tokens.</summary>
    public ByteTrie All { get; }

    /// <summary>Tokens of whole characters that JSON strings hold unescaped, up to each count of characters.</summary>
    public ulong[][] Plain { get; }

    /// <summary>The other tokens, by what follows the longest beginning of such characters.</summary>
    public ByteTrie Exits { get; }

    /// <summary>The same, by the number of characters in that beginning.</summary>
    public ByteTrie[] ExitsByPrefix { get; }

    /// <summary>The bytes of a token.</summary>
    public ReadOnlySpan<byte> this[int token] => _tokens[token];

    /// <summary>The vocabulary of a tokenizer.</summary>
    public static TokenTrie Create(TokenTable tokens)
    {
        var bytes = new byte[tokens.Count][];
        for (int token = 0; token < bytes.Length; token++)
            bytes[token] = tokens[token].ToArray();
        return new TokenTrie(bytes);
    }

    private static (int Bytes, int Characters) PlainPrefix(byte[] text)
    {
        int at = 0;
        int characters = 0;
        while (at < text.Length && text[at] is >= 0x20 and not ((byte)'"' or (byte)'\\')
            && System.Text.Rune.DecodeFromUtf8(text.AsSpan(at), out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
            characters++;
        }
        return (at, characters);
    }
}
