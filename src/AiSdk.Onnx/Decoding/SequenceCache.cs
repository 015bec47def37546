namespace AiSdk.Onnx;

/// <summary>Keeps the decoders of ended replies, so that a prompt that begins like an earlier sequence is not read again. Thread-safe.</summary>
/// <remarks>
/// A kept sequence is used by one reply at a time. One that is longer than what is shared is copied from rather than cut, while memory lasts: a function's
/// next call replaces the last input and reply, but does not end a conversation that begins with the same instructions. What was read with an adapter serves replies with that adapter only.
/// </remarks>
internal sealed class SequenceCache(Func<int, string?, IDecoder> create, long maxBytes) : IDisposable
{
    // Fewer tokens are read again in no time.
    private const int MinShared = 8;

    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _entries = [];
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
        Entry? best;
        int shared = 0;
        lock (_gate)
        {
            best = null;
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
                Remove(best);
        }
        if (best is null)
            return create(capacity, adapter);
        IDecoder decoder = best.Decoder;
        try
        {
            if (decoder.CanCopy && decoder.Length - shared > MinShared + (shared / 2) && decoder.CacheBytes < maxBytes / 2)
            {
                IDecoder copy = create(capacity, adapter);
                try
                {
                    copy.CopyFrom(decoder, shared);
                }
                catch
                {
                    copy.Dispose();
                    throw;
                }
                Keep(best);
                return copy;
            }
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

    /// <summary>Takes a decoder back; it is kept or disposed.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="tokens">The tokens that it has seen, and perhaps more.</param>
    public void Return(IDecoder decoder, ReadOnlySpan<int> tokens) => Keep(new Entry(decoder, tokens[..decoder.Length].ToArray()));

    /// <summary>Disposes what is kept, and what comes back later.</summary>
    public void Dispose()
    {
        List<Entry> entries;
        lock (_gate)
        {
            _isDisposed = true;
            entries = [.. _entries];
            _entries.Clear();
            _bytes = 0;
        }
        foreach (Entry entry in entries)
            entry.Decoder.Dispose();
    }

    private void Keep(Entry entry)
    {
        List<Entry> dropped = [];
        lock (_gate)
        {
            if (_isDisposed || !entry.Decoder.CanRewind || entry.Bytes > maxBytes || entry.Tokens.Length < MinShared)
            {
                dropped.Add(entry);
            }
            else
            {
                _entries.AddFirst(entry);
                _bytes += entry.Bytes;
                while (_bytes > maxBytes)
                {
                    Entry oldest = _entries.Last!.Value;
                    Remove(oldest);
                    dropped.Add(oldest);
                }
            }
        }
        foreach (Entry old in dropped)
            old.Decoder.Dispose();
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry);
        _bytes -= entry.Bytes;
    }

    private sealed record Entry(IDecoder Decoder, int[] Tokens)
    {
        public long Bytes { get; } = Decoder.CacheBytes;
    }
}
