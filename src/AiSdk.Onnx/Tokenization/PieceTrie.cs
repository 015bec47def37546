using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>Finds all tokens that a text has at one place, in time that depends on their lengths only.</summary>
internal sealed class PieceTrie
{
    /// <summary>The node where each search begins.</summary>
    public const int Root = 0;

    private const int None = -1;

    private readonly Dictionary<long, int> _children;
    private readonly List<int> _ids = [None];
    // Nearly every search begins here, and most end here.
    private readonly int[] _first = new int[char.MaxValue + 1];

    /// <summary>Takes in tokens; of equal ones the last counts.</summary>
    public PieceTrie(IEnumerable<(string Token, int Id)> tokens, int capacity = 0)
    {
        _children = new Dictionary<long, int>(capacity);
        foreach ((string token, int id) in tokens)
        {
            if (token.Length == 0)
                continue;
            int node = Root;
            foreach (char character in token)
                node = Add(node, character);
            _ids[node] = id;
        }
    }

    /// <summary>Goes one character further.</summary>
    public bool TryMove(ref int node, char character)
    {
        int child = node == Root ? _first[character] : _children.GetValueOrDefault(Key(node, character));
        if (child == Root)
            return false;
        node = child;
        return true;
    }

    /// <summary>The token that ends at a node, if any.</summary>
    public bool TryGet(int node, out int id) => (id = _ids[node]) != None;

    /// <summary>The longest token that a text begins with.</summary>
    public bool TryGetLongest(ReadOnlySpan<char> text, int from, out int id, out int length)
    {
        (id, length) = (None, 0);
        int node = from;
        for (int i = 0; i < text.Length && TryMove(ref node, text[i]); i++)
        {
            if (_ids[node] != None)
                (id, length) = (_ids[node], i + 1);
        }
        return length > 0;
    }

    private int Add(int node, char character)
    {
        ref int child = ref node == Root ? ref _first[character] : ref CollectionsMarshal.GetValueRefOrAddDefault(_children, Key(node, character), out _);
        if (child == Root)
        {
            child = _ids.Count;
            _ids.Add(None);
        }
        return child;
    }

    private static long Key(int node, char character) => ((long)node << 16) | character;
}
