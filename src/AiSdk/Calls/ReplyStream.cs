using System.Text;
using AiSdk.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>A streamed reply: its pieces one after the other, and what the endpoint says beside them.</summary>
/// <param name="function">The function.</param>
/// <param name="call">The call, which this ends.</param>
/// <param name="client">Answers it.</param>
/// <param name="messages">The messages.</param>
/// <param name="options">The options.</param>
/// <param name="profile">What the endpoint can do.</param>
/// <param name="guards">Its guards, or <see langword="null"/>.</param>
/// <param name="cancellationToken">Cancels it.</param>
internal sealed class ReplyStream(
    AiFunctionInfo function, AiCall call, IChatClient client, IList<ChatMessage> messages, ChatOptions? options, ModelProfile profile, GuardRun? guards, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly StringBuilder _reply = new();
    private AiCall _call = call;
    private IAsyncEnumerator<ChatResponseUpdate>? _updates;
    private StringBuilder? _refusal;
    private bool _hasEnded;
    private GuardedReply? _guarded;
    private StringBuilder? _shown;
    private ThoughtSplitter? _splitter = function.Output is null && !profile.ReasoningContent ? new() : null;
    private bool _isFlushed;

    /// <summary>The piece that came last; perhaps empty.</summary>
    public string Piece { get; private set; } = "";

    /// <summary>What came last of the thoughts that the model has beside its reply; as a rule empty. Guards have not seen it.</summary>
    public string Thought { get; private set; } = "";

    /// <summary>Whether the model has thoughts beside its reply.</summary>
    public bool HasThoughts { get; private set; }

    /// <summary>Whether the piece begins the reply anew: what came before was said before a tool ran.</summary>
    public bool HasRestarted { get; private set; }

    /// <summary>Why the model stopped, as far as it has said so.</summary>
    public ChatFinishReason? FinishReason { get; private set; }

    /// <summary>Tokens used, as far as the endpoint has said so.</summary>
    public UsageDetails? Usage { get; private set; }

    /// <summary>The call's options.</summary>
    public ChatOptions? Options => options;

    /// <summary>What the model is asked.</summary>
    public IList<ChatMessage> Messages => messages;

    /// <summary>What the endpoint can do.</summary>
    public ModelProfile Profile => profile;

    /// <summary>The reply as far as it has come and may be shown: what guards have left of it.</summary>
    public string Shown => guards is null ? _reply.ToString() : _shown?.ToString() ?? "";

    /// <summary>The call.</summary>
    public ref AiCall Call => ref _call;

    /// <summary>Waits for the next piece; false at the reply's end.</summary>
    /// <exception cref="AiFunctionException">The endpoint failed, or refused.</exception>
    public async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            // A client may have more at hand, and would give it without looking at the token.
            cancellationToken.ThrowIfCancellationRequested();
            _updates ??= client.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            if (await _updates.MoveNextAsync().ConfigureAwait(false))
            {
                Take(_updates.Current);
                if (guards is not null)
                    await GuardAsync(guards, isLast: false).ConfigureAwait(false);
                return true;
            }
            if (_refusal is not null)
                CallFailure.ThrowRefused(function, _refusal.ToString(), Shown, ref _call);
            if (profile.IsRefusal(FinishReason))
                CallFailure.ThrowFiltered(function, FinishReason!.Value, Shown, ref _call);
            if (_isFlushed || (guards is null && _splitter is null))
                return false;
            // What guards have held back, and what might have been thoughts.
            _isFlushed = true;
            HasRestarted = false;
            Thought = "";
            Piece = _splitter?.End() ?? "";
            _reply.Append(Piece);
            if (guards is not null)
                await GuardAsync(guards, isLast: true).ConfigureAwait(false);
            return true;
        }
        catch (Exception e)
        {
            throw Failed(e);
        }
    }

    /// <summary>Notes what guards have left of the whole reply.</summary>
    public void Show(string reply)
    {
        if (!string.Equals(reply, Shown, StringComparison.Ordinal))
            _shown = new StringBuilder(reply);
    }

    /// <summary>Ends the call as one that gave a value.</summary>
    public void Succeed(IReadOnlyList<Repair> repairs)
    {
        _hasEnded = true;
        _call.Succeed(Shown, Usage, repairs, attempts: 1);
    }

    /// <summary>Ends the call and throws what its caller gets to see.</summary>
    public Exception Failed(Exception exception)
    {
        _hasEnded = true;
        string shown = Shown;
        _call.Spend(Usage);
        return CallFailure.Failed(guards?.Withhold(exception, shown) ?? exception, function, shown, ref _call, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // A caller that stops enumerating early has what it wanted; the span must end all the same.
        if (!_hasEnded)
            Succeed([]);
        if (_updates is not null)
            await _updates.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask GuardAsync(GuardRun guards, bool isLast)
    {
        _guarded = HasRestarted ? null : _guarded;
        _guarded ??= guards.OpenReply(messages, _call.Id);
        _shown = HasRestarted ? null : _shown;
        Piece = await _guarded.AppendAsync(Piece, isLast).ConfigureAwait(false);
        (_shown ??= new StringBuilder()).Append(Piece);
    }

    private void Take(ChatResponseUpdate update)
    {
        FinishReason = update.FinishReason ?? FinishReason;
        HasRestarted = false;
        Piece = _splitter?.Append(update.Text) ?? update.Text;
        Thought = "";
        if (StreamedRefusal.Of(update) is { Length: > 0 } words)
            (_refusal ??= new StringBuilder()).Append(words);
        IList<AIContent> contents = update.Contents;
        for (int i = 0; i < contents.Count; i++)
        {
            switch (contents[i])
            {
                case TextReasoningContent { Text.Length: > 0 } thought:
                    HasThoughts = true;
                    Thought += thought.Text;
                    break;
                case UsageContent counted:
                    (Usage ??= new UsageDetails()).Add(counted.Details);
                    break;
                case ErrorContent error:
                    _reply.Append(Piece);
                    CallFailure.ThrowError(function, error, Shown, ref _call);
                    break;
                case FunctionResultContent when function.Output is not null:
                    _reply.Clear();
                    HasRestarted = true;
                    break;
                case FunctionResultContent when _splitter is not null:
                    // After its tools the model may think again.
                    Piece += _splitter.End();
                    _splitter = new();
                    break;
                case FunctionCallContent when function.Output is { } output:
                    if (OutputRequest.ToolReply(output, [contents[i]], out string? failure) is not { } arguments)
                        break;
                    if (failure is not null)
                        CallFailure.ThrowUnreadableArguments(function, failure, Shown, ref _call);
                    // The arguments are the reply; what was said before them is not.
                    _reply.Clear();
                    HasRestarted = true;
                    Piece = arguments;
                    break;
            }
        }
        _reply.Append(Piece);
    }
}
