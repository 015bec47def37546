using System.Text;

namespace AiSdk.Onnx;

/// <summary>WordPiece (BERT): the longest token that a word begins with, then the longest continuation, and so on; a word without one is unknown.</summary>
internal sealed class WordPieceModel : SubwordModel
{
    private readonly PieceTrie _trie;
    private readonly int _continuation;
    private readonly int _longestWord;
    private readonly int? _unknown;

    /// <summary>Prepares the search.</summary>
    /// <param name="vocabulary">The tokens' ids.</param>
    /// <param name="unknown">The token of unknown words; without one they are dropped.</param>
    /// <param name="continuationPrefix">What the tokens begin with that continue a word.</param>
    /// <param name="longestWord">The number of characters above which a word is unknown.</param>
    public WordPieceModel(IReadOnlyDictionary<string, int> vocabulary, int? unknown, string continuationPrefix, int longestWord)
    {
        _trie = new PieceTrie(vocabulary.Select(static entry => (entry.Key, entry.Value)), vocabulary.Count * 3);
        _unknown = unknown;
        _longestWord = longestWord;
        _continuation = PieceTrie.Root;
        foreach (char character in continuationPrefix)
        {
            if (!_trie.TryMove(ref _continuation, character))
            {
                _continuation = -1;
                break;
            }
        }
    }

    public override void Encode(string piece, List<int> ids)
    {
        int first = ids.Count;
        bool isKnown = Length(piece) <= _longestWord;
        for (int at = 0; isKnown && at < piece.Length;)
        {
            int from = at == 0 ? PieceTrie.Root : _continuation;
            int length = 0;
            int id = 0;
            isKnown = from >= 0 && _trie.TryGetLongest(piece.AsSpan(at), from, out id, out length);
            if (isKnown)
                ids.Add(id);
            at += length;
        }
        if (isKnown)
            return;
        ids.RemoveRange(first, ids.Count - first);
        if (_unknown is { } unknown)
            ids.Add(unknown);
    }

    private static int Length(string piece)
    {
        int length = 0;
        foreach (Rune _ in piece.EnumerateRunes())
            length++;
        return length;
    }
}

/// <summary>A vocabulary of whole pieces; others are unknown, or dropped where there is no token for that.</summary>
internal sealed class WordLevelModel(IReadOnlyDictionary<string, int> vocabulary, int? unknown) : SubwordModel
{
    public override void Encode(string piece, List<int> ids)
    {
        if (vocabulary.TryGetValue(piece, out int id))
            ids.Add(id);
        else if (unknown is { } value)
            ids.Add(value);
    }
}
