namespace AiSdk.Onnx;

/// <summary>Runs a model for all its replies: prompts piece by piece, then one token of each reply in one run (continuous batching: Orca, G. Yu 2022). Thread-safe.</summary>
/// <remarks>
/// While there is work, one thread of the pool does it, and goes on with each reply between two runs; there is none while nobody wants a token. Replies have places, in the order of their
/// coming, and keep them to their end; the others wait. Who comes joins at the next run, who ends or is cancelled leaves before it. A reply that is alone runs on its own decoder, with all
/// that speeds up a single reply.
/// </remarks>
internal sealed class DecodeScheduler(DecoderBatch batch, int maxReplies, int chunkSize) : IThreadPoolWorkItem
{
    // A long prompt must not keep the others waiting, nor what comes while it is read alone. Larger pieces gain little.
    private const int AloneChunk = 512;
    private const int SharedChunk = 128;

    // Held during a run, unlike the second one.
    private readonly Lock _gate = new();
    private readonly Lock _postGate = new();
    private readonly List<ScheduledReply> _posted = [];
    private readonly List<ScheduledReply> _waiting = [];
    private readonly List<ScheduledReply> _placed = [];
    private readonly List<ScheduledReply> _done = [];
    private readonly List<(ScheduledReply Reply, TaskCompletionSource Left)> _leaving = [];
    private readonly List<(ScheduledReply Reply, TaskCompletionSource Left)> _left = [];
    private readonly List<ScheduledReply> _stepping = [];
    private readonly List<(OnnxRuntimeDecoder Decoder, int Token)> _tokens = [];
    private bool _isRunning;
    private int _nextPrompt;
    private volatile int _wanted;
    private long _jointRuns;

    /// <summary>How many replies want the model, waiting ones included.</summary>
    public int Wanted => _wanted;

    /// <summary>How many runs have given several replies a token.</summary>
    public long JointRuns => Volatile.Read(ref _jointRuns);

    /// <summary>Asks for a reply's tokens to be read.</summary>
    public void Post(ScheduledReply reply)
    {
        lock (_postGate)
        {
            _posted.Add(reply);
            if (_isRunning)
                return;
            _isRunning = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc cref="ScheduledReply.LeaveAsync"/>
    public ValueTask LeaveAsync(ScheduledReply reply)
    {
        if (_gate.TryEnter())
        {
            try
            {
                Remove(reply);
                return default;
            }
            finally
            {
                _gate.Exit();
            }
        }
        lock (_postGate)
        {
            if (_isRunning)
            {
                TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _leaving.Add((reply, left));
                return new ValueTask(left.Task);
            }
        }
        // The work has just ended, or another reply leaves: either takes no time.
        lock (_gate)
            Remove(reply);
        return default;
    }

    /// <summary>Does what was asked for, until there is nothing more.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            lock (_gate)
            {
                if (!Admit())
                    return;
                Run();
                CollectDone();
            }
            // Without the lock: replies ask for more here, and leave.
            foreach (ScheduledReply reply in _done)
                reply.Complete();
            _done.Clear();
        }
    }

    /// <summary>Takes in what was posted, and gives free places to those who wait; false ends the work.</summary>
    private bool Admit()
    {
        bool isOver;
        lock (_postGate)
        {
            _left.AddRange(_leaving);
            _leaving.Clear();
            foreach (ScheduledReply reply in _posted)
            {
                reply.IsPending = true;
                if (!reply.HasPlace)
                    _waiting.Add(reply);
            }
            _posted.Clear();
            // Who leaves waits for nothing.
            isOver = _waiting.Count == 0 && !_placed.Exists(static reply => reply.IsPending);
            if (isOver)
                _isRunning = false;
        }
        foreach ((ScheduledReply reply, TaskCompletionSource left) in _left)
        {
            try
            {
                Remove(reply);
                left.SetResult();
            }
            catch (Exception exception)
            {
                left.SetException(exception);
            }
        }
        _left.Clear();
        if (isOver)
            return false;
        foreach (ScheduledReply reply in _waiting)
            FailIfCancelled(reply);
        foreach (ScheduledReply reply in _placed)
            FailIfCancelled(reply);
        for (int i = 0; i < _waiting.Count && _placed.Count < maxReplies;)
        {
            ScheduledReply next = _waiting[i];
            if (next.IsDone)
            {
                i++;
                continue;
            }
            _waiting.RemoveAt(i);
            next.HasPlace = true;
            _placed.Add(next);
        }
        _wanted = _placed.Count + _waiting.Count;
        return true;
    }

    private void Remove(ScheduledReply reply)
    {
        if (!reply.HasPlace)
            return;
        reply.HasPlace = false;
        _placed.Remove(reply);
        _wanted = _placed.Count + _waiting.Count;
        batch.Remove(reply.Decoder);
    }

    private void Run()
    {
        if (_wanted == 1 && _placed is [{ IsPending: true, IsDone: false } only])
        {
            RunPiece(only, AloneChunk);
            return;
        }
        if (NextPrompt() is { } reply)
            RunPiece(reply, SharedChunk);
        Step();
    }

    /// <summary>The reply that is next with a piece of its prompt, each in turn; null where all have read theirs.</summary>
    private ScheduledReply? NextPrompt()
    {
        for (int i = 0; i < _placed.Count; i++)
        {
            int at = (_nextPrompt + i) % _placed.Count;
            if (_placed[at] is not { IsPending: true, IsDone: false } reply || IsStep(reply))
                continue;
            _nextPrompt = at + 1;
            return reply;
        }
        return null;
    }

    /// <summary>Reads a piece on the reply's own decoder, or all that is left where it is short or its last logits are wanted together.</summary>
    private void RunPiece(ScheduledReply reply, int mostTokens)
    {
        int chunk = Math.Max(Math.Min(mostTokens, chunkSize), reply.Kept);
        int left = reply.Unread.Length;
        int count = left <= chunk ? left : Math.Min(chunk, left - reply.Kept);
        try
        {
            batch.Remove(reply.Decoder);
            reply.Decoder.Append(reply.Unread[..count], count == left ? reply.Kept : 1, reply.CancellationToken);
            reply.Advance(count);
        }
        // Whatever it is, it is the reply's, and must not end the work of others.
        catch (Exception exception)
        {
            reply.Fail(exception);
        }
        reply.HasReadPrompt |= reply.IsDone;
    }

    /// <summary>One token of each reply that has read its prompt.</summary>
    private void Step()
    {
        _stepping.Clear();
        _tokens.Clear();
        foreach (ScheduledReply reply in _placed)
        {
            if (!reply.IsPending || reply.IsDone || !IsStep(reply))
                continue;
            try
            {
                batch.Add(reply.Decoder);
                _stepping.Add(reply);
                _tokens.Add((reply.Decoder, reply.Unread[0]));
            }
            catch (Exception exception)
            {
                reply.Fail(exception);
            }
        }
        if (_stepping.Count == 0)
            return;
        try
        {
            batch.Run(_tokens);
        }
        catch (OnnxModelException)
        {
            // One of them may be the cause; alone it fails alone.
            foreach (ScheduledReply reply in _stepping)
                RunPiece(reply, SharedChunk);
            return;
        }
        catch (Exception exception)
        {
            foreach (ScheduledReply reply in _stepping)
                reply.Fail(exception);
            return;
        }
        if (_stepping.Count > 1)
            _jointRuns++;
        foreach (ScheduledReply reply in _stepping)
            reply.Advance(1);
    }

    // A few tokens that are not chosen, but follow, ride along one by one.
    private static bool IsStep(ScheduledReply reply) => reply.HasReadPrompt && reply.Kept == 1;

    private static void FailIfCancelled(ScheduledReply reply)
    {
        if (reply is { IsPending: true, CancellationToken.IsCancellationRequested: true })
            reply.Fail(new OperationCanceledException(reply.CancellationToken));
    }

    private void CollectDone()
    {
        foreach (ScheduledReply reply in _placed)
        {
            if (reply is { IsPending: true, IsDone: true })
                _done.Add(reply);
        }
        foreach (ScheduledReply reply in _waiting)
        {
            if (reply.IsDone)
                _done.Add(reply);
        }
        _waiting.RemoveAll(static reply => reply.IsDone);
        foreach (ScheduledReply reply in _done)
            reply.IsPending = false;
    }
}
