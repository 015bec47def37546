using System.Globalization;
using AiSdk.Evaluation.Tests.Support;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>Replies are kept by all that decides about them, and by nothing else.</summary>
public sealed class ReplyCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Replies with the number of the call.</summary>
    private sealed class CountingClient(string provider = "p", string model = "m") : IChatClient
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Interlocked.Increment(ref _calls).ToString(CultureInfo.InvariantCulture))));

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (ChatResponseUpdate update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
                yield return update;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(provider, defaultModelId: model) : null;

        public void Dispose()
        {
        }
    }

    private ReplyCacheChatClient Cache(IChatClient inner, ReplyCacheMode mode = ReplyCacheMode.AskWhereMissing, string model = "") => new(inner, _folder.Path("replies"), mode, model);

    private static async Task<string> AskAsync(IChatClient client, string text = "hello", ChatOptions? options = null) => (await client.GetResponseAsync(text, options, Cancelled)).Text;

    public static TheoryData<string> Differences => ["none", "provider", "model", "version", "message", "role", "temperature", "model of the call", "schema", "tool", "tool's description", "tool's schema", "seed"];

    [Theory]
    [MemberData(nameof(Differences))]
    public async Task The_key_is_all_that_matters(string difference)
    {
        static ChatOptions Options(string? changed = null) => new()
        {
            Temperature = changed == "temperature" ? 0.5f : 0,
            Seed = changed == "seed" ? 2 : 1,
            ModelId = changed == "model of the call" ? "other" : null,
            ResponseFormat = ChatResponseFormat.ForJsonSchema(System.Text.Json.JsonDocument.Parse(changed == "schema" ? """{"type":"string"}""" : """{"type":"number"}""").RootElement, "x"),
            Tools =
            [
                changed == "tool's schema" ? AIFunctionFactory.Create((string a) => a, "find", "Finds.")
                : AIFunctionFactory.Create((int a) => a, changed == "tool" ? "search" : "find", changed == "tool's description" ? "Finds it." : "Finds."),
            ],
        };
        using CountingClient first = new();
        Assert.Equal("1", (await Cache(first).GetResponseAsync([new ChatMessage(ChatRole.User, "hello")], Options(), Cancelled)).Text);

        using CountingClient second = new(difference == "provider" ? "other" : "p", difference == "model" ? "other" : "m");
        ReplyCacheChatClient cache = Cache(second, model: difference == "version" ? "2" : "");
        await cache.GetResponseAsync([new ChatMessage(difference == "role" ? ChatRole.System : ChatRole.User, difference == "message" ? "hello!" : "hello")], Options(difference), Cancelled);

        Assert.Equal(difference == "none" ? 0 : 1, second.Calls);
    }

    [Fact]
    public async Task The_same_asked_again_is_another_reply_each_time_and_replayed_in_the_same_order()
    {
        using CountingClient client = new();
        ReplyCacheChatClient recording = Cache(client);
        string[] recorded = [await AskAsync(recording), await AskAsync(recording), await AskAsync(recording)];
        Assert.Equal(["1", "2", "3"], recorded);

        ReplyCacheChatClient replay = Cache(client, ReplyCacheMode.ReplayOnly);
        string[] replayed = [await AskAsync(replay), await AskAsync(replay), await AskAsync(replay)];
        Assert.Equal(recorded, replayed);
        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync(replay));
        Assert.Contains("There is no recorded reply", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recording_asks_the_model_though_there_is_a_reply()
    {
        using CountingClient client = new();
        Assert.Equal("1", await AskAsync(Cache(client, ReplyCacheMode.Record)));
        Assert.Equal("2", await AskAsync(Cache(client, ReplyCacheMode.Record)));
        Assert.Equal("2", await AskAsync(Cache(client, ReplyCacheMode.ReplayOnly)));
    }

    [Fact]
    public async Task Votes_in_each_repeat_of_each_case_are_kept_apart_and_a_second_run_asks_nobody()
    {
        using CountingClient client = new();
        EvalCase<string, string>[] cases = [new("a", "same", "x"), new("b", "other", "x")];
        FunctionEvaluation<string, string> Voting(IChatClient asked) => new()
        {
            Name = "votes",
            Call = async (input, token) => string.Join(',', (await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => AskAsync(asked, input)))).Order(StringComparer.Ordinal)),
            Scorers = [Scorers.Exact<string>()],
        };
        EvalRun first = await Voting(Cache(client)).RunAsync(cases, _folder.Path("a"), new EvalOptions { Repeats = 2, Concurrency = 4 }, Cancelled);
        Assert.Equal(12, client.Calls);
        Assert.Equal(12, first.ReadResults().SelectMany(static result => result.Output!.Value.GetString()!.Split(',')).Distinct().Count());

        EvalRun second = await Voting(Cache(client, ReplyCacheMode.ReplayOnly)).RunAsync(cases, _folder.Path("b"), new EvalOptions { Repeats = 2 }, Cancelled);
        Assert.Equal(12, client.Calls);
        Assert.Equal(Outputs(first), Outputs(second));

        static IEnumerable<string> Outputs(EvalRun run) => run.ReadResults().Select(static result => $"{result.Id} {result.Repeat} {result.Output}").Order(StringComparer.Ordinal);
    }
}
