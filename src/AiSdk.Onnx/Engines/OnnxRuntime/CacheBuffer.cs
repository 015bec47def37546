namespace AiSdk.Onnx;

/// <summary>Memory for the cache tensors of one sequence or several, the rows, up to a number of tokens each. Not thread-safe.</summary>
internal sealed class CacheBuffer : IDisposable
{
    private readonly CacheDevice _device;
    private readonly IReadOnlyList<CacheTensor> _tensors;
    private readonly DeviceBuffer _memory;
    private readonly long[] _offsets;

    /// <summary>Takes the memory; what of it is never written takes none of the machine's where that is the CPU's.</summary>
    /// <param name="device">Where.</param>
    /// <param name="tensors">The cache's tensors, of one sequence.</param>
    /// <param name="capacity">The most tokens of a row.</param>
    /// <param name="rows">The number of sequences; each tensor holds them one after the other.</param>
    /// <exception cref="OnnxModelException">There is not enough.</exception>
    public CacheBuffer(CacheDevice device, IReadOnlyList<CacheTensor> tensors, int capacity, int rows = 1)
    {
        _device = device;
        _tensors = tensors;
        Capacity = capacity;
        Rows = rows;
        _offsets = new long[tensors.Count];
        long size = 0;
        for (int i = 0; i < _offsets.Length; i++)
        {
            _offsets[i] = size;
            size += ((long)rows * capacity * tensors[i].TokenBytes + NativeBuffer.Alignment - 1) & -NativeBuffer.Alignment;
        }
        _memory = device.Allocate(size);
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
    public void CopyFrom(CacheBuffer source, int from, int to, int start, int end, int sourceRow = 0, int row = 0)
    {
        for (int i = 0; i < _offsets.Length; i++)
        {
            CacheTensor tensor = _tensors[i];
            nint skipped = (nint)(start * tensor.RowBytes);
            nint sourceAt = source.Address(i) + (nint)(sourceRow * tensor.Blocks * from * tensor.RowBytes);
            nint targetAt = Address(i) + (nint)(row * tensor.Blocks * to * tensor.RowBytes);
            _device.Copy(targetAt + skipped, to * tensor.RowBytes, sourceAt + skipped, from * tensor.RowBytes, (end - start) * tensor.RowBytes, tensor.Blocks);
        }
    }

    /// <summary>Keeps the first tokens of the only row: the sequence is an inner dimension, so each head's rows move together.</summary>
    public void Truncate(int from, int to)
    {
        for (int i = 0; i < _offsets.Length; i++)
        {
            CacheTensor tensor = _tensors[i];
            _device.Copy(Address(i), to * tensor.RowBytes, Address(i), from * tensor.RowBytes, to * tensor.RowBytes, tensor.Blocks);
        }
    }

    public void Dispose() => _memory.Dispose();
}
