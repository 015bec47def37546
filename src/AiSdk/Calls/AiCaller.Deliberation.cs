using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.AI;

namespace AiSdk.CompilerServices;

// Calls in which the model is asked more than once on purpose: samples that are voted on, critiques, revisions.
public sealed partial class AiCaller
{
    private const int CharactersPerToken = 3;
    private const int MinReplyTokens = 16;
    private const float SampleTemperature = 0.7f;

    private Task<AiResult<T>> DeliberateAsync<T>(AiFunctionInfo<T> function, IList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        ModelProfile profile = _profiles.For(options);
        return DeliberateAsync<T>(function, profile, messages, options, Read, function.Comparison, cancellationToken);

        AiOutputException? Read(ChatFinishReason? finishReason, UsageDetails? usage, string reply, ref AiCall call, out Reading<T> reading) =>
            TryRead(function, profile, finishReason, usage, reply, ref call, out reading);
    }

    private Task<AiResult<string>> DeliberateTextAsync(AiFunctionInfo function, IList<ChatMessage> messages, ChatOptions? options, bool failWhenTruncated, CancellationToken cancellationToken)
    {
        ModelProfile profile = _profiles.For(options);
        return DeliberateAsync<string>(function, profile, messages, options, Read, null, cancellationToken);

        AiOutputException? Read(ChatFinishReason? finishReason, UsageDetails? usage, string reply, ref AiCall call, out Reading<string> reading)
        {
            if (failWhenTruncated)
                CallFailure.ThrowIfIncomplete(function, profile, finishReason, usage, reply, ref call);
            reading = new Reading<string>(reply, reply, []);
            return null;
        }
    }

    private async Task<AiResult<T>> DeliberateAsync<T>(
        AiFunctionInfo function, ModelProfile profile, IList<ChatMessage> messages, ChatOptions? options, ReadReply<T> read, OutputComparison<T>? comparison, CancellationToken cancellationToken)
    {
        AiCall call = Start(function, messages);
        // Made now, so that all parts of the call have the same.
        string callId = call.Id;
        Tally tally = new();
        try
        {
            StructuredOutputMode mode = Mode(function, profile, options);
            IList<ChatMessage> asked = messages;
            if (function.Output is null)
                PrepareText(function, profile, messages, options, ref call);
            else
                asked = Prepare(function, profile, mode, messages, options!, ref call);
            Deliberation<T> deliberation = new(function, profile, asked, options, mode, read, call, tally) { Mask = text => _guards?.Mask(text) ?? text, IsGuarded = _guards is { HasOutputs: true } };
            AiVote? vote = null;
            Draft<T> draft;
            if (function.Consistency is { } policy && comparison is not null)
                (draft, vote) = await VoteAsync(deliberation, policy, comparison, cancellationToken).ConfigureAwait(false);
            else
                draft = await SampleAsync(deliberation, asked, Client(deliberation), options, cancellationToken).ConfigureAwait(false);
            List<AiCritique> critiques = [];
            if (function.Critique is { } critique)
                draft = await ReviseAsync(deliberation, critique, messages, draft, critiques, cancellationToken).ConfigureAwait(false);

            Reading<T> reading = draft.Reading;
            string reply = draft.Shown;
            if (_guards is not null)
            {
                reply = await _guards.CheckReplyAsync(draft.Text, messages, callId).ConfigureAwait(false);
                if (!string.Equals(reply, draft.Shown, StringComparison.Ordinal) && read(draft.Response.FinishReason, draft.Response.Usage, reply, ref call, out reading) is { } failure)
                    throw failure;
                if (_guards.HasUnseen(reply, reading.Json))
                {
                    (AiOutputException? wrong, reading, reply) = await CheckRepairedAsync(function, read, reading, reply, messages, call).ConfigureAwait(false);
                    if (wrong is not null)
                        throw wrong;
                }
                if (_guards.HasValueStub)
                    (reading, reply) = await _guards.CheckValueAsync(reading, reply, read, call).ConfigureAwait(false);
            }
            if (vote is not null)
                call.Tag("aisdk.agreement", vote.Agreement);
            call.Succeed(reply, tally.Usage, reading.Repairs, tally.Calls);
            return new AiResult<T>
            {
                Value = reading.Value,
                RawReply = reply,
                FinishReason = draft.Response.FinishReason,
                Usage = tally.Usage,
                Repairs = reading.Repairs,
                OutputMode = function.Output is null ? null : mode,
                Attempts = tally.Calls,
                ToolCalls = tally.ToolCalls,
                // The guards may have rewritten what was in the reply's field.
                Reasoning = Thoughts(function, function.Output is null ? draft.Reasoning : reading.Reasoning, reply, draft.Response),
                Vote = vote,
                Critiques = [.. critiques.Select(Shown)],
                ModelId = draft.Response.ModelId,
                CallId = callId,
                Guards = _guards is null ? [] : [.. _guards.Reports],
                Passages = _passages ?? Passages.Empty,
                Confidence = function.Output is null || vote is not null ? null : Confidence(function, options, draft.Response),
            };
        }
        catch (Exception e)
        {
            call.Spend(tally.Usage);
            throw CallFailure.Failed(Withheld(e), function, "", ref call, cancellationToken);
        }
    }

    /// <summary>A critique as its caller may see it: output guards have not looked at it.</summary>
    private AiCritique Shown(AiCritique critique) => _guards is null ? critique : critique with
    {
        Problems = [.. critique.Problems.Select(problem => _guards.HasOutputs ? GuardRun.NotShown : _guards.Restore(problem))],
    };

    /// <summary>The client of one sample; one with tools keeps count of them.</summary>
    private IChatClient Client<T>(Deliberation<T> deliberation)
    {
        if (deliberation.Function.ToolLimits is null)
            return _client;
        ToolLoop loop = Loop(deliberation.Function, deliberation.Call.Id);
        deliberation.Tally.Add(loop);
        return loop;
    }

    /// <summary>Asks the model until its reply is a value, as often as the function, and what is left of a budget, allow.</summary>
    private async Task<Draft<T>> SampleAsync<T>(
        Deliberation<T> deliberation, IList<ChatMessage> messages, IChatClient client, ChatOptions? options, CancellationToken cancellationToken, TokenBudget? budget = null)
    {
        AiCall call = deliberation.Call;
        AiFunctionInfo function = deliberation.Function;
        // A further attempt lowers the limit on output, and other samples have their own.
        options = options?.Clone();
        Reask? reask = null;
        List<ChatMessage> turns = [];
        IList<ChatMessage>? next = messages;
        AiOutputException? failure = null;
        while (next is not null)
        {
            ChatResponse response = await AskAsync(deliberation.Tally, client, next, options, cancellationToken).ConfigureAwait(false);
            Learn(function, options, response);
            turns.AddRange(Reask.ToolTurns(response));
            string text = WithoutThoughts(function, deliberation.Profile, Reply(function, deliberation.Profile, response, ref call), out string? thoughts);
            string shown = _guards?.Restore(text) ?? text;
            failure = deliberation.Read(response.FinishReason, response.Usage, shown, ref call, out Reading<T> reading);
            if (failure is null)
                return new Draft<T>(reading, text, shown, thoughts ?? reading.Reasoning, response, client, turns);
            if (function.Reask is null)
                throw failure;
            reask ??= new Reask(function);
            int attempts = reask.Count + 1;
            next = reask.Next(messages, options ??= new ChatOptions(), response, _guards?.Hide(failure) ?? failure, out string? refusal);
            if (next is not null && budget?.TryFit(next, options, out string? tooDear) == false)
                (next, refusal) = (null, $"The model was not asked again: {tooDear}.");
            if (next is null)
                throw Exhausted(function, failure, attempts, refusal);
            call.Reask(failure, reask.Count);
        }
        throw failure!;
    }

    private static async Task<ChatResponse> AskAsync(Tally tally, IChatClient client, IList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        tally.AddCall();
        ChatResponse response = await client.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        tally.Add(response.Usage, Estimate(messages) + Tokens(response.Text.Length));
        return response;
    }

    private async Task<(Draft<T> Draft, AiVote Vote)> VoteAsync<T>(Deliberation<T> deliberation, ConsistencyPolicy policy, OutputComparison<T> comparison, CancellationToken cancellationToken)
    {
        AiFunctionInfo function = deliberation.Function;
        if (deliberation.Options?.Tools?.FirstOrDefault(MayHaveEffect) is { } effective)
        {
            throw new AiFunctionException(
                $"{function.Name}: the tool '{effective.Name}' {((effective as AIFunction)?.GetService<ApprovalRequiredAIFunction>() is null ? "is not declared to only read" : "has an effect")}, and each of the {policy.Samples} samples of [SelfConsistency] could run it once more. Offer only tools that are declared to read ([AiTool], ImportedTool.Create with ToolEffect.Read), or ask once.",
                function.Name, "", deliberation.Call.Id);
        }

        Ballot<Draft<T>> ballot = new(policy.Samples, (one, other) => comparison.Same(one.Reading.Value, other.Reading.Value));
        SortedDictionary<int, Draft<T>> drafts = [];
        SortedDictionary<int, Exception> failures = [];
        List<Task<(int Sample, Draft<T>? Draft, Exception? Failure)>> running = [];
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        long estimate = Estimate(deliberation.Messages) + MinReplyTokens;
        TokenBudget? budget = policy.TokenBudget > 0 ? new(deliberation.Tally, policy.TokenBudget, "SelfConsistency") : null;
        int asked = 0;
        try
        {
            while (!ballot.IsDecided)
            {
                // What a reply takes is not known before the first has come.
                int width = policy.TokenBudget > 0 && deliberation.Tally.MostTokens == 0 ? 1 : Math.Min(policy.MaxConcurrency, ballot.Needed);
                while (asked < policy.Samples && running.Count < width && (asked == 0 || Left() >= Expected()))
                    running.Add(RunAsync(asked++, Left() - estimate + MinReplyTokens));
                if (running.Count == 0)
                    break;
                Task<(int Sample, Draft<T>? Draft, Exception? Failure)> ended = await Task.WhenAny(running).ConfigureAwait(false);
                running.Remove(ended);
                (int sample, Draft<T>? draft, Exception? failure) = await ended.ConfigureAwait(false);
                if (draft is not null)
                {
                    drafts.Add(sample, draft);
                    ballot.Add(sample, draft);
                    continue;
                }
                failures.Add(sample, failure!);
                ballot.Miss();
                AiCall call = deliberation.Call;
                call.Log((logger, name, id) => AiLog.SampleFailed(logger, name, id, policy.Samples, _sensitive ? failure!.Message : failure!.GetType().Name));
            }
        }
        finally
        {
            // Nothing of the call goes on when it has ended.
            await enough.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (ballot.Leader is not { } leader)
            throw AllFailed(function, [.. failures.Values], deliberation.Tally.Calls);
        AiVote vote = new() { Samples = policy.Samples, Counted = ballot.Counted, Votes = leader.Votes, Agreement = (double)leader.Votes / Replies(ballot.Counted, failures.Values), Failures = [.. failures.Values] };
        Draft<T> winner = drafts[leader.First];
        if (leader.Votes == 1 && drafts.Count > 1 && comparison.Properties.Length > 0)
            (winner, vote) = VoteOnProperties(deliberation, [.. drafts.Values], comparison, vote);
        deliberation.Call.Tag("aisdk.samples", vote.Counted);
        AiCall voted = deliberation.Call;
        voted.Log((logger, name, id) => AiLog.Voted(logger, name, id, vote.Votes, vote.Counted));
        return (winner, vote);

        // What is on its way is taken to cost what the dearest so far did.
        long Expected() => Math.Max(estimate, deliberation.Tally.MostTokens);

        long Left() => policy.TokenBudget == 0 ? int.MaxValue : policy.TokenBudget - deliberation.Tally.Tokens - (running.Count * Expected());

        async Task<(int Sample, Draft<T>? Draft, Exception? Failure)> RunAsync(int sample, long tokens)
        {
            using Activity? step = AiTelemetry.StartStep("sample", sample);
            try
            {
                ChatOptions own = deliberation.Options?.Clone() ?? new ChatOptions();
                // A local model takes the likeliest token unless it is told otherwise: all samples would be the same.
                if (IsConstrained)
                    own.Temperature ??= SampleTemperature;
                if (own.Seed is { } seed)
                    own.Seed = seed + sample;
                if (policy.TokenBudget > 0)
                    Cap(own, Math.Max(tokens, MinReplyTokens));
                Draft<T> draft = await SampleAsync(deliberation, deliberation.Messages, Client(deliberation), own, enough.Token, budget).ConfigureAwait(false);
                step?.SetTag("aisdk.outcome", "success");
                return (sample, draft, null);
            }
            catch (Exception e) when (!enough.IsCancellationRequested && e is not AiApprovalRequiredException)
            {
                step?.SetTag("aisdk.outcome", "failed").SetStatus(ActivityStatusCode.Error);
                return (sample, null, Withheld(e));
            }
        }
    }

    private static (Draft<T> Draft, AiVote Vote) VoteOnProperties<T>(Deliberation<T> deliberation, IReadOnlyList<Draft<T>> drafts, OutputComparison<T> comparison, AiVote vote)
    {
        string[] names = [.. comparison.Properties.Select(static property => property.Name)];
        int[] chosen = PropertyVote.Count([.. drafts.Select(static draft => draft.Reading.Value)], comparison.Properties, out double[] shares);
        int replies = Replies(vote.Counted, vote.Failures);
        shares = [.. shares.Select(share => share * vote.Counted / replies)];
        Draft<T> center = drafts[chosen[^1]];
        AiVote byProperty = new()
        {
            Samples = vote.Samples,
            Counted = vote.Counted,
            Votes = 1,
            Agreement = shares.Average(),
            Properties = names.Zip(shares).ToDictionary(static pair => pair.First, static pair => pair.Second, StringComparer.Ordinal),
            Failures = vote.Failures,
        };
        if (chosen.All(choice => choice == chosen[^1]))
            return (center, byProperty);
        AiCall call = deliberation.Call;
        string json = PropertyVote.Compose([.. drafts.Select(static draft => draft.Reading.Json)], deliberation.Function.Output!.IsWrapped, names, chosen);
        // What most say of each part may not go together: then the value that comes closest is taken as it is.
        if (deliberation.Read(null, null, json, ref call, out Reading<T> composed) is not null)
            return (center, vote);
        // Guards look at the composed value, not at the thoughts of one of those that it is composed of.
        composed = composed with { Repairs = deliberation.IsGuarded ? [] : center.Reading.Repairs, Reasoning = deliberation.IsGuarded ? null : center.Reasoning };
        return (center with { Reading = composed, Text = deliberation.Mask(json), Shown = json }, byProperty);
    }

    // What is only declared nobody runs here; what a provider runs by itself reads, except for servers that anybody may have written.
    private static bool MayHaveEffect(AITool tool) => tool switch
    {
        AIFunction function => function.GetService<ApprovalRequiredAIFunction>() is not null || function.GetService<AiTool>() is not { Effect: ToolEffect.Read },
        HostedMcpServerTool => true,
        _ => false,
    };

    /// <summary>How many samples the model replied to: a refusal agrees with no value, and what is no value with none either; of a request that failed, nobody knows what it would have said.</summary>
    private static int Replies(int counted, IEnumerable<Exception> failures) => counted + failures.Count(static failure => failure is AiRefusalException or AiOutputException or AiTruncatedException);

    private static AiFunctionException AllFailed(AiFunctionInfo function, IReadOnlyList<Exception> failures, int calls)
    {
        string message = string.Create(CultureInfo.InvariantCulture, $"{function.Name}: none of {failures.Count} samples gave a value. The first: {failures[0].Message}");
        AggregateException all = new(failures);
        if (failures[0] is AiRefusalException refusal && failures.All(static failure => failure is AiRefusalException))
            return new AiRefusalException(message, function.Name, refusal.RawReply, refusal.CallId, refusal.Refusal, refusal.Reason, all);
        if (failures[0] is AiTruncatedException truncated && failures.All(static failure => failure is AiTruncatedException))
            return new AiTruncatedException(message, function.Name, truncated.RawReply, truncated.CallId, all);
        return failures[0] is AiOutputException first
            ? new AiOutputException(message, function.Name, first.RawReply, first.CallId, first.Path, first.Position, all, first.Errors, first.Repairs, calls)
            : new AiFunctionException(message, function.Name, (failures[0] as AiFunctionException)?.RawReply ?? "", (failures[0] as AiFunctionException)?.CallId ?? "", all);
    }

    /// <summary>Lets the model look at a draft, and at what it makes of it.</summary>
    /// <param name="deliberation">The call.</param>
    /// <param name="policy">How often.</param>
    /// <param name="messages">The messages without what asks for the function's type.</param>
    /// <param name="draft">The draft.</param>
    /// <param name="critiques">Takes what it finds.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    private async Task<Draft<T>> ReviseAsync<T>(
        Deliberation<T> deliberation, CritiquePolicy policy, IList<ChatMessage> messages, Draft<T> draft, List<AiCritique> critiques, CancellationToken cancellationToken)
    {
        AiFunctionInfo function = deliberation.Function;
        Tally tally = deliberation.Tally;
        TokenBudget budget = new(tally, policy.TokenBudget, "SelfCritique");
        ChatOptions options = Critic.Options(function, deliberation.Profile, deliberation.Options, deliberation.Mode, IsConstrained);
        for (int round = 0; round < policy.Rounds; round++)
        {
            IReadOnlyList<string> problems = [];
            string? failure;
            try
            {
                using Activity? step = AiTelemetry.StartStep("critique", round);
                string question = Critic.Question(draft.Text, policy);
                if (deliberation.Mode == StructuredOutputMode.Prompt)
                    question = $"{question}\n\n{Critic.Output.Instructions}";
                IList<ChatMessage> conversation = Reask.Conversation(messages, draft.Turns, question);
                ChatOptions own = options.Clone();
                if (!budget.TryFit(conversation, own, out failure))
                {
                    critiques.Add(new AiCritique([], false, failure));
                    return draft;
                }
                failure = Critic.TryRead(await AskAsync(tally, _client, conversation, own, cancellationToken).ConfigureAwait(false), out problems);
                step?.SetTag("aisdk.problems", problems.Count);
                if (failure is not null && deliberation.IsGuarded)
                    failure = $"the critique could not be used. Why: {GuardRun.NotShown}";
                if (failure is null && problems.Count == 0)
                {
                    critiques.Add(new AiCritique([], false));
                    return draft;
                }
                if (failure is null)
                {
                    using Activity? revision = AiTelemetry.StartStep("revision", round);
                    conversation = Reask.Conversation(deliberation.Messages, draft.Turns, Critic.Demand(draft.Text, problems));
                    own = deliberation.Options?.Clone() ?? new ChatOptions();
                    if (budget.TryFit(conversation, own, out failure))
                    {
                        Draft<T> revised = await SampleAsync(deliberation, conversation, draft.Client, own, cancellationToken, budget).ConfigureAwait(false);
                        draft = revised with { Turns = [.. draft.Turns, .. revised.Turns] };
                        critiques.Add(new AiCritique(problems, true));
                        continue;
                    }
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not AiApprovalRequiredException)
            {
                failure = Withheld(e).Message;
            }
            critiques.Add(new AiCritique(problems, false, failure));
            AiCall call = deliberation.Call;
            call.Log((logger, name, id) => AiLog.CritiqueFailed(logger, name, id, round + 1, _sensitive ? failure! : "it failed, or its reply could not be read"));
            return draft;
        }
        return draft;
    }

    private static long Estimate(IList<ChatMessage> messages) => Tokens(messages.Sum(static message => (long)message.Text.Length));

    private static long Tokens(long characters) => (characters / CharactersPerToken) + 1;

    /// <summary>What samples, or critiques and revisions, of one call may take.</summary>
    private sealed class TokenBudget(Tally tally, long limit, string attribute)
    {
        private readonly long _before = tally.Tokens;

        /// <summary>Whether a request fits what is left; if so, its reply may take no more than that.</summary>
        public bool TryFit(IList<ChatMessage> messages, ChatOptions options, out string? refusal)
        {
            long input = Estimate(messages);
            long left = limit - (tally.Tokens - _before);
            refusal = input + MinReplyTokens <= left
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"it would take about {input + MinReplyTokens} tokens, of which the budget ([{attribute}] TokenBudget) leaves {Math.Max(0, left)}");
            if (refusal is null)
                Cap(options, left - input);
            return refusal is null;
        }
    }

    private static void Cap(ChatOptions options, long tokens) => options.MaxOutputTokens = (int)Math.Min(options.MaxOutputTokens ?? int.MaxValue, tokens);

    /// <summary>What all parts of one call share.</summary>
    private sealed record Deliberation<T>(AiFunctionInfo Function, ModelProfile Profile, IList<ChatMessage> Messages, ChatOptions? Options, StructuredOutputMode Mode, ReadReply<T> Read, AiCall Call, Tally Tally)
    {
        /// <summary>Hides again what was shown.</summary>
        public required Func<string, string> Mask { get; init; }

        /// <summary>Whether output guards decide what the caller gets to see.</summary>
        public required bool IsGuarded { get; init; }
    }
}
