using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>A deterministic automaton over bytes whose states all lead to acceptance.</summary>
internal sealed class Dfa
{
    /// <summary>The state from which nothing is accepted.</summary>
    public const int Dead = -1;

    // Memory and compile time; a real pattern needs a few dozen states.
    private const int MaxStates = 40_000;
    private const int MaxMinimized = 4_000;

    private Dfa(byte[] classes, int classCount, int start, int[] next, int[] labels)
    {
        Classes = classes;
        ClassCount = classCount;
        Start = start;
        Next = next;
        Labels = labels;
    }

    /// <summary>The transition function's answer to one state and byte; false when there is none.</summary>
    public delegate bool Transition<TKey>(TKey from, byte value, out TKey to);

    /// <summary>The class of each byte: bytes of a class are alike in every state.</summary>
    public byte[] Classes { get; }

    /// <summary>The number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>The first state, or <see cref="Dead"/> when nothing is accepted.</summary>
    public int Start { get; }

    /// <summary>The target of each state and class.</summary>
    public int[] Next { get; }

    /// <summary>What each state accepts, or -1.</summary>
    public int[] Labels { get; }

    /// <summary>The number of states.</summary>
    public int Count => Labels.Length;

    /// <summary>Whether nothing is accepted.</summary>
    public bool IsEmpty => Start == Dead;

    /// <summary>The state behind a byte.</summary>
    public int Step(int state, byte value) => Next[state * ClassCount + Classes[value]];

    /// <summary>Whether the state accepts.</summary>
    public bool Accepts(int state) => Labels[state] >= 0;

    /// <summary>The label of a whole text, or -1.</summary>
    public int Match(ReadOnlySpan<byte> text)
    {
        int state = Start;
        foreach (byte value in text)
        {
            if (state == Dead)
                return -1;
            state = Step(state, value);
        }
        return state == Dead ? -1 : Labels[state];
    }

    /// <summary>Builds the automaton of all states that can be reached.</summary>
    /// <param name="start">The first state.</param>
    /// <param name="classes">Classes of bytes that are alike.</param>
    /// <param name="transition">The transition function.</param>
    /// <param name="label">What a state accepts, or -1.</param>
    /// <param name="minimize">Whether to merge equivalent states.</param>
    /// <param name="comparer">Tells states apart; null for the default.</param>
    /// <exception cref="UnenforceableException">There are too many states.</exception>
    public static Dfa Explore<TKey>(TKey start, byte[] classes, Transition<TKey> transition, Func<TKey, int> label, bool minimize = true, IEqualityComparer<TKey>? comparer = null)
        where TKey : notnull
    {
        int classCount = classes.Max() + 1;
        var representatives = new byte[classCount];
        for (int value = 255; value >= 0; value--)
            representatives[classes[value]] = (byte)value;
        Dictionary<TKey, int> ids = new(comparer) { [start] = 0 };
        List<TKey> keys = [start];
        List<int> next = [];
        List<int> labels = [];
        for (int state = 0; state < keys.Count; state++)
        {
            TKey key = keys[state];
            CompileBudget.Spend(classCount);
            labels.Add(label(key));
            foreach (byte value in representatives)
            {
                if (!transition(key, value, out TKey to))
                {
                    next.Add(Dead);
                    continue;
                }
                ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(ids, to, out bool known);
                if (!known)
                {
                    id = keys.Count;
                    keys.Add(to);
                    if (keys.Count > MaxStates)
                        throw new UnenforceableException("needs too many states");
                }
                next.Add(id);
            }
        }
        Dfa trimmed = Trim(classes, classCount, [.. next], [.. labels]);
        return minimize && trimmed.Count <= MaxMinimized ? trimmed.Minimize() : trimmed;
    }

    /// <summary>The automaton of several that run side by side.</summary>
    /// <param name="parts">The automata.</param>
    /// <param name="label">What is accepted where the parts are in these states, some of them dead; or -1.</param>
    /// <param name="isAlive">Whether the parts can still accept together; null when any of them may be dead.</param>
    /// <param name="minimize">Whether to merge equivalent states.</param>
    public static Dfa Product(Dfa[] parts, Func<int[], int> label, Func<int[], bool>? isAlive = null, bool minimize = true)
    {
        byte[] classes = MergeClasses(parts);
        int[] start = [.. parts.Select(static part => part.Start)];
        return Explore(start, classes, Transition, label, minimize, IntegersComparer.Instance);

        bool Transition(int[] from, byte value, out int[] to)
        {
            to = new int[from.Length];
            bool any = false;
            for (int i = 0; i < from.Length; i++)
            {
                to[i] = from[i] == Dead ? Dead : parts[i].Step(from[i], value);
                any |= to[i] != Dead;
            }
            return any && (isAlive is null || isAlive(to));
        }
    }

    /// <summary>What both accept; the label is the first one's.</summary>
    public static Dfa Intersect(Dfa a, Dfa b)
    {
        if (a.IsEmpty || b.IsEmpty)
            return Empty;
        return Product([a, b], states => Label(a, states[0]) >= 0 && Label(b, states[1]) >= 0 ? a.Labels[states[0]] : -1, static states => states[0] != Dead && states[1] != Dead);
    }

    /// <summary>What the first accepts and the second does not; the label is the first one's.</summary>
    public static Dfa Except(Dfa a, Dfa b)
    {
        if (a.IsEmpty || b.IsEmpty)
            return a;
        return Product([a, b], states => Label(b, states[1]) >= 0 ? -1 : Label(a, states[0]), static states => states[0] != Dead);
    }

    /// <summary>What any of them accepts; the label is that of the first that does.</summary>
    public static Dfa Union(params Dfa[] parts)
    {
        parts = [.. parts.Where(static part => !part.IsEmpty)];
        if (parts.Length == 0)
            return Empty;
        return parts.Length == 1 ? parts[0] : Product(parts, states =>
        {
            for (int i = 0; i < states.Length; i++)
            {
                if (Label(parts[i], states[i]) is >= 0 and int label)
                    return label;
            }
            return -1;
        });
    }

    /// <summary>Accepts nothing.</summary>
    public static Dfa Empty { get; } = new(new byte[256], 1, Dead, [], []);

    /// <summary>Accepts the given texts; each one's label is its index.</summary>
    public static Dfa Of(IReadOnlyList<byte[]> texts)
    {
        bool[] used = new bool[256];
        foreach (byte[] text in texts)
        {
            foreach (byte value in text)
                used[value] = true;
        }
        // Class 0 is that of all bytes that occur nowhere; it is missing only where all 256 occur, which UTF-8 rules out.
        byte[] classes = new byte[256];
        int classCount = 1;
        for (int value = 0; value < 256; value++)
        {
            if (used[value])
                classes[value] = (byte)classCount++;
        }
        List<int> next = [.. Enumerable.Repeat(Dead, classCount)];
        List<int> labels = [-1];
        for (int i = 0; i < texts.Count; i++)
        {
            int state = 0;
            foreach (byte value in texts[i])
            {
                int at = state * classCount + classes[value];
                if (next[at] == Dead)
                {
                    next[at] = labels.Count;
                    next.AddRange(Enumerable.Repeat(Dead, classCount));
                    labels.Add(-1);
                    if (labels.Count > MaxStates)
                        throw new UnenforceableException("needs too many states");
                }
                state = next[at];
            }
            if (labels[state] < 0)
                labels[state] = i;
        }
        return texts.Count == 0 ? Empty : new Dfa(classes, classCount, 0, [.. next], [.. labels]);
    }

    /// <summary>The automaton's texts between quotes.</summary>
    public Dfa Quote()
    {
        const int Before = -2;
        const int Behind = -3;
        if (IsEmpty)
            return this;
        // The quote needs a class of its own.
        byte[] classes = [.. Classes];
        classes['"'] = (byte)ClassCount;
        return ClassCount > 255 ? throw new UnenforceableException("needs too many classes of bytes") : Explore<int>(Before, Compact(classes), Transition, static state => state == Behind ? 0 : -1, minimize: false);

        bool Transition(int from, byte value, out int to)
        {
            to = Dead;
            if (from == Before)
                to = value == '"' ? Start : Dead;
            else if (from != Behind)
                to = Step(from, value) is var next && next == Dead && value == '"' && Accepts(from) ? Behind : next;
            return to != Dead;
        }
    }

    /// <summary>The same automaton with other labels.</summary>
    public Dfa Relabel(Func<int, int> label) =>
        new(Classes, ClassCount, Start, Next, [.. Labels.Select(old => old < 0 ? -1 : label(old))]);

    /// <summary>The same automaton without the states that lead nowhere.</summary>
    public Dfa Trim() => IsEmpty ? this : Explore<int>(Start, Classes, TryStep, state => Labels[state], minimize: false);

    private bool TryStep(int from, byte value, out int to)
    {
        to = Step(from, value);
        return to != Dead;
    }

    /// <summary>All texts, when they are no more than the limit; else null.</summary>
    public List<byte[]>? Texts(int limit)
    {
        List<byte[]> texts = [];
        if (IsEmpty)
            return texts;
        // Depth is bounded by the number of states: a longer path has a cycle, so that there is no end of texts.
        if (Count > 2_000)
            return null;
        List<byte> text = [];
        return Visit(Start) ? texts : null;

        bool Visit(int state)
        {
            if (text.Count >= Count)
                return false;
            if (Accepts(state))
                texts.Add([.. text]);
            if (texts.Count > limit)
                return false;
            for (int value = 0; value < 256; value++)
            {
                int to = Step(state, (byte)value);
                if (to == Dead)
                    continue;
                text.Add((byte)value);
                if (!Visit(to))
                    return false;
                text.RemoveAt(text.Count - 1);
            }
            return true;
        }
    }

    private static byte[] Compact(byte[] classes)
    {
        Dictionary<byte, byte> ids = [];
        return [.. classes.Select(old => ids.TryGetValue(old, out byte id) ? id : ids[old] = (byte)ids.Count)];
    }

    private static int Label(Dfa part, int state) => state == Dead ? -1 : part.Labels[state];

    private static byte[] MergeClasses(Dfa[] parts)
    {
        byte[] classes = new byte[256];
        foreach (Dfa part in parts)
        {
            Dictionary<int, byte> ids = [];
            for (int value = 0; value < 256; value++)
            {
                int pair = classes[value] << 8 | part.Classes[value];
                if (!ids.TryGetValue(pair, out byte id))
                    ids.Add(pair, id = (byte)ids.Count);
                classes[value] = id;
            }
        }
        return classes;
    }

    private static Dfa Trim(byte[] classes, int classCount, int[] next, int[] labels)
    {
        int count = labels.Length;
        List<int>[] sources = new List<int>[count];
        for (int state = 0; state < count; state++)
        {
            for (int i = 0; i < classCount; i++)
            {
                int to = next[state * classCount + i];
                if (to == Dead)
                    continue;
                List<int> list = sources[to] ??= [];
                if (list.Count == 0 || list[^1] != state)
                    list.Add(state);
            }
        }
        bool[] alive = new bool[count];
        Stack<int> open = new();
        for (int state = 0; state < count; state++)
        {
            if (labels[state] >= 0)
            {
                alive[state] = true;
                open.Push(state);
            }
        }
        while (open.TryPop(out int state))
        {
            foreach (int source in sources[state] ?? [])
            {
                if (!alive[source])
                {
                    alive[source] = true;
                    open.Push(source);
                }
            }
        }
        if (!alive[0])
            return Empty;
        int[] ids = new int[count];
        int kept = 0;
        for (int state = 0; state < count; state++)
            ids[state] = alive[state] ? kept++ : Dead;
        return Rename(classes, classCount, next, labels, ids, kept);
    }

    /// <summary>Merges equivalent states by refining a partition (Moore).</summary>
    private Dfa Minimize()
    {
        if (IsEmpty)
            return this;
        int[] parts = new int[Count];
        Dictionary<ulong, int> ids = [];
        for (int state = 0; state < Count; state++)
            parts[state] = Id((ulong)(Labels[state] + 1));
        int partCount = ids.Count;
        while (true)
        {
            CompileBudget.Spend(Count * (ClassCount + 8) / 8);
            ids.Clear();
            int[] refined = new int[Count];
            for (int state = 0; state < Count; state++)
            {
                ulong signature = Mix(0x9E3779B97F4A7C15, (ulong)parts[state]);
                foreach (int to in Next.AsSpan(state * ClassCount, ClassCount))
                    signature = Mix(signature, to == Dead ? ulong.MaxValue : (ulong)parts[to]);
                refined[state] = Id(signature);
            }
            parts = refined;
            if (ids.Count == partCount)
                break;
            partCount = ids.Count;
        }
        return partCount == Count ? this : Rename(Classes, ClassCount, Next, Labels, parts, partCount, Start);

        int Id(ulong key)
        {
            if (!ids.TryGetValue(key, out int id))
                ids.Add(key, id = ids.Count);
            return id;
        }
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash ^ value) * 0xD6E8FEB86659FD93;
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
        return hash ^ (hash >> 32);
    }

    private static Dfa Rename(byte[] classes, int classCount, int[] next, int[] labels, int[] ids, int count, int start = 0)
    {
        int[] newNext = new int[count * classCount];
        int[] newLabels = new int[count];
        for (int state = 0; state < labels.Length; state++)
        {
            int id = ids[state];
            if (id == Dead)
                continue;
            newLabels[id] = labels[state];
            for (int i = 0; i < classCount; i++)
            {
                int to = next[state * classCount + i];
                newNext[id * classCount + i] = to == Dead ? Dead : ids[to];
            }
        }
        return new Dfa(classes, classCount, ids[start], newNext, newLabels);
    }

    private sealed class IntegersComparer : IEqualityComparer<int[]>
    {
        public static readonly IntegersComparer Instance = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] values)
        {
            HashCode hash = default;
            hash.AddBytes(MemoryMarshal.AsBytes<int>(values));
            return hash.ToHashCode();
        }
    }
}
