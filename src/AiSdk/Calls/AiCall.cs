using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AiSdk;

/// <summary>One call of a function, as telemetry and errors see it. A call that nobody observes costs two checks.</summary>
internal struct AiCall
{
    private readonly AiFunctionInfo _function;
    private readonly ILogger? _logger;
    private readonly Activity? _activity;
    private readonly bool _sensitive;
    private readonly long _started;
    private string? _id;
    private UsageDetails? _spent;

    /// <summary>The passages that the model was shown; <see langword="null"/> where the function shows none.</summary>
    public Passages? Passages;

    private AiCall(AiFunctionInfo function, ILogger? logger, Activity? activity, bool sensitive, long started)
    {
        _function = function;
        _logger = logger;
        _activity = activity;
        _sensitive = sensitive;
        _started = started;
    }

    /// <summary>This call's identity; made when it is first asked for.</summary>
    public string Id => _id ??= _activity?.SpanId.ToHexString() ?? ActivitySpanId.CreateRandom().ToHexString();

    private readonly bool IsObserved => _started != 0;

    /// <summary>Begins a call.</summary>
    public static AiCall Start(AiFunctionInfo function, IList<ChatMessage> messages, ILogger? logger, bool sensitive) =>
        logger is null && !AiTelemetry.IsObserved ? new AiCall(function, null, null, sensitive, 0) : StartObserved(function, messages, logger, sensitive);

    private static AiCall StartObserved(AiFunctionInfo function, IList<ChatMessage> messages, ILogger? logger, bool sensitive)
    {
        bool log = logger is not null && logger.IsEnabled(LogLevel.Debug);
        if (!log && !AiTelemetry.IsObserved)
            return new AiCall(function, logger, null, sensitive, 0);

        Activity? activity = AiTelemetry.StartActivity(function);
        if (sensitive && activity is { IsAllDataRequested: true })
            activity.SetTag("aisdk.messages", Transcript(messages));
        AiCall call = new(function, logger, activity, sensitive, Stopwatch.GetTimestamp());
        if (log)
        {
            AiLog.Calling(logger!, function.Name, call.Id, function.PromptHash, messages.Count);
            if (sensitive && logger!.IsEnabled(LogLevel.Trace))
                AiLog.Messages(logger, function.Name, call.Id, Transcript(messages));
        }
        return call;
    }

    /// <summary>Ends a call that gave a value.</summary>
    public void Succeed(string reply, UsageDetails? usage, IReadOnlyList<Repair> repairs, int attempts)
    {
        if (IsObserved)
            End(reply, usage, repairs, attempts, "success", null);
    }

    /// <summary>Notes that the model is asked again.</summary>
    public void Reask(AiOutputException failure, int count)
    {
        _activity?.AddEvent(new ActivityEvent("aisdk.reask"));
        if (_logger is not null)
            AiLog.Reasking(_logger, _function.Name, Id, count, failure.Errors.Count);
    }

    /// <summary>Notes something on the call's span.</summary>
    public readonly void Tag(string name, object value) => _activity?.SetTag(name, value);

    /// <summary>Notes a sample or a critique that could not be used, or a vote.</summary>
    public void Log(Action<ILogger, string, string> log)
    {
        if (_logger is not null)
            log(_logger, _function.Name, Id);
    }

    /// <summary>Counts what a response has taken, so that a call that fails tells it, too.</summary>
    public void Spend(UsageDetails? usage)
    {
        if (usage is not null && IsObserved)
            (_spent ??= new UsageDetails()).Add(usage);
    }

    /// <summary>Ends a call that failed.</summary>
    public void Fail(Exception exception)
    {
        // Failures are logged at Warning, also when a call that succeeds would not have been observed at all.
        if (!IsObserved && _logger?.IsEnabled(LogLevel.Warning) != true)
            return;
        string outcome = exception switch
        {
            OperationCanceledException => "canceled",
            AiOutputException => "invalid_output",
            AiRefusalException => "refused",
            AiTruncatedException => "truncated",
            AiGuardException => "blocked",
            AiUnsupportedInputException => "unsupported",
            _ => "client_error",
        };
        AiOutputException? output = exception as AiOutputException;
        End((exception as AiFunctionException)?.RawReply ?? "", _spent, output?.Repairs ?? [], output?.Attempts ?? 1, outcome, exception);
    }

    private void End(string reply, UsageDetails? usage, IReadOnlyList<Repair> repairs, int attempts, string outcome, Exception? exception)
    {
        TimeSpan duration = IsObserved ? Stopwatch.GetElapsedTime(_started) : TimeSpan.Zero;
        if (IsObserved)
            AiTelemetry.Record(_function, duration, outcome, attempts);
        if (_activity is not null)
        {
            _activity.SetTag("aisdk.outcome", outcome).SetTag("aisdk.attempts", attempts);
            if (repairs.Count > 0)
                _activity.SetTag("aisdk.repairs", Kinds(repairs));
            if (usage?.InputTokenCount is { } input)
                _activity.SetTag("gen_ai.usage.input_tokens", input);
            if (usage?.OutputTokenCount is { } output)
                _activity.SetTag("gen_ai.usage.output_tokens", output);
            if (usage?.CachedInputTokenCount is { } cached)
                _activity.SetTag("gen_ai.usage.cache_read.input_tokens", cached);
            if (usage?.ReasoningTokenCount is { } reasoning)
                _activity.SetTag("gen_ai.usage.reasoning.output_tokens", reasoning);
            if (_sensitive)
                _activity.SetTag("aisdk.reply", reply);
            if (exception is not null and not OperationCanceledException)
            {
                // The messages of our own exceptions may quote the reply.
                _activity.SetStatus(ActivityStatusCode.Error, _sensitive ? exception.Message : outcome);
                _activity.SetTag("error.type", exception.GetType().FullName);
            }
            _activity.Dispose();
        }
        if (_logger is null)
            return;
        if (repairs.Count > 0)
            AiLog.Repaired(_logger, _function.Name, Id, repairs.Count, Kinds(repairs));
        Log(_logger, reply, duration, outcome, exception);
    }

    private void Log(ILogger logger, string reply, TimeSpan duration, string outcome, Exception? exception)
    {
        if (exception is null)
            AiLog.Succeeded(logger, _function.Name, Id, duration.TotalMilliseconds);
        else if (exception is OperationCanceledException)
            AiLog.Canceled(logger, _function.Name, Id);
        else
            AiLog.Failed(logger, _function.Name, Id, outcome, _sensitive ? exception : null);
        if (_sensitive && logger.IsEnabled(LogLevel.Trace))
            AiLog.Reply(logger, _function.Name, Id, reply);
    }

    private static string Kinds(IReadOnlyList<Repair> repairs) => string.Join(", ", repairs.Select(static repair => repair.Kind).Distinct().Order());

    private static string Transcript(IList<ChatMessage> messages) =>
        string.Join("\n", messages.Select(static message => $"[{message.Role}] {message.Text}"));
}
