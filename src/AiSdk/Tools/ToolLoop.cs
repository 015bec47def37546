using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AiSdk.CompilerServices;
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
    private readonly GuardRun? _guards;
    private readonly FunctionInvokingChatClient _inner;
    private readonly List<AiToolCall> _calls = [];
    private readonly Dictionary<string, Earlier> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _denied = new(StringComparer.Ordinal);

    // Why calls are not run that nobody was asked about, by their ids.
    private readonly Dictionary<string, string> _refused = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AIFunction> _tools = new(StringComparer.Ordinal);
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private TimeSpan _waited;
    private int _steps;
    private int _runs;
    private long _tokens;
    private AiFunctionException? _end;

    public ToolLoop(AiFunctionInfo function, string callId, IChatClient client, IServiceProvider? services, Func<ToolApproval, CancellationToken, ValueTask<bool>>? approve, GuardRun? guards)
    {
        _function = function;
        _callId = callId;
        _client = client;
        _approve = approve;
        _guards = guards;
        _limits = function.ToolLimits ?? ToolLimits.Default;
        _inner = new FunctionInvokingChatClient(new Budget(client, this), null, services)
        {
            // The budget counts over several requests of this client, and ends them first.
            MaximumIterationsPerRequest = _limits.Steps + 1,
            // Failures are steps and calls as well, which have limits.
            MaximumConsecutiveErrorsPerRequest = int.MaxValue,
        };
    }

    /// <summary>What ran, and what was not run.</summary>
    public IReadOnlyList<AiToolCall> Calls => [.. _calls];

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource? timer = Timer(cancellationToken);
        CancellationToken token = timer?.Token ?? cancellationToken;
        options = Recorded(options);
        List<ChatMessage> given = [.. messages];
        List<ChatMessage> conversation = given;
        List<ChatMessage> before = [];
        UsageDetails? usage = null;
        try
        {
            while (true)
            {
                ChatResponse response = await _inner.GetResponseAsync(conversation, options, token).ConfigureAwait(false);
                ThrowIfEnded();
                if (await DecideAsync(response.Messages, timer, cancellationToken).ConfigureAwait(false) is not { } decisions)
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
                conversation = [.. given, .. before, .. response.Messages, decisions];
                before.AddRange(WithoutApprovals([.. response.Messages, decisions]));
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
        List<ChatMessage> given = [.. messages];
        List<ChatMessage> conversation = given;
        List<ChatMessage> before = [];
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
            ThrowIfEnded();
            IList<ChatMessage> said = updates.ToChatResponse().Messages;
            if (await DecideAsync(said, timer, cancellationToken).ConfigureAwait(false) is not { } decisions)
                yield break;
            conversation = [.. given, .. before, .. said, decisions];
            before.AddRange(WithoutApprovals([.. said, decisions]));
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
        CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(Left());
        return timer;
    }

    private TimeSpan Left()
    {
        TimeSpan left = TimeSpan.FromSeconds(_limits.Seconds) + _waited - TimeProvider.System.GetElapsedTime(_started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private AiToolLimitException TimedOut(Exception cause) => Exceeded(string.Create(CultureInfo.InvariantCulture, $"it took longer than {_limits.Seconds} seconds"), "Seconds", cause);

    private AiToolLimitException Exceeded(string what, string limit, Exception? cause = null) => new(
        $"{_function.Name}: the call was ended because {what} ([ToolLimits] {limit}). Raise the limit, or ask for less.", _function.Name, _callId, Calls, cause);

    private void ThrowIfEnded()
    {
        if (_end is not null)
            throw _end;
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
    private async ValueTask<ChatMessage?> DecideAsync(IList<ChatMessage> messages, CancellationTokenSource? timer, CancellationToken cancellationToken)
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
        string?[] problems = [.. requests.Select(Problem)];
        if (_approve is null && requests.Where((request, i) => Waits(request) && problems[i] is null).Any())
            throw new AiApprovalRequiredException(_function.Name, _callId, [.. approvals.Where((_, i) => Waits(requests[i]) && problems[i] is null)]);
        List<AIContent> decisions = [];
        Dictionary<string, bool> decided = new(StringComparer.Ordinal);
        int left = _limits.Calls - _runs;
        for (int i = 0; i < requests.Count; i++)
        {
            FunctionCallContent? call = requests[i].ToolCall as FunctionCallContent;
            // The reply itself, called beside tools, or a name that there is not: nothing that a person could decide on.
            if (call is not null && !_tools.ContainsKey(call.Name))
            {
                decisions.Add(requests[i].CreateResponse(false, "It was not run. Call it again when you have seen what the others gave."));
                continue;
            }
            // Nobody is asked about what the tool would refuse. The model is told in the result's place, since what is denied it must not try again; the tool is not run to say so: it could come to another mind.
            if (call is not null && problems[i] is { } problem)
            {
                if (_guards is not null)
                    problem = (string)(await _guards.CheckToolResultAsync(call.Name, problem, _callId).ConfigureAwait(false))!;
                _refused[call.CallId] = problem;
                decisions.Add(requests[i].CreateResponse(true));
                continue;
            }
            byte[] arguments = Json(CallOf(requests[i]).Arguments);
            string key = Key(approvals[i].Tool, arguments);
            bool hasRun = _seen.ContainsKey(key);
            // Calls that the model makes beside one that waits wait with it. The same call is asked about once: what was denied stays denied, and what has been run is not run again.
            if (!decided.TryGetValue(key, out bool isApproved))
            {
                // Nobody is asked about what would not be run.
                if (call is not null && Waits(requests[i]) && !hasRun && left <= 0)
                {
                    string refusal = NoMoreCalls(call.Name);
                    _calls.Add(new AiToolCall(call.Name, Encoding.UTF8.GetString(arguments), null, refusal, TimeSpan.Zero));
                    decisions.Add(requests[i].CreateResponse(false, refusal));
                    continue;
                }
                isApproved = !Waits(requests[i]) || hasRun || (!_denied.Contains(key) && await AskAsync(approvals[i], timer, cancellationToken).ConfigureAwait(false));
                decided.Add(key, isApproved);
                if (isApproved && !hasRun && call is not null)
                    left--;
            }
            if (!isApproved)
            {
                _denied.Add(key);
                _calls.Add(new AiToolCall(approvals[i].Tool, Encoding.UTF8.GetString(arguments), null, "It was not approved.", TimeSpan.Zero));
            }
            decisions.Add(requests[i].CreateResponse(isApproved, isApproved ? null : "The user did not approve it. Do not try it again."));
        }
        return new ChatMessage(ChatRole.User, decisions);
    }

    /// <summary>Messages without what was asked and decided of tools of ours: the calls and their results say it, and some endpoints refuse a message of which nothing else is left.</summary>
    private static IEnumerable<ChatMessage> WithoutApprovals(IEnumerable<ChatMessage> messages)
    {
        foreach (ChatMessage message in messages)
        {
            List<AIContent> left = [.. message.Contents.Where(static content => content is not (ToolApprovalRequestContent { ToolCall: FunctionCallContent } or ToolApprovalResponseContent { ToolCall: FunctionCallContent }))];
            if (left.Count == message.Contents.Count)
            {
                yield return message;
            }
            else if (left.Count > 0)
            {
                ChatMessage kept = message.Clone();
                kept.Contents = left;
                yield return kept;
            }
        }
    }

    /// <summary>Has a call decided on. It takes as long as it needs: the time that a person thinks is not the call's.</summary>
    private async ValueTask<bool> AskAsync(ToolApproval approval, CancellationTokenSource? timer, CancellationToken cancellationToken)
    {
        timer?.CancelAfter(Timeout.InfiniteTimeSpan);
        long asked = TimeProvider.System.GetTimestamp();
        bool isApproved = await _approve!(approval, cancellationToken).ConfigureAwait(false);
        _waited += TimeProvider.System.GetElapsedTime(asked);
        timer?.CancelAfter(Left());
        return isApproved;
    }

    private bool Waits(ToolApprovalRequestContent request) =>
        request.ToolCall is not FunctionCallContent call || (_tools.TryGetValue(call.Name, out AIFunction? tool) && tool.GetService<ApprovalRequiredAIFunction>() is not null);

    /// <summary>Why a call that waits would not be run if it were approved, in words for the model; null if it would be.</summary>
    private string? Problem(ToolApprovalRequestContent request)
    {
        if (request.ToolCall is not FunctionCallContent call || !_tools.TryGetValue(call.Name, out AIFunction? function) || !Waits(request))
            return null;
        if (Unreadable(call, function) is { } unreadable)
            return unreadable;
        // What is around a tool and shows another schema may give it other arguments than it gets.
        return function.GetService<AiTool>() is { } tool && function.JsonSchema.ValueKind == JsonValueKind.Object && JsonMarshal.GetRawUtf8Value(tool.JsonSchema).SequenceEqual(JsonMarshal.GetRawUtf8Value(function.JsonSchema)) ? tool.Problem(ForTool(call.Arguments) ?? []) : null;
    }

    /// <summary>Why a call's arguments cannot be read, in words for the model; null if they can be.</summary>
    private static string? Unreadable(FunctionCallContent call, AIFunction tool)
    {
        if (call.Exception is HalfCharacterException half)
            return ToolArguments.Refusal(tool.Name, half.Message);
        return IsNoJson(call, tool) ? $"{tool.Name} was not run, because its arguments are no valid JSON. Call it again with the arguments that its schema describes." : null;
    }

    /// <summary>Whether a call's arguments are no JSON: they are then not none, unless the tool takes none, for which some servers send an empty text.</summary>
    private static bool IsNoJson(FunctionCallContent call, AIFunction tool) => call.Exception is not null
        && tool.JsonSchema is { ValueKind: JsonValueKind.Object } schema && schema.TryGetProperty("properties"u8, out JsonElement properties)
        && properties.ValueKind == JsonValueKind.Object && properties.EnumerateObject().Any();

    /// <summary>What a request is about: a tool of ours, one of a server that the endpoint calls by itself, or something that only has an id.</summary>
    private static (string Name, IEnumerable<KeyValuePair<string, object?>>? Arguments) CallOf(ToolApprovalRequestContent request) => request.ToolCall switch
    {
        FunctionCallContent call => (call.Name, (IEnumerable<KeyValuePair<string, object?>>?)call.Arguments),
        McpServerToolCallContent call => (call.ServerName is null ? call.Name : $"{call.ServerName}.{call.Name}", call.Arguments),
        { } other => (other.GetType().Name, [new("call", other.CallId)]),
    };

    private ToolApproval Approval(ToolApprovalRequestContent request)
    {
        (string name, IEnumerable<KeyValuePair<string, object?>>? arguments) = CallOf(request);
        // Only tools of ours get what guards have hidden: a server gets what the model wrote.
        bool isOurs = request.ToolCall is FunctionCallContent;
        AIFunction? function = isOurs ? _tools.GetValueOrDefault(name) : null;
        return new ToolApproval(
            name, function?.Description ?? "", function?.GetService<AiTool>()?.Effect ?? ToolEffect.Write, JsonElement.Parse(Json(isOurs ? ForTool(arguments) : arguments)), request.ToolCall?.CallId ?? "", _function.Name);
    }

    /// <summary>Arguments with what was hidden from the model in its place.</summary>
    private IEnumerable<KeyValuePair<string, object?>>? ForTool(IEnumerable<KeyValuePair<string, object?>>? arguments) =>
        _guards is { Hides: true } guards ? arguments?.Select(argument => KeyValuePair.Create(argument.Key, guards.ForTool(argument.Value))) : arguments;

    /// <summary>What tells a call from others: the tool, and the arguments in whatever order they came.</summary>
    private static string Key(string tool, byte[] arguments) => tool + Encoding.UTF8.GetString(ToolKey.Canonical(arguments));

    private static byte[] Json(IEnumerable<KeyValuePair<string, object?>>? arguments)
    {
        using PooledJson json = PooledJson.Rent();
        ToolArguments.Write(json.Writer, arguments ?? []);
        return json.Written.ToArray();
    }

    /// <summary>What is wrong with the arguments of a call in which half characters were replaced.</summary>
    private sealed class HalfCharacterException(string message) : FormatException(message);

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

        // Of tools from elsewhere it is not known: they may change something, and the same call counts as the same.
        private bool HasEffect => GetService<ApprovalRequiredAIFunction>() is not null || GetService<AiTool>() is { Effect: not ToolEffect.Read };

        private bool OnlyReads => GetService<AiTool>() is { Effect: ToolEffect.Read };

        protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            FunctionInvocationContext? context = FunctionInvokingChatClient.CurrentContext;
            byte[] json = Json(arguments);
            string text = Encoding.UTF8.GetString(json);
            if (context is not null && (_loop._refused.Remove(context.CallContent.CallId, out string? problem) || (problem = Unreadable(context.CallContent, this)) is not null))
            {
                _loop._calls.Add(new AiToolCall(Name, text, problem, problem, TimeSpan.Zero));
                return problem;
            }
            string key = Key(Name, json);
            if (_loop.Refusal(Name, key) is { } refusal)
            {
                _loop._calls.Add(new AiToolCall(Name, text, refusal, refusal, TimeSpan.Zero));
                return refusal;
            }
            ToolCallRecord record = new() { Identity = context is not null && ReferenceEquals(context.Arguments, arguments) ? ToolKey.Identity(context) : null };
            // What the model wrote stays as it is: it is sent back to it with the result.
            if (_loop._guards is { Hides: true })
                arguments = new AIFunctionArguments(_loop.ForTool(arguments)!.ToDictionary(StringComparer.Ordinal)) { Services = arguments.Services, Context = arguments.Context };
            (arguments.Context ??= new Dictionary<object, object?>())[typeof(ToolCallRecord)] = record;
            long started = TimeProvider.System.GetTimestamp();
            string? result = null;
            try
            {
                object? value = await RunAsync(arguments, cancellationToken).ConfigureAwait(false);
                if (!OnlyReads)
                    _loop.ForgetWhatWasRead();
                if (_loop._guards is { } guards)
                {
                    value = await guards.CheckToolResultAsync(Name, value, _loop._callId).ConfigureAwait(false);
                    record.Error = record.Error is null ? null : value as string;
                }
                result = value switch { null => null, string words => words, JsonElement element => element.GetRawText(), _ => Encoding.UTF8.GetString(Json([new("result", value)])) };
                // What was refused may be called again, rightly.
                if (record.Error is null || record.IsFinal)
                    _loop._seen[key] = new Earlier(1, result, HasEffect);
                if (result is not null)
                    _loop._guards?.Give(result);
                return value;
            }
            catch (AiApprovalRequiredException e)
            {
                // Nothing that the model could mend: who called the function has to see to it.
                record.Error = e.Message;
                _loop.End(new AiApprovalRequiredException(_loop._function.Name, _loop._callId, Name, e));
                return null;
            }
            catch (Exception e)
            {
                if (!OnlyReads)
                    _loop.ForgetWhatWasRead();
                // It may have taken effect before it failed.
                if (HasEffect)
                    _loop._seen[key] = new Earlier(1, "an error; it is not known whether it took effect. Find out by other means, or ask the user", true);
                record.Error = e.Message;
                throw;
            }
            finally
            {
                _loop._calls.Add(new AiToolCall(Name, text, result, record.Error, TimeProvider.System.GetElapsedTime(started)));
            }
        }

        /// <summary>Runs the tool. What only reads is waited for as long as the call may take; what has an effect until it has ended, so that it is known whether it happened.</summary>
        private ValueTask<object?> RunAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => OnlyReads && _loop._limits.Seconds > 0
            ? new(Task.Run(() => base.InvokeCoreAsync(arguments, cancellationToken).AsTask(), cancellationToken).WaitAsync(cancellationToken))
            : base.InvokeCoreAsync(arguments, cancellationToken);
    }

    /// <summary>A call that ran: how often it was wanted, and what it gave.</summary>
    private readonly record struct Earlier(int Count, string? Result, bool HasEffect);

    // What a tool may have changed is read anew.
    private void ForgetWhatWasRead()
    {
        foreach ((string key, Earlier earlier) in _seen)
        {
            if (!earlier.HasEffect)
                _seen.Remove(key);
        }
    }

    /// <summary>Why a call is not run, in words for the model; null if it is.</summary>
    private string? Refusal(string tool, string key)
    {
        if (_seen.TryGetValue(key, out Earlier earlier))
        {
            _seen[key] = earlier with { Count = earlier.Count + 1 };
            if (earlier.Count >= MaxRepeats)
                End(Exceeded($"the model calls {tool} with the same arguments over and over", "identical calls"));
            return $"You have called {tool} with these arguments before; it was not run again. It gave: {earlier.Result ?? "nothing"}";
        }
        if (++_runs > _limits.Calls)
            return NoMoreCalls(tool);
        return null;
    }

    private string NoMoreCalls(string tool) => string.Create(CultureInfo.InvariantCulture, $"{tool} was not run: no more than {_limits.Calls} calls of tools are allowed. Answer with what you have.");

    private void End(AiFunctionException end)
    {
        _end ??= end;
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
            HashSet<string>? taken = null;
            foreach (ChatMessage message in response.Messages)
                message.Contents = WithOwnIds(Sendable(message.Contents), messages, ref taken);
            return response;
        }

        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            HashSet<string>? taken = null;
            await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, Next(options), cancellationToken).ConfigureAwait(false))
            {
                foreach (AIContent content in update.Contents)
                    Count((content as UsageContent)?.Details);
                update.Contents = WithOwnIds(Sendable(update.Contents), messages, ref taken);
                yield return update;
            }
        }

        /// <summary>Replaces half characters in arguments of tools, which no client could send back with the call, and notes that they were there.</summary>
        private IList<AIContent> Sendable(IList<AIContent> contents)
        {
            for (int i = 0; i < contents.Count; i++)
            {
                if (contents[i] is not FunctionCallContent { Arguments: { } arguments } call || !loop._tools.ContainsKey(call.Name) || arguments.FirstOrDefault(static argument => HasHalf(argument.Value)).Key is not { } name)
                    continue;
                if (contents.IsReadOnly)
                    contents = [.. contents];
                contents[i] = new FunctionCallContent(call.CallId, call.Name, arguments.ToDictionary(static argument => argument.Key, static argument => argument.Value is JsonElement json ? HalfCharacters.Replaced(json) : argument.Value, StringComparer.Ordinal))
                {
                    Exception = new HalfCharacterException($"argument '{name}': {ToolArguments.HalfCharacter}"),
                    InformationalOnly = call.InformationalOnly,
                    AdditionalProperties = call.AdditionalProperties,
                    Annotations = call.Annotations,
                    RawRepresentation = call.RawRepresentation,
                };
            }
            return contents;

            static bool HasHalf(object? argument) => argument is JsonElement { ValueKind: not JsonValueKind.Undefined } json && HalfCharacters.Has(JsonMarshal.GetRawUtf8Value(json));
        }

        /// <summary>Gives calls ids that no other has: some servers count anew in each reply, and the loop takes a call with the id of one that has been answered for answered.</summary>
        private static IList<AIContent> WithOwnIds(IList<AIContent> contents, IEnumerable<ChatMessage> conversation, ref HashSet<string>? taken)
        {
            for (int i = 0; i < contents.Count; i++)
            {
                if (contents[i] is not FunctionCallContent { InformationalOnly: false } call)
                    continue;
                taken ??= conversation.SelectMany(static message => message.Contents).OfType<FunctionCallContent>().Select(static earlier => earlier.CallId).ToHashSet(StringComparer.Ordinal);
                if (taken.Add(call.CallId))
                    continue;
                int count = 2;
                string id;
                while (!taken.Add(id = string.Create(CultureInfo.InvariantCulture, $"{call.CallId}-{count}")))
                    count++;
                if (contents.IsReadOnly)
                    contents = [.. contents];
                contents[i] = new FunctionCallContent(id, call.Name, call.Arguments) { Exception = call.Exception, AdditionalProperties = call.AdditionalProperties, Annotations = call.Annotations, RawRepresentation = call.RawRepresentation };
            }
            return contents;
        }

        private void Count(UsageDetails? usage) =>
            loop._tokens += usage is null ? 0 : usage.TotalTokenCount ?? (usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0);

        private ChatOptions? Next(ChatOptions? options)
        {
            loop.ThrowIfEnded();
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
