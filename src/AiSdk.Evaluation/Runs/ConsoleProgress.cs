using System.Diagnostics;
using System.Globalization;

namespace AiSdk.Evaluation;

/// <summary>Shows how far a run is: a bar on a terminal, and a line each ten seconds where there is none.</summary>
/// <param name="output">Where to; as a rule <see cref="Console.Error"/>.</param>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class ConsoleProgress(TextWriter output) : IProgress<EvalProgress>
{
    private const int BarWidth = 30;
    private static readonly TimeSpan _onTerminal = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _elsewhere = TimeSpan.FromSeconds(10);

    private readonly bool _isTerminal = ReferenceEquals(output, Console.Error) ? !Console.IsErrorRedirected : ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
    private readonly Lock _lock = new();
    private long _shown;

    /// <inheritdoc/>
    public void Report(EvalProgress value)
    {
        lock (_lock)
        {
            bool isLast = value.Done == value.Total;
            if (!isLast && _shown != 0 && Stopwatch.GetElapsedTime(_shown) < (_isTerminal ? _onTerminal : _elsewhere))
                return;
            _shown = Stopwatch.GetTimestamp();
            string text = string.Create(CultureInfo.InvariantCulture, $"{value.Done}{(value.Total is { } total ? $" of {total}" : "")} cases, {value.Failed} failed, {value.Unmeasured} not measured{(value.Cost > 0 ? $", cost {value.Cost:0.####}" : "")}{(value.TimeLeft is { } left && !isLast ? $", {left:hh\\:mm\\:ss} left" : "")}");
            if (!_isTerminal)
            {
                output.WriteLine(text);
                return;
            }
            int filled = value.Total is > 0 and { } all ? Math.Min(BarWidth, BarWidth * value.Done / all) : 0;
            output.Write($"\r[{new string('#', filled)}{new string('.', BarWidth - filled)}] {text}   {(isLast ? Environment.NewLine : "")}");
        }
    }
}
