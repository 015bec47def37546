namespace AiSdk.Retrieval;

/// <summary>The best of many, in a heap whose root is the worst of them. Equal scores go by place, so that results do not hang on how the work was split.</summary>
/// <param name="capacity">How many.</param>
internal sealed class TopSlots(int capacity)
{
    private readonly (float Score, int Slot)[] _heap = new (float, int)[capacity];
    private int _count;

    /// <summary>What a score must exceed to get in.</summary>
    public float Threshold { get; private set; } = float.NegativeInfinity;

    public void Add(float score, int slot)
    {
        if (capacity == 0)
            return;
        if (_count < capacity)
        {
            int at = _count++;
            for (int parent; at > 0 && IsWorse(score, slot, _heap[parent = (at - 1) / 2]); at = parent)
                _heap[at] = _heap[parent];
            _heap[at] = (score, slot);
            if (_count == capacity)
                Threshold = _heap[0].Score;
            return;
        }
        if (IsWorse(score, slot, _heap[0]))
            return;
        int place = 0;
        for (int child; (child = place * 2 + 1) < capacity; place = child)
        {
            if (child + 1 < capacity && IsWorse(_heap[child + 1].Score, _heap[child + 1].Slot, _heap[child]))
                child++;
            if (!IsWorse(_heap[child].Score, _heap[child].Slot, (score, slot)))
                break;
            _heap[place] = _heap[child];
        }
        _heap[place] = (score, slot);
        Threshold = _heap[0].Score;
    }

    public void Add(TopSlots other)
    {
        for (int i = 0; i < other._count; i++)
            Add(other._heap[i].Score, other._heap[i].Slot);
    }

    /// <summary>What was kept, best first.</summary>
    public (float Score, int Slot)[] ToSorted()
    {
        (float Score, int Slot)[] sorted = _heap[.._count];
        Array.Sort(sorted, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Slot.CompareTo(b.Slot));
        return sorted;
    }

    private static bool IsWorse(float score, int slot, (float Score, int Slot) than) => score < than.Score || score == than.Score && slot > than.Slot;
}
