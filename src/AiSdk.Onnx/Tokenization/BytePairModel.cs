using System.Globalization;
using System.Text;

namespace AiSdk.Onnx;

/// <summary>How a byte-pair model differs from the plain one.</summary>
internal sealed record BytePairOptions
{
    /// <summary>Whether characters that no token holds become tokens of their bytes.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>The token of characters that no token holds; without one they are dropped, as in the reference implementation.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Whether a run of unknown characters becomes one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether pieces are turned into the stand-ins of their bytes first.</summary>
    public bool IsByteLevel { get; init; }

    /// <summary>Whether a piece that is a token is not merged from its characters.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>What each character but a piece's first begins with in the vocabulary.</summary>
    public string ContinuationPrefix { get; init; } = "";

    /// <summary>What a piece's last character ends with in the vocabulary.</summary>
    public string EndSuffix { get; init; } = "";
}

/// <summary>Byte-pair encoding with what Microsoft.ML.Tokenizers lacks: byte fallback (Llama, Phi-3), ignore_merges (Llama 3), affixes (CLIP), and time below the square of a piece's length.</summary>
internal sealed class BytePairModel : SubwordModel
{
    private const int None = -1;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<long, (int Rank, int Id)> _merges;
    private readonly int[]? _byteIds;
    private readonly int _unknown;
    private readonly BytePairOptions _options;

    public BytePairModel(Dictionary<string, int> vocabulary, IReadOnlyCollection<(string Left, string Right)> merges, BytePairOptions options)
    {
        _vocabulary = vocabulary;
        _options = options;
        _unknown = options.UnknownToken is null ? None : vocabulary.GetValueOrDefault(options.UnknownToken, None);
        _merges = new(merges.Count);
        int rank = 0;
        foreach ((string left, string right) in merges)
            _merges[Key(vocabulary[left], vocabulary[right])] = (rank++, vocabulary[Join(left, right, options)]);
        if (options.ByteFallback)
            _byteIds = ReadByteIds(vocabulary);
    }

    /// <summary>What a merge makes: the right part without the prefix that says that it is one.</summary>
    public static string Join(string left, string right, BytePairOptions options) =>
        options.ContinuationPrefix.Length > 0 && right.Length >= options.ContinuationPrefix.Length ? left + right[options.ContinuationPrefix.Length..] : left + right;

    /// <summary>The tokens of bytes, -1 where there is none.</summary>
    public static int[] ReadByteIds(Dictionary<string, int> vocabulary)
    {
        var ids = new int[256];
        for (int value = 0; value < 256; value++)
            ids[value] = vocabulary.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"), None);
        return ids;
    }

    public override void Encode(string piece, List<int> ids)
    {
        if (_options.IsByteLevel)
            piece = ByteLevelAlphabet.Encode(piece);
        if (_options.IgnoreMerges && _vocabulary.TryGetValue(piece, out int whole))
            ids.Add(whole);
        else
            Merge(Symbols(piece), ids);
    }

    private List<int> Symbols(string piece)
    {
        List<int> symbols = new(piece.Length);
        bool isUnknownPending = false;
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int at = 0; at < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece.AsSpan(at), out _, out int length);
            string prefix = at > 0 ? _options.ContinuationPrefix : "";
            string suffix = at + length == piece.Length ? _options.EndSuffix : "";
            ReadOnlySpan<char> symbol = prefix.Length + suffix.Length == 0 ? piece.AsSpan(at, length) : $"{prefix}{piece.AsSpan(at, length)}{suffix}";
            if (lookup.TryGetValue(symbol, out int id))
            {
                Flush();
                symbols.Add(id);
            }
            else if (!TryAddBytes(symbol, symbols) && _unknown != None)
            {
                if (!_options.FuseUnknown)
                    Flush();
                isUnknownPending = true;
            }
            at += length;
        }
        Flush();
        return symbols;

        void Flush()
        {
            if (isUnknownPending)
                symbols.Add(_unknown);
            isUnknownPending = false;
        }
    }

    private bool TryAddBytes(ReadOnlySpan<char> symbol, List<int> symbols)
    {
        if (_byteIds is null)
            return false;
        int count = symbols.Count;
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in symbol.EnumerateRunes())
        {
            foreach (byte value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                if (_byteIds[value] == None)
                {
                    symbols.RemoveRange(count, symbols.Count - count);
                    return false;
                }
                symbols.Add(_byteIds[value]);
            }
        }
        return true;
    }

    private void Merge(List<int> symbols, List<int> ids)
    {
        int count = symbols.Count;
        // A linked list in arrays and a queue of possible merges: a whole text is one piece in these models, so quadratic time would show.
        var next = new int[count];
        var previous = new int[count];
        PriorityQueue<(int At, int Left, int Right), (int Rank, int At)> queue = new();
        for (int i = 0; i < count; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1 < count ? i + 1 : None;
            Offer(i);
        }
        while (queue.TryDequeue(out (int At, int Left, int Right) merge, out _))
        {
            int right = symbols[merge.At] == merge.Left ? next[merge.At] : None;
            // An entry is stale when either half has since become part of something else.
            if (right == None || symbols[right] != merge.Right)
                continue;
            symbols[merge.At] = _merges[Key(merge.Left, merge.Right)].Id;
            symbols[right] = None;
            next[merge.At] = next[right];
            if (next[right] != None)
                previous[next[right]] = merge.At;
            if (previous[merge.At] != None)
                Offer(previous[merge.At]);
            Offer(merge.At);
        }
        foreach (int symbol in symbols)
        {
            if (symbol != None)
                ids.Add(symbol);
        }

        void Offer(int at)
        {
            int right = next[at];
            if (right != None && _merges.TryGetValue(Key(symbols[at], symbols[right]), out (int Rank, int Id) merge))
                queue.Enqueue((at, symbols[at], symbols[right]), (merge.Rank, at));
        }
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
