using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using AiSdk.IntegrationTests.Deliberation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>Where a function has output guards, what they have not passed of a reply reaches nobody: no result, exception, span or log has it.</summary>
public sealed class WithheldTests : IDisposable
{
    // What no guard has passed.
    private const string Secret = "AKIAIOSFODNN7EXAMPLE";
    private const string Bad = """{"reasoning":"AKIAIOSFODNN7EXAMPLE","value":{"text":"bad","tags":{"AKIAIOSFODNN7EXAMPLE":1}}}""";
    private const string Good = """Sure, AKIAIOSFODNN7EXAMPLE: {"reasoning":"AKIAIOSFODNN7EXAMPLE","value":{"text":"good","tags":{}}}""";

    private readonly ConcurrentQueue<string> _observed = new();
    private readonly ActivityListener _listener;
    private readonly LoggerFactory _logging;

    public WithheldTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "AiSdk",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => _observed.Enqueue($"{span.StatusDescription} {string.Join(' ', span.TagObjects)}"),
        };
        ActivitySource.AddActivityListener(_listener);
        _logging = new LoggerFactory([new Lines(_observed)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
    }

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private AiFunctionsOptions Options => new() { LoggerFactory = _logging, EnableSensitiveData = true };

    public void Dispose()
    {
        _listener.Dispose();
        _logging.Dispose();
    }

    [Fact]
    public async Task A_typed_stub_that_allows_shows_the_value_only()
    {
        AiResult<Note> result = await new DiscreetDesk(new Bench(Good), Options).NoteAsync("x", CancellationToken);
        Assert.Equal(("good", "", null), (result.Value.Text, result.RawReply, result.Reasoning));
        Assert.Contains(result.Repairs, static repair => repair.Kind == RepairKind.Extraction);
        AssertDiscreet(Text(result));
    }

    [Fact]
    public async Task A_typed_stub_that_rewrites_shows_what_it_wrote()
    {
        AiResult<Note> result = await new DiscreetDesk(new Bench(Good.Replace("good", "rewrite", StringComparison.Ordinal)), Options).NoteAsync("x", CancellationToken);
        Assert.Equal(("rewritten", """{"text":"rewritten","tags":{}}""", null), (result.Value.Text, result.RawReply, result.Reasoning));
        Assert.Equal(GuardVerdictKind.Rewrite, Assert.Single(result.Guards).Verdict);
        AssertDiscreet(Text(result));
    }

    [Theory]
    [InlineData(Bad)] // Blocked.
    [InlineData("""{"reasoning":"AKIAIOSFODNN7EXAMPLE","value":{"text":5,"tags":{"AKIAIOSFODNN7EXAMPLE":"AKIAIOSFODNN7EXAMPLE"}}}""")]
    [InlineData("AKIAIOSFODNN7EXAMPLE")]
    [InlineData("error AKIAIOSFODNN7EXAMPLE")]
    [InlineData("length {\"reasoning\":\"AKIAIOSFODNN7EXAMPLE")]
    [InlineData("content_filter AKIAIOSFODNN7EXAMPLE")]
    [InlineData("refusal AKIAIOSFODNN7EXAMPLE")]
    public async Task A_call_that_fails_shows_nothing_of_its_reply(string reply)
    {
        DiscreetDesk desk = new(new Ending(reply), Options);
        AssertDiscreet(Text(await Assert.ThrowsAnyAsync<AiFunctionException>(() => desk.NoteAsync("x", CancellationToken))));
        AssertDiscreet(Text(await Assert.ThrowsAnyAsync<AiFunctionException>(() => desk.PlainAsync("x", CancellationToken))));
        AssertDiscreet(Text(await Assert.ThrowsAnyAsync<AiFunctionException>(() => desk.WeighAsync("x", CancellationToken))));
        AssertDiscreet(Text(await Assert.ThrowsAnyAsync<AiFunctionException>(() => desk.WeighSecretAsync("x", CancellationToken))));
        if (reply != Bad)
            AssertDiscreet(Text(await Assert.ThrowsAnyAsync<AiFunctionException>(() => desk.SecretAsync("x", CancellationToken))));
        AssertDiscreet(Text(await Assert.ThrowsAnyAsync<AiFunctionException>(async () =>
        {
            await foreach (string piece in desk.TellAsync("x", CancellationToken))
                AssertDiscreet(piece);
        })));
        AssertDiscreet(Text(await Assert.ThrowsAnyAsync<AiFunctionException>(async () =>
        {
            await foreach (Partial<Note> part in desk.PartsAsync("x", CancellationToken))
                AssertDiscreet(part.ToJson());
        })));
    }

    [Fact]
    public async Task A_stream_that_is_left_early_is_not_in_its_span()
    {
        await foreach (string piece in new DiscreetDesk(new Bench($"Well then, {Secret}"), Options).TellAsync("x", CancellationToken))
        {
            AssertDiscreet(piece);
            break;
        }
        AssertDiscreet("");
    }

    [Fact]
    public async Task Samples_that_lose_and_critiques_show_nothing()
    {
        Bench bench = new(Good, Secret, Good, $$"""{"problems":["{{Secret}}"]}""", Good);
        AiResult<Note> result = await new DiscreetDesk(bench, Options).WeighAsync("x", CancellationToken);
        Assert.Equal(("good", 2, 1, 5), (result.Value.Text, result.Vote!.Votes, result.Vote.Failures.Count, result.Attempts));
        AssertDiscreet(Text(result));

        Bench unread = new(Good, Good, $"{Secret} is fine.");
        AiResult<Note> kept = await new DiscreetDesk(unread, Options).WeighAsync("x", CancellationToken);
        Assert.NotNull(Assert.Single(kept.Critiques).Failure);
        AssertDiscreet(Text(kept));

        Bench revised = new(Good, Good, """{"problems":["x"]}""", Secret);
        AiResult<Note> unrevised = await new DiscreetDesk(revised, Options).WeighAsync("x", CancellationToken);
        Assert.Contains("does not fit", Assert.Single(unrevised.Critiques).Failure, StringComparison.Ordinal);
        AssertDiscreet(Text(unrevised));
    }

    [Fact]
    public async Task What_guards_have_passed_is_in_exceptions()
    {
        AiOutputException wrong = await Assert.ThrowsAsync<AiOutputException>(() => new DiscreetDesk(new Bench("no JSON at all")).SecretAsync("x", CancellationToken));
        Assert.Equal("no JSON at all", wrong.RawReply);
    }

    private void AssertDiscreet(string text)
    {
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        Assert.All(_observed.Where(static line => !line.Contains("[user]", StringComparison.Ordinal)), static line => Assert.DoesNotContain(Secret, line, StringComparison.Ordinal));
    }

    private static string Text(AiResult<Note> result)
    {
        Assert.NotEmpty(result.CallId);
        return $"{result.RawReply} {result.Reasoning} {string.Join(' ', result.Repairs)} {string.Join(' ', result.Guards)} {string.Join(' ', result.Critiques.Select(static c => string.Join(' ', c.Problems) + c.Failure))} "
            + string.Join(' ', result.Vote?.Failures.Select(Text) ?? []);
    }

    private static string Text(Exception exception)
    {
        StringBuilder text = new(exception.ToString());
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            text.Append(' ').Append((e as AiFunctionException)?.RawReply).Append(' ').Append((e as AiRefusalException)?.Refusal);
            if (e is AiOutputException output)
                text.AppendJoin(' ', output.Errors).AppendJoin(' ', output.Repairs).Append(output.Path);
            if (e is AggregateException all)
                text.AppendJoin(' ', all.InnerExceptions.Select(Text));
        }
        return text.ToString();
    }

    /// <summary>A client whose reply says how it ends: <c>length …</c>, <c>content_filter …</c>, <c>error …</c>, <c>refusal …</c>.</summary>
    private sealed class Ending(string reply) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            string ending = reply.Split(' ')[0];
            string text = reply[(reply.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            return Task.FromResult(ending switch
            {
                "error" => new ChatResponse(new ChatMessage(ChatRole.Assistant, [new TextContent(text), new ErrorContent("It broke.")])),
                "refusal" => new ChatResponse(new ChatMessage(ChatRole.Assistant, [new ErrorContent(text) { ErrorCode = "Refusal" }])),
                "length" or "content_filter" => new ChatResponse(new ChatMessage(ChatRole.Assistant, text)) { FinishReason = new ChatFinishReason(ending) },
                _ => new ChatResponse(new ChatMessage(ChatRole.Assistant, reply)),
            });
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (ChatResponseUpdate update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
                yield return update;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}

/// <summary>Functions whose replies are looked at before anybody sees them.</summary>
[AiFunctions]
public interface IDiscreetDesk
{
    [UserPrompt("{{message}}")]
    [Reasoning, Guard(GuardStage.Output)]
    Task<AiResult<Note>> NoteAsync(string message, CancellationToken cancellationToken);

    [UserPrompt("{{message}}")]
    [Reasoning, Guard(GuardStage.Output)]
    Task<Note> PlainAsync(string message, CancellationToken cancellationToken);

    [UserPrompt("{{message}}")]
    [Reasoning, SelfConsistency(3, MaxConcurrency = 1), SelfCritique, Guard(GuardStage.Output)]
    Task<AiResult<Note>> WeighAsync(string message, CancellationToken cancellationToken);

    [UserPrompt("{{message}}")]
    [SelfConsistency(2), OutputGuard<SecretGuard>]
    Task<AiResult<Note>> WeighSecretAsync(string message, CancellationToken cancellationToken);

    [UserPrompt("{{message}}")]
    [OutputGuard<SecretGuard>]
    Task<Note> SecretAsync(string message, CancellationToken cancellationToken);

    [UserPrompt("{{message}}")]
    [OutputGuard<SecretGuard>]
    IAsyncEnumerable<string> TellAsync(string message, CancellationToken cancellationToken);

    [UserPrompt("{{message}}")]
    [OutputGuard<SecretGuard>]
    IAsyncEnumerable<Partial<Note>> PartsAsync(string message, CancellationToken cancellationToken);
}

public sealed record Note(string Text, IReadOnlyDictionary<string, int> Tags);

#pragma warning disable CA1822 // The generator declares them as members of the class.
/// <summary>The stubs, filled in.</summary>
public sealed partial class DiscreetDesk
{
    private partial ValueTask<GuardVerdict> GuardNoteOutputAsync(Note reply, GuardContext context) => new(Judge(reply));

    private partial ValueTask<GuardVerdict> GuardPlainOutputAsync(Note reply, GuardContext context) => new(Judge(reply));

    private partial ValueTask<GuardVerdict> GuardWeighOutputAsync(Note reply, GuardContext context) => new(Judge(reply));

    private static GuardVerdict Judge(Note note) => note.Text switch
    {
        "bad" => GuardVerdict.Block("it is bad"),
        "rewrite" => GuardVerdict.Rewrite("""{"text":"rewritten","tags":{}}"""),
        _ => GuardVerdict.Allow,
    };
}
