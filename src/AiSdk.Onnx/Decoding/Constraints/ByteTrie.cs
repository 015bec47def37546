namespace AiSdk.Onnx;

/// <summary>Texts and the tokens that stand for them, as a trie laid out in depth-first order.</summary>
internal sealed class ByteTrie
{
    // Below it there are few tokens to a node.
    private const int SummaryDepth = 3;

    private readonly int[] _tokenStarts;
    private readonly int[] _tokens;
    private readonly Lazy<TrieSummary[]> _summaries;

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
        Nodes = new TrieNode[Bytes.Length];
        for (int node = 0; node < Nodes.Length; node++)
        {
            int count = _tokenStarts[node + 1] - _tokenStarts[node];
            Nodes[node] = new TrieNode(Ends[node], count switch { 0 => TrieNode.None, 1 => _tokens[_tokenStarts[node]], _ => TrieNode.Several }, Depths[node], Bytes[node]);
        }
        _summaries = new Lazy<TrieSummary[]>(Summarize);
        Roots = new int[256];
        for (int node = 1; node < Bytes.Length; node = Ends[node])
            Roots[Bytes[node]] = node;
    }

    /// <summary>All that a walk wants of a node, side by side.</summary>
    public TrieNode[] Nodes { get; }

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
        int token = Nodes[node].Token;
        if (token >= 0)
        {
            mask[token >> 6] |= 1UL << token;
            return;
        }
        if (token == TrieNode.None)
            return;
        for (int i = _tokenStarts[node]; i < _tokenStarts[node + 1]; i++)
            mask[_tokens[i] >> 6] |= 1UL << _tokens[i];
    }

    /// <summary>Adds the tokens of all texts that lead an automaton from a state to one that lives; those that a run tells about need not be walked to.</summary>
    /// <param name="dfa">The automaton.</param>
    /// <param name="start">The state.</param>
    /// <param name="run">The run; what it tells about is left as the mask has it. The default tells nothing.</param>
    /// <param name="states">Room for a state at each depth.</param>
    /// <param name="mask">The mask.</param>
    public void MarkAlive(Dfa dfa, int start, CharacterRun run, int[] states, ulong[] mask)
    {
        TrieNode[] nodes = Nodes;
        TrieSummary[] summaries = _summaries.Value;
        int[] table = dfa.Next;
        byte[] classes = dfa.Classes;
        int classCount = dfa.ClassCount;
        states[0] = start * classCount;
        int summary = 0;
        for (int at = 1; (uint)at < (uint)nodes.Length;)
        {
            ref readonly TrieNode node = ref nodes[at];
            int next = table[states[node.Depth - 1] + classes[node.Value]];
            if (node.Depth <= SummaryDepth)
            {
                ref readonly TrieSummary below = ref summaries[summary];
                if (next == Dfa.Dead || (below.Characters.IsWithin(run.Characters) && (run.IsExact || below.Length <= run.Length)))
                {
                    at = node.End;
                    summary = below.End;
                    continue;
                }
                summary++;
            }
            if (next == Dfa.Dead)
            {
                at = node.End;
                continue;
            }
            states[node.Depth] = next * classCount;
            int token = node.Token;
            if (token >= 0)
                mask[token >> 6] |= 1UL << token;
            else if (token == TrieNode.Several)
                Mark(at, mask);
            at++;
        }
    }

    /// <summary>Takes the tokens of a node's text, and of all that begin with it, out of a mask.</summary>
    public void Unmark(int node, ulong[] mask)
    {
        for (int i = _tokenStarts[node]; i < _tokenStarts[Ends[node]]; i++)
            mask[_tokens[i] >> 6] &= ~(1UL << _tokens[i]);
    }

    private TrieSummary[] Summarize()
    {
        List<TrieSummary> summaries = [];
        // The texts above, then all nodes below them.
        Stack<(int Index, int End)> open = [];
        for (int node = 1; node < Nodes.Length; node++)
        {
            while (open.TryPeek(out (int Index, int End) above) && node >= above.End)
                Close();
            AsciiSet characters = AsciiSet.Of(Bytes[node]);
            if (Depths[node] <= SummaryDepth)
            {
                if (open.TryPeek(out (int Index, int End) parent))
                    characters |= summaries[parent.Index].Path;
                open.Push((summaries.Count, Ends[node]));
                summaries.Add(new TrieSummary { Path = characters, Characters = characters, Length = Depths[node] });
                continue;
            }
            TrieSummary around = summaries[open.Peek().Index];
            summaries[open.Peek().Index] = around with { Characters = around.Characters | characters, Length = Math.Max(around.Length, Depths[node]) };
        }
        while (open.Count > 0)
            Close();
        return [.. summaries];

        void Close()
        {
            TrieSummary closed = summaries[open.Peek().Index] with { End = summaries.Count };
            summaries[open.Pop().Index] = closed;
            if (open.TryPeek(out (int Index, int End) parent))
            {
                TrieSummary above = summaries[parent.Index];
                summaries[parent.Index] = above with { Characters = above.Characters | closed.Characters, Length = Math.Max(above.Length, closed.Length) };
            }
        }
    }

    /// <summary>The node of a text, or -1.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        int node = 0;
        foreach (byte value in text)
        {
            node = Child(node, value);
            if (node < 0)
                return -1;
        }
        return node;
    }

    /// <summary>The child of a node for a byte, or -1.</summary>
    public int Child(int node, byte value)
    {
        if (node == 0)
            return Roots[value] is > 0 and int root ? root : -1;
        int child = node + 1;
        while (child < Ends[node] && Bytes[child] != value)
            child = Ends[child];
        return child < Ends[node] ? child : -1;
    }
}

/// <summary>A node of a <see cref="ByteTrie"/>.</summary>
/// <param name="End">The node behind its descendants.</param>
/// <param name="Token">The token of its text, or one of the constants.</param>
/// <param name="Depth">The length of its text.</param>
/// <param name="Value">The last byte of its text.</param>
internal readonly record struct TrieNode(int End, int Token, ushort Depth, byte Value)
{
    /// <summary>No token is written so.</summary>
    public const int None = -1;

    /// <summary>Several are.</summary>
    public const int Several = -2;
}

/// <summary>What the texts below a node near the root of a <see cref="ByteTrie"/> are made of.</summary>
internal readonly record struct TrieSummary
{
    /// <summary>The bytes of the node's own text (<see cref="AsciiSet.Of"/>).</summary>
    public AsciiSet Path { get; init; }

    /// <summary>The bytes of all texts that begin with it.</summary>
    public AsciiSet Characters { get; init; }

    /// <summary>The greatest length of those texts.</summary>
    public int Length { get; init; }

    /// <summary>The summary behind those of the node's descendants.</summary>
    public int End { get; init; }
}
