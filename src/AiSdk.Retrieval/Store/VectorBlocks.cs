using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AiSdk.Retrieval;

/// <summary>The vectors of a snapshot, slot by slot, and the exact search over them. Older snapshots share the blocks: what they see of them never changes.</summary>
/// <param name="dimensions">The length of the vectors.</param>
/// <param name="format">How they are held.</param>
internal sealed class VectorBlocks(int dimensions, VectorFormat format)
{
    private const int BlockSlots = 8192;

    // Fewer than that are scanned faster than threads are woken.
    private const int ParallelSlots = 32768;

    private readonly List<sbyte[]> _codes = [];
    private readonly List<float[]> _floats = [];

    // Of a slot without a vector it is not a number.
    private readonly List<float[]> _scales = [];
    private int _count;

    /// <summary>The length of the vectors.</summary>
    public int Dimensions => dimensions;

    /// <summary>Whether the scores are those of the full vectors.</summary>
    public bool IsExact => format == VectorFormat.Full;

    /// <summary>The bytes held.</summary>
    public long Bytes => (long)_scales.Count * BlockSlots * (sizeof(float) + (long)dimensions * (IsExact ? sizeof(float) : 1));

    /// <summary>The slots that were added.</summary>
    public int Count => _count;

    /// <summary>A vector's code: its scale and a byte for each component.</summary>
    public static byte[] Encode(ReadOnlySpan<float> vector)
    {
        byte[] code = new byte[sizeof(float) + vector.Length];
        float most = TensorPrimitives.MaxMagnitude(vector);
        float scale = MathF.Abs(most) / 127f;
        MemoryMarshal.Write(code, scale);
        if (scale > 0)
        {
            for (int i = 0; i < vector.Length; i++)
                code[sizeof(float) + i] = (byte)(sbyte)MathF.Round(vector[i] / scale);
        }
        return code;
    }

    /// <summary>Forgets the slots from this one on: those that a load had added when it was cancelled or failed.</summary>
    public void EndAt(int slots) => _count = Math.Min(_count, slots);

    /// <summary>Whether a slot has a vector.</summary>
    public bool Has(int slot) => slot < _count && !float.IsNaN(_scales[slot / BlockSlots][slot % BlockSlots]);

    /// <summary>Adds slots without vectors up to this one.</summary>
    public void Skip(int slots)
    {
        while (_count < slots)
            Place().Scales[_count++ % BlockSlots] = float.NaN;
    }

    /// <summary>Adds the next slot's vector: a code, or the floats, as the format wants.</summary>
    public void Add(ReadOnlySpan<byte> stored)
    {
        (float[] scales, int block) = Place();
        int slot = _count % BlockSlots;
        if (IsExact)
        {
            MemoryMarshal.Cast<byte, float>(stored).CopyTo(_floats[block].AsSpan(slot * dimensions, dimensions));
            scales[slot] = 1;
        }
        else
        {
            scales[slot] = MemoryMarshal.Read<float>(stored);
            MemoryMarshal.Cast<byte, sbyte>(stored[sizeof(float)..]).CopyTo(_codes[block].AsSpan(slot * dimensions, dimensions));
        }
        _count++;
    }

    /// <summary>The slots whose vectors have the greatest product with the query, best first.</summary>
    /// <param name="query">A unit vector.</param>
    /// <param name="count">How many slots the snapshot has.</param>
    /// <param name="allowed">The slots that may be found.</param>
    /// <param name="top">How many.</param>
    public (float Score, int Slot)[] Search(ReadOnlySpan<float> query, int count, ulong[] allowed, int top)
    {
        count = Math.Min(count, _count);
        float[] exact = query.ToArray();
        byte[] code = Encode(query);
        short[] query16 = new short[dimensions];
        for (int i = 0; i < dimensions; i++)
            query16[i] = (sbyte)code[sizeof(float) + i];
        float queryScale = MemoryMarshal.Read<float>(code);

        int blocks = (count + BlockSlots - 1) / BlockSlots;
        int workers = count < ParallelSlots ? 1 : Math.Min(Environment.ProcessorCount, blocks);
        TopSlots[] found = new TopSlots[workers];
        int next = -1;
        if (workers == 1)
            Work(0);
        else
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, Work);
        for (int i = 1; i < workers; i++)
            found[0].Add(found[i]);
        return found[0].ToSorted();

        void Work(int worker)
        {
            TopSlots best = found[worker] = new TopSlots(top);
            for (int block; (block = Interlocked.Increment(ref next)) < blocks;)
                SearchBlock(block, Math.Min(BlockSlots, count - block * BlockSlots), exact, query16, queryScale, allowed, best);
        }
    }

    private void SearchBlock(int block, int count, float[] query, short[] query16, float queryScale, ulong[] allowed, TopSlots best)
    {
        float[] scales = _scales[block];
        int first = block * BlockSlots;
        float threshold = best.Threshold;
        for (int i = 0; i < count; i++)
        {
            int slot = first + i;
            if ((allowed[slot >> 6] & (1UL << (slot & 63))) == 0)
                continue;
            float score = IsExact
                ? TensorPrimitives.Dot(query, _floats[block].AsSpan(i * dimensions, dimensions)) * scales[i]
                : Dot(query16, _codes[block].AsSpan(i * dimensions, dimensions)) * (scales[i] * queryScale);
            // Also false for a slot without a vector.
            if (score >= threshold)
            {
                best.Add(score, slot);
                threshold = best.Threshold;
            }
        }
    }

    /// <summary>A product of bytes, exact: 16 bits for a factor, 32 for the sum.</summary>
    internal static int Dot(ReadOnlySpan<short> query, ReadOnlySpan<sbyte> code)
    {
        ref short q = ref MemoryMarshal.GetReference(query);
        ref sbyte c = ref MemoryMarshal.GetReference(code);
        int i = 0;
        int sum = 0;
        if (Avx512BW.IsSupported)
        {
            Vector512<int> total = Vector512<int>.Zero;
            for (; i <= code.Length - 32; i += 32)
                total += Avx512BW.MultiplyAddAdjacent(Vector512.LoadUnsafe(ref q, (nuint)i), Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref c, (nuint)i)));
            sum = Vector512.Sum(total);
        }
        else if (Avx2.IsSupported)
        {
            Vector256<int> total = Vector256<int>.Zero;
            for (; i <= code.Length - 16; i += 16)
                total += Avx2.MultiplyAddAdjacent(Vector256.LoadUnsafe(ref q, (nuint)i), Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref c, (nuint)i)));
            sum = Vector256.Sum(total);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Vector128<int> total = Vector128<int>.Zero;
            for (; i <= code.Length - 16; i += 16)
            {
                (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.LoadUnsafe(ref c, (nuint)i));
                (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low * Vector128.LoadUnsafe(ref q, (nuint)i));
                (Vector128<int> d, Vector128<int> e) = Vector128.Widen(high * Vector128.LoadUnsafe(ref q, (nuint)i + 8));
                total += a + b + d + e;
            }
            sum = Vector128.Sum(total);
        }
        for (; i < code.Length; i++)
            sum += query[i] * code[i];
        return sum;
    }

    private (float[] Scales, int Block) Place()
    {
        int block = _count / BlockSlots;
        if (block == _scales.Count)
        {
            if (IsExact)
                _floats.Add(new float[BlockSlots * dimensions]);
            else
                _codes.Add(new sbyte[BlockSlots * dimensions]);
            _scales.Add(new float[BlockSlots]);
        }
        return (_scales[block], block);
    }
}
