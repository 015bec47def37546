using System.Threading.Tasks.Sources;

namespace AiSdk.Onnx;

/// <summary>One reply as the scheduler sees it: its decoder, and the tokens that the model is to read for it. One call at a time.</summary>
internal sealed class ScheduledReply(DecodeScheduler scheduler, OnnxRuntimeDecoder decoder) : IValueTaskSource
{
    // Continued where the model was run: the reply's next token is then asked for before the next run is put together.
    private ManualResetValueTaskSourceCore<bool> _source;
    private int[] _tokens = [];
    private int _count;
    private int _read;
    private Exception? _failure;

    public OnnxRuntimeDecoder Decoder => decoder;

    /// <summary>Whether nobody else wants the model, so that runs of one's own cost no one anything.</summary>
    public bool IsAlone => scheduler.Wanted <= 1;

    /// <summary>The tokens that are not read yet.</summary>
    public ReadOnlySpan<int> Unread => _tokens.AsSpan(_read, _count - _read);

    /// <summary>After how many of the last tokens the logits are wanted.</summary>
    public int Kept { get; private set; }

    public CancellationToken CancellationToken { get; private set; }

    /// <summary>Whether it waits for tokens to be read; the scheduler's.</summary>
    public bool IsPending { get; set; }

    /// <summary>Whether it is one of those that are run; the scheduler's.</summary>
    public bool HasPlace { get; set; }

    /// <summary>Whether its prompt was read; the scheduler's.</summary>
    public bool HasReadPrompt { get; set; }

    /// <summary>Has the model read tokens, when it is its turn; <see cref="Decoder"/> then has the logits.</summary>
    /// <inheritdoc cref="IDecoder.Append(ReadOnlySpan{int}, int, CancellationToken)"/>
    public ValueTask AppendAsync(ReadOnlySpan<int> tokens, int kept, CancellationToken cancellationToken)
    {
        decoder.Check(tokens, kept);
        cancellationToken.ThrowIfCancellationRequested();
        if (_tokens.Length < tokens.Length)
            _tokens = new int[tokens.Length];
        tokens.CopyTo(_tokens);
        (_count, _read, Kept, CancellationToken) = (tokens.Length, 0, kept, cancellationToken);
        _failure = null;
        _source.Reset();
        ValueTask appended = new(this, _source.Version);
        scheduler.Post(this);
        return appended;
    }

    /// <summary>Gives up its place, until tokens are to be read again; ends behind a run in progress. No call of <see cref="AppendAsync"/> may be under way.</summary>
    public ValueTask LeaveAsync() => scheduler.LeaveAsync(this);

    /// <summary>Counts tokens as read.</summary>
    public void Advance(int count) => _read += count;

    /// <summary>Ends the call in a moment: <see cref="Complete"/> tells.</summary>
    public void Fail(Exception failure) => _failure = failure;

    /// <summary>Whether the call has its result.</summary>
    public bool IsDone => _failure is not null || _read == _count;

    /// <summary>Goes on with the reply, on this thread.</summary>
    public void Complete()
    {
        if (_failure is null)
            _source.SetResult(true);
        else
            _source.SetException(_failure);
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _source.OnCompleted(continuation, state, token, flags);
}
