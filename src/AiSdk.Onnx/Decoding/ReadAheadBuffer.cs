using System.Threading.Channels;

namespace AiSdk.Onnx;

/// <summary>What stands between the maker of a stream and its reader, each at his own pace: a slow reader keeps nothing but his own stream waiting. For one maker and one reader.</summary>
internal sealed class ReadAheadBuffer<T>
{
    /// <summary>The most pieces that wait for their reader.</summary>
    public const int Most = 64;

    private readonly Channel<T> _pieces = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Lock _gate = new();
    private TaskCompletionSource? _drained;
    private int _count;

    /// <summary>Whether the maker should wait.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
                return _count >= Most;
        }
    }

    /// <summary>Adds a piece.</summary>
    public void Add(T piece)
    {
        lock (_gate)
            _count++;
        _pieces.Writer.TryWrite(piece);
    }

    /// <summary>Adds the end.</summary>
    /// <param name="failure">Why the stream ends early; <see langword="null"/> where it is whole.</param>
    public void Complete(Exception? failure = null) => _pieces.Writer.TryComplete(failure);

    /// <summary>Waits until the reader has taken half of what there may be: to go on for each single piece would cost more than the piece.</summary>
    public Task WhenDrainedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_count <= Most / 2)
                return Task.CompletedTask;
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The pieces in their order, then the failure, if there was one.</summary>
    public async IAsyncEnumerable<T> ReadAllAsync()
    {
        while (await _pieces.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_pieces.Reader.TryRead(out T? piece))
            {
                Taken();
                yield return piece;
            }
        }
    }

    private void Taken()
    {
        lock (_gate)
        {
            if (--_count > Most / 2)
                return;
            _drained?.TrySetResult();
        }
    }
}
