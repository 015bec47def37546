using System.Collections;
using System.ComponentModel;
using System.Text.Json;

namespace AiSdk.CompilerServices;

/// <summary>A place in a <see cref="Partial{T}"/>. Called by generated code only.</summary>
/// <remarks>Each <c>AsX</c> gives <see langword="null"/> as long as there is nothing to show, and where the reply says null.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct PartialValue
{
    private readonly PartialNode? _owner;
    private readonly int _index;
    private readonly int _length;

    internal PartialValue(PartialNode? owner, int index, int length)
    {
        _owner = owner;
        _index = index;
        _length = length;
    }

    /// <summary>The value itself: a list, a union, a text.</summary>
    /// <typeparam name="T">What the reply becomes.</typeparam>
    public static PartialValue Of<T>(Partial<T> partial)
    {
        ArgumentNullException.ThrowIfNull(partial);
        return partial.Owner.CountAt(partial.Length) > partial.Index ? new PartialValue(partial.Owner, partial.Index, partial.Length) : default;
    }

    /// <summary>A property of an object.</summary>
    /// <typeparam name="T">What the reply becomes.</typeparam>
    /// <param name="partial">The object.</param>
    /// <param name="property">The property's name in JSON.</param>
    public static PartialValue Of<T>(Partial<T> partial, string property)
    {
        ArgumentNullException.ThrowIfNull(partial);
        PartialNode? node = Of(partial).Child;
        return node?.Find(property, partial.Length) is int index and >= 0 ? new PartialValue(node, index, partial.Length) : default;
    }

    private PartialNode? Child => _owner?.Entries[_index].Child;

    /// <summary>A text, as far as it has come.</summary>
    public string? AsText()
    {
        if (_owner is null)
            return null;
        PartialEntry entry = _owner.Entries[_index];
        ReadOnlySpan<byte> json = _owner.Document.Json;
        if (entry.Child is not null || json[entry.Start] != '"')
            return null;
        bool closed = entry.End > 0 && entry.End <= _length;
        return PartialText.Unescape(json[(entry.Start + 1)..(closed ? entry.End - 1 : _length)]);
    }

    /// <summary>A value that is there as a whole or not at all.</summary>
    /// <typeparam name="TValue">The value's type.</typeparam>
    /// <param name="read">Reads it. If it refuses the value, there is nothing to show: the whole reply's reading says why.</param>
    public TValue? AsValue<TValue>(OutputReader<TValue> read)
        where TValue : struct => TryRead(read, out TValue value) ? value : null;

    /// <inheritdoc cref="AsValue"/>
    public TValue? AsReference<TValue>(OutputReader<TValue> read)
        where TValue : class => TryRead(read, out TValue? value) ? value : null;

    /// <summary>An object.</summary>
    /// <typeparam name="TValue">The object's type.</typeparam>
    public Partial<TValue>? AsPartial<TValue>() => Child is null ? null : new Partial<TValue>(_owner!, _index, _length);

    /// <summary>A union's value, if it is this variant.</summary>
    /// <typeparam name="TVariant">The variant's type.</typeparam>
    /// <param name="discriminator">The discriminator's value as JSON: <c>"circle"</c> with its quotes, or <c>1</c>.</param>
    public Partial<TVariant>? AsVariant<TVariant>(string discriminator) =>
        string.Equals(Child?.Variant?.Json, discriminator, StringComparison.Ordinal) ? new Partial<TVariant>(_owner!, _index, _length) : null;

    /// <summary>A list, as far as it has come; its last element may be open.</summary>
    /// <typeparam name="TItem">The elements' type.</typeparam>
    /// <param name="item">Reads an element; called each time one is asked for.</param>
    public IReadOnlyList<TItem>? AsList<TItem>(Func<PartialValue, TItem> item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Child is { IsList: true } node ? new Items<TItem>(node, _length, item) : null;
    }

    /// <summary>A dictionary, as far as it has come; its last value may be open.</summary>
    /// <typeparam name="TItem">The values' type.</typeparam>
    /// <param name="item">Reads a value.</param>
    public IReadOnlyDictionary<string, TItem>? AsDictionary<TItem>(Func<PartialValue, TItem> item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (Child is not { IsList: false } node)
            return null;
        int count = node.CountAt(_length);
        Dictionary<string, TItem> values = new(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
            values[node.NameOf(i)] = item(new PartialValue(node, i, _length));
        return values;
    }

    private bool TryRead<TValue>(OutputReader<TValue> read, out TValue? value)
    {
        ArgumentNullException.ThrowIfNull(read);
        value = default;
        if (_owner is null)
            return false;
        PartialEntry entry = _owner.Entries[_index];
        if (entry.End == 0 || entry.End > _length)
            return false;
        ReadOnlySpan<byte> json = _owner.Document.Json.AsSpan(entry.Start..entry.End);
        if (json is [(byte)'n', ..])
            return false;
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = OutputReader.MaxDepth });
        try
        {
            reader.Read();
            value = read(ref reader);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A type may refuse what its shape allows, with any exception of its own constructor.
            return false;
        }
    }

    private sealed class Items<TItem>(PartialNode node, int length, Func<PartialValue, TItem> item) : IReadOnlyList<TItem>
    {
        public int Count { get; } = node.CountAt(length);

        public TItem this[int index]
        {
            get
            {
                ArgumentOutOfRangeException.ThrowIfNegative(index);
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
                return item(new PartialValue(node, index, length));
            }
        }

        public IEnumerator<TItem> GetEnumerator()
        {
            for (int i = 0; i < Count; i++)
                yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
