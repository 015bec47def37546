using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>Finds the pairs of tokens that are made one: again and again the most frequent, of equally frequent ones that of the lower ids.</summary>
internal sealed class BytePairMerges
{
    private static readonly string[] s_bytes = MakeBytes();

    private readonly List<string> _tokens;
    private readonly List<int[]> _words = [];
    private readonly List<int> _counts = [];
    private readonly Dictionary<(int, int), int> _frequencies = [];
    private readonly Dictionary<(int, int), HashSet<int>> _places = [];
    private readonly PriorityQueue<(int, int), (int, int, int)> _queue = new();
    private readonly List<(string, string)> _merges = [];

    /// <summary>Counts the pairs of bytes.</summary>
    /// <param name="words">Words in UTF-8 bytes' stand-ins or as text, and how often they occur.</param>
    /// <param name="tokens">Special tokens, then the 256 bytes; tokens that are made are added.</param>
    /// <param name="firstByte">The id of byte 0.</param>
    public BytePairMerges(IReadOnlyDictionary<string, int> words, List<string> tokens, int firstByte)
    {
        _tokens = tokens;
        foreach ((string word, int count) in words.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            _words.Add([.. System.Text.Encoding.UTF8.GetBytes(word).Select(value => firstByte + value)]);
            _counts.Add(count);
            Count(_words.Count - 1, 1);
        }
        foreach (((int, int) pair, int frequency) in _frequencies)
            Enqueue(pair, frequency);
    }

    /// <summary>The pairs, in the order in which they were made one.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges => _merges;

    /// <summary>A byte's stand-in.</summary>
    public static string Byte(byte value) => s_bytes[value];

    public void Run(int vocabularySize, int minFrequency, CancellationToken cancellationToken)
    {
        while (_tokens.Count < vocabularySize && _queue.TryDequeue(out (int Left, int Right) pair, out (int Negative, int, int) key))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int frequency = _frequencies.GetValueOrDefault(pair);
            // What changed since it was put there was put there again.
            if (frequency != -key.Negative)
                continue;
            if (frequency < minFrequency)
                return;
            _merges.Add((_tokens[pair.Left], _tokens[pair.Right]));
            _tokens.Add(_tokens[pair.Left] + _tokens[pair.Right]);
            Replace(pair, _tokens.Count - 1);
        }
    }

    private void Replace((int Left, int Right) pair, int token)
    {
        HashSet<(int, int)> changed = [];
        foreach (int word in _places[pair].ToArray())
        {
            Count(word, -1, changed);
            List<int> merged = [];
            int[] old = _words[word];
            for (int i = 0; i < old.Length; i++)
            {
                bool isPair = i + 1 < old.Length && old[i] == pair.Left && old[i + 1] == pair.Right;
                merged.Add(isPair ? token : old[i]);
                i += isPair ? 1 : 0;
            }
            _words[word] = [.. merged];
            Count(word, 1, changed);
        }
        foreach ((int, int) other in changed)
            Enqueue(other, _frequencies.GetValueOrDefault(other));
    }

    private void Count(int word, int sign, HashSet<(int, int)>? changed = null)
    {
        int[] tokens = _words[word];
        for (int i = 0; i + 1 < tokens.Length; i++)
        {
            (int, int) pair = (tokens[i], tokens[i + 1]);
            _frequencies[pair] = _frequencies.GetValueOrDefault(pair) + sign * _counts[word];
            if (!_places.TryGetValue(pair, out HashSet<int>? places))
                _places.Add(pair, places = []);
            if (sign > 0)
                places.Add(word);
            else
                places.Remove(word);
            changed?.Add(pair);
        }
    }

    private static string[] MakeBytes()
    {
        var bytes = new string[256];
        // Its characters are those below 512.
        for (char character = '!'; character < 512; character++)
        {
            if (ByteLevelAlphabet.Decode(character.ToString()) is [byte value])
                bytes[value] = character.ToString();
        }
        return bytes;
    }

    private void Enqueue((int Left, int Right) pair, int frequency)
    {
        if (frequency > 0)
            _queue.Enqueue(pair, (-frequency, pair.Left, pair.Right));
    }
}
