using AiSdk.Evaluation.Tests.Support;
using EvaluateBank;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Evaluation.Tests.Runs;

/// <summary>A budget binds, whatever the model tells of its tokens and whatever becomes of its replies.</summary>
public sealed class BudgetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static EvalCase<string, string>[] Cases(int count) => [.. Enumerable.Range(0, count).Select(static i => new EvalCase<string, string>($"c{i}", new string('x', 38), "right"))];

    private static FunctionEvaluation<string, string> Evaluation(Func<string, CancellationToken, Task<EvalOutput<string>>> call) => new() { Name = "budget", Call = call, Scorers = [Scorers.Exact<string>()] };

    [Fact]
    public async Task Where_nobody_tells_tokens_they_are_estimated_and_it_is_said()
    {
        FunctionEvaluation<string, string> evaluation = Evaluation(static (_, _) => Task.FromResult<EvalOutput<string>>("12345678"));

        EvalRun run = await evaluation.RunAsync(Cases(50), _folder.Path("a"), new EvalOptions { MaxTokens = 100 }, Cancelled);
        // 38 characters and two quotes go in, 8 come out.
        Assert.Equal((9, 9, 90L, 18L), (run.Summary.Cases, run.Summary.EstimatedUsages, run.Summary.InputTokens, run.Summary.OutputTokens));
        Assert.Contains("estimated in 9 calls", HtmlReport.Render(run, null), StringComparison.Ordinal);

        EvalRun free = await evaluation.RunAsync(Cases(50), _folder.Path("b"), cancellationToken: Cancelled);
        Assert.Equal((50, 0, 0L), (free.Summary.Cases, free.Summary.EstimatedUsages, free.Summary.InputTokens));
    }

    [Fact]
    public async Task Calls_that_fail_count_too()
    {
        using IChatClient client = new MeteredChatClient(new UsageClient("no intent at all", 30, 5));
        RoutingDesk desk = new(client);
        FunctionEvaluation<string, Quickstart.BankIntent> evaluation = new()
        {
            Name = "failing",
            Functions = [RoutingDesk.RouteAsyncInfo],
            Call = async (message, token) => await desk.RouteAsync(message, token),
            Scorers = [Scorers.Exact<Quickstart.BankIntent>()],
        };

        EvalRun run = await evaluation.RunAsync(RoutingDeskCases.Route, _folder.Path("a"), new EvalOptions { MaxTokens = 105, InputPrice = 1e6, OutputPrice = 0 }, Cancelled);

        Assert.Equal((3, 3, 90L, 15L, 90.0, 0), (run.Summary.Cases, run.Summary.Failed, run.Summary.InputTokens, run.Summary.OutputTokens, run.Summary.Cost, run.Summary.EstimatedUsages));
    }

    [Fact]
    public async Task What_is_metered_is_not_counted_twice_and_what_is_asked_several_times_is_counted_each_time()
    {
        using IChatClient client = new MeteredChatClient(new UsageClient("right", 10, 2));
        FunctionEvaluation<string, string> evaluation = Evaluation(async (input, token) =>
        {
            await client.GetResponseAsync(input, cancellationToken: token);
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(input, cancellationToken: token))
            {
            }
            return new EvalOutput<string>("right") { Usage = new() { InputTokenCount = 1, OutputTokenCount = 1 } };
        });

        EvalRun run = await evaluation.RunAsync(Cases(2), _folder.Path("a"), cancellationToken: Cancelled);

        Assert.Equal((40L, 8L), (run.Summary.InputTokens, run.Summary.OutputTokens));
    }

    private sealed class UsageClient(string reply, int input, int output) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, reply)) { FinishReason = ChatFinishReason.Stop, Usage = new() { InputTokenCount = input, OutputTokenCount = output } });

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (ChatResponseUpdate update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
                yield return update;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
