namespace AiSdk.Onnx;

/// <summary>Characters of the basic plane in place of those beyond it, for one pattern: two that are in the same sets of the pattern share one.</summary>
/// <remarks>They are private characters; a text's own ones of that range are replaced as well, so that none is mistaken.</remarks>
internal sealed class StandIns
{
    /// <summary>The first character that is one.</summary>
    public const char First = '\uE000';

    /// <summary>The last one.</summary>
    public const char Last = '\uE0FF';

    private readonly List<int> _starts = [];
    private readonly List<char> _characters = [];
    private readonly List<bool[]> _kinds = [];

    private StandIns()
    {
    }

    /// <summary>Makes them for a pattern's sets; null where so many are not to be had.</summary>
    public static StandIns? Create(IReadOnlyList<CodePointSet> sets)
    {
        StandIns standIns = new();
        SortedSet<int> starts = [First, Last + 1, 0x10000];
        foreach (CodePointSet set in sets)
        {
            // Where one range ends and the next begins.
            foreach (int change in set.Ranges.SelectMany(static range => (int[])[range.First, range.Last + 1]))
            {
                if (change is > First and <= Last or > 0x10000 and <= 0x10FFFF)
                    starts.Add(change);
            }
        }
        foreach (int start in starts)
        {
            bool[] kind = [.. sets.Select(set => set.Contains(start))];
            int index = standIns._kinds.FindIndex(known => known.AsSpan().SequenceEqual(kind));
            if (index < 0)
            {
                index = standIns._kinds.Count;
                standIns._kinds.Add(kind);
            }
            if (index > Last - First)
                return null;
            standIns._starts.Add(start);
            standIns._characters.Add((char)(First + index));
        }
        return standIns;
    }

    /// <summary>The character in place of one that is beyond the basic plane or of the range of stand-ins.</summary>
    public char Of(int point)
    {
        int at = _starts.BinarySearch(point);
        return _characters[at < 0 ? ~at - 1 : at];
    }

    /// <summary>The stand-ins for members of a set.</summary>
    /// <param name="set">The set's place among those that they were made for.</param>
    public CodePointSet Within(int set)
    {
        CodePointSet members = CodePointSet.Empty;
        for (int i = 0; i < _kinds.Count; i++)
        {
            if (_kinds[i][set])
                members = members.Union(CodePointSet.Of((First + i, First + i)));
        }
        return members;
    }
}
