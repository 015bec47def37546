using System.Diagnostics;

namespace AiSdk.Benchmarks;

/// <summary>One of the things compared.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Nanoseconds">The median time of one operation.</param>
/// <param name="Bytes">What one operation allocates.</param>
internal sealed record Measurement(string Name, double Nanoseconds, double Bytes);

/// <summary>Times operations side by side: in many short rounds that take turns, so that the machine's moods hit all of them alike.</summary>
internal static class Measure
{
    private const int Rounds = 41;
    private static readonly TimeSpan _round = TimeSpan.FromMilliseconds(20);

    /// <summary>Measures; each operation runs once per call of its delegate.</summary>
    public static IReadOnlyList<Measurement> SideBySide(params (string Name, Action Operation)[] operations)
    {
        int[] counts = new int[operations.Length];
        for (int i = 0; i < operations.Length; i++)
            counts[i] = WarmUp(operations[i].Operation);

        double[][] times = [.. operations.Select(static _ => new double[Rounds])];
        double[] bytes = new double[operations.Length];
        for (int round = 0; round < Rounds; round++)
        {
            for (int turn = 0; turn < operations.Length; turn++)
            {
                // Nobody is always the first, or always behind the same neighbour.
                int i = (turn + round) % operations.Length;
                Action operation = operations[i].Operation;
                int count = counts[i];
                long allocated = GC.GetAllocatedBytesForCurrentThread();
                long started = Stopwatch.GetTimestamp();
                for (int n = 0; n < count; n++)
                    operation();
                times[i][round] = Stopwatch.GetElapsedTime(started).TotalNanoseconds / count;
                bytes[i] = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / count;
            }
        }
        return [.. operations.Select((operation, i) => new Measurement(operation.Name, Median(times[i]), bytes[i]))];
    }

    /// <summary>The middle value.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    // Until the optimising compiler has replaced the first code, which it does in the background.
    private static int WarmUp(Action operation)
    {
        long started = Stopwatch.GetTimestamp();
        int count = 0;
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMilliseconds(600) || count < 200)
        {
            operation();
            count++;
        }
        long timed = Stopwatch.GetTimestamp();
        for (int i = 0; i < 100; i++)
            operation();
        double seconds = Stopwatch.GetElapsedTime(timed).TotalSeconds / 100;
        return Math.Max(1, (int)(_round.TotalSeconds / Math.Max(seconds, 1e-8)));
    }
}
