using System.Diagnostics;

namespace BankDesk.Tools;

/// <summary>How long the tools of a ticket ran, in the order in which they did.</summary>
/// <remarks>A ticket's tools run one after the other.</remarks>
internal sealed class ToolTimes
{
    private readonly Dictionary<string, Queue<double>> _times = new(StringComparer.Ordinal);

    /// <summary>Runs a tool.</summary>
    public T Run<T>(string tool, Func<T> run)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            return run();
        }
        finally
        {
            if (!_times.TryGetValue(tool, out Queue<double>? times))
                _times.Add(tool, times = []);
            times.Enqueue(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    /// <summary>The milliseconds of the first run that was not asked for yet; null if there is none.</summary>
    public double? Take(string tool) => _times.TryGetValue(tool, out Queue<double>? times) && times.TryDequeue(out double milliseconds) ? milliseconds : null;
}
