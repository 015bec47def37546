using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AiSdk.Evaluation;

/// <summary>One process's work on a run.</summary>
internal sealed class RunSession<TInput, TOutput> : IDisposable
{
    // Each has a thread of its own.
    private const int FewestGivenUp = 64;
    private const int GivenUpPerCall = 8;

    private readonly FunctionEvaluation<TInput, TOutput> _evaluation;
    private readonly EvalOptions _options;
    private readonly JsonTypeInfo<TInput> _inputType;
    private readonly JsonTypeInfo<TOutput> _outputType;
    private readonly Metric[] _metrics;
    private readonly RunWriter _writer;
    private readonly RunManifest _manifest;
    private readonly long _promptLength;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private int _givenUp;
    private int _done;
    private int _doneHere;
    private int _failed;
    private int _unmeasured;
    private long _tokens;
    private double _cost;

    public RunSession(FunctionEvaluation<TInput, TOutput> evaluation, EvalOptions options, string folder)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Repeats, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Concurrency, 1, nameof(options));
        foreach (string field in options.SliceBy)
            FieldSlices.Require(field);
        _evaluation = evaluation;
        _options = options;
        _inputType = EvalJson.TypeInfo<TInput>(evaluation.SerializerOptions);
        _outputType = EvalJson.TypeInfo<TOutput>(evaluation.SerializerOptions);
        _metrics = evaluation.Metrics();
        _promptLength = evaluation.Functions.Sum(static function => function.Prompts.Sum(static prompt => (long)prompt.Length) + (function.Schema?.Length ?? 0));
        RunManifest manifest = new()
        {
            Name = evaluation.Name,
            Functions = evaluation.Functions,
            Model = options.Model,
            ModelHash = options.ModelFolder is { } model ? LocalModel.Hash(model) : null,
            Options = options.Settings,
            Seed = options.Seed,
            Repeats = options.Repeats,
            Metrics = _metrics,
            SliceBy = options.SliceBy,
            Dataset = options.Dataset,
            PackageVersion = typeof(EvalRun).Assembly.GetName().Version?.ToString(3) ?? "",
            Machine = $"{System.Runtime.InteropServices.RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}",
            Started = DateTimeOffset.UtcNow,
        };
        _writer = RunWriter.Open(folder, manifest, Seen, options.StartAnew);
        _manifest = _writer.Manifest;
    }

    public void Dispose() => _writer.Dispose();

    public async Task RunAsync(IAsyncEnumerable<EvalCase<TInput, TOutput>> cases, CancellationToken cancellationToken)
    {
        using IncrementalHash dataset = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        HashSet<string> ids = new(StringComparer.Ordinal);
        string? stopped = null;
        IAsyncEnumerable<Job> jobs = JobsAsync();
        if (_options.Concurrency == 1)
        {
            await foreach (Job job in jobs.WithCancellation(cancellationToken).ConfigureAwait(false))
                await RunAsync(job, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(jobs, parallel, async (job, token) => await RunAsync(job, token).ConfigureAwait(false)).ConfigureAwait(false);
        }
        // A complete run was checked case by case: each case that it lacks, and each of its own that is other, has been told.
        if (stopped is null && _writer.CaseCount > ids.Count)
            throw new EvalRunException($"The folder has results of {_writer.CaseCount} cases, and the data set has {ids.Count}: it has changed. Give another folder.");
        string? hash = stopped is null ? Convert.ToHexStringLower(dataset.GetHashAndReset()) : null;
        _writer.Finish(_manifest with { DatasetHash = hash, Stopped = stopped, Completed = stopped is null ? _manifest.Completed ?? DateTimeOffset.UtcNow : null });

        async IAsyncEnumerable<Job> JobsAsync()
        {
            int index = 0;
            await foreach (EvalCase<TInput, TOutput> next in cases.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (!ids.Add(next.Id))
                    throw new InvalidDataException($"Two cases are called '{next.Id}'; the second is number {index + 1}. Names tell which cases two runs share.");
                byte[] input = JsonSerializer.SerializeToUtf8Bytes(next.Input, _inputType);
                byte[] expected = JsonSerializer.SerializeToUtf8Bytes(next.Expected, _outputType);
                string hash = CaseHash(next.Id, input, expected);
                dataset.AppendData(Encoding.ASCII.GetBytes(hash));
                for (int repeat = 0; repeat < _options.Repeats; repeat++)
                {
                    // Neither a list of cases nor a call that is done at once looks at it.
                    cancellationToken.ThrowIfCancellationRequested();
                    if (_writer.Has(index, repeat, out string? recorded, out bool isUnmeasured))
                    {
                        if (recorded != hash)
                            throw new EvalRunException($"The case '{next.Id}' is not the one that the folder has results of: the data set has changed. Give another folder.");
                        if (!isUnmeasured || !_options.RetryUnmeasured)
                            continue;
                    }
                    else if (_manifest.Completed is not null)
                    {
                        throw new EvalRunException($"The run in the folder was completed without the case '{next.Id}': the data set has changed. Give another folder.");
                    }
                    stopped = Exhausted();
                    if (stopped is not null)
                        yield break;
                    yield return new Job(next, index, repeat, hash, input, expected);
                }
                index++;
            }
        }
    }

    // A line that was there already.
    private void Seen(CaseResult result, bool replaces)
    {
        if (!replaces)
            _done++;
        _failed += result.State == CaseState.Failed ? 1 : 0;
        _unmeasured += result.State == CaseState.Unmeasured ? 1 : 0;
        _tokens += (result.InputTokens ?? 0) + (result.OutputTokens ?? 0);
        _cost += result.Cost ?? 0;
    }

    private string? Exhausted()
    {
        lock (_lock)
        {
            return _cost >= _options.MaxCost ? string.Create(CultureInfo.InvariantCulture, $"The budget of {_options.MaxCost} is used up.")
                : _tokens >= _options.MaxTokens ? string.Create(CultureInfo.InvariantCulture, $"The budget of {_options.MaxTokens} tokens is used up.")
                : null;
        }
    }

    private async Task RunAsync(Job job, CancellationToken cancellationToken)
    {
        CaseResult result = await MeasureAsync(job, cancellationToken).ConfigureAwait(false);
        _writer.Write(result);
        EvalProgress progress;
        lock (_lock)
        {
            Seen(result, replaces: false);
            _doneHere++;
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_started);
            int? total = _options.CaseCount * _options.Repeats;
            progress = new EvalProgress(_done, total, _failed, _unmeasured, _tokens, _cost, elapsed, total is null ? null : elapsed / _doneHere * Math.Max(0, total.Value - _done));
        }
        _options.Progress?.Report(progress);
    }

    private async Task<CaseResult> MeasureAsync(Job job, CancellationToken cancellationToken)
    {
        JsonElement input = Element(job.Input);
        CaseResult result = new() { Index = job.Index, Id = job.Case.Id, Repeat = job.Repeat, Hash = job.Hash, Tags = job.Case.Tags, Input = input, Expected = Element(job.Expected) };
        using CancellationTokenSource? timeout = _options.Timeout == Timeout.InfiniteTimeSpan ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout?.CancelAfter(_options.Timeout);
        CancellationToken token = timeout?.Token ?? cancellationToken;
        long started = Stopwatch.GetTimestamp();
        using CaseScope scope = CaseScope.Enter(job.Repeat);
        try
        {
            EvalOutput<TOutput> output = await BoundedAsync(() => _evaluation.Call(job.Case.Input, token), token).ConfigureAwait(false);
            double milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            JsonElement value = JsonSerializer.SerializeToElement(output.Value, _outputType);
            string text = Text(value);
            result = WithUsage(result, scope, output.Usage, text.Length) with
            {
                Output = value,
                Reply = output.Reply is null || output.Reply == text || (value.ValueKind != JsonValueKind.String && output.Reply == value.GetRawText()) ? null : output.Reply,
                Milliseconds = milliseconds,
                Repairs = output.Repairs,
                Attempts = output.Attempts,
                Confidence = output.Confidence,
                ModelId = output.ModelId,
            };
            ScoredOutput<TOutput> scored = new() { Output = output.Value, Expected = job.Case.Expected, Input = Text(input), Reply = output.Reply ?? text };
            return result with { Scores = await BoundedAsync(() => _evaluation.ScoreAsync(scored, token).AsTask(), token).ConfigureAwait(false) };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return Unmeasured(result.Output is null ? WithUsage(result, scope, null, 0) : result, timeout is { IsCancellationRequested: true } ? string.Create(CultureInfo.InvariantCulture, $"It took longer than {_options.Timeout.TotalSeconds} s.") : e.Message);
        }
        catch (AiFunctionException e) when (e is AiOutputException or AiTruncatedException)
        {
            return WithUsage(result, scope, null, e.RawReply.Length) with
            {
                State = CaseState.Failed,
                Reason = e.Message,
                Reply = e.RawReply,
                Milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                Scores = _metrics.ToDictionary(static metric => metric.Name, metric => new CaseScore(metric.FailureValue, "The function gave no value."), StringComparer.Ordinal),
            };
        }
        catch (AiFunctionException e)
        {
            return Unmeasured(WithUsage(result, scope, null, e.RawReply.Length), e.Message) with { Reply = e.RawReply.Length > 0 ? e.RawReply : null, Milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds };
        }
    }

    /// <summary>Waits no longer than the token says: not all that is called looks at it.</summary>
    /// <exception cref="EvalRunException">So many that were given up still run that more would take the process down.</exception>
    private async Task<T> BoundedAsync<T>(Func<Task<T>> call, CancellationToken token)
    {
        // What blocks must not block who waits for it. A thread of its own: of the pool's there are few, and calls that were given up would take them from those that come after. It costs some tens of
        // microseconds, nothing beside what needs a time-out.
        Task<T> begun = _options.Timeout == Timeout.InfiniteTimeSpan ? call() : Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).Unwrap();
        try
        {
            return await begun.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!begun.IsCompleted)
        {
            int most = Math.Max(FewestGivenUp, GivenUpPerCall * _options.Concurrency);
            int givenUp = Interlocked.Increment(ref _givenUp);
            _ = begun.ContinueWith(
                ended =>
                {
                    _ = ended.Exception;
                    Interlocked.Decrement(ref _givenUp);
                },
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (givenUp > most)
                throw new EvalRunException($"{givenUp} calls that ran out of time have still not ended, though they were cancelled: what is evaluated hangs. Mend it, or give it a time-out of its own, and start the run again: what is done is kept.");
            throw;
        }
    }

    private CaseResult Unmeasured(CaseResult result, string reason) => result with
    {
        State = CaseState.Unmeasured,
        Reason = reason,
        Scores = _metrics.ToDictionary(static metric => metric.Name, _ => new CaseScore(null, reason), StringComparer.Ordinal),
    };

    /// <summary>The tokens of a call: what its clients counted, else what its result says, else, under a budget, which would not bind without it, an estimate.</summary>
    private CaseResult WithUsage(CaseResult result, CaseScope scope, Microsoft.Extensions.AI.UsageDetails? told, int outputLength)
    {
        bool isMetered = scope.Calls > 0;
        Microsoft.Extensions.AI.UsageDetails? usage = isMetered ? scope.Usage : told;
        bool isEstimated = isMetered && scope.IsEstimated;
        if (usage is null or { InputTokenCount: null, OutputTokenCount: null } && (_options.MaxTokens is not null || _options.MaxCost is not null))
        {
            isEstimated = true;
            usage = new() { InputTokenCount = TokenEstimate.Of(_promptLength + result.Input.GetRawText().Length), OutputTokenCount = TokenEstimate.Of(outputLength) };
        }
        return result with { InputTokens = usage?.InputTokenCount, OutputTokens = usage?.OutputTokenCount, Cost = Cost(usage), IsUsageEstimated = isEstimated };
    }

    private double? Cost(Microsoft.Extensions.AI.UsageDetails? usage) =>
        _options.InputPrice is null && _options.OutputPrice is null ? null
        : (((usage?.InputTokenCount ?? 0) * (_options.InputPrice ?? 0)) + ((usage?.OutputTokenCount ?? 0) * (_options.OutputPrice ?? 0))) / 1e6;

    private static JsonElement Element(byte[] json)
    {
        Utf8JsonReader reader = new(json);
        return JsonElement.ParseValue(ref reader);
    }

    private static string Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();

    private static string CaseHash(string id, byte[] input, byte[] expected)
    {
        int length = Encoding.UTF8.GetByteCount(id);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length + input.Length + expected.Length + 2);
        try
        {
            Encoding.UTF8.GetBytes(id, buffer);
            buffer[length] = 0;
            input.CopyTo(buffer, length + 1);
            buffer[length + 1 + input.Length] = 0;
            expected.CopyTo(buffer, length + input.Length + 2);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(buffer.AsSpan(0, length + input.Length + expected.Length + 2), hash);
            return Convert.ToHexStringLower(hash[..8]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed record Job(EvalCase<TInput, TOutput> Case, int Index, int Repeat, string Hash, byte[] Input, byte[] Expected);
}
