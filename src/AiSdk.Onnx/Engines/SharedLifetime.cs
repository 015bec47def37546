namespace AiSdk.Onnx;

/// <summary>Counts the users of something that is released with the last of them, its owner being the first: what is released while it runs would end the process. Thread-safe.</summary>
/// <param name="owner">The object that a caller knows, for <see cref="ObjectDisposedException"/>.</param>
/// <param name="release">Releases it; called once.</param>
internal sealed class SharedLifetime(object owner, Action release) : IDisposable
{
    private readonly Lock _gate = new();
    private int _users = 1;
    private bool _isDisposed;

    /// <summary>The number of users besides the owner.</summary>
    public int Users
    {
        get
        {
            lock (_gate)
                return _isDisposed ? _users : _users - 1;
        }
    }

    /// <summary>Refuses what comes after the owner was disposed.</summary>
    /// <exception cref="ObjectDisposedException">It was.</exception>
    public void ThrowIfDisposed()
    {
        lock (_gate)
            ObjectDisposedException.ThrowIf(_isDisposed, owner);
    }

    /// <summary>Adds a user; each is followed by <see cref="Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed.</exception>
    public void Rent()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, owner);
            _users++;
        }
    }

    /// <summary>Ends a <see cref="Rent"/>.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (--_users > 0)
                return;
        }
        release();
    }

    /// <summary>Refuses new users, and ends the owner's use.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        Release();
    }
}
