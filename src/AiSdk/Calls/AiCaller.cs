using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiSdk.CompilerServices;

/// <summary>Sends a generated class's calls to its chat client and turns the replies into values. Called by generated code only.</summary>
/// <remarks>Holds no state of a call; safe for concurrent use when the chat client is.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed partial class AiCaller
{
    private readonly IChatClient _client;
    private readonly ILogger? _logger;
    private readonly bool _sensitive;
    private readonly Func<ToolApproval, CancellationToken, ValueTask<bool>>? _approve;
    private readonly StructuredOutputMode _mode;
    private object? _preferred;
    private object? _isConstrained;
    private readonly GuardRun? _guards;
    private readonly ClientProfiles _profiles;
    private readonly ClientHabits _habits;
    private readonly IDictionary<string, IRetriever>? _retrievers;
    private readonly Passages? _passages;

    /// <summary>A caller over a chat client.</summary>
    /// <param name="client">Answers the calls.</param>
    /// <param name="options">Settings, or <see langword="null"/> for the defaults.</param>
    public AiCaller(IChatClient client, AiFunctionsOptions? options)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _profiles = new ClientProfiles(client, options?.Profile);
        // Apart, so that who does not log does not load the logging assembly for the first call.
        _logger = options is null ? null : CreateLogger(options);
        _sensitive = options?.EnableSensitiveData ?? false;
        _mode = options?.OutputMode ?? StructuredOutputMode.Auto;
        Services = options?.Services;
        _approve = options?.ApproveTool;
        _habits = new ClientHabits();
        _retrievers = options?.Retrievers;
        AiTelemetry.Prepare();
    }

    private AiCaller(AiCaller caller, GuardRun? guards, Passages? passages)
    {
        _client = caller._client;
        Services = caller.Services;
        _approve = caller._approve;
        _logger = caller._logger;
        _sensitive = caller._sensitive;
        _mode = caller._mode;
        _preferred = caller._preferred;
        _isConstrained = caller._isConstrained;
        _profiles = caller._profiles;
        _habits = caller._habits;
        _retrievers = caller._retrievers;
        _guards = guards;
        _passages = passages;
    }

    /// <summary>The model that is asked where a call names none, as the client tells it; <see langword="null"/> if it does not.</summary>
    public string? ModelId => _client.GetService<ChatClientMetadata>()?.DefaultModelId;

    /// <summary>Begins a call with guards.</summary>
    public GuardRun Guard(AiFunctionInfo function, FunctionGuards guards, CancellationToken cancellationToken) => new(function, guards, _client, _logger, _sensitive, cancellationToken);

    /// <summary>This caller for one call, whose replies go through its guards.</summary>
    public AiCaller With(GuardRun guards) => new(this, guards, _passages);

    /// <summary>This caller for one call, whose citations are checked against what the model is shown.</summary>
    /// <param name="passages">What each of the function's parameters holds.</param>
    public AiCaller With(params ReadOnlySpan<Passages?> passages)
    {
        if (passages is [{ } only])
            return new(this, _guards, only);
        List<Passage> all = [];
        foreach (Passages? some in passages)
            all.AddRange(some ?? Passages.Empty);
        return new(this, _guards, new Passages(all));
    }

    /// <summary>Finds what a parameter with <see cref="RetrieveAttribute"/> is filled with.</summary>
    /// <param name="function">The function.</param>
    /// <param name="key">The retriever's key.</param>
    /// <param name="query">What to look for; nothing is found for <see langword="null"/> and for white space.</param>
    /// <param name="top">How many passages at most.</param>
    /// <param name="tokenBudget">How many tokens they may have together; 0 for any number.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="InvalidOperationException">There is no such retriever.</exception>
    public async ValueTask<Passages> RetrieveAsync(AiFunctionInfo function, string key, string? query, int top, int tokenBudget, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        IRetriever retriever = (_retrievers is not null && _retrievers.TryGetValue(key, out IRetriever? given) ? given : null)
            ?? (Services as IKeyedServiceProvider)?.GetKeyedService(typeof(IRetriever), key) as IRetriever
            ?? throw new InvalidOperationException($"{function.Name} retrieves from '{key}', but there is no such retriever: register one with services.AddRetrieval(\"{key}\", …) or as a keyed IRetriever service, add it to AiFunctionsOptions.Retrievers, or give the passages with the call.");
        if (string.IsNullOrWhiteSpace(query))
            return Passages.Empty;
        IReadOnlyList<Passage> found = await retriever.RetrieveAsync(new RetrievalQuery(query) { Top = top }, cancellationToken).ConfigureAwait(false);
        return Passages.Pack(found, tokenBudget, retriever.CountTokens);
    }

    /// <summary>A caller over the client that functions ask for by key.</summary>
    /// <exception cref="ArgumentException">The options have no such client.</exception>
    public static AiCaller ForKey(string key, string className, AiFunctionsOptions? options) =>
        options is not null && options.Clients.TryGetValue(key, out IChatClient? client)
            ? new AiCaller(client, options)
            : throw new ArgumentException(
                $"{className} has functions with [ModelOptions(\"{key}\")], but there is no chat client '{key}': add it to AiFunctionsOptions.Clients, or register it as a keyed IChatClient service.",
                nameof(options));

    /// <summary>The services that tools are taken from.</summary>
    public IServiceProvider? Services { get; }

    /// <summary>Options that offer more tools; of two with the same name the first counts.</summary>
    /// <param name="options">A call's own options, which may be changed.</param>
    /// <param name="tools">The tools.</param>
    public static ChatOptions WithTools(ChatOptions? options, IReadOnlyList<AITool> tools)
    {
        options ??= new ChatOptions();
        options.Tools = [.. (options.Tools ?? []).Concat(tools).DistinctBy(static tool => tool.Name, StringComparer.Ordinal)];
        return options;
    }

    /// <summary>Asks the model and reads its reply.</summary>
    public async Task<T> GetValueAsync<T>(AiFunctionInfo<T> function, IList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (function.Consistency is not null || function.Critique is not null)
            return (await DeliberateAsync(function, messages, options, cancellationToken).ConfigureAwait(false)).Value;
        AiCall call = Start(function, messages);
        try
        {
            ModelProfile profile = _profiles.For(options);
            StructuredOutputMode mode = Mode(function, profile, options);
            messages = Prepare(function, profile, mode, messages, options, ref call);
            IChatClient client = function.ToolLimits is null ? _client : Loop(function, call.Id);
            ChatResponse response = await client.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            call.Spend(response.Usage);
            Learn(function, options, response);
            string reply = Reply(function, profile, response, ref call);
            if (_guards is not null)
                reply = await _guards.CheckReplyAsync(reply, messages, call.Id).ConfigureAwait(false);
            AiOutputException? failure = TryRead(function, profile, response.FinishReason, response.Usage, reply, ref call, out Reading<T> reading);
            if (_guards is not null)
                (failure, reading, reply) = await CheckRepairedAsync(function, failure, reading, reply, messages, call).ConfigureAwait(false);
            if (failure is not null)
                return (await ReaskAsync(function, profile, client, messages, options, mode, response, failure, call, cancellationToken).ConfigureAwait(false)).Value;
            if (_guards is { HasValueStub: true })
                (reading, reply) = await CheckValueAsync(function, reading, reply, call).ConfigureAwait(false);
            call.Succeed(reply, response.Usage, reading.Repairs, attempts: 1);
            return reading.Value;
        }
        catch (Exception e)
        {
            throw CallFailure.Failed(Withheld(e), function, "", ref call, cancellationToken);
        }
    }

    /// <summary>Asks the model, reads its reply, and tells all about it.</summary>
    public async Task<AiResult<T>> GetResultAsync<T>(AiFunctionInfo<T> function, IList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (function.Consistency is not null || function.Critique is not null)
            return await DeliberateAsync(function, messages, options, cancellationToken).ConfigureAwait(false);
        AiCall call = Start(function, messages);
        try
        {
            ModelProfile profile = _profiles.For(options);
            StructuredOutputMode mode = Mode(function, profile, options);
            messages = Prepare(function, profile, mode, messages, options, ref call);
            IChatClient client = function.ToolLimits is null ? _client : Loop(function, call.Id);
            ChatResponse response = await client.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            call.Spend(response.Usage);
            Learn(function, options, response);
            string reply = Reply(function, profile, response, ref call);
            if (_guards is not null)
                reply = await _guards.CheckReplyAsync(reply, messages, call.Id).ConfigureAwait(false);
            AiOutputException? failure = TryRead(function, profile, response.FinishReason, response.Usage, reply, ref call, out Reading<T> reading);
            if (_guards is not null)
                (failure, reading, reply) = await CheckRepairedAsync(function, failure, reading, reply, messages, call).ConfigureAwait(false);
            if (failure is not null)
                return await ReaskAsync(function, profile, client, messages, options, mode, response, failure, call, cancellationToken).ConfigureAwait(false);
            if (_guards is { HasValueStub: true })
                (reading, reply) = await CheckValueAsync(function, reading, reply, call).ConfigureAwait(false);
            call.Succeed(reply, response.Usage, reading.Repairs, attempts: 1);
            return Result(function, options, reading.Value, reply, response, response.Usage, reading.Repairs, reading.Reasoning, mode, 1, client, ref call);
        }
        catch (Exception e)
        {
            throw CallFailure.Failed(Withheld(e), function, "", ref call, cancellationToken);
        }
    }

    /// <summary>Asks the model for a list and gives its elements, each once, when it is complete and valid.</summary>
    public async IAsyncEnumerable<T> StreamElementsAsync<T>(
        AiFunctionInfo<IReadOnlyList<T>> function, IList<ChatMessage> messages, ChatOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        ReplyStream stream = Stream(function, messages, options, cancellationToken);
        await using (stream.ConfigureAwait(false))
        {
            PartialReader reader = new(function.Output!.Shape, function.Output.IsWrapped);
            ReasoningSplitter? splitter = function.Output.HasReasoning ? new() : null;
            int count = 0;
            while (await stream.MoveNextAsync().ConfigureAwait(false))
            {
                if (stream.HasRestarted && count == 0)
                {
                    reader = new(function.Output.Shape, function.Output.IsWrapped);
                    splitter = splitter is null ? null : new();
                }
                if (!reader.Append(splitter?.Append(stream.Piece) ?? stream.Piece))
                    continue;
                while (TryTakeElement(function, reader, stream, out T element))
                {
                    count++;
                    yield return element;
                }
            }
            IReadOnlyList<T> all = (await FinishAsync(function, reader, stream).ConfigureAwait(false)).Value;
            for (int i = count; i < all.Count; i++)
                yield return all[i];
        }
    }

    /// <summary>Asks the model for a value and gives what has come of it each time there is more; the last is complete.</summary>
    public async IAsyncEnumerable<Partial<T>> StreamPartialsAsync<T>(
        AiFunctionInfo<T> function, IList<ChatMessage> messages, ChatOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        ReplyStream stream = Stream(function, messages, options, cancellationToken);
        await using (stream.ConfigureAwait(false))
        {
            PartialReader reader = new(function.Output!.Shape, function.Output.IsWrapped);
            ReasoningSplitter? splitter = function.Output.HasReasoning ? new() : null;
            ReasoningText thoughts = splitter?.Reasoning ?? new();
            bool hasShown = false;
            while (await stream.MoveNextAsync().ConfigureAwait(false))
            {
                if (stream.HasRestarted && !hasShown)
                {
                    reader = new(function.Output.Shape, function.Output.IsWrapped);
                    splitter = splitter is null ? null : new() { Reasoning = thoughts };
                }
                int thought = thoughts.Length;
                if (_guards is null)
                    thoughts.Append(stream.Thought);
                bool hasMore = reader.Append(splitter?.Append(stream.Piece) ?? stream.Piece);
                if (!hasMore && thoughts.Length == thought)
                    continue;
                hasShown |= hasMore;
                yield return reader.Snapshot<T>(thoughts);
            }
            Reading<T> reading = await FinishAsync(function, reader, stream).ConfigureAwait(false);
            if (thoughts.Length == 0)
                thoughts.Append(reading.Reasoning);
            yield return PartialReader.Complete(reading.Json, reading.Value, function.Output.Shape, function.Output.IsWrapped, reading.Repairs, thoughts);
        }
    }

    /// <summary>What stands for <c>{{output_format}}</c>: the type's description if the prompt has to give it, else nothing.</summary>
    /// <param name="function">The function.</param>
    /// <param name="options">The call's options, without the function's tools.</param>
    public string? OutputFormat(AiFunctionInfo function, ChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Mode(function, _profiles.For(options), options) == StructuredOutputMode.Prompt ? Asked(function, options)?.Instructions : null;
    }

    /// <summary>Asks the model for text. Text that was cut off is an <see cref="AiTruncatedException"/>.</summary>
    public async Task<string> GetTextAsync(AiFunctionInfo function, IList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        AiResult<string> result = await GetTextResultAsync(function, messages, options, failWhenTruncated: true, cancellationToken).ConfigureAwait(false);
        return result.Value;
    }

    /// <summary>Asks the model for text and tells all about it. Text that was cut off shows in <see cref="AiResult{T}.FinishReason"/>.</summary>
    public Task<AiResult<string>> GetTextResultAsync(AiFunctionInfo function, IList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
        GetTextResultAsync(function, messages, options, failWhenTruncated: false, cancellationToken);

    /// <summary>Asks the model for text and gives it piece by piece, none of them empty. Text that was cut off ends in an <see cref="AiTruncatedException"/>.</summary>
    public async IAsyncEnumerable<string> StreamTextAsync(
        AiFunctionInfo function, IList<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReplyStream stream = TextStream(function, messages, options, cancellationToken);
        await using (stream.ConfigureAwait(false))
        {
            while (await stream.MoveNextAsync().ConfigureAwait(false))
            {
                if (stream.Piece.Length > 0)
                    yield return stream.Piece;
            }
            if (stream.FinishReason == ChatFinishReason.Length)
                throw stream.Failed(CallFailure.Truncated(function, stream.Profile, stream.Usage, stream.Shown, stream.Call.Id, null));
            stream.Succeed([]);
        }
    }

    private ReplyStream TextStream(AiFunctionInfo function, IList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        AiCall call = Start(function, messages);
        try
        {
            ModelProfile profile = _profiles.For(options);
            if (options?.AdditionalProperties is not null)
                options = options.Clone();
            PrepareText(function, profile, messages, options, ref call);
            return new ReplyStream(function, call, function.ToolLimits is null ? _client : Loop(function, call.Id), messages, options, profile, _guards, cancellationToken);
        }
        catch (AiFunctionException e)
        {
            throw CallFailure.Failed(Withheld(e), function, "", ref call, cancellationToken);
        }
    }

    private ToolLoop Loop(AiFunctionInfo function, string callId) => new(function, callId, _client, Services, _approve, _guards);

    private AiCall Start(AiFunctionInfo function, IList<ChatMessage> messages)
    {
        AiCall call = AiCall.Start(function, messages, _logger, _sensitive);
        call.Passages = _passages;
        if (_guards is not null)
            _guards.Passages = _passages;
        return call;
    }

    private static ILogger? CreateLogger(AiFunctionsOptions options) => options.LoggerFactory?.CreateLogger(AiLog.Category);

    private ReplyStream Stream(AiFunctionInfo function, IList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        AiCall call = Start(function, messages);
        try
        {
            ModelProfile profile = _profiles.For(options);
            StructuredOutputMode mode = Mode(function, profile, options);
            // The sequence may be enumerated again.
            if (mode != StructuredOutputMode.JsonSchema || profile.Schema is not null || function.Reasoning is not null || options.AdditionalProperties is not null)
                options = options.Clone();
            messages = Prepare(function, profile, mode, messages, options, ref call);
            return new ReplyStream(function, call, function.ToolLimits is null ? _client : Loop(function, call.Id), messages, options, profile, _guards, cancellationToken);
        }
        catch (AiFunctionException e)
        {
            throw CallFailure.Failed(Withheld(e), function, "", ref call, cancellationToken);
        }
    }

    private static bool TryTakeElement<T>(AiFunctionInfo<IReadOnlyList<T>> function, PartialReader reader, ReplyStream stream, out T element)
    {
        element = default!;
        if (!reader.TryTakeElement(out int index, out ReadOnlySpan<byte> json))
            return false;
        return ReplyReader.TryReadElement(function, stream, index, json, out element) is { } failure ? throw stream.Failed(failure) : true;
    }

    /// <summary>Reads the whole reply, which must say what was shown of it.</summary>
    private async ValueTask<Reading<T>> FinishAsync<T>(AiFunctionInfo<T> function, PartialReader reader, ReplyStream stream)
    {
        string reply = stream.Shown;
        try
        {
            AiOutputException? failure = TryRead(function, stream.Profile, stream.FinishReason, stream.Usage, reply, ref stream.Call, out Reading<T> reading);
            if (_guards is not null)
            {
                (failure, reading, reply) = await CheckRepairedAsync(function, failure, reading, reply, stream.Messages, stream.Call).ConfigureAwait(false);
                stream.Show(reply);
            }
            if (failure is not null)
                throw failure;
            if (reader.Finish(reading.Json) is { } path)
                throw CallFailure.Contradiction(function, path, reply, reading.Repairs, ref stream.Call);
            if (function.Reasoning?.Source == ReasoningSource.Auto)
                _habits.Learn(stream.Options, stream.HasThoughts);
            stream.Succeed(reading.Repairs);
            return reading;
        }
        catch (Exception e)
        {
            throw stream.Failed(e);
        }
    }

    // As objects they are published whole.
    private bool IsConstrained => (bool)(_isConstrained ??= _client.GetService(typeof(IConstrainedChatClient)) is not null);

    private StructuredOutputMode Mode(AiFunctionInfo function, ModelProfile profile, ChatOptions? options)
    {
        if (function.OutputMode != StructuredOutputMode.Auto)
            return function.OutputMode;
        if (_mode != StructuredOutputMode.Auto)
            return _mode;
        // Asked once; two calls at once that both ask get the same answer.
        StructuredOutputMode preferred = (StructuredOutputMode)(_preferred ??= _client.GetService(typeof(StructuredOutputMode)) as StructuredOutputMode? ?? StructuredOutputMode.Auto);
        return preferred != StructuredOutputMode.Auto ? preferred : OutputRequest.Mode(function, profile, options);
    }

    /// <summary>Checks what is sent, and makes it ask for the type as the endpoint takes it, and for reasoning where it is to be asked for.</summary>
    private IList<ChatMessage> Prepare(AiFunctionInfo function, ModelProfile profile, StructuredOutputMode mode, IList<ChatMessage> messages, ChatOptions options, ref AiCall call)
    {
        InputCheck.ThrowIfUnsupported(function, profile, messages, options, ref call);
        options.AdditionalProperties?.Remove(ModelProfileExtensions.Key);
        OutputSchema output = Asked(function, options)!;
        if (function.Reasoning?.Source == ReasoningSource.Model)
            options.Reasoning ??= new ReasoningOptions { Output = ReasoningOutput.Full };
        if (!ReferenceEquals(output, function.Output))
            options.ResponseFormat = output.ResponseFormat;
        if (mode == StructuredOutputMode.JsonSchema && profile.Schema is null)
            return messages;
        messages = OutputRequest.Prepare(output, function.PlacesOutputFormat, profile, mode, messages, options, IsConstrained);
        if (_logger is not null && mode != StructuredOutputMode.Prompt && profile.Schema is { } dialect && output.For(dialect) is { IsTold: false } schema)
            Tell(_logger, function, profile, schema);
        return messages;
    }

    private static void PrepareText(AiFunctionInfo function, ModelProfile profile, IList<ChatMessage> messages, ChatOptions? options, ref AiCall call)
    {
        InputCheck.ThrowIfUnsupported(function, profile, messages, options, ref call);
        options?.AdditionalProperties?.Remove(ModelProfileExtensions.Key);
    }

    private static void Tell(ILogger logger, AiFunctionInfo function, ModelProfile profile, ProviderSchema schema)
    {
        schema.IsTold = true;
        if (schema.Refused.Count > 0)
            AiLog.SchemaRefused(logger, function.Name, profile.Name, string.Join("; ", schema.Refused));
        if (schema.Moved.Count > 0)
            AiLog.SchemaMoved(logger, function.Name, profile.Name, string.Join("; ", schema.Moved));
    }

    /// <summary>What the model is asked for: no reasoning in the reply where it has its own.</summary>
    private OutputSchema? Asked(AiFunctionInfo function, ChatOptions? options)
    {
        if (function.Reasoning is not { } reasoning || reasoning.Source == ReasoningSource.Field)
            return function.Output;
        bool isBeside = reasoning.Source == ReasoningSource.Model || _habits.Reasons(options) || (options?.Reasoning is { } asked && asked.Effort != ReasoningEffort.None)
            || _client.GetService(typeof(ReasoningSource)) is ReasoningSource.Model;
        return isBeside ? function.Output!.WithoutReasoning : function.Output;
    }

    /// <summary>A text without the thoughts that it begins with, where they do not come apart from it; those of a typed reply its reading passes over.</summary>
    private string WithoutThoughts(AiFunctionInfo function, ModelProfile profile, string reply, out string? thoughts)
    {
        thoughts = null;
        if (function.Output is not null || profile.ReasoningContent)
            return reply;
        reply = ThoughtSplitter.Split(reply, out thoughts);
        thoughts = Beside(thoughts);
        return reply;
    }

    /// <summary>All that the model has thought, in the reply and beside it.</summary>
    private string? Thoughts(AiFunctionInfo function, string? within, string reply, ChatResponse response)
    {
        string? beside = Beside(Beside(response));
        return within is { Length: > 0 } && beside is not null ? $"{beside}\n\n{within}" : within is { Length: > 0 } ? within : beside ?? (function.Output is null ? null : ReasonedReply.Tagged(reply));
    }

    /// <summary>Thoughts beside a reply as the caller may see them: no guard has looked at them.</summary>
    private string? Beside(string? thoughts) => thoughts is null || _guards is null ? thoughts : _guards.HasOutputs ? null : _guards.Restore(thoughts);

    private void Learn(AiFunctionInfo function, ChatOptions? options, ChatResponse response)
    {
        if (function.Reasoning?.Source == ReasoningSource.Auto)
            _habits.Learn(options, Beside(response) is not null);
    }

    private static string? Beside(ChatResponse response)
    {
        StringBuilder? thoughts = null;
        IList<ChatMessage> messages = response.Messages;
        for (int i = 0; i < messages.Count; i++)
        {
            IList<AIContent> contents = messages[i].Contents;
            for (int j = 0; j < contents.Count; j++)
            {
                if (contents[j] is TextReasoningContent { Text: { Length: > 0 } text })
                    (thoughts ??= new StringBuilder()).Append(text);
            }
        }
        return thoughts?.ToString();
    }

    /// <summary>Asks again for a reply that did not fit, if the function says so.</summary>
    private async Task<AiResult<T>> ReaskAsync<T>(
        AiFunctionInfo<T> function, ModelProfile profile, IChatClient client, IList<ChatMessage> messages, ChatOptions options, StructuredOutputMode mode, ChatResponse response, AiOutputException failure, AiCall call,
        CancellationToken cancellationToken)
    {
        if (function.Reask is null)
            throw failure;
        Reask reask = new(function);
        UsageDetails? usage = null;
        while (true)
        {
            Add(ref usage, response.Usage);
            if (reask.Next(messages, options, response, _guards?.Hide(failure) ?? failure, out string? refusal) is not { } next)
                throw Exhausted(function, failure, reask.Count + 1, refusal);
            call.Reask(failure, reask.Count);
            response = await client.GetResponseAsync(next, options, cancellationToken).ConfigureAwait(false);
            call.Spend(response.Usage);
            string reply = Reply(function, profile, response, ref call);
            if (_guards is not null)
                reply = await _guards.CheckReplyAsync(reply, messages, call.Id).ConfigureAwait(false);
            AiOutputException? wrong = TryRead(function, profile, response.FinishReason, response.Usage, reply, ref call, out Reading<T> reading);
            if (_guards is not null)
                (wrong, reading, reply) = await CheckRepairedAsync(function, wrong, reading, reply, messages, call).ConfigureAwait(false);
            if (wrong is { } again)
            {
                failure = again;
                continue;
            }
            if (_guards is { HasValueStub: true })
                (reading, reply) = await CheckValueAsync(function, reading, reply, call).ConfigureAwait(false);
            Add(ref usage, response.Usage);
            call.Succeed(reply, usage, reading.Repairs, reask.Count + 1);
            return Result(function, options, reading.Value, reply, response, usage, reading.Repairs, reading.Reasoning, mode, reask.Count + 1, client, ref call);
        }
    }

    private ValueTask<(Reading<T> Reading, string Reply)> CheckValueAsync<T>(AiFunctionInfo<T> function, Reading<T> reading, string reply, AiCall call) =>
        _guards!.CheckValueAsync(reading, reply, ReaderOf(function), call);

    private ValueTask<(AiOutputException? Failure, Reading<T> Reading, string Reply)> CheckRepairedAsync<T>(
        AiFunctionInfo<T> function, AiOutputException? failure, Reading<T> reading, string reply, IList<ChatMessage> messages, AiCall call) =>
        failure is null && _guards!.HasUnseen(reply, reading.Json) ? CheckRepairedAsync(function, ReaderOf(function), reading, reply, messages, call) : new((failure, reading, reply));

    /// <summary>Lets guards look at what repair has made of a reply that they passed.</summary>
    /// <returns>What can be read of what they leave, and that itself: the reply where they change nothing.</returns>
    private async ValueTask<(AiOutputException? Failure, Reading<T> Reading, string Reply)> CheckRepairedAsync<T>(
        AiFunctionInfo function, ReadReply<T> read, Reading<T> reading, string reply, IList<ChatMessage> messages, AiCall call)
    {
        string left = await _guards!.CheckRepairedAsync(reading.Json, Json, messages, call.Id).ConfigureAwait(false);
        Reading<T> seen = _guards.Seen(reply, reading);
        if (string.Equals(left, reading.Json, StringComparison.Ordinal))
            return (null, seen, reply);
        if (read(null, null, left, ref call, out Reading<T> rewritten) is { } failure)
            return (failure, default, left);
        if (_guards.HasUnseen(left, rewritten.Json))
        {
            const string Problem = "what the guards left of it is not JSON";
            return (new AiOutputException($"{function.Name}: the reply does not fit {function.Output!.Name}: {Problem}.", function.Name, left, call.Id, "$", 0, errors: [new OutputError("$", Problem)]), default, left);
        }
        return (null, rewritten with { Repairs = [.. seen.Repairs, .. rewritten.Repairs] }, left);

        string? Json(string text) => read(null, null, text, ref call, out Reading<T> one) is null ? one.Json : null;
    }

    private static ReadReply<T> ReaderOf<T>(AiFunctionInfo<T> function) =>
        (ChatFinishReason? _, UsageDetails? _, string text, ref AiCall call, out Reading<T> reading) => ReplyReader.TryRead(function, text, ref call, out reading);

    /// <summary>A failure as the function's caller may see it.</summary>
    private Exception Withheld(Exception failure) => _guards is null ? failure : _guards.Withhold(failure, _guards.Passed);

    private static void Add(ref UsageDetails? sum, UsageDetails? usage)
    {
        if (usage is not null)
            (sum ??= new UsageDetails()).Add(usage);
    }

    private static AiOutputException Exhausted(AiFunctionInfo function, AiOutputException failure, int attempts, string? refusal) => new(
        attempts == 1 ? $"{failure.Message} {refusal}".TrimEnd() : $"{failure.Message} The model was asked {attempts} times. {refusal}".TrimEnd(),
        function.Name, failure.RawReply, failure.CallId, failure.Path, failure.Position, failure.InnerException, failure.Errors, failure.Repairs, attempts);

    private async Task<AiResult<string>> GetTextResultAsync(
        AiFunctionInfo function, IList<ChatMessage> messages, ChatOptions? options, bool failWhenTruncated, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (function.Critique is not null)
            return await DeliberateTextAsync(function, messages, options, failWhenTruncated, cancellationToken).ConfigureAwait(false);
        AiCall call = Start(function, messages);
        try
        {
            ModelProfile profile = _profiles.For(options);
            PrepareText(function, profile, messages, options, ref call);
            IChatClient client = function.ToolLimits is null ? _client : Loop(function, call.Id);
            ChatResponse response = await client.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            call.Spend(response.Usage);
            string reply = WithoutThoughts(function, profile, Reply(function, profile, response, ref call), out string? thoughts);
            if (_guards is not null)
                reply = await _guards.CheckReplyAsync(reply, messages, call.Id).ConfigureAwait(false);
            if (failWhenTruncated)
                CallFailure.ThrowIfIncomplete(function, profile, response.FinishReason, response.Usage, reply, ref call);
            call.Succeed(reply, response.Usage, [], attempts: 1);
            return Result(function, options, reply, reply, response, response.Usage, [], thoughts, null, 1, client, ref call);
        }
        catch (Exception e)
        {
            throw CallFailure.Failed(Withheld(e), function, "", ref call, cancellationToken);
        }
    }

    private AiResult<T> Result<T>(
        AiFunctionInfo function, ChatOptions? options, T value, string reply, ChatResponse response, UsageDetails? usage, IReadOnlyList<Repair> repairs, string? reasoning, StructuredOutputMode? mode, int attempts, IChatClient client,
        ref AiCall call) => new()
        {
            Value = value,
            RawReply = reply,
            FinishReason = response.FinishReason,
            Usage = usage,
            Repairs = repairs,
            OutputMode = mode,
            Attempts = attempts,
            ToolCalls = client is ToolLoop loop ? loop.Calls : [],
            Reasoning = Thoughts(function, reasoning, reply, response),
            ModelId = response.ModelId,
            CallId = call.Id,
            Guards = _guards is null ? [] : [.. _guards.Reports],
            Passages = _passages ?? Passages.Empty,
            Confidence = mode is null ? null : Confidence(function, options, response),
        };

    /// <summary>How sure the model was of a reply; of one that a guard has written otherwise, it was not asked.</summary>
    /// <remarks>Nor does it say anything of the value where the thoughts before it are part of the reply.</remarks>
    private double? Confidence(AiFunctionInfo function, ChatOptions? options, ChatResponse response) => _guards is not { HasRewritten: true } && Asked(function, options) is { HasReasoning: false }
        && response.AdditionalProperties?.TryGetValue(IConstrainedChatClient.Confidence, out object? confidence) == true ? confidence as double? : null;

    /// <summary>The reply's text: that of the last turn, not of what was said between tool calls before it.</summary>
    private static string Reply(AiFunctionInfo function, ModelProfile profile, ChatResponse response, ref AiCall call)
    {
        IList<ChatMessage> messages = response.Messages;
        return messages.Count == 1 && messages[0].Contents is [TextContent only] && !profile.IsRefusal(response.FinishReason)
            ? only.Text
            : ReplyOfSeveral(function, profile, response, ref call);
    }

    private static string ReplyOfSeveral(AiFunctionInfo function, ModelProfile profile, ChatResponse response, ref AiCall call)
    {
        IList<ChatMessage> messages = response.Messages;
        int first = messages.Count;
        while (first > 0 && messages[first - 1].Role != ChatRole.Tool)
            first--;
        string reply = first == messages.Count - 1 ? messages[first].Text : string.Concat(messages.Skip(first).Select(static message => message.Text));
        List<AIContent> contents = [.. messages.Skip(first).SelectMany(static message => message.Contents)];
        foreach (ErrorContent error in contents.OfType<ErrorContent>())
            CallFailure.ThrowError(function, error, reply, ref call);
        if (profile.IsRefusal(response.FinishReason))
            CallFailure.ThrowFiltered(function, response.FinishReason!.Value, reply, ref call);
        if (function.Output is not { } output || OutputRequest.ToolReply(output, contents, out string? failure) is not { } arguments)
            return reply;
        if (failure is not null)
            CallFailure.ThrowUnreadableArguments(function, failure, reply, ref call);
        return arguments;
    }

    /// <summary>The reply's value, or what is wrong with it.</summary>
    /// <exception cref="AiTruncatedException">The reply was cut off, and that is why it does not fit.</exception>
    private static AiOutputException? TryRead<T>(
        AiFunctionInfo<T> function, ModelProfile profile, ChatFinishReason? finishReason, UsageDetails? usage, string reply, ref AiCall call, out Reading<T> reading)
    {
        AiOutputException? failure = ReplyReader.TryRead(function, reply, ref call, out reading);
        if (finishReason is { } reason && reason == ChatFinishReason.Length && (failure is not null || MayBeCutOff(reply, reading.Repairs)))
            throw CallFailure.Truncated(function, profile, usage, reply, call.Id, failure);
        return failure;
    }

    // A number without anything around it does not show whether more digits would have come, nor prose whether more words; and what repair had to end, the model did not.
    private static bool MayBeCutOff(string reply, IReadOnlyList<Repair> repairs) => repairs.Count == 0
        ? reply.AsSpan().TrimEnd() is [.., >= '0' and <= '9']
        : !reply.AsSpan().ContainsAny('}', ']') || repairs.Any(static repair => repair.Kind == RepairKind.Unterminated);
}
