using System.Text;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>Puts in the place of some tokens two shorter ones that spell the same (<see cref="TrainingExample.TokenSplitting"/>). Thread-safe.</summary>
internal sealed class TokenSplitter
{
    // Of each token the pairs that spell it; null where there are none.
    private readonly (int Left, int Right)[]?[] _pairs;

    public TokenSplitter(TokenTable tokens)
    {
        // Bytes as characters, one for one: a token need not be whole characters.
        Dictionary<string, int> pieces = new(StringComparer.Ordinal);
        // Bytes of characters that no token holds stand for nothing else in serving, and marks are no text.
        int[] texts = [.. Enumerable.Range(0, tokens.Count).Where(id => !tokens[id].IsEmpty && !tokens.IsAdded(id) && !tokens.IsByte(id))];
        foreach (int id in texts)
            pieces.TryAdd(Encoding.Latin1.GetString(tokens[id]), id);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        _pairs = new (int, int)[]?[tokens.Count];
        foreach (int id in texts)
        {
            string bytes = Encoding.Latin1.GetString(tokens[id]);
            List<(int, int)> pairs = [];
            for (int at = 1; at < bytes.Length; at++)
            {
                if (lookup.TryGetValue(bytes.AsSpan(0, at), out int left) && lookup.TryGetValue(bytes.AsSpan(at), out int right))
                    pairs.Add((left, right));
            }
            _pairs[id] = pairs.Count == 0 ? null : [.. pairs];
        }
    }

    /// <summary>Splits tokens of an example's prompt; its answer stays.</summary>
    /// <param name="example">The example.</param>
    /// <param name="longest">The most tokens that it may have then.</param>
    /// <param name="random">Decides which, and where.</param>
    public EncodedExample Split(EncodedExample example, int longest, Xoshiro256 random)
    {
        List<int> tokens = new(2 * example.Tokens.Length);
        int room = longest - example.Tokens.Length;
        void Add(int token)
        {
            if (room > 0 && _pairs[token] is { } pairs && random.NextDouble() < example.Splitting)
            {
                room--;
                (int left, int right) = pairs[(int)(random.NextDouble() * pairs.Length)];
                Add(left);
                Add(right);
            }
            else
            {
                tokens.Add(token);
            }
        }
        foreach (int token in example.Tokens.AsSpan(0, example.PromptLength))
            Add(token);
        int prompt = tokens.Count;
        tokens.AddRange(example.Tokens.AsSpan(example.PromptLength));
        return example with { Tokens = [.. tokens], PromptLength = prompt };
    }
}
