using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AiSdk.IntegrationTests.Tools;

/// <summary>
/// What this program does when <see cref="LoopCrashTests"/> starts it as another process: a whole loop in which the model calls a tool with an effect, and at a given moment the end, without a chance to
/// tidy up. What outlives it are the files in the folder.
/// </summary>
public sealed class LoopCrashChild
{
    public const string Variable = "AISDK_LOOP_CRASH_CHILD";

    // By itself it does nothing, as CrashChild.
    [Fact]
    public Task A_loop_that_may_not_come_to_its_end()
    {
        string[]? parts = Environment.GetEnvironmentVariable(Variable)?.Split('|');
        return parts is null ? Task.CompletedTask : new Loop(parts[0], parts[1], parts[3] == "yes").RunAsync(parts[2]);
    }

    private sealed class Loop(string folder, string moment, bool approves)
    {
        private readonly CrashChild.Payments _payments = new(folder, moment);
        private readonly CrashChild.DyingJournal _journal = new(new FileToolJournal(Path.Combine(folder, "journal")), moment);

        public async Task RunAsync(string host)
        {
            string answer = host == "function" ? await FunctionAsync() : await ConversationAsync(host == "counting" ? "call_0" : "call_9f8e7d6c5b4a39281706f5e4");
            await File.WriteAllTextAsync(Path.Combine(folder, "answer"), answer);
        }

        /// <summary>An AI function, called from the start each time. All that stays the same is its operation: this model's ids say nothing.</summary>
        private async Task<string> FunctionAsync()
        {
            PaymentDesk desk = new(new PayingModel("call_0", _ => CrashChild.DieAt("told", moment)) { Repeats = true }, new AiFunctionsOptions
            {
                Services = new ServiceCollection().AddSingleton(_payments).AddSingleton<IToolJournal>(_journal).BuildServiceProvider(),
                ApproveTool = async (_, cancellationToken) =>
                {
                    await AskedAsync(cancellationToken);
                    return approves;
                },
            });
            using (ToolOperation.Begin("ticket-17"))
                return await desk.AnswerAsync("Pay Ann 500.");
        }

        /// <summary>Another host, which keeps its conversation in a file and asks for approval between two requests.</summary>
        private async Task<string> ConversationAsync(string callId)
        {
            string file = Path.Combine(folder, "conversation");
            List<ChatMessage> conversation = File.Exists(file)
                ? JsonSerializer.Deserialize<List<ChatMessage>>(await File.ReadAllTextAsync(file), AIJsonUtilities.DefaultOptions)!
                : [new ChatMessage(ChatRole.User, "Pay Ann 500.")];
            using IChatClient client = new FunctionInvokingChatClient(new PayingModel(callId, _ => CrashChild.DieAt("told", moment)));
            ChatOptions options = new() { Tools = [.. _payments.AsAiTools(_journal)] };
            while (true)
            {
                if (conversation[^1].Contents.OfType<ToolApprovalRequestContent>().ToList() is { Count: > 0 } requests)
                {
                    await AskedAsync(CancellationToken.None);
                    conversation.Add(new ChatMessage(ChatRole.User, [.. requests.Select(request => request.CreateResponse(approves))]));
                    await SaveAsync();
                    File.Copy(file, file + ".approved", overwrite: true);
                }
                ChatResponse response = await client.GetResponseAsync(conversation, options);
                conversation.AddRange(response.Messages);
                await SaveAsync();
                if (response.Text.Length > 0)
                    return response.Text;
            }

            // Half a file would be the host's fault.
            async Task SaveAsync()
            {
                await File.WriteAllTextAsync(file + ".tmp", JsonSerializer.Serialize(conversation, AIJsonUtilities.DefaultOptions));
                File.Move(file + ".tmp", file, overwrite: true);
            }
        }

        private async Task AskedAsync(CancellationToken cancellationToken)
        {
            await File.AppendAllTextAsync(Path.Combine(folder, "asked"), "pay\n", cancellationToken);
            CrashChild.DieAt("asked", moment);
        }
    }

    /// <summary>A model that pays and then tells what it was told of it.</summary>
    private sealed class PayingModel(string callId, Action<string> told) : IChatClient
    {
        /// <summary>Whether it calls the tool again when that has answered.</summary>
        public bool Repeats { get; init; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            List<FunctionResultContent> results = [.. messages.SelectMany(static message => message.Contents).OfType<FunctionResultContent>()];
            if (results.Count > 0)
                told($"{results[^1].Result}");
            AIContent content = results.Count < (Repeats ? 2 : 1)
                ? new FunctionCallContent(callId, "pay", new Dictionary<string, object?> { ["to"] = "Ann", ["cents"] = 500 })
                : new TextContent($"I was told: {results[0].Result}");
            string id = $"chatcmpl-{Guid.NewGuid():N}";
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [content]) { MessageId = id }) { ResponseId = id });
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("It does not stream.");

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}

/// <summary>A function whose model may pay.</summary>
[AiFunctions]
[Tools<CrashChild.Payments>]
internal interface IPaymentDesk
{
    [UserPrompt("{{message}}")]
    Task<string> AnswerAsync(string message, CancellationToken cancellationToken = default);
}
