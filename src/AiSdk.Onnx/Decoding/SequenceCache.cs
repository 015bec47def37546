using System.Runtime.CompilerServices;

namespace AiSdk.Onnx;

/// <summary>Keeps the decoders of ended replies, so that a prompt that begins like an earlier sequence is not read again. Thread-safe.</summary>
/// <remarks>
/// One that is longer than what is shared is copied from rather than cut, while memory lasts, by any number of replies at a time: a function's next call replaces the last input and
/// reply, but does not end a conversation that begins with the same instructions. When memory runs out, what has never been of use goes first, so that many calls of one
/// function do not push out what others begin with. What was read with an adapter serves replies with that adapter only.
/// </remarks>
internal sealed class SequenceCache(Func<int, string?, IDecoder> create, long maxBytes) : IDisposable
{
    // Fewer tokens are read again in no time.
    private const int MinShared = 8;

    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _entries = [];

    // Decoders that were cut for a reply and may come back.
    private readonly ConditionalWeakTable<IDecoder, object> _taken = [];
    private long _bytes;
    private bool _isDisposed;

    /// <summary>The memory that kept sequences take, in bytes.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>The number of kept sequences.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _entries.Count;
        }
    }

    /// <summary>A decoder for a prompt, which holds as much of its beginning as is known, and not all of it.</summary>
    /// <param name="prompt">The prompt's tokens, at least one.</param>
    /// <param name="capacity">The most tokens of prompt and reply together.</param>
    /// <param name="adapter">The adapter to read it with, or null.</param>
    public IDecoder Rent(ReadOnlySpan<int> prompt, int capacity, string? adapter = null)
    {
        Entry? best = null;
        int shared = 0;
        bool copies = false;
        lock (_gate)
        {
            foreach (Entry entry in _entries)
            {
                if (!string.Equals(entry.Decoder.Adapter, adapter, StringComparison.Ordinal))
                    continue;
                // The logits behind the last token are needed, so that one is always read.
                int common = Math.Min(prompt[..^1].CommonPrefixLength(entry.Tokens), entry.Decoder.Length);
                if (common > shared)
                    (best, shared) = (entry, common);
            }
            if (shared < MinShared)
                best = null;
            if (best is not null)
            {
                copies = best.Readers > 0 || (best.Decoder.CanCopy && best.Decoder.Length - shared > MinShared + (shared / 2) && best.Decoder.CacheBytes < maxBytes / 2);
                Remove(best);
                best.WasUseful = true;
                if (copies)
                {
                    best.Readers++;
                    Add(best);
                }
                else
                {
                    _taken.AddOrUpdate(best.Decoder, best);
                }
            }
        }
        if (best is null)
            return create(capacity, adapter);
        return copies ? Copy(best, shared, capacity) : Cut(best.Decoder, shared, capacity);
    }

    /// <summary>Takes a decoder back; it is kept or disposed.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="tokens">The tokens that it has seen, and perhaps more.</param>
    public void Return(IDecoder decoder, ReadOnlySpan<int> tokens)
    {
        Entry returned = new(decoder, tokens[..decoder.Length].ToArray());
        List<Entry> dropped = [];
        lock (_gate)
        {
            returned.WasUseful = _taken.Remove(decoder);
            if (_isDisposed || !decoder.CanRewind || returned.Bytes > maxBytes || returned.Tokens.Length < MinShared)
            {
                dropped.Add(returned);
            }
            else
            {
                Add(returned);
                while (_bytes > maxBytes)
                {
                    Entry old = Oldest();
                    Remove(old);
                    old.IsDropped = true;
                    if (old.Readers == 0)
                        dropped.Add(old);
                }
            }
        }
        foreach (Entry old in dropped)
            old.Decoder.Dispose();
    }

    /// <summary>Disposes what is kept, and what comes back later.</summary>
    public void Dispose()
    {
        List<Entry> dropped;
        lock (_gate)
        {
            _isDisposed = true;
            foreach (Entry entry in _entries)
                entry.IsDropped = true;
            dropped = [.. _entries.Where(static entry => entry.Readers == 0)];
            _entries.Clear();
            _bytes = 0;
        }
        foreach (Entry entry in dropped)
            entry.Decoder.Dispose();
    }

    private IDecoder Copy(Entry source, int shared, int capacity)
    {
        try
        {
            IDecoder copy = create(capacity, source.Decoder.Adapter);
            try
            {
                copy.CopyFrom(source.Decoder, shared);
                return copy;
            }
            catch
            {
                copy.Dispose();
                throw;
            }
        }
        finally
        {
            bool isLast;
            lock (_gate)
                isLast = --source.Readers == 0 && source.IsDropped;
            if (isLast)
                source.Decoder.Dispose();
        }
    }

    private static IDecoder Cut(IDecoder decoder, int shared, int capacity)
    {
        try
        {
            decoder.Rewind(shared);
            decoder.Reserve(capacity);
            return decoder;
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    /// <summary>What is to go first: the oldest that has never been of use, without the newest, which cannot have been; else the oldest.</summary>
    private Entry Oldest()
    {
        for (LinkedListNode<Entry>? node = _entries.Last; node is not null && node != _entries.First; node = node.Previous)
        {
            if (!node.Value.WasUseful)
                return node.Value;
        }
        return _entries.Last!.Value;
    }

    private void Add(Entry entry)
    {
        _entries.AddFirst(entry);
        _bytes += entry.Bytes;
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry);
        _bytes -= entry.Bytes;
    }

    private sealed class Entry(IDecoder decoder, int[] tokens)
    {
        public IDecoder Decoder { get; } = decoder;

        public int[] Tokens { get; } = tokens;

        public long Bytes { get; } = decoder.CacheBytes;

        /// <summary>How many replies copy it at the moment.</summary>
        public int Readers { get; set; }

        /// <summary>Whether a reply began with it.</summary>
        public bool WasUseful { get; set; }

        /// <summary>Whether it is kept no more; the last reader disposes it.</summary>
        public bool IsDropped { get; set; }
    }
}
