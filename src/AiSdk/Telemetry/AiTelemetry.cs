using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AiSdk;

/// <summary>Spans and metrics, under the name <c>AiSdk</c>. They hold names, hashes and counts, and content only where it was switched on.</summary>
internal static class AiTelemetry
{
    private const string SourceName = "AiSdk";

    private static readonly ActivitySource _source = new(SourceName);
    private static readonly Meter _meter = new(SourceName);

    private static readonly Histogram<double> _duration =
        _meter.CreateHistogram<double>("aisdk.function.duration", "s", "Duration of AI function calls, all attempts together.");

    private static readonly Histogram<int> _attempts =
        _meter.CreateHistogram<int>("aisdk.function.attempts", "{attempt}", "How often the model was asked in one AI function call.");

    /// <summary>Whether anybody listens.</summary>
    public static bool IsObserved => _source.HasListeners() || _duration.Enabled || _attempts.Enabled;

    /// <summary>Begins a call's span, if anybody listens.</summary>
    public static Activity? StartActivity(AiFunctionInfo function)
    {
        Activity? activity = _source.StartActivity(function.Name, ActivityKind.Internal);
        return activity?.SetTag("aisdk.function", function.Id).SetTag("aisdk.prompt_hash", function.PromptHash);
    }

    /// <summary>Records a call that has ended.</summary>
    public static void Record(AiFunctionInfo function, TimeSpan duration, string outcome, int attempts)
    {
        TagList tags = new() { { "aisdk.function", function.Id }, { "aisdk.prompt_hash", function.PromptHash }, { "aisdk.outcome", outcome } };
        _duration.Record(duration.TotalSeconds, tags);
        _attempts.Record(attempts, tags);
    }
}
