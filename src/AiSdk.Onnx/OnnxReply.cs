using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>A reply of <see cref="OnnxChatClient"/>, buffered or streamed: what it is kept to, its text and its calls. Not thread-safe.</summary>
internal sealed class OnnxReply : IAsyncDisposable
{
    private readonly TextGeneration _generation;
    private readonly ToolReply? _calls;
    private bool _hasCalls;

    private OnnxReply(TextGeneration generation, ToolReply? calls, string? unconstrainedReason, params ReadOnlySpan<Constraint?> keptTo)
    {
        _generation = generation;
        _calls = calls;
        UnconstrainedReason = unconstrainedReason;
        foreach (Constraint? constraint in keptTo)
            Annotations = constraint is { Annotations.Count: > 0 } ? [.. Annotations, .. constraint.Annotations] : Annotations;
    }

    /// <summary>Whether the model has written all.</summary>
    public bool HasEnded => _generation.FinishReason is not null;

    /// <summary>Why it ended; known behind <see cref="Finish"/>.</summary>
    public ChatFinishReason? FinishReason => _hasCalls && _generation.FinishReason == ChatFinishReason.Stop ? ChatFinishReason.ToolCalls : _generation.FinishReason;

    /// <summary>Why the reply is not kept to what was asked for; null if it is, or nothing was.</summary>
    public string? UnconstrainedReason { get; }

    /// <summary>What the schemas that the reply is kept to say without asserting it, a sentence each.</summary>
    public IReadOnlyList<string> Annotations { get; } = [];

    /// <inheritdoc cref="TextGeneration.Probabilities"/>
    public IReadOnlyList<TokenLogProbability>? Probabilities => _generation.Probabilities;

    /// <inheritdoc cref="TextGeneration.Confidence"/>
    public double? Confidence => _generation.Confidence;

    /// <summary>The tokens read and made so far.</summary>
    public UsageDetails Usage => new()
    {
        InputTokenCount = _generation.InputTokens,
        CachedInputTokenCount = _generation.CachedTokens,
        OutputTokenCount = _generation.OutputTokens,
        TotalTokenCount = _generation.InputTokens + _generation.OutputTokens,
    };

    /// <summary>Prepares a reply; the model is not run yet.</summary>
    /// <exception cref="NotSupportedException">What is asked for cannot be enforced.</exception>
    /// <exception cref="ArgumentException">The options require a call of a tool that is not there.</exception>
    public static OnnxReply Start(OnnxModel model, IEnumerable<ChatMessage> messages, ChatOptions? options, GenerationSettings settings, CancellationToken cancellationToken)
    {
        string prompt = model.Prompt.Render(messages, options, cancellationToken);
        List<AIFunctionDeclaration> tools = options?.ToolMode is NoneChatToolMode ? [] : [.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>()];
        string? reason = null;
        if (tools.Count == 0)
        {
            if (options?.ToolMode is RequiredChatToolMode)
                throw new ArgumentException("ChatOptions.ToolMode requires a tool call, but ChatOptions.Tools holds no function.", nameof(options));
            Constraint? format = Compiled(model, FormatName(options), () => model.Constraints.Of(options, cancellationToken), ref reason);
            return new OnnxReply(TextGeneration.Start(model, prompt, settings, format), null, reason, format);
        }
        ToolCallSyntax syntax = model.ToolCalls;
        RequiredChatToolMode? required = options!.ToolMode as RequiredChatToolMode;
        if (required?.RequiredFunctionName is { } only)
        {
            tools.RemoveAll(tool => tool.Name != only);
            if (tools.Count == 0)
                throw new ArgumentException($"ChatOptions.ToolMode requires a call of '{only}', which is none of ChatOptions.Tools.", nameof(options));
        }
        string? note = null;
        Constraint? call = Compiled(model, "The parameters of a tool in ChatOptions.Tools",
            // Of many tools one that cannot be enforced may never be called; a call that is asked for by name will be.
            () => required?.RequiredFunctionName is null ? model.Constraints.OfMost(syntax, tools, out note, cancellationToken) : model.Constraints.Of(syntax, tools, cancellationToken), ref reason);
        reason ??= note;
        string[] names = [.. tools.Select(static tool => tool.Name)];
        if (required is not null)
        {
            ToolCallPlan shown = new(syntax.Marks, null, null);
            return new OnnxReply(TextGeneration.Start(model, prompt + syntax.RequiredBeginning, settings, call, shown), new ToolReply(syntax, names, syntax.RequiredBeginning), reason, call);
        }
        if (call is not null && ConstraintCache.Asks(options) && Compiled(model, FormatName(options), () => model.Constraints.Of(options, cancellationToken), ref reason) is { } asked)
        {
            if (Compiled(model, FormatName(options), () => model.Constraints.Of(options, asked, syntax, tools, call), ref reason) is { } either)
                return new OnnxReply(TextGeneration.Start(model, prompt, settings, either, new ToolCallPlan(syntax.Marks, null, null)), new ToolReply(syntax, names, "", isWhole: true), reason, asked, call);
            reason ??= "The model writes calls of tools as JSON with nothing around it, and replies of the response format could be taken for such, so that the reply is not kept to the format.";
        }
        ToolCallPlan plan = new(syntax.Marks, syntax.Opening, call);
        return new OnnxReply(TextGeneration.Start(model, prompt, settings, null, plan), new ToolReply(syntax, names, ""), reason, call);
    }

    /// <summary>Makes tokens until there is text to show or the reply ends.</summary>
    /// <returns>Text that is no part of a call; it may be empty.</returns>
    public async ValueTask<string> NextAsync(CancellationToken cancellationToken)
    {
        string text = await _generation.NextAsync(cancellationToken).ConfigureAwait(false);
        return _calls is null ? text : _calls.Push(text);
    }

    /// <summary>What is left when the model has written all: text that was held back, and calls.</summary>
    public List<AIContent> Finish()
    {
        List<AIContent> contents = _calls?.Finish(_generation.FinishReason == ChatFinishReason.Length) ?? [];
        _hasCalls = contents.Exists(static content => content is FunctionCallContent);
        return contents;
    }

    /// <inheritdoc cref="TextGeneration.PauseAsync"/>
    public ValueTask PauseAsync() => _generation.PauseAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _generation.DisposeAsync();

    private static string FormatName(ChatOptions? options) => options?.ResponseFormat is ChatResponseFormatJson ? "ChatOptions.ResponseFormat" : "What ChatOptions.AdditionalProperties keeps the reply to";

    private static Constraint? Compiled(OnnxModel model, string what, Func<Constraint?> compile, ref string? reason)
    {
        if (model.Options.ConstrainedDecoding == ConstrainedDecoding.Off)
            return null;
        try
        {
            return compile();
        }
        catch (ConstraintException exception) when (model.Options.ConstrainedDecoding == ConstrainedDecoding.WhenPossible)
        {
            reason = exception.Message;
            return null;
        }
        catch (ConstraintException exception)
        {
            throw new NotSupportedException($"{what} cannot be enforced: {exception.Message} Change it, or set OnnxModelOptions.ConstrainedDecoding to WhenPossible to take what the model writes.", exception);
        }
    }
}
