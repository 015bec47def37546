namespace AiSdk.Onnx;

/// <summary>Memory for the cache tensors of one sequence or several, the rows, up to a number of tokens each. Not thread-safe.</summary>
internal sealed class CacheBuffer : IDisposable
{
    private readonly IReadOnlyList<CacheTensor> _tensors;
    private readonly NativeBuffer _memory;
    private readonly long[] _offsets;

    /// <summary>Takes the memory; what of it is never written takes none of the machine's.</summary>
    /// <param name="tensors">The cache's tensors, of one sequence.</param>
    /// <param name="capacity">The most tokens of a row.</param>
    /// <param name="rows">The number of sequences; each tensor holds them one after the other.</param>
    public CacheBuffer(IReadOnlyList<CacheTensor> tensors, int capacity, int rows = 1)
    {
        _tensors = tensors;
        Capacity = capacity;
        Rows = rows;
        _offsets = new long[tensors.Count];
        long size = 0;
        for (int i = 0; i < _offsets.Length; i++)
        {
            _offsets[i] = size;
            size += (rows * capacity * tensors[i].TokenBytes + NativeBuffer.Alignment - 1) & -NativeBuffer.Alignment;
        }
        _memory = new NativeBuffer(size);
    }

    /// <summary>The most tokens of a row.</summary>
    public int Capacity { get; }

    /// <summary>The number of sequences.</summary>
    public int Rows { get; }

    public long Bytes => _memory.Bytes;

    /// <summary>Where a tensor's memory begins.</summary>
    public nint Address(int index) => _memory.Address + (nint)_offsets[index];

    /// <summary>Takes over tokens of another buffer.</summary>
    /// <param name="source">The other buffer, or this one for another row.</param>
    /// <param name="from">For how many tokens the other one's tensors are shaped.</param>
    /// <param name="to">For how many this one's are.</param>
    /// <param name="start">The first token.</param>
    /// <param name="end">The token behind the last.</param>
    /// <param name="sourceRow">The other one's row.</param>
    /// <param name="row">This one's.</param>
    public unsafe void CopyFrom(CacheBuffer source, int from, int to, int start, int end, int sourceRow = 0, int row = 0)
    {
        for (int i = 0; i < _offsets.Length; i++)
        {
            CacheTensor tensor = _tensors[i];
            long skipped = start * tensor.RowBytes;
            long bytes = (end - start) * tensor.RowBytes;
            for (long block = 0; block < tensor.Blocks; block++)
            {
                long sourceAt = ((sourceRow * tensor.Blocks) + block) * from * tensor.RowBytes;
                long targetAt = ((row * tensor.Blocks) + block) * to * tensor.RowBytes;
                Buffer.MemoryCopy((void*)(source.Address(i) + (nint)(sourceAt + skipped)), (void*)(Address(i) + (nint)(targetAt + skipped)), bytes, bytes);
            }
        }
    }

    /// <summary>Keeps the first tokens of the only row: the sequence is an inner dimension, so each head's rows move together.</summary>
    public void Truncate(int from, int to)
    {
        for (int i = 0; i < _offsets.Length; i++)
        {
            CacheTensor tensor = _tensors[i];
            // The first block stays where it is; the others move down, in order, so that none is overwritten before it moved.
            for (long block = 1; block < tensor.Blocks; block++)
                _memory.Move(_offsets[i] + (block * from * tensor.RowBytes), _offsets[i] + (block * to * tensor.RowBytes), to * tensor.RowBytes);
        }
    }

    public void Dispose() => _memory.Dispose();
}
