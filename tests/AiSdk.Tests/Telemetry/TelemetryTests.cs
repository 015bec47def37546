using System.Diagnostics;
using System.Diagnostics.Metrics;
using AiSdk.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AiSdk.Tests;

/// <summary>Listeners hear of the whole process: these tests run by themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryTestGroup
{
    internal const string Name = "telemetry";
}

/// <summary>Spans, metrics and log lines of calls: what they say, and that they say no more.</summary>
[Collection(TelemetryTestGroup.Name)]
public sealed class TelemetryTests : IDisposable
{
    private const string Question = "a secret question";
    private const string Reply = """{"value":"a secret reply"}""";

    private static readonly AiFunctionInfo<int> _function = TestFunction.Returning<int>(OutputReader.ReadInt32);

    private readonly List<Activity> _spans = [];
    private readonly List<(string Instrument, string Unit, double Value, Dictionary<string, object?> Tags)> _measurements = [];
    private readonly List<(LogLevel Level, EventId Id, string Text, Exception? Exception)> _lines = [];
    private readonly List<IDisposable> _listeners = [];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _listeners.ForEach(static listener => listener.Dispose());

    /// <summary>One call that ends in each way, with the outcome that telemetry must name.</summary>
    public static TheoryData<string, string?> Outcomes => new()
    {
        { "success", null },
        { "invalid_output", typeof(AiOutputException).FullName },
        { "refused", typeof(AiRefusalException).FullName },
        { "truncated", typeof(AiTruncatedException).FullName },
        { "client_error", typeof(AiFunctionException).FullName },
        { "canceled", null },
    };

    [Theory, MemberData(nameof(Outcomes))]
    public async Task A_call_is_one_span_with_function_prompt_outcome_and_attempts(string outcome, string? error)
    {
        ListenToSpans();

        Exception? failure = await CallAsync(outcome);

        Activity span = Assert.Single(_spans);
        Assert.Equal(("AiSdk", "ITests.Get", ActivityKind.Internal), (span.Source.Name, span.OperationName, span.Kind));
        Dictionary<string, object?> expected = new()
        {
            ["aisdk.function"] = "Tests.ITests.Get(string)",
            ["aisdk.prompt_hash"] = "fedcba9876543210",
            ["aisdk.outcome"] = outcome,
            ["aisdk.attempts"] = 1,
        };
        if (error is not null)
            expected["error.type"] = error;
        if (outcome == "success")
        {
            expected["gen_ai.usage.input_tokens"] = 11L;
            expected["gen_ai.usage.output_tokens"] = 7L;
        }
        Assert.Equal(expected.OrderBy(static t => t.Key), span.TagObjects.OrderBy(static t => t.Key));
        Assert.Equal(error is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error, span.Status);
        Assert.Equal(error is null ? null : outcome, span.StatusDescription);
        Assert.True(span.IsStopped);
        if (failure is AiFunctionException failed)
            Assert.Equal(span.SpanId.ToHexString(), failed.CallId);
    }

    [Theory, MemberData(nameof(Outcomes))]
    public async Task A_call_is_measured_once_with_its_outcome(string outcome, string? error)
    {
        ListenToMetrics();

        Assert.Equal(error, (await CallAsync(outcome)) is AiFunctionException failed ? failed.GetType().FullName : null);

        Assert.Equal(["aisdk.function.attempts", "aisdk.function.duration"], _measurements.Select(static m => m.Instrument).Order());
        Assert.All(_measurements, measurement => Assert.Equal(
            [KeyValuePair.Create<string, object?>("aisdk.function", "Tests.ITests.Get(string)"), new("aisdk.outcome", outcome), new("aisdk.prompt_hash", "fedcba9876543210")],
            measurement.Tags.OrderBy(static t => t.Key)));
        Assert.Equal(("{attempt}", 1), _measurements.Where(static m => m.Instrument == "aisdk.function.attempts").Select(static m => (m.Unit, m.Value)).Single());
        (string unit, double seconds) = _measurements.Where(static m => m.Instrument == "aisdk.function.duration").Select(static m => (m.Unit, m.Value)).Single();
        Assert.Equal("s", unit);
        Assert.InRange(seconds, 0.000_000_1, 10);
    }

    [Theory, MemberData(nameof(Outcomes))]
    public async Task A_call_is_logged_with_the_call_id_of_its_exception_and_without_content(string outcome, string? error)
    {
        Exception? failure = await CallAsync(outcome, Options(LogLevel.Trace, sensitive: false));

        Assert.Equal(2, _lines.Count);
        Assert.Equal((LogLevel.Debug, 1), (_lines[0].Level, _lines[0].Id.Id));
        Assert.Contains("prompt fedcba9876543210, 1 messages", _lines[0].Text, StringComparison.Ordinal);
        Assert.Equal(error is null ? LogLevel.Debug : LogLevel.Warning, _lines[1].Level);
        Assert.Equal(outcome switch { "success" => 2, "canceled" => 3, _ => 4 }, _lines[1].Id.Id);
        Assert.All(_lines, static line => Assert.Null(line.Exception));
        Assert.DoesNotContain(_lines, static line => line.Text.Contains("secret", StringComparison.Ordinal));
        if (failure is AiFunctionException failed)
            Assert.All(_lines, line => Assert.Contains($"[{failed.CallId}]", line.Text, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Outcomes))]
    public async Task Failures_are_logged_as_warnings_also_where_successes_are_not(string outcome, string? error)
    {
        Exception? failure = await CallAsync(outcome, Options(LogLevel.Warning, sensitive: false));

        if (error is null)
        {
            Assert.Empty(_lines);
            return;
        }
        Assert.Equal($"ITests.Get [{Assert.IsType<AiFunctionException>(failure, exactMatch: false).CallId}] failed: {outcome}", Assert.Single(_lines).Text);
    }

    [Fact]
    public async Task A_call_that_fails_tells_what_it_took()
    {
        ListenToSpans();
        StubChatClient client = new() { Response = static (_, _) => new ChatResponse(new ChatMessage(ChatRole.Assistant, Reply)) { Usage = new UsageDetails { InputTokenCount = 11, OutputTokenCount = 7 } } };

        await Assert.ThrowsAsync<AiOutputException>(() => new AiCaller(client, null).GetValueAsync(_function, [new(ChatRole.User, Question)], new(), CancellationToken));

        Assert.Equal((11L, 7L), ((long)Assert.Single(_spans).GetTagItem("gen_ai.usage.input_tokens")!, (long)_spans[0].GetTagItem("gen_ai.usage.output_tokens")!));
    }

    [Fact]
    public async Task No_content_is_in_spans_unless_it_is_switched_on()
    {
        ListenToSpans();

        await CallAsync("invalid_output");
        await CallAsync("refused");
        Assert.DoesNotContain(_spans.SelectMany(Texts), static text => text.Contains("secret", StringComparison.Ordinal));

        _spans.Clear();
        await CallAsync("invalid_output", new AiFunctionsOptions { EnableSensitiveData = true });
        Activity span = Assert.Single(_spans);
        Assert.Equal(Reply, span.GetTagItem("aisdk.reply"));
        Assert.Equal("[user] " + Question, span.GetTagItem("aisdk.messages"));
        Assert.Contains("secret", span.StatusDescription, StringComparison.Ordinal);

        static IEnumerable<string> Texts(Activity span) => span.TagObjects.Select(static tag => tag.Value?.ToString() ?? "").Append(span.StatusDescription ?? "").Append(span.DisplayName);
    }

    [Fact]
    public async Task Content_is_logged_at_trace_level_where_it_is_switched_on()
    {
        await CallAsync("invalid_output", Options(LogLevel.Trace, sensitive: true));

        Assert.Contains(_lines, static line => line is { Level: LogLevel.Trace, Id.Id: 5 } && line.Text.EndsWith("[user] " + Question, StringComparison.Ordinal));
        Assert.Contains(_lines, static line => line is { Level: LogLevel.Trace, Id.Id: 6 } && line.Text.EndsWith(Reply, StringComparison.Ordinal));
        Assert.Contains(_lines, static line => line is { Level: LogLevel.Warning, Exception: AiOutputException });
    }

    [Fact]
    public async Task The_client_works_inside_the_span()
    {
        ListenToSpans();
        Activity? current = null;
        StubChatClient client = new()
        {
            Response = (_, _) =>
            {
                current = Activity.Current;
                return new ChatResponse(new ChatMessage(ChatRole.Assistant, "5"));
            },
        };

        AiResult<int> result = await new AiCaller(client, null).GetResultAsync(_function, [new(ChatRole.User, Question)], new(), CancellationToken);

        Assert.Same(Assert.Single(_spans), current);
        Assert.Equal(current!.SpanId.ToHexString(), result.CallId);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task A_stream_left_early_ends_its_span()
    {
        ListenToSpans();
        ListenToMetrics();
        StubChatClient client = new() { Updates = static () => [new(ChatRole.Assistant, "one"), new(ChatRole.Assistant, "two")] };

        await foreach (string piece in new AiCaller(client, null).StreamTextAsync(TestFunction.Text, [], null, CancellationToken))
        {
            Assert.Equal("one", piece);
            break;
        }

        Assert.Equal("success", Assert.Single(_spans).GetTagItem("aisdk.outcome"));
        Assert.Equal(2, _measurements.Count);
    }

    [Fact]
    public async Task A_stream_that_fails_half_way_is_one_failed_span_and_a_whole_one_counts_its_tokens()
    {
        ListenToSpans();
        StubChatClient failing = new() { Updates = Failing };
        StubChatClient whole = new()
        {
            Updates = static () => [new(ChatRole.Assistant, "one"), new(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 3, OutputTokenCount = 4 })])],
        };

        await Assert.ThrowsAsync<AiFunctionException>(() => new AiCaller(failing, null).StreamTextAsync(TestFunction.Text, [], null, CancellationToken).ToListAsync(CancellationToken).AsTask());
        await new AiCaller(whole, null).StreamTextAsync(TestFunction.Text, [], null, CancellationToken).ToListAsync(CancellationToken);

        Assert.Equal(["client_error", "success"], _spans.Select(static span => span.GetTagItem("aisdk.outcome")));
        Assert.Equal((3L, 4L), (_spans[1].GetTagItem("gen_ai.usage.input_tokens"), _spans[1].GetTagItem("gen_ai.usage.output_tokens")));

        static IEnumerable<ChatResponseUpdate> Failing()
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, "one");
            throw new IOException("gone");
        }
    }

    [Fact]
    public async Task Nothing_is_recorded_when_nobody_listens()
    {
        Activity? current = new("not null");
        StubChatClient client = new()
        {
            Response = (_, _) =>
            {
                current = Activity.Current;
                return new ChatResponse(new ChatMessage(ChatRole.Assistant, "5"));
            },
        };

        Assert.Equal(5, await new AiCaller(client, Options(LogLevel.Warning, sensitive: true)).GetValueAsync(_function, [], new(), CancellationToken));

        Assert.False(AiTelemetry.IsObserved);
        Assert.Null(current);
        Assert.Empty(_lines);
    }

    private static async Task<Exception?> CallAsync(string outcome, AiFunctionsOptions? options = null)
    {
        using CancellationTokenSource cancel = new();
        if (outcome == "canceled")
            await cancel.CancelAsync();
        StubChatClient client = outcome switch
        {
            "success" => new StubChatClient
            {
                Response = static (_, _) => new ChatResponse(new ChatMessage(ChatRole.Assistant, "5")) { Usage = new UsageDetails { InputTokenCount = 11, OutputTokenCount = 7 } },
            },
            "truncated" => StubChatClient.Saying("""{"value":"a secret""", ChatFinishReason.Length),
            "refused" => new StubChatClient { Response = static (_, _) => new ChatResponse(new ChatMessage(ChatRole.Assistant, [new ErrorContent("a secret reason") { ErrorCode = "Refusal" }])) },
            "client_error" => StubChatClient.Failing(new IOException("a secret address")),
            _ => StubChatClient.Saying(Reply),
        };
        return await Record.ExceptionAsync(() => new AiCaller(client, options).GetValueAsync(_function, [new(ChatRole.User, Question)], new(), cancel.Token));
    }

    private AiFunctionsOptions Options(LogLevel level, bool sensitive) => new() { LoggerFactory = new ListLoggerFactory(this, level), EnableSensitiveData = sensitive };

    private void ListenToSpans()
    {
        ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name == "AiSdk",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        _listeners.Add(listener);
    }

    private void ListenToMetrics()
    {
        MeterListener listener = new()
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "AiSdk")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _measurements.Add((instrument.Name, instrument.Unit!, value, Copy(tags))));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _measurements.Add((instrument.Name, instrument.Unit!, value, Copy(tags))));
        listener.Start();
        _listeners.Add(listener);

        static Dictionary<string, object?> Copy(ReadOnlySpan<KeyValuePair<string, object?>> tags) => new(tags.ToArray());
    }

    private sealed class ListLoggerFactory(TelemetryTests test, LogLevel level) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName)
        {
            Assert.Equal("AiSdk", categoryName);
            return this;
        }

        public bool IsEnabled(LogLevel logLevel) => logLevel >= level;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            test._lines.Add((logLevel, eventId, formatter(state, exception), exception));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
