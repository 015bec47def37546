namespace AiSdk;

/// <summary>What is known of a streamed value so far: canonical JSON, in the reply's order, and where in it each value stands.</summary>
/// <remarks>
/// Append-only, so that a length of the JSON is a snapshot: what begins before it was there, what ends before it was closed. One writer; any number of readers,
/// each of which looks only at what lies before a length that it was given. Arrays that have become too small are copied, never changed.
/// </remarks>
internal sealed class PartialDocument
{
    private byte[] _json = new byte[512];

    public PartialDocument()
    {
        // So that no value begins at zero, which stands for "not yet".
        _json[0] = (byte)' ';
        Length = 1;
        Holder = new PartialNode(this, null, 1);
    }

    /// <summary>Bytes written; of the writer only.</summary>
    public int Length { get; set; }

    /// <summary>Has the root as its only entry.</summary>
    public PartialNode Holder { get; }

    public byte[] Json => Volatile.Read(ref _json);

    /// <summary>Room for bytes behind those written.</summary>
    public Span<byte> Room(int count)
    {
        if (_json.Length - Length < count)
            Grow(count);
        return _json.AsSpan(Length);
    }

    public void Append(byte value)
    {
        if (_json.Length == Length)
            Grow(1);
        _json[Length++] = value;
    }

    public void Append(ReadOnlySpan<byte> json)
    {
        json.CopyTo(Room(json.Length));
        Length += json.Length;
    }

    private void Grow(int count)
    {
        byte[] larger = new byte[Math.Max(_json.Length * 2, Length + count)];
        _json.AsSpan(0, Length).CopyTo(larger);
        Volatile.Write(ref _json, larger);
    }
}
