namespace AiSdk.Onnx;

/// <summary>Texts and the tokens that stand for them, as a trie laid out in depth-first order.</summary>
internal sealed class ByteTrie
{
    private readonly int[] _tokenStarts;
    private readonly int[] _tokens;

    /// <summary>Lays out a trie; node 0 is the root, for the empty text.</summary>
    public ByteTrie(List<(byte[] Text, int Token)> entries)
    {
        entries.Sort(static (a, b) => a.Text.AsSpan().SequenceCompareTo(b.Text) is not 0 and int order ? order : a.Token.CompareTo(b.Token));
        List<byte> bytes = [0];
        List<ushort> depths = [0];
        List<int> ends = [0];
        List<int> starts = [0];
        List<int> tokens = new(entries.Count);
        List<int> path = [0];
        byte[] previous = [];
        foreach ((byte[] text, int token) in entries)
        {
            int shared = previous.AsSpan().CommonPrefixLength(text);
            while (path.Count > shared + 1)
            {
                ends[path[^1]] = bytes.Count;
                path.RemoveAt(path.Count - 1);
            }
            for (int at = shared; at < text.Length; at++)
            {
                path.Add(bytes.Count);
                bytes.Add(text[at]);
                depths.Add((ushort)(at + 1));
                ends.Add(0);
                starts.Add(tokens.Count);
            }
            tokens.Add(token);
            previous = text;
        }
        foreach (int node in path)
            ends[node] = bytes.Count;
        starts.Add(tokens.Count);
        Bytes = [.. bytes];
        Depths = [.. depths];
        Ends = [.. ends];
        _tokenStarts = [.. starts];
        _tokens = [.. tokens];
        Roots = new int[256];
        for (int node = 1; node < Bytes.Length; node = Ends[node])
            Roots[Bytes[node]] = node;
    }

    /// <summary>The last byte of each node's text.</summary>
    public byte[] Bytes { get; }

    /// <summary>The length of each node's text.</summary>
    public ushort[] Depths { get; }

    /// <summary>The node behind each node's descendants.</summary>
    public int[] Ends { get; }

    /// <summary>The root's child for each byte, or 0.</summary>
    public int[] Roots { get; }

    /// <summary>Adds the tokens of a node's text to a mask.</summary>
    public void Mark(int node, ulong[] mask)
    {
        for (int i = _tokenStarts[node]; i < _tokenStarts[node + 1]; i++)
            mask[_tokens[i] >> 6] |= 1UL << _tokens[i];
    }

    /// <summary>Takes the tokens of a node's text, and of all that begin with it, out of a mask.</summary>
    public void Unmark(int node, ulong[] mask)
    {
        for (int i = _tokenStarts[node]; i < _tokenStarts[Ends[node]]; i++)
            mask[_tokens[i] >> 6] &= ~(1UL << _tokens[i]);
    }

    /// <summary>The node of a text, or -1.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        int node = 0;
        foreach (byte value in text)
        {
            int child = node + 1;
            while (child < Ends[node] && Bytes[child] != value)
                child = Ends[child];
            if (child >= Ends[node])
                return -1;
            node = child;
        }
        return node;
    }
}
