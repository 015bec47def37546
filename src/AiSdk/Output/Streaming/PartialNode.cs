namespace AiSdk;

/// <summary>A value inside an object, dictionary or list.</summary>
internal struct PartialEntry
{
    /// <summary>The place of its first byte, or 0 if there is no such entry yet.</summary>
    public int Start;

    /// <summary>The place behind its last byte, or 0 while it is open.</summary>
    public int End;

    /// <summary>The property's index in the shape; else the complement of the place where the name's JSON begins.</summary>
    public int Key;

    /// <summary>The value's entries if it has any.</summary>
    public PartialNode? Child;
}

/// <summary>An object, dictionary or list of which something is known.</summary>
internal sealed class PartialNode(PartialDocument document, OutputShape? shape, int capacity)
{
    private PartialEntry[] _entries = new PartialEntry[capacity];

    public PartialDocument Document { get; } = document;

    /// <summary>The value's shape; of a union, the variant's. Null for what holds the root.</summary>
    public OutputShape? Shape { get; } = shape;

    /// <summary>The discriminator's name and value as JSON where this is a union's variant.</summary>
    public (string Name, string Json)? Variant { get; init; }

    /// <summary>Entries written; of the writer only.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the next entry needs a comma before it; of the writer only.</summary>
    public bool NeedsComma { get; set; }

    public bool IsList => Shape?.Kind == OutputShapeKind.List;

    public PartialEntry[] Entries => Volatile.Read(ref _entries);

    public int Add(int key, int start, int end, PartialNode? child)
    {
        if (Count == _entries.Length)
        {
            PartialEntry[] larger = new PartialEntry[Math.Max(4, Count * 2)];
            _entries.AsSpan(0, Count).CopyTo(larger);
            Volatile.Write(ref _entries, larger);
        }
        ref PartialEntry entry = ref _entries[Count];
        entry.Key = key;
        entry.End = end;
        entry.Child = child;
        // Readers on other threads take an entry with a start for complete.
        Volatile.Write(ref entry.Start, start);
        return Count++;
    }

    public void Close(int index, int end) => Volatile.Write(ref _entries[index].End, end);

    /// <summary>How many entries there were when the JSON had a length.</summary>
    public int CountAt(int length)
    {
        PartialEntry[] entries = Entries;
        int low = 0;
        int high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            int start = Volatile.Read(ref entries[middle].Start);
            if (start != 0 && start < length)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The entry of a name, or -1.</summary>
    public int Find(string name, int length)
    {
        PartialEntry[] entries = Entries;
        IReadOnlyList<OutputProperty> properties = Shape?.Properties ?? [];
        for (int i = 0; i < entries.Length; i++)
        {
            int start = Volatile.Read(ref entries[i].Start);
            if (start == 0 || start >= length)
                break;
            int key = entries[i].Key;
            string written = key >= 0 && key < properties.Count ? properties[key].Name : key < 0 ? KeyOf(key) : "";
            if (string.Equals(written, name, StringComparison.Ordinal))
                return i;
        }
        return -1;
    }

    /// <summary>The name of an entry.</summary>
    public string NameOf(int index)
    {
        int key = Entries[index].Key;
        return key >= 0 ? Shape!.Properties[key].Name : KeyOf(key);
    }

    private string KeyOf(int key) => PartialText.Read(Document.Json.AsSpan(~key));
}
