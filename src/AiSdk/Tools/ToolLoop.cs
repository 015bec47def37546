using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>
/// Lets the model of one call use tools: the loop is <see cref="FunctionInvokingChatClient"/>'s; around it are approval, limits and the record of what ran. One for each call; used by one request at a time.
/// </summary>
internal sealed class ToolLoop : IChatClient
{
    // Once is a slip, which the earlier result mends; a model that goes on is in a loop.
    private const int MaxRepeats = 2;

    private readonly AiFunctionInfo _function;
    private readonly string _callId;
    private readonly IChatClient _client;
    private readonly Func<ToolApproval, CancellationToken, ValueTask<bool>>? _approve;
    private readonly ToolLimits _limits;
    private readonly FunctionInvokingChatClient _inner;
    private readonly List<AiToolCall> _calls = [];
    private readonly Dictionary<string, (int Count, string? Result)> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AIFunction> _tools = new(StringComparer.Ordinal);
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private int _steps;
    private int _runs;
    private long _tokens;
    private AiToolLimitException? _exceeded;

    public ToolLoop(AiFunctionInfo function, string callId, IChatClient client, IServiceProvider? services, Func<ToolApproval, CancellationToken, ValueTask<bool>>? approve)
    {
        _function = function;
        _callId = callId;
        _client = client;
        _approve = approve;
        _limits = function.ToolLimits ?? ToolLimits.Default;
        _inner = new FunctionInvokingChatClient(new Budget(client, this), null, services)
        {
            // The budget counts over several requests of this client, and ends them first.
            MaximumIterationsPerRequest = _limits.Steps + 1,
        };
    }

    /// <summary>What ran, and what was not run.</summary>
    public IReadOnlyList<AiToolCall> Calls => [.. _calls];

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource? timer = Timer(cancellationToken);
        CancellationToken token = timer?.Token ?? cancellationToken;
        options = Recorded(options);
        List<ChatMessage> conversation = [.. messages];
        List<ChatMessage> before = [];
        UsageDetails? usage = null;
        try
        {
            while (true)
            {
                ChatResponse response = await _inner.GetResponseAsync(conversation, options, token).ConfigureAwait(false);
                ThrowIfExceeded();
                if (await DecideAsync(response.Messages, token).ConfigureAwait(false) is not { } decisions)
                {
                    if (before.Count == 0)
                        return response;
                    if (response.Usage is not null)
                        (usage ??= new UsageDetails()).Add(response.Usage);
                    response.Messages = [.. before, .. response.Messages];
                    response.Usage = usage;
                    return response;
                }
                if (response.Usage is not null)
                    (usage ??= new UsageDetails()).Add(response.Usage);
                conversation.AddRange(response.Messages);
                before.AddRange(response.Messages);
                conversation.Add(decisions);
            }
        }
        catch (OperationCanceledException e) when (timer is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(e);
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource? timer = Timer(cancellationToken);
        CancellationToken token = timer?.Token ?? cancellationToken;
        options = Recorded(options);
        List<ChatMessage> conversation = [.. messages];
        while (true)
        {
            List<ChatResponseUpdate> updates = [];
            IAsyncEnumerator<ChatResponseUpdate> stream = _inner.GetStreamingResponseAsync(conversation, options, token).GetAsyncEnumerator(token);
            await using (stream.ConfigureAwait(false))
            {
                while (await NextAsync(stream, timer, cancellationToken).ConfigureAwait(false))
                {
                    updates.Add(stream.Current);
                    yield return stream.Current;
                }
            }
            ThrowIfExceeded();
            IList<ChatMessage> said = updates.ToChatResponse().Messages;
            if (await DecideAsync(said, token).ConfigureAwait(false) is not { } decisions)
                yield break;
            conversation.AddRange(said);
            conversation.Add(decisions);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => _client.GetService(serviceType, serviceKey);

    // What it wraps is the caller's.
    public void Dispose()
    {
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> stream, CancellationTokenSource? timer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timer is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(e);
        }
    }

    private CancellationTokenSource? Timer(CancellationToken cancellationToken)
    {
        if (_limits.Seconds == 0)
            return null;
        TimeSpan left = TimeSpan.FromSeconds(_limits.Seconds) - TimeProvider.System.GetElapsedTime(_started);
        CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        return timer;
    }

    private AiToolLimitException TimedOut(Exception cause) => Exceeded(string.Create(CultureInfo.InvariantCulture, $"it took longer than {_limits.Seconds} seconds"), "Seconds", cause);

    private AiToolLimitException Exceeded(string what, string limit, Exception? cause = null) => new(
        $"{_function.Name}: the call was ended because {what} ([ToolLimits] {limit}). Raise the limit, or ask for less.", _function.Name, _callId, Calls, cause);

    private void ThrowIfExceeded()
    {
        if (_exceeded is not null)
            throw _exceeded;
    }

    /// <summary>The options with tools that note what they do.</summary>
    private ChatOptions? Recorded(ChatOptions? options)
    {
        if (options?.Tools is not { Count: > 0 } tools)
            return options;
        options = options.Clone();
        options.Tools = [.. tools.Select(tool => tool is AIFunction function and not RecordedTool ? new RecordedTool(function, this) : tool)];
        return options;
    }

    /// <summary>Answers the requests for approval in a response, or null if there are none.</summary>
    private async ValueTask<ChatMessage?> DecideAsync(IList<ChatMessage> messages, CancellationToken cancellationToken)
    {
        List<ToolApprovalRequestContent>? requests = null;
        foreach (ChatMessage message in messages)
        {
            foreach (AIContent content in message.Contents)
            {
                if (content is ToolApprovalRequestContent request)
                    (requests ??= []).Add(request);
            }
        }
        if (requests is null)
            return null;
        List<ToolApproval> approvals = [.. requests.Select(Approval)];
        if (_approve is null && requests.Any(Waits))
            throw new AiApprovalRequiredException(_function.Name, _callId, approvals);
        List<AIContent> decisions = [];
        for (int i = 0; i < requests.Count; i++)
        {
            // Calls that the model makes beside one that waits wait with it.
            bool isApproved = !Waits(requests[i]) || await _approve!(approvals[i], cancellationToken).ConfigureAwait(false);
            if (!isApproved)
                _calls.Add(new AiToolCall(approvals[i].Tool, approvals[i].Arguments.GetRawText(), null, "It was not approved.", TimeSpan.Zero));
            decisions.Add(requests[i].CreateResponse(isApproved, isApproved ? null : "The user did not approve it. Do not try it again."));
        }
        return new ChatMessage(ChatRole.User, decisions);
    }

    private bool Waits(ToolApprovalRequestContent request) =>
        !_tools.TryGetValue((request.ToolCall as FunctionCallContent)?.Name ?? "", out AIFunction? tool) || tool.GetService<ApprovalRequiredAIFunction>() is not null;

    private ToolApproval Approval(ToolApprovalRequestContent request)
    {
        FunctionCallContent? call = request.ToolCall as FunctionCallContent;
        string name = call?.Name ?? "";
        AiTool? tool = _tools.GetValueOrDefault(name)?.GetService<AiTool>();
        return new ToolApproval(name, _tools.GetValueOrDefault(name)?.Description ?? "", tool?.Effect ?? ToolEffect.Write, JsonElement.Parse(Json(call?.Arguments)), call?.CallId ?? "", _function.Name);
    }

    private static byte[] Json(IEnumerable<KeyValuePair<string, object?>>? arguments)
    {
        using PooledJson json = PooledJson.Rent();
        ToolArguments.Write(json.Writer, arguments ?? []);
        return json.Written.ToArray();
    }

    /// <summary>A tool of the caller's that notes what it does, and is not run where limits forbid it.</summary>
    private sealed class RecordedTool : DelegatingAIFunction
    {
        private readonly ToolLoop _loop;

        public RecordedTool(AIFunction tool, ToolLoop loop)
            : base(tool)
        {
            _loop = loop;
            loop._tools[tool.Name] = tool;
        }

        protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            byte[] json = Json(arguments);
            string text = Encoding.UTF8.GetString(json);
            string key = Name + Encoding.UTF8.GetString(ToolKey.Canonical(json));
            if (_loop.Refusal(Name, key) is { } refusal)
            {
                _loop._calls.Add(new AiToolCall(Name, text, refusal, refusal, TimeSpan.Zero));
                return refusal;
            }
            ToolCallRecord record = new();
            (arguments.Context ??= new Dictionary<object, object?>())[typeof(ToolCallRecord)] = record;
            long started = TimeProvider.System.GetTimestamp();
            string? result = null;
            try
            {
                object? value = await base.InvokeCoreAsync(arguments, cancellationToken).ConfigureAwait(false);
                result = value switch { null => null, string words => words, JsonElement element => element.GetRawText(), _ => Encoding.UTF8.GetString(Json([new("result", value)])) };
                // What was refused may be called again, rightly.
                if (record.Error is null)
                    _loop._seen[key] = (1, result);
                return value;
            }
            catch (Exception e)
            {
                record.Error = e.Message;
                throw;
            }
            finally
            {
                _loop._calls.Add(new AiToolCall(Name, text, result, record.Error, TimeProvider.System.GetElapsedTime(started)));
            }
        }
    }

    /// <summary>Why a call is not run, in words for the model; null if it is.</summary>
    private string? Refusal(string tool, string key)
    {
        if (_seen.TryGetValue(key, out (int Count, string? Result) earlier))
        {
            _seen[key] = earlier with { Count = earlier.Count + 1 };
            if (earlier.Count >= MaxRepeats)
                End(Exceeded($"the model calls {tool} with the same arguments over and over", "identical calls"));
            return $"You have called {tool} with these arguments before; it was not run again. It gave: {earlier.Result ?? "nothing"}";
        }
        if (++_runs > _limits.Calls)
            return string.Create(CultureInfo.InvariantCulture, $"{tool} was not run: no more than {_limits.Calls} calls of tools are allowed. Answer with what you have.");
        return null;
    }

    private void End(AiToolLimitException exceeded)
    {
        _exceeded ??= exceeded;
        if (FunctionInvokingChatClient.CurrentContext is { } context)
            context.Terminate = true;
    }

    /// <summary>Counts what the model is asked, below the loop.</summary>
    private sealed class Budget(IChatClient client, ToolLoop loop) : DelegatingChatClient(client)
    {
        public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            ChatResponse response = await base.GetResponseAsync(messages, Next(options), cancellationToken).ConfigureAwait(false);
            Count(response.Usage);
            return response;
        }

        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, Next(options), cancellationToken).ConfigureAwait(false))
            {
                foreach (AIContent content in update.Contents)
                    Count((content as UsageContent)?.Details);
                yield return update;
            }
        }

        private void Count(UsageDetails? usage) =>
            loop._tokens += usage is null ? 0 : usage.TotalTokenCount ?? (usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0);

        private ChatOptions? Next(ChatOptions? options)
        {
            loop.ThrowIfExceeded();
            if (loop._limits.Tokens > 0 && loop._tokens >= loop._limits.Tokens)
                throw loop.Exceeded(string.Create(CultureInfo.InvariantCulture, $"it has taken {loop._tokens} tokens"), "Tokens");
            if (++loop._steps > loop._limits.Steps)
                throw loop.Exceeded(string.Create(CultureInfo.InvariantCulture, $"the model was asked {loop._limits.Steps} times and still wants tools"), "Steps");
            if (options?.Tools is not { Count: > 0 } tools)
                return options;
            bool isLast = loop._steps == loop._limits.Steps;
            // A loop of the caller's further down must not run the tools itself, past limits and record: it does not run what is only declared.
            bool hasOwnLoop = GetService(typeof(FunctionInvokingChatClient)) is not null;
            if (!isLast && !hasOwnLoop)
                return options;
            options = options.Clone();
            options.Tools = [.. tools.Where(tool => !isLast || tool is not RecordedTool).Select(tool => hasOwnLoop && tool is RecordedTool recorded ? recorded.AsDeclarationOnly() : tool)];
            if (options.Tools.Count == 0)
            {
                options.Tools = null;
                options.ToolMode = null;
            }
            return options;
        }
    }
}
