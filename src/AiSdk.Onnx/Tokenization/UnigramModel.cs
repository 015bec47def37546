using System.Text;

namespace AiSdk.Onnx;

/// <summary>SentencePiece's unigram model (T5, XLM-R, ALBERT): of all ways to cut a piece into tokens the most probable one.</summary>
internal sealed class UnigramModel : SubwordModel
{
    private const int None = -1;
    private const double UnknownPenalty = 10;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly double[] _scores;
    private readonly PieceTrie _trie;
    private readonly int _unknown;
    private readonly int[]? _byteIds;
    private readonly double _unknownScore;

    /// <summary>Prepares the search.</summary>
    /// <param name="vocabulary">The tokens' ids, which are their places in the scores.</param>
    /// <param name="scores">The logarithms of the tokens' probabilities.</param>
    /// <param name="unknown">The token of characters that no token holds, or -1: then they are dropped.</param>
    /// <param name="byteFallback">Whether such characters become tokens of their bytes.</param>
    public UnigramModel(Dictionary<string, int> vocabulary, double[] scores, int unknown, bool byteFallback)
    {
        _vocabulary = vocabulary;
        _scores = scores;
        _unknown = unknown;
        _trie = new PieceTrie(vocabulary.Select(static entry => (entry.Key, entry.Value)), vocabulary.Count * 3);
        _byteIds = byteFallback ? BytePairModel.ReadByteIds(vocabulary) : null;
        _unknownScore = scores.Min() - UnknownPenalty;
    }

    public override void Encode(string piece, List<int> ids)
    {
        // The best way to each place: where its last token begins, and which one it is.
        var best = new (double Score, int Start, int Id)[piece.Length + 1];
        for (int i = 1; i < best.Length; i++)
            best[i].Start = None;
        for (int at = 0; at < piece.Length;)
        {
            double score = best[at].Score;
            int length = char.IsHighSurrogate(piece[at]) && at + 1 < piece.Length ? 2 : 1;
            bool hasSingle = false;
            int node = PieceTrie.Root;
            for (int end = at + 1; end <= piece.Length && _trie.TryMove(ref node, piece[end - 1]); end++)
            {
                if (!_trie.TryGet(node, out int id))
                    continue;
                Offer(ref best[end], score + _scores[id], at, id);
                hasSingle |= end - at == length;
            }
            if (!hasSingle)
                Offer(ref best[at + length], score + _unknownScore, at, _unknown);
            at += length;
        }
        int first = ids.Count;
        for (int end = piece.Length; end > 0;)
        {
            (_, int start, int id) = best[end];
            if (id != _unknown)
            {
                ids.Add(id);
            }
            else
            {
                // A run of unknown characters is one token.
                while (start > 0 && best[start].Id == _unknown)
                    start = best[start].Start;
                AddUnknown(piece.AsSpan(start, end - start), ids);
            }
            end = start;
        }
        ids.Reverse(first, ids.Count - first);
    }

    private static void Offer(ref (double Score, int Start, int Id) place, double score, int start, int id)
    {
        if (place.Start == None || score > place.Score)
            place = (score, start, id);
    }

    // From the last to the first, as the whole piece.
    private void AddUnknown(ReadOnlySpan<char> text, List<int> ids)
    {
        if (_vocabulary.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out int id))
        {
            ids.Add(id);
            return;
        }
        if (_byteIds is not null)
        {
            byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text)];
            Encoding.UTF8.GetBytes(text, bytes);
            if (!bytes.Any(value => _byteIds[value] == None))
            {
                for (int i = bytes.Length - 1; i >= 0; i--)
                    ids.Add(_byteIds[bytes[i]]);
                return;
            }
        }
        if (_unknown != None)
            ids.Add(_unknown);
    }
}
