using System.Collections.Immutable;

namespace AiSdk.Onnx;

/// <summary>The members that an object has, as far as they decide what may follow.</summary>
internal sealed class ObjectState(ObjectAlternative owner, ulong[] seen, int count, int next, ExtraNames? extra, int budget, ulong kept)
{
    private readonly ObjectAlternative _owner = owner;

    /// <summary>The names that were seen, where their order is free.</summary>
    public ulong[] Seen { get; } = seen;

    /// <summary>The count of members, where it matters.</summary>
    public int Count { get; } = count;

    /// <summary>The first name that may follow, where the order is declared.</summary>
    public int Next { get; } = next;

    /// <summary>The names that have no label of their own.</summary>
    public ExtraNames? Extra { get; } = extra;

    /// <summary>How much nesting is left for values.</summary>
    public int Budget { get; } = budget;

    /// <summary>The rules that are kept, whatever follows.</summary>
    public ulong Kept { get; } = kept;

    /// <summary>The names that may follow.</summary>
    public ulong[] Allowed { get; set; } = [];

    /// <summary>Whether names without labels of their own may follow.</summary>
    public bool AllowsClasses { get; set; }

    /// <summary>Whether such names may follow, now or behind others that must come before.</summary>
    public bool MayHaveClasses { get; set; }

    /// <summary>Whether the object may end.</summary>
    public bool CanClose { get; set; }

    /// <summary>Whether the rules can be kept.</summary>
    public bool CanBeKept { get; set; } = true;

    /// <summary>Whether another member may follow.</summary>
    public bool CanContinue { get; set; }

    /// <summary>Compares what decides.</summary>
    public sealed class Comparer : IEqualityComparer<ObjectState>
    {
        public bool Equals(ObjectState? x, ObjectState? y) =>
            ReferenceEquals(x, y) || (x is not null && y is not null && ReferenceEquals(x._owner, y._owner) && x.Count == y.Count && x.Next == y.Next && ReferenceEquals(x.Extra, y.Extra) && x.Budget == y.Budget && x.Kept == y.Kept && x.Seen.AsSpan().SequenceEqual(y.Seen));

        public int GetHashCode(ObjectState state)
        {
            HashCode hash = default;
            hash.Add(state.Count);
            hash.Add(state.Next);
            hash.Add(state.Extra);
            hash.Add(state.Budget);
            hash.Add(state.Kept);
            foreach (ulong word in state.Seen)
                hash.Add(word);
            return hash.ToHashCode();
        }
    }
}

/// <summary>The part of a name that has been written.</summary>
internal sealed class KeyText
{
    private KeyText(KeyText? previous, byte value, ulong hash, int length)
    {
        Previous = previous;
        Value = value;
        Hash = hash;
        Length = length;
    }

    /// <summary>Nothing yet.</summary>
    public static KeyText Empty { get; } = new(null, 0, 0x9E3779B97F4A7C15, 0);

    /// <summary>The text without its last byte.</summary>
    public KeyText? Previous { get; }

    /// <summary>The last byte.</summary>
    public byte Value { get; }

    /// <summary>Tells texts apart.</summary>
    public ulong Hash { get; }

    /// <summary>The length in bytes.</summary>
    public int Length { get; }

    /// <summary>The hash of a text with one more byte.</summary>
    public static ulong Append(ulong hash, byte value)
    {
        hash = (hash ^ (value + 1UL)) * 0xD6E8FEB86659FD93;
        return hash ^ (hash >> 32);
    }

    /// <summary>The text with one more byte.</summary>
    public KeyText With(byte value) => new(this, value, Append(Hash, value), Length + 1);
}

/// <summary>The names in an object that have no labels of their own.</summary>
internal sealed class ExtraNames
{
    private readonly ImmutableHashSet<ulong> _hashes;
    private readonly ExtraNames? _previous;
    private readonly HashSet<ulong> _beginnings = [];

    public ExtraNames(ExtraNames? previous, KeyText name)
    {
        _previous = previous;
        _hashes = (previous?._hashes ?? []).Add(name.Hash);
        Total = (previous?.Total ?? 0) + 1;
        Name = new byte[name.Length];
        for (KeyText? text = name; text is not null; text = text.Previous)
        {
            _beginnings.Add(text.Hash);
            if (text.Length > 0)
                Name[text.Length - 1] = text.Value;
        }
    }

    /// <summary>How many there are.</summary>
    public int Total { get; }

    /// <summary>The last one.</summary>
    public byte[] Name { get; }

    /// <summary>Whether a name is among them.</summary>
    public bool Contains(ulong hash) => _hashes.Contains(hash);

    /// <summary>How many begin with a text.</summary>
    public int CountWith(ulong hash)
    {
        int count = 0;
        for (ExtraNames? names = this; names is not null; names = names._previous)
            count += names._beginnings.Contains(hash) ? 1 : 0;
        return count;
    }

    /// <summary>What is left of those that begin with a text.</summary>
    public IEnumerable<byte[]> Rests(KeyText text)
    {
        for (ExtraNames? names = this; names is not null; names = names._previous)
        {
            if (names._beginnings.Contains(text.Hash))
                yield return names.Name[text.Length..];
        }
    }
}
