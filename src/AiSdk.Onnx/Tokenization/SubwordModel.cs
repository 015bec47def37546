using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace AiSdk.Onnx;

/// <summary>Turns one piece of text into token ids.</summary>
internal abstract class SubwordModel
{
    /// <summary>Appends the piece's ids.</summary>
    public abstract void Encode(string piece, List<int> ids);
}

/// <summary>Byte-level byte-pair encoding (GPT-2, Qwen), by Microsoft.ML.Tokenizers, which is exact for it.</summary>
internal sealed class ByteLevelModel : SubwordModel
{
    private readonly BpeTokenizer _tokenizer;

    public ByteLevelModel(IReadOnlyDictionary<string, int> vocabulary, IEnumerable<(string Left, string Right)> merges) =>
        _tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = merges.Select(static merge => $"{merge.Left} {merge.Right}"),
            ByteLevel = true,
        });

    public override void Encode(string piece, List<int> ids) => ids.AddRange(_tokenizer.EncodeToIds(piece, considerPreTokenization: false, considerNormalization: false));
}

/// <summary>Byte-pair encoding over characters, with what Microsoft.ML.Tokenizers lacks: byte fallback (Llama, Phi-3) and ignore_merges (Llama 3).</summary>
internal sealed class BytePairModel : SubwordModel
{
    private const int None = -1;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<long, (int Rank, int Id)> _merges = [];
    private readonly int[]? _byteIds;
    private readonly int _unknown;
    private readonly bool _fuseUnknown;
    private readonly bool _isByteLevel;
    private readonly bool _ignoreMerges;

    public BytePairModel(Dictionary<string, int> vocabulary, IEnumerable<(string Left, string Right)> merges, bool byteFallback, string? unknownToken, bool fuseUnknown, bool isByteLevel, bool ignoreMerges)
    {
        _vocabulary = vocabulary;
        _unknown = unknownToken is null ? None : vocabulary.GetValueOrDefault(unknownToken, None);
        _fuseUnknown = fuseUnknown;
        _isByteLevel = isByteLevel;
        _ignoreMerges = ignoreMerges;
        int rank = 0;
        foreach ((string left, string right) in merges)
            _merges.TryAdd(Key(vocabulary[left], vocabulary[right]), (rank++, vocabulary[left + right]));
        if (byteFallback)
        {
            _byteIds = new int[256];
            for (int value = 0; value < 256; value++)
                _byteIds[value] = vocabulary.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"), None);
        }
    }

    public override void Encode(string piece, List<int> ids)
    {
        if (_isByteLevel)
            piece = ByteLevelAlphabet.Encode(piece);
        if (_ignoreMerges && _vocabulary.TryGetValue(piece, out int whole))
            ids.Add(whole);
        else
            Merge(Symbols(piece), ids);
    }

    private List<int> Symbols(string piece)
    {
        List<int> symbols = new(piece.Length);
        bool lastIsUnknown = false;
        Span<byte> bytes = stackalloc byte[4];
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = _vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int at = 0; at < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece.AsSpan(at), out Rune rune, out int length);
            if (lookup.TryGetValue(piece.AsSpan(at, length), out int id))
            {
                symbols.Add(id);
                lastIsUnknown = false;
            }
            else if (HasAll(bytes[..rune.EncodeToUtf8(bytes)]))
            {
                foreach (byte value in bytes[..rune.Utf8SequenceLength])
                    symbols.Add(_byteIds![value]);
                lastIsUnknown = false;
            }
            else if (_unknown != None)
            {
                if (!lastIsUnknown || !_fuseUnknown)
                    symbols.Add(_unknown);
                lastIsUnknown = true;
            }
            // Without an unknown token the reference implementation drops the character as well.
            at += length;
        }
        return symbols;
    }

    private bool HasAll(ReadOnlySpan<byte> bytes)
    {
        if (_byteIds is null)
            return false;
        foreach (byte value in bytes)
        {
            if (_byteIds[value] == None)
                return false;
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
