using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>A chat client whose model runs in this process, on ONNX Runtime.</summary>
/// <remarks>
/// <para>
/// Messages become a prompt by the model folder's own chat template. Where the folder has none, the model is one that continues
/// text: it is given the messages' texts, one after the other, with nothing added.
/// </para>
/// <para>
/// Of <see cref="ChatOptions"/> it uses <see cref="ChatOptions.Temperature"/> (0 or more; 0 takes the most likely token always),
/// <see cref="ChatOptions.TopK"/> (1 or more), <see cref="ChatOptions.TopP"/> (more than 0, at most 1),
/// <see cref="ChatOptions.Seed"/>, <see cref="ChatOptions.MaxOutputTokens"/> (1 or more), <see cref="ChatOptions.StopSequences"/>
/// (not part of the reply), <see cref="ChatOptions.Instructions"/> (a system message before the others),
/// <see cref="ChatOptions.FrequencyPenalty"/> and <see cref="ChatOptions.PresencePenalty"/> (from -2 to 2, as OpenAI defines them:
/// they count the reply's tokens alone), and
/// <c>AdditionalProperties["repetition_penalty"]</c> (more than 0; 1 is none), <see cref="OnnxChatOptionsExtensions.WithAdapter"/>. What a call does not say, the search section of the
/// model's genai_config.json does; where neither asks for sampling, decoding is greedy.
/// </para>
/// <para>
/// <see cref="ChatOptions.Tools"/> are shown to the model if its template has a place for them, and its calls come as <see cref="FunctionCallContent"/>, written in the model's own way
/// (<see cref="OnnxModelOptions.ToolCallFormat"/>). A call is kept to a tool's name and parameters from where it begins; with a <see cref="ChatOptions.ToolMode"/> that requires one, the whole reply is.
/// Beside a response format the whole reply is of the format or calls; but where the model writes calls as JSON with nothing around it, and the format's values could be taken for calls, it is not kept to the format
/// (<see cref="UnconstrainedReason"/>).
/// Calls are not made here: that is what <c>UseFunctionInvocation</c> is for.
/// </para>
/// <para>
/// A <see cref="ChatOptions.ResponseFormat"/> of JSON is enforced while the reply is written (<see cref="OnnxModelOptions.ConstrainedDecoding"/>): a reply that ends by itself
/// satisfies its schema; one that the token limit cuts has the finish reason length. Without a schema it is any JSON object. The JSON has no white space, its members are in
/// the schema's order, and it is nested no deeper than 64. Formats count as assertions. The model is not shown the schema: the prompt has to say what is wanted, as typed functions do by themselves
/// (<see cref="StructuredOutputMode.Prompt"/>). Such a reply has its <see cref="IConstrainedChatClient.Confidence"/> in <see cref="ChatResponse.AdditionalProperties"/> (of a stream, in its last update).
/// </para>
/// <para>
/// Thread-safe: concurrent calls share the model's session and nothing else. The work is done on the thread pool, never on the
/// caller's synchronisation context. Usage counts the end token, where there is one, as output.
/// </para>
/// </remarks>
public sealed class OnnxChatClient : IConstrainedChatClient
{
    /// <summary>The name under which a response says why its format was not enforced (<see cref="ConstrainedDecoding.WhenPossible"/>).</summary>
    public const string UnconstrainedReason = "unconstrained_reason";

    /// <summary>
    /// The name under which a response says what the schemas that it was kept to name without asserting it, so that nothing enforces it: formats that JSON Schema does not know, and the contents of
    /// texts. An <see cref="IReadOnlyList{T}"/> of sentences with keyword and place; absent where there is nothing to say.
    /// </summary>
    public const string Unenforced = "unenforced";

    /// <summary>
    /// The name in <see cref="ChatOptions.AdditionalProperties"/> that asks for the tokens' log-probabilities: <see langword="true"/>, or how many alternatives are wanted with each, up to 20. The
    /// response (of a stream, its last update) has them under the same name, as an <see cref="IReadOnlyList{T}"/> of <see cref="TokenLogProbability"/>. Such a reply is made token by token.
    /// </summary>
    public const string LogProbabilities = "logprobs";

    private readonly OnnxModel _model;
    private readonly bool _ownsModel;
    private readonly ChatClientMetadata _metadata;
    private readonly ModelProfile _profile;
    private bool _isDisposed;

    /// <summary>Creates a client over a loaded model, which stays the caller's to dispose.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ArgumentNullException"><paramref name="model"/> is <see langword="null"/>.</exception>
    public OnnxChatClient(OnnxModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _metadata = new ChatClientMetadata("onnx", defaultModelId: model.Name);
        _profile = ModelProfile.Local with { ContextLength = model.ContextLength };
    }

    /// <summary>Loads a model and creates a client that owns it.</summary>
    /// <param name="folder">The model's folder, in ONNX Runtime GenAI's layout.</param>
    /// <param name="options">How to load and run the model; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is not allowed.</exception>
    /// <exception cref="OnnxModelException">The folder does not exist, or something in it is missing, corrupt or not supported.</exception>
    public OnnxChatClient(string folder, OnnxModelOptions? options = null)
        : this(OnnxModel.Load(folder, options)) => _ownsModel = true;

    /// <summary>Gives the whole reply.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The call's options; the type's remarks say which count.</param>
    /// <param name="cancellationToken">Ends the work between two tokens, and within the reading of a long prompt.</param>
    /// <returns>One assistant message, with usage and finish reason: stop at an end token or stop sequence, length where the tokens ran out.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="messages"/> holds no message, or the options require a call of a tool, or name an adapter, that is not there.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is not allowed; the message says which and what is.</exception>
    /// <exception cref="InvalidOperationException">The prompt leaves no room for a reply in the model's context.</exception>
    /// <exception cref="ChatTemplateException">The model's template refuses the conversation (for instance where roles must alternate) or fails on it.</exception>
    /// <exception cref="NotSupportedException">A message holds content that the model cannot read, such as an image, or the response format, or a tool's parameters, cannot be enforced.</exception>
    /// <exception cref="OnnxModelException">The model fails in running, or its output is not usable.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client or its model was disposed.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        GenerationSettings settings = Prepare(ref messages, ref options);
        string id = CreateId();
        DateTimeOffset createdAt = DateTimeOffset.UtcNow;
        return await Task.Run(
            async () =>
            {
                await using OnnxReply reply = OnnxReply.Start(_model, messages, options, settings, cancellationToken);
                StringBuilder text = new();
                while (!reply.HasEnded)
                    text.Append(await reply.NextAsync(cancellationToken).ConfigureAwait(false));
                List<AIContent> contents = reply.Finish();
                // One text, as far as nothing stands between.
                if (contents is [TextContent rest, ..])
                    contents[0] = new TextContent($"{text}{rest.Text}");
                else if (text.Length > 0 || contents.Count == 0)
                    contents.Insert(0, new TextContent(text.ToString()));
                return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents) { MessageId = id, CreatedAt = createdAt })
                {
                    ResponseId = id,
                    ModelId = _model.Name,
                    CreatedAt = createdAt,
                    FinishReason = reply.FinishReason,
                    Usage = reply.Usage,
                    AdditionalProperties = Additions(reply),
                };
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the reply as it is made.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The call's options; the type's remarks say which count.</param>
    /// <param name="cancellationToken">Ends the work between two tokens, and within the reading of a long prompt.</param>
    /// <returns>
    /// Pieces of text, each of whole characters and never a part of a stop sequence, which together are the text that
    /// <see cref="GetResponseAsync"/> would give; then one update with finish reason and usage. Nothing is computed ahead of the reader, but where the GenAI engine makes replies together (<see cref="OnnxModelOptions.MaxBatchSize"/>).
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="messages"/> holds no message, or the options require a call of a tool, or name an adapter, that is not there.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is not allowed; the message says which and what is.</exception>
    /// <exception cref="InvalidOperationException">The prompt leaves no room for a reply in the model's context.</exception>
    /// <exception cref="ChatTemplateException">The model's template refuses the conversation (for instance where roles must alternate) or fails on it.</exception>
    /// <exception cref="NotSupportedException">A message holds content that the model cannot read, such as an image, or the response format, or a tool's parameters, cannot be enforced.</exception>
    /// <exception cref="OnnxModelException">The model fails in running, or its output is not usable.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The client or its model was disposed.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        GenerationSettings settings = Prepare(ref messages, ref options);
        return StreamAsync(messages, options, settings, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Gives <see cref="ChatClientMetadata"/>, the <see cref="OnnxModel"/>, and the client itself.</remarks>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(OnnxModel) ? _model
            : serviceType == typeof(ModelProfile) ? _profile
            : serviceType == typeof(StructuredOutputMode) ? StructuredOutputMode.Prompt
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Refuses new calls, and disposes the model if the client loaded it; calls in progress may end.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        if (_ownsModel)
            _model.Dispose();
    }

    private GenerationSettings Prepare(ref IEnumerable<ChatMessage> messages, ref ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        // The work goes on elsewhere; what the caller changes meanwhile must not reach it.
        ChatMessage[] copy = [.. messages];
        if (copy.Length == 0)
            throw new ArgumentException("There is no message to reply to: give at least one.", nameof(messages));
        messages = copy;
        options = options?.Clone();
        return GenerationSettings.Resolve(options, _model.Config.Search) with { Adapter = AdapterOf(options) };
    }

    private string? AdapterOf(ChatOptions? options)
    {
        if (options?.AdditionalProperties?.TryGetValue(OnnxChatOptionsExtensions.AdapterKey, out object? value) != true)
            return _model.Options.DefaultAdapter;
        // Options that were themselves read from JSON have it as an element.
        string? name = value switch { null => null, JsonElement { ValueKind: JsonValueKind.Null } => null, _ => value.ToString() };
        return name is null || _model.AdapterNames.Contains(name) ? name : throw new ArgumentException(
            $"The model '{_model.Name}' has no adapter '{name}': {(_model.AdapterNames.Count == 0 ? "it was loaded without any" : $"it has {string.Join(", ", _model.AdapterNames)}")}. Name its file in {nameof(OnnxModelOptions)}.{nameof(OnnxModelOptions.Adapters)}.", nameof(options));
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, GenerationSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ReadAheadBuffer<ChatResponseUpdate> updates = new();
        Task making = Task.Run(() => MakeAsync(updates, messages, options, settings, cancellationToken, ended.Token), CancellationToken.None);
        try
        {
            await foreach (ChatResponseUpdate update in updates.ReadAllAsync().ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return update;
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            // A reader who goes takes his reply with him.
            await ended.CancelAsync().ConfigureAwait(false);
            await making.ConfigureAwait(false);
        }
    }

    /// <summary>Makes a stream's updates; what goes wrong is told to its reader.</summary>
    private async Task MakeAsync(ReadAheadBuffer<ChatResponseUpdate> updates, IEnumerable<ChatMessage> messages, ChatOptions? options, GenerationSettings settings, CancellationToken readers, CancellationToken cancellationToken)
    {
        string id = CreateId();
        DateTimeOffset createdAt = DateTimeOffset.UtcNow;
        try
        {
            await using OnnxReply reply = OnnxReply.Start(_model, messages, options, settings, cancellationToken);
            while (!reply.HasEnded)
            {
                string text = await reply.NextAsync(cancellationToken).ConfigureAwait(false);
                if (text.Length > 0)
                    updates.Add(Update([new TextContent(text)]));
                if (!updates.IsFull)
                    continue;
                await reply.PauseAsync().ConfigureAwait(false);
                await updates.WhenDrainedAsync(cancellationToken).ConfigureAwait(false);
            }
            List<AIContent> rest = reply.Finish();
            if (rest.Count > 0)
                updates.Add(Update(rest));
            ChatResponseUpdate last = Update([new UsageContent(reply.Usage)]);
            last.FinishReason = reply.FinishReason;
            last.AdditionalProperties = Additions(reply);
            updates.Add(last);
        }
        catch (Exception exception)
        {
            updates.Complete(exception is OperationCanceledException && readers.IsCancellationRequested ? new OperationCanceledException(exception.Message, exception, readers) : exception);
            return;
        }
        updates.Complete();

        ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents)
        {
            ResponseId = id,
            MessageId = id,
            ModelId = _model.Name,
            CreatedAt = createdAt,
        };
    }

    private static AdditionalPropertiesDictionary? Additions(OnnxReply reply)
    {
        AdditionalPropertiesDictionary? additions = null;
        if (reply.UnconstrainedReason is { } reason)
            (additions ??= [])[UnconstrainedReason] = reason;
        if (reply.Annotations.Count > 0)
            (additions ??= [])[Unenforced] = reply.Annotations;
        if (reply.Confidence is { } confidence)
            (additions ??= [])[IConstrainedChatClient.Confidence] = confidence;
        if (reply.Probabilities is { } probabilities)
            (additions ??= [])[LogProbabilities] = probabilities;
        return additions;
    }

    private static string CreateId() => Guid.NewGuid().ToString("N");
}
