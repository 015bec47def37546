using System.Diagnostics;

namespace AiSdk.Onnx;

/// <summary>The GenAI library's own engine, which runs several requests together and chooses their tokens itself. Thread-safe.</summary>
/// <remarks>
/// The library wants calls one after the other. There is no thread of its own for them: whoever waits for a token makes a step, which may give others theirs. So nothing
/// runs while nobody waits, and what is made ahead of a slow reader is what the others' steps bring along.
/// </remarks>
internal sealed class GenAIBatchEngine(GenAIEngine engine, int maxBatchSize) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<nint, GenAIBatchRequest> _requests = [];
    private GenAIEngineHandle? _handle;
    private nint _lastKey;
    private int _count;
    private volatile string? _unusable;

    /// <summary>The number of requests that are under way.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Why the library refuses to batch this model; null as long as it does not.</summary>
    public string? Unusable => _unusable;

    /// <summary>Whether the library chooses tokens as we would: penalties differ in detail, a seed gives other tokens, and probabilities are not told.</summary>
    public static bool CanChoose(GenerationSettings settings) =>
        settings is { RepetitionPenalty: 1, FrequencyPenalty: 0, PresencePenalty: 0, LogProbabilities: null } && (settings.Temperature == 0 || settings.TopK == 1 || settings.Seed is null);

    /// <summary>A decoder for one reply, or null where there is no room for it or the model cannot be batched.</summary>
    /// <param name="settings">How tokens are chosen.</param>
    /// <param name="capacity">The most tokens of prompt and reply together.</param>
    public IDecoder? TryCreateDecoder(GenerationSettings settings, int capacity)
    {
        if (_unusable is not null)
            return null;
        // Taken before the request is there, so that no more than fit are promised room.
        if (Interlocked.Increment(ref _count) <= maxBatchSize)
        {
            _turn.Wait();
            try
            {
                if (_handle is not null || TryStart())
                    return new GenAIBatchDecoder(engine, this, settings, capacity);
            }
            finally
            {
                _turn.Release();
            }
        }
        Interlocked.Decrement(ref _count);
        return null;
    }

    /// <summary>Ends what <see cref="TryCreateDecoder"/> promised.</summary>
    public void GiveUpRoom() => Interlocked.Decrement(ref _count);

    /// <summary>Puts a request to the others.</summary>
    /// <param name="prompt">Its tokens.</param>
    /// <param name="settings">How tokens are chosen.</param>
    /// <param name="maxLength">The most tokens of prompt and reply together.</param>
    /// <param name="cancellationToken">Ends the waiting for the turn.</param>
    /// <exception cref="OnnxModelException">The library refuses it.</exception>
    public GenAIBatchRequest Add(ReadOnlySpan<int> prompt, GenerationSettings settings, int maxLength, CancellationToken cancellationToken)
    {
        _turn.Wait(cancellationToken);
        try
        {
            if (_handle is null && !TryStart())
                throw new OnnxModelException(_unusable ?? "");
            using GenAIParametersHandle parameters = CreateParameters(settings, maxLength);
            engine.Check(GenAINative.OgaCreateRequest(parameters, out GenAIRequestHandle handle), "Preparing a request");
            try
            {
                handle.Own(_handle);
                engine.Check(GenAINative.OgaCreateSequences(out GenAISequencesHandle sequences), "Preparing a request");
                using (sequences)
                {
                    sequences.Own(null);
                    engine.Check(GenAINative.OgaAppendTokenSequence(prompt, (nuint)prompt.Length, sequences), "Preparing a request");
                    engine.Check(GenAINative.OgaRequestAddTokens(handle, sequences), "Preparing a request");
                }
                // A number rather than an address: what the library gives back too late then names nothing.
                nint key = ++_lastKey;
                engine.Check(GenAINative.OgaRequestSetOpaqueData(handle, key), "Preparing a request");
                engine.Check(GenAINative.OgaEngineAddRequest(_handle!, handle), "Adding a request");
                GenAIBatchRequest request = new(key, handle);
                _requests.Add(key, request);
                return request;
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The next token of a request.</summary>
    /// <returns>The token; null where the model has ended the reply.</returns>
    /// <exception cref="OnnxModelException">The library failed, for this request or all of them.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the request is still there.</exception>
    public int? Next(GenAIBatchRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Others get their turn between two steps, and what the last one brought them.
            _turn.Wait(cancellationToken);
            try
            {
                if (request.Tokens.TryDequeue(out int token))
                    return token;
                if (request.Failure is { } failure)
                    throw new OnnxModelException(failure);
                if (request.IsComplete)
                    return null;
                engine.EnterDevice(cancellationToken);
                try
                {
                    Step(request);
                }
                finally
                {
                    engine.LeaveDevice();
                }
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    /// <summary>Takes a request out, wherever it stands.</summary>
    public void Remove(GenAIBatchRequest request)
    {
        _turn.Wait();
        try
        {
            Take(request);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the engine. There are no requests any more: each of them keeps the model.</summary>
    public void Dispose()
    {
        _handle?.Dispose();
        _handle = null;
        _turn.Dispose();
    }

    private bool TryStart()
    {
        string? error = GenAILibrary.Error(GenAINative.OgaCreateEngine(engine.Model, out GenAIEngineHandle handle));
        if (error is not null)
        {
            _unusable = $"'{engine.Folder}' cannot be run in batches: ONNX Runtime GenAI says: {error}";
            return false;
        }
        handle.Own(engine.Model);
        _handle = handle;
        return true;
    }

    private GenAIParametersHandle CreateParameters(GenerationSettings settings, int maxLength)
    {
        GenAIParametersHandle parameters = engine.CreateParameters(maxLength);
        try
        {
            bool samples = settings.Temperature > 0 && settings.TopK != 1;
            engine.Check(GenAINative.OgaGeneratorParamsSetSearchBool(parameters, "do_sample", samples), "Setting search.do_sample");
            if (samples)
            {
                engine.SetNumber(parameters, "temperature", settings.Temperature);
                engine.SetNumber(parameters, "top_k", settings.TopK ?? 0);
                engine.SetNumber(parameters, "top_p", settings.TopP);
                // The library's own default repeats, as does a seed in genai_config.json.
                engine.SetNumber(parameters, "random_seed", -1);
            }
            engine.SetNumber(parameters, "repetition_penalty", 1);
            return parameters;
        }
        catch
        {
            parameters.Dispose();
            throw;
        }
    }

    private void Step(GenAIBatchRequest waiting)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            engine.Check(GenAINative.OgaEngineStep(_handle!, out GenAIRequestHandle ready), "Running a batch");
            using (ready)
            {
                if (!ready.IsInvalid)
                {
                    ready.Own(_handle);
                    engine.Check(GenAINative.OgaRequestGetOpaqueData(ready, out nint key), "Running a batch");
                    if (_requests.TryGetValue(key, out GenAIBatchRequest? request))
                        Collect(request, ready);
                    return;
                }
            }
            engine.Check(GenAINative.OgaEngineHasPendingRequests(_handle!, out bool isPending), "Running a batch");
            if (!isPending)
                throw new OnnxModelException($"Running a batch of '{engine.Folder}' failed: ONNX Runtime GenAI has ended without the end of a reply.");
        }
        catch (OnnxModelException exception)
        {
            Fail(exception.Message);
        }
        finally
        {
            waiting.EngineTime += Stopwatch.GetElapsedTime(started);
        }
    }

    private void Collect(GenAIBatchRequest request, GenAIRequestHandle ready)
    {
        while (true)
        {
            engine.Check(GenAINative.OgaRequestHasUnseenTokens(ready, out bool hasTokens), "Running a batch");
            if (!hasTokens)
                break;
            engine.Check(GenAINative.OgaRequestGetUnseenToken(ready, out int token), "Running a batch");
            request.Tokens.Enqueue(token);
        }
        engine.Check(GenAINative.OgaRequestIsTurnComplete(ready, out bool isComplete), "Running a batch");
        if (!isComplete)
            return;
        request.IsComplete = true;
        // Its memory is another one's now, however long the tokens wait for their reader.
        Take(request);
    }

    // What state the others are in nobody knows; the next request starts another engine.
    private void Fail(string message)
    {
        foreach (GenAIBatchRequest request in _requests.Values.ToArray())
        {
            request.Failure = message;
            Take(request);
        }
        _handle?.Dispose();
        _handle = null;
    }

    private void Take(GenAIBatchRequest request)
    {
        if (!_requests.Remove(request.Key))
            return;
        // An error would say that it is gone already.
        if (_handle is not null)
            GenAILibrary.Error(GenAINative.OgaEngineRemoveRequest(_handle, request.Handle));
        request.Handle.Dispose();
    }
}

/// <summary>A request in the library's engine; what it holds is changed by who has the engine's turn.</summary>
internal sealed class GenAIBatchRequest(nint key, GenAIRequestHandle handle)
{
    public nint Key { get; } = key;

    public GenAIRequestHandle Handle { get; } = handle;

    /// <summary>Tokens that nobody has taken yet.</summary>
    public Queue<int> Tokens { get; } = new();

    /// <summary>Whether there will be no more.</summary>
    public bool IsComplete { get; set; }

    /// <summary>What went wrong; null for nothing.</summary>
    public string? Failure { get; set; }

    /// <summary>The time of the steps that its reader made.</summary>
    public TimeSpan EngineTime { get; set; }
}
