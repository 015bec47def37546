using AiSdk.Evaluation;
using Microsoft.Extensions.AI;
using Quickstart;
using TrainBankModel;

namespace EvaluateBank;

/// <summary>The evaluation of the embedded model's routing: messages that its training has not seen, and the intents that people gave them.</summary>
public static class BankRouting
{
    // As samples/TrainBankModel splits the data.
    private const double HeldOutShare = 0.1;
    private const int SplitSeed = 1;
    private const int ShortMessage = 50;

    /// <summary>The cases: the held-out messages of Banking77, sliced by length and by what they are about.</summary>
    /// <param name="data">The CSV file with the columns text and category.</param>
    public static IReadOnlyList<EvalCase<string, BankIntent>> Cases(string data)
    {
        Dictionary<string, BankIntent> intents = new(StringComparer.Ordinal);
        foreach (BankIntent intent in Enum.GetValues<BankIntent>())
            intents.Add(BankDesk.RouteAsyncInfo.Output!.Shape.Values[(int)intent].Name, intent);
        return
        [
            .. HeldOutSplit.Of(LabelledMessage.Read(data), HeldOutShare, SplitSeed).HeldOut.OrderBy(static message => message.Line).Select(message => new EvalCase<string, BankIntent>($"line {message.Line}", message.Text, intents[message.Category])
            {
                Tags = [message.Text.Length < ShortMessage ? "short" : "long", .. Topics(message.Category)],
            }),
        ];
    }

    /// <summary>Evaluates.</summary>
    /// <param name="client">The model.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="systemPrompt">A prompt in the place of the declared one; <see langword="null"/> for that.</param>
    /// <param name="modelFolder">The model's folder.</param>
    /// <param name="progress">Told of each case.</param>
    /// <param name="cancellationToken">Stops it; a second call with the same folder goes on.</param>
    public static async Task<EvalRun> RunAsync(
        IChatClient client, IReadOnlyList<EvalCase<string, BankIntent>> cases, string folder, string? systemPrompt = null, string? modelFolder = null, IProgress<EvalProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        EvaluatedFunction function = EvaluatedFunction.Of(BankDesk.RouteAsyncInfo);
        // The client is the caller's, who disposes of it.
        IChatClient asked = systemPrompt is null ? client : new OtherSystemPrompt(client, systemPrompt);
        if (systemPrompt is not null)
            function = function.WithPrompts([$"system: {systemPrompt}", .. function.Prompts.Skip(1)]);
        BankDesk desk = new(asked);
        FunctionEvaluation<string, BankIntent> evaluation = new()
        {
            Name = "Routing of a bank's messages",
            Functions = [function],
            Call = async (message, token) => await desk.RouteAsync(message, token).ConfigureAwait(false),
            Scorers = [Scorers.Exact<BankIntent>()],
        };
        EvalOptions options = new() { Model = "bank", ModelFolder = modelFolder, Dataset = "Banking77, held-out messages", Progress = progress };
        return await evaluation.RunAsync(cases, folder, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Evaluates the few cases that the build checks: seconds instead of minutes, for each edit of a prompt.</summary>
    /// <param name="client">The model.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="modelFolder">The model's folder.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<EvalRun> SmokeAsync(IChatClient client, string folder, string model = "bank", string? modelFolder = null, CancellationToken cancellationToken = default)
    {
        RoutingDesk desk = new(client);
        FunctionEvaluation<string, BankIntent> evaluation = new()
        {
            Name = "Routing, a few messages",
            Functions = [RoutingDesk.RouteAsyncInfo],
            // The result, not its value only: so the run knows tokens, repairs and confidence.
            Call = async (message, token) => await desk.RouteAsync(message, token).ConfigureAwait(false),
            Scorers = [Scorers.Exact<BankIntent>()],
        };
        EvalOptions options = new() { Model = model, ModelFolder = modelFolder, Dataset = "routing.cases.jsonl" };
        return await evaluation.RunAsync(RoutingDeskCases.Route, folder, options, cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<string> Topics(string category)
    {
        foreach (string topic in (string[])["card", "transfer", "top_up", "cash", "exchange", "pin", "refund"])
        {
            if (category.Contains(topic, StringComparison.Ordinal))
                yield return topic;
        }
    }

    /// <summary>Sends another system prompt than the declared one.</summary>
    private sealed class OtherSystemPrompt(IChatClient inner, string prompt) : DelegatingChatClient(inner)
    {
        public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            base.GetResponseAsync(messages.Select(message => message.Role == ChatRole.System ? new ChatMessage(ChatRole.System, prompt) : message), options, cancellationToken);
    }
}
