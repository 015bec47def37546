using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>A reply that the GenAI library makes in a batch. Its logits leave one token only, the one that the library has chosen.</summary>
/// <remarks>So the loop over the reply is the same: end tokens, stop sequences, text and limits are none of the batch's business.</remarks>
internal sealed class GenAIBatchDecoder : IDecoder
{
    private readonly GenAIEngine _engine;
    private readonly GenAIBatchEngine _batch;
    private readonly GenerationSettings _settings;
    private readonly int _capacity;
    private readonly float[] _logits;
    private readonly List<int> _tokens = [];
    private GenAIBatchRequest? _request;
    private int _chosen = -1;
    private bool _isOver;
    private bool _disposed;

    /// <summary>Prepares a reply; the library hears of it with the first tokens.</summary>
    /// <param name="engine">The engine, rented; released with the decoder.</param>
    /// <param name="batch">The batches, in which there is room; given up with the decoder.</param>
    /// <param name="settings">How tokens are chosen.</param>
    /// <param name="capacity">The most tokens of prompt and reply together.</param>
    public GenAIBatchDecoder(GenAIEngine engine, GenAIBatchEngine batch, GenerationSettings settings, int capacity)
    {
        _engine = engine;
        _batch = batch;
        _settings = settings;
        _capacity = capacity;
        _logits = new float[engine.Config.VocabularySize];
        _logits.AsSpan().Fill(float.NegativeInfinity);
    }

    /// <inheritdoc/>
    public int Length => _tokens.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _chosen >= 0 ? _logits : throw new InvalidOperationException("There are no logits: append tokens first.");
        }
    }

    /// <inheritdoc/>
    public TimeSpan EngineTime => _request?.EngineTime ?? TimeSpan.Zero;

    /// <inheritdoc/>
    public int Capacity => _capacity;

    /// <inheritdoc/>
    public int MaxKeptLogits => 1;

    /// <inheritdoc/>
    public string? Adapter => null;

    /// <inheritdoc/>
    public bool CanCopy => false;

    /// <inheritdoc/>
    public bool CanRewind => false;

    /// <inheritdoc/>
    public long CacheBytes => 0;

    /// <inheritdoc/>
    public ReadOnlySpan<float> KeptLogits(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(index, 0);
        return Logits;
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<int> tokens, int kept, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        AppendedTokens.Check(this, tokens, kept, _logits.Length);
        if (_request is not null && (tokens.Length > 1 || tokens[0] != _chosen || _isOver))
            throw new InvalidOperationException("A reply that is made in a batch goes on with the token that was chosen, and with no other.");
        cancellationToken.ThrowIfCancellationRequested();
        if (_chosen >= 0)
            _logits[_chosen] = float.NegativeInfinity;
        _chosen = -1;
        _tokens.AddRange(tokens);
        try
        {
            // One more than is wanted, so that a reply at its limit is not taken for one that has ended.
            _request ??= _batch.Add(CollectionsMarshal.AsSpan(_tokens), _settings, _capacity + 1, cancellationToken);
            // The library keeps the end token to itself.
            int? next = _batch.Next(_request, cancellationToken);
            _isOver = next is null;
            _chosen = next ?? _engine.Config.EndTokens[0];
        }
        catch
        {
            // The tokens count as unread; a request that is there goes on only if it gets them.
            End();
            _tokens.Clear();
            throw;
        }
        _logits[_chosen] = 0;
    }

    /// <inheritdoc/>
    public void Reserve(int capacity)
    {
        if (capacity > _capacity)
            throw new NotSupportedException("The room of a reply that is made in a batch is fixed.");
    }

    /// <inheritdoc/>
    public void CopyFrom(IDecoder other, int length) => throw new NotSupportedException("The GenAI library does not copy a state.");

    /// <inheritdoc/>
    public void Rewind(int length)
    {
        if (length != Length)
            throw new NotSupportedException("A reply that is made in a batch cannot be taken back.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        End();
        _batch.GiveUpRoom();
        _engine.Release();
    }

    private void End()
    {
        if (_request is not null)
            _batch.Remove(_request);
        _request = null;
    }
}
