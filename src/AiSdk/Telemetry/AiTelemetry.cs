using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AiSdk;

/// <summary>Spans and metrics, under the name <c>AiSdk</c>. They hold names, hashes and counts, and content only where it was switched on.</summary>
internal static class AiTelemetry
{
    private const string SourceName = "AiSdk";

    private static int _isPrepared;

    /// <summary>Whether anybody listens.</summary>
    public static bool IsObserved => Instruments.Source.HasListeners() || Instruments.Duration.Enabled || Instruments.Attempts.Enabled;

    /// <summary>
    /// Makes the source and the meter in the background. The first <see cref="ActivitySource"/> of a process sets up event tracing, some 5 ms; begun when a
    /// client is constructed, that is over when its first call asks whether anybody listens. If it is not, the call waits: nothing goes unobserved.
    /// </summary>
    public static void Prepare()
    {
        if (_isPrepared == 0 && Interlocked.Exchange(ref _isPrepared, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => GC.KeepAlive(Instruments.Source), null);
    }

    /// <summary>Begins a call's span, if anybody listens.</summary>
    public static Activity? StartActivity(AiFunctionInfo function)
    {
        Activity? activity = Instruments.Source.StartActivity(function.Name, ActivityKind.Internal);
        return activity?.SetTag("aisdk.function", function.Id).SetTag("aisdk.prompt_hash", function.PromptHash);
    }

    /// <summary>Begins the span of a part of a call, if anybody listens: a sample, a critique, a revision.</summary>
    /// <param name="step">What it is.</param>
    /// <param name="number">Which of them, from 0.</param>
    public static Activity? StartStep(string step, int number) =>
        IsObserved ? Instruments.Source.StartActivity(step, ActivityKind.Internal)?.SetTag("aisdk.step", step).SetTag("aisdk.step.number", number) : null;

    /// <summary>Records a call that has ended.</summary>
    public static void Record(AiFunctionInfo function, TimeSpan duration, string outcome, int attempts)
    {
        TagList tags = new() { { "aisdk.function", function.Id }, { "aisdk.prompt_hash", function.PromptHash }, { "aisdk.outcome", outcome } };
        Instruments.Duration.Record(duration.TotalSeconds, tags);
        Instruments.Attempts.Record(attempts, tags);
    }

    // A class of its own, so that Prepare does not wait for what it starts.
    private static class Instruments
    {
        public static readonly ActivitySource Source = new(SourceName);

        private static readonly Meter _meter = new(SourceName);

        public static readonly Histogram<double> Duration =
            _meter.CreateHistogram<double>("aisdk.function.duration", "s", "Duration of AI function calls, all attempts together.");

        // Of the same number type as the other: a second one would cost the first call two milliseconds of compilation.
        public static readonly Histogram<double> Attempts =
            _meter.CreateHistogram<double>("aisdk.function.attempts", "{attempt}", "How often the model was asked in one AI function call.");
    }
}
