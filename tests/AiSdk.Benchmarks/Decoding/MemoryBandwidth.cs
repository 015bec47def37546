using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AiSdk.Benchmarks;

/// <summary>What the machine's memory gives at most, for what reads a model's weights once a token.</summary>
internal static class MemoryBandwidth
{
    /// <summary>Bytes per second that all cores together read of memory, at best.</summary>
    public static unsafe double Read()
    {
        const long Bytes = 1L << 30;
        int workers = Environment.ProcessorCount;
        byte* memory = (byte*)NativeMemory.AllocZeroed((nuint)Bytes);
        try
        {
            new Span<byte>(memory, int.MaxValue / 2).Fill(1);
            double best = 0;
            for (int run = 0; run < 4; run++)
            {
                long started = Stopwatch.GetTimestamp();
                long sum = 0;
                Parallel.For(0, workers, worker =>
                {
                    long length = Bytes / workers;
                    System.Numerics.Vector<long> lanes = default;
                    for (long at = worker * length; at + sizeof(System.Numerics.Vector<long>) <= (worker + 1) * length; at += sizeof(System.Numerics.Vector<long>))
                        lanes += *(System.Numerics.Vector<long>*)(memory + at);
                    Interlocked.Add(ref sum, System.Numerics.Vector.Sum(lanes));
                });
                best = Math.Max(best, Bytes / Stopwatch.GetElapsedTime(started).TotalSeconds);
                GC.KeepAlive(sum);
            }
            return best;
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }
}
