using System.Diagnostics;
using System.Globalization;
using AiSdk;
using AiSdk.Onnx;

namespace Quickstart;

/// <summary>How well messages are routed: what came, beside what should have come.</summary>
public sealed class RoutingEvaluation
{
    private const int MostConfused = 10;
    private const int WarmUps = 5;
    private const int MostFailures = 10;
    private const string NoIntent = "(failed)";

    private readonly List<(LabelledMessage Message, string Reason)> _failures = [];
    private readonly List<(string Expected, string Actual, double? Confidence)> _results = [];
    private TimeSpan _time;

    /// <summary>Whether each message went where it should, with how sure the model was; those without a confidence are left out.</summary>
    public IReadOnlyList<(double Confidence, bool IsRight)> Confidences => [.. _results.Where(static r => r.Confidence is not null).Select(static r => (r.Confidence!.Value, r.Expected == r.Actual))];

    /// <summary>The share of messages that went where they should.</summary>
    public WilsonInterval Accuracy => new(_results.Count(static r => r.Expected == r.Actual), _results.Count);

    /// <summary>The mean of the categories' F1 scores, over all that occur as expected or actual.</summary>
    public double MacroF1
    {
        get
        {
            string[] categories = [.. _results.SelectMany(static r => (string[])[r.Expected, r.Actual]).Where(static name => name != NoIntent).Distinct(StringComparer.Ordinal)];
            return categories.Average(category =>
            {
                int right = _results.Count(r => r.Expected == category && r.Actual == category);
                int all = _results.Count(r => r.Expected == category) + _results.Count(r => r.Actual == category);
                return 2.0 * right / all;
            });
        }
    }

    /// <summary>The milliseconds that a call took on average; not a number where none gave an intent.</summary>
    public double MillisecondsPerCall => _time.TotalMilliseconds / (_results.Count - _failures.Count);

    /// <summary>The messages that got no intent, which count as wrong, and why.</summary>
    public IReadOnlyList<(LabelledMessage Message, string Reason)> Failures => _failures;

    /// <summary>Routes messages, one after the other. One that fails is counted as wrong, and the others go on.</summary>
    /// <exception cref="AiFunctionException">None of the first calls reached a model: the last one's failure.</exception>
    public static async Task<RoutingEvaluation> RunAsync(IBankDesk desk, IReadOnlyList<LabelledMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(desk);
        ArgumentNullException.ThrowIfNull(messages);
        RoutingEvaluation evaluation = new();
        // The first calls compile the schema's automaton and the code.
        bool isReached = messages.Count == 0;
        AiFunctionException? unreached = null;
        foreach (LabelledMessage message in messages.Take(WarmUps))
        {
            (_, AiFunctionException? failure) = await RouteAsync(message).ConfigureAwait(false);
            // A bad reply is an exception of a type of its own; what a client threw is within one of no other type.
            if (failure is { InnerException: not null } && failure.GetType() == typeof(AiFunctionException))
                unreached = failure;
            else
                isReached = true;
        }
        if (!isReached)
            throw unreached!;
        foreach (LabelledMessage message in messages)
        {
            long started = Stopwatch.GetTimestamp();
            (AiResult<BankIntent>? result, AiFunctionException? failure) = await RouteAsync(message).ConfigureAwait(false);
            if (result is null)
            {
                evaluation._failures.Add((message, failure!.Message));
                evaluation._results.Add((message.Category, NoIntent, null));
                continue;
            }
            evaluation._time += Stopwatch.GetElapsedTime(started);
            evaluation._results.Add((message.Category, BankIntentNames.Name(result.Value), result.Confidence));
        }
        return evaluation;

        async Task<(AiResult<BankIntent>?, AiFunctionException?)> RouteAsync(LabelledMessage message)
        {
            try
            {
                return (await desk.RouteAsync(message.Text, cancellationToken).ConfigureAwait(false), null);
            }
            catch (AiFunctionException e)
            {
                return (null, e);
            }
        }
    }

    /// <summary>Prints all figures.</summary>
    public void Print(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine($"accuracy:          {Accuracy}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"macro F1:          {MacroF1:0.0000}"));
        if (Confidences is { Count: > 0 } confidences)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"calibration error: {ConfidenceCalibration.ExpectedError(confidences):0.0000} (expected, 10 bins)"));
        if (_results.Count > _failures.Count)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ms per call:       {MillisecondsPerCall:0.000}"));
        string[] unknown = [.. _results.Select(static r => r.Expected).Where(static name => !BankIntentNames.All.Contains(name)).Distinct(StringComparer.Ordinal)];
        if (unknown.Length > 0)
            output.WriteLine($"no intent of ours:  {string.Join(", ", unknown)} (counted as wrong)");
        foreach ((LabelledMessage message, string reason) in _failures.Take(MostFailures))
            output.WriteLine($"failed, line {message.Line}: {reason}");
        if (_failures.Count > MostFailures)
            output.WriteLine($"failed in all:     {_failures.Count} of {_results.Count} (counted as wrong)");
        var confused = _results.Where(static r => r.Expected != r.Actual && r.Actual != NoIntent).GroupBy(static r => (r.Expected, r.Actual)).OrderByDescending(static pair => pair.Count())
            .ThenBy(static pair => pair.Key.Expected, StringComparer.Ordinal).ThenBy(static pair => pair.Key.Actual, StringComparer.Ordinal).Take(MostConfused).ToArray();
        if (confused.Length > 0)
            output.WriteLine("most confused (times, expected, actual):");
        foreach (var pair in confused)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {pair.Count(),4}  {pair.Key.Expected} -> {pair.Key.Actual}"));
    }
}
