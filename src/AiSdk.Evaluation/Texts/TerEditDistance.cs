namespace AiSdk.Evaluation;

/// <summary>The edit distance to one reference, in a beam about the diagonal; rows that the text before had too are kept.</summary>
internal sealed class TerEditDistance(string[] reference)
{
    private const int BeamWidth = 25;
    private const int Infinity = 1 << 28;

    private readonly List<int[]> _costs = [[.. Enumerable.Range(0, reference.Length + 1)]];
    private readonly List<Edit[]> _edits = [[.. Enumerable.Repeat(Edit.Insert, reference.Length + 1)]];
    private string[] _words = [];

    private enum Edit : byte
    {
        Unknown,
        Keep,
        Substitute,
        Insert,
        Delete,
    }

    /// <summary>The distance of a text.</summary>
    public int Measure(string[] words)
    {
        // The beam depends on the length, and the last row is wider than the others.
        int kept = 0;
        if (words.Length == _words.Length)
        {
            while (kept < words.Length && words[kept] == _words[kept])
                kept++;
        }
        Resize(words.Length + 1);
        double ratio = words.Length > 0 ? (double)reference.Length / words.Length : 1;
        int beam = BeamWidth < ratio / 2 ? (int)Math.Ceiling((ratio / 2) + BeamWidth) : BeamWidth;
        for (int i = kept + 1; i <= words.Length; i++)
        {
            int[] costs = _costs[i];
            Edit[] edits = _edits[i];
            int[] above = _costs[i - 1];
            costs.AsSpan().Fill(Infinity);
            edits.AsSpan().Clear();
            int diagonal = (int)Math.Floor(i * ratio);
            int end = i == words.Length ? reference.Length + 1 : Math.Min(reference.Length + 1, diagonal + beam);
            for (int j = Math.Max(0, diagonal - beam); j < end; j++)
            {
                if (j == 0)
                {
                    (costs[0], edits[0]) = (above[0] + 1, Edit.Delete);
                    continue;
                }
                bool same = words[i - 1] == reference[j - 1];
                Try(costs, edits, j, above[j - 1] + (same ? 0 : 1), same ? Edit.Keep : Edit.Substitute);
                Try(costs, edits, j, above[j] + 1, Edit.Delete);
                Try(costs, edits, j, costs[j - 1] + 1, Edit.Insert);
            }
        }
        _words = words;
        return _costs[words.Length][reference.Length];
    }

    /// <summary>Where the words of the text that was measured last stand in the reference, and which words of both are in error.</summary>
    public (int[] Alignment, bool[] ReferenceErrors, bool[] WordErrors) Align(string[] words)
    {
        Measure(words);
        Stack<Edit> path = [];
        int i = words.Length;
        int j = reference.Length;
        while (i > 0 || j > 0)
        {
            Edit edit = _edits[i][j];
            path.Push(edit);
            if (edit is Edit.Keep or Edit.Substitute or Edit.Delete)
                i--;
            if (edit is Edit.Keep or Edit.Substitute or Edit.Insert)
                j--;
        }
        int[] alignment = new int[reference.Length];
        bool[] referenceErrors = new bool[reference.Length];
        bool[] wordErrors = new bool[words.Length];
        int word = -1;
        int other = -1;
        foreach (Edit edit in path)
        {
            if (edit != Edit.Insert)
                wordErrors[++word] = edit != Edit.Keep;
            if (edit != Edit.Delete)
            {
                referenceErrors[++other] = edit != Edit.Keep;
                alignment[other] = word;
            }
        }
        return (alignment, referenceErrors, wordErrors);
    }

    private static void Try(int[] costs, Edit[] edits, int at, int cost, Edit edit)
    {
        if (cost < costs[at])
            (costs[at], edits[at]) = (cost, edit);
    }

    private void Resize(int rows)
    {
        while (_costs.Count < rows)
        {
            _costs.Add(new int[reference.Length + 1]);
            _edits.Add(new Edit[reference.Length + 1]);
        }
    }
}
