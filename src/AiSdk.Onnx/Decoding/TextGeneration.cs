using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>One reply in the making: prompt, next token, text, until it ends. The one loop behind buffered and streamed replies.</summary>
/// <remarks>
/// What speeds it up changes nothing in the reply: tokens that a constraint leaves no choice about are taken without asking the model, whether or not they then go
/// into it in one run; guesses are checked by the model; a prompt's beginning that the model has read before is not read again; what other replies read in the same runs is none of its business. Not thread-safe.
/// </remarks>
internal sealed class TextGeneration : IAsyncDisposable
{
    private const int FirstOutputRoom = 256;

    private readonly OnnxModel _model;
    private readonly IDecoder _decoder;
    private readonly ScheduledReply? _scheduled;
    private readonly IReadOnlyList<int> _endTokens;
    private readonly TokenSampler _sampler;
    private readonly ToolCallPlan? _calls;
    private ReplyConstraint? _constraint;
    private readonly PromptLookup? _lookup;
    private readonly Queue<int> _forced = new();
    private readonly TokenTextDecoder _text;
    private readonly StopSequenceFilter _stop;

    // All tokens so far; the decoder has seen the first of them.
    private readonly List<int> _sequence;
    private readonly int _maxOutput;
    private readonly TimeSpan _engineTimeBefore;
    private readonly StringBuilder _unmarked = new();
    private readonly List<TokenLogProbability>? _probabilities;
    private readonly int _alternatives;
    private readonly ReplyConfidence? _confidence;
    private readonly bool _jumps;
    private bool _isInCall;
    private bool _isBroken;

    private TextGeneration(OnnxModel model, IDecoder decoder, List<int> prompt, int maxOutput, GenerationSettings settings, Constraint? constraint, ToolCallPlan? calls)
    {
        _calls = calls;
        _model = model;
        _decoder = decoder;
        _scheduled = model.NativeEngine.Schedule(decoder);
        _sequence = prompt;
        _maxOutput = maxOutput;
        InputTokens = prompt.Count;
        CachedTokens = decoder.Length;
        _engineTimeBefore = decoder.EngineTime;
        _endTokens = model.Config.EndTokens;
        ReadOnlySpan<int> tokens = CollectionsMarshal.AsSpan(prompt);
        _text = model.Tokenizer.CreateDecoder(tokens);
        _stop = new StopSequenceFilter(settings.StopSequences);
        _sampler = new TokenSampler(settings);
        _sampler.ObservePrompt(tokens);
        _constraint = constraint is null ? null : new ReplyConstraint(constraint.Start(model.Vocabulary), _endTokens, model.VocabularySize);
        // What a call of a tool is kept to begins within the reply, and says nothing of the rest.
        _confidence = constraint is null || calls is not null ? null : new ReplyConfidence(model.ConfidenceTemperature);
        _probabilities = settings.LogProbabilities is null ? null : [];
        _alternatives = settings.LogProbabilities ?? 0;
        // What is not asked of the model has no probability.
        _jumps = model.Options.JumpForward == true && _probabilities is null;
        _lookup = model.Options.PromptLookup == true && _probabilities is null && decoder.MaxKeptLogits > 1 ? new PromptLookup(model.LookupGain) : null;
    }

    /// <summary>The number of the prompt's tokens.</summary>
    public int InputTokens { get; }

    /// <summary>How many of them an earlier reply had read.</summary>
    public int CachedTokens { get; }

    /// <summary>The time that the engine has taken for this reply.</summary>
    public TimeSpan EngineTime => _decoder.EngineTime - _engineTimeBefore;

    /// <summary>The number of tokens made so far, an end token included.</summary>
    public int OutputTokens { get; private set; }

    /// <summary>How likely each token was, an end token included; null if that was not asked for.</summary>
    public IReadOnlyList<TokenLogProbability>? Probabilities => _probabilities;

    /// <summary>How likely the reply was among those that its constraint allows (<see cref="ReplyConfidence"/>); null if it has none, or has not ended by itself.</summary>
    public double? Confidence => FinishReason == ChatFinishReason.Stop && !_stop.IsStopped ? _confidence?.Value : null;

    /// <summary>Why the reply ended; null while it goes on.</summary>
    public ChatFinishReason? FinishReason { get; private set; }

    /// <summary>Prepares a reply; the model is not run yet.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The prompt, for <see cref="ModelTokenizer.EncodePrompt"/>.</param>
    /// <param name="settings">How tokens are chosen.</param>
    /// <param name="constraint">What the reply must be, or <see langword="null"/>.</param>
    /// <param name="calls">How calls of tools are written and kept to their tools, or <see langword="null"/> if there is none to call.</param>
    /// <exception cref="InvalidOperationException">The prompt leaves no room for a reply, or is empty.</exception>
    public static TextGeneration Start(OnnxModel model, string prompt, GenerationSettings settings, Constraint? constraint = null, ToolCallPlan? calls = null)
    {
        List<int> ids = model.Tokenizer.EncodePrompt(prompt);
        if (ids.Count == 0 && model.Config.BeginToken is { } begin)
            ids.Add(begin);
        if (ids.Count == 0)
            throw new InvalidOperationException("The prompt is empty, and the model has no begin token to start from: give it some text.");
        // max_length is the model's default for prompt and reply together; a call that says how much it wants is held by the context only.
        int context = model.ContextLength;
        int limit = settings.MaxOutputTokens is { } wanted
            ? (int)Math.Min((long)ids.Count + wanted, context)
            : Math.Min(context, model.Config.Search.MaxLength ?? context);
        if (ids.Count >= limit)
            throw new InvalidOperationException(limit < context
                ? string.Create(CultureInfo.InvariantCulture, $"The prompt has {ids.Count} tokens, but {GenAIConfig.FileName} limits prompt and reply to search.max_length {limit} (the context has {context}). Shorten the prompt, or set ChatOptions.MaxOutputTokens, which takes that limit's place.")
                : string.Create(CultureInfo.InvariantCulture, $"The prompt has {ids.Count} tokens, but the model's context length is {context}, and the reply needs at least one of them. Shorten the prompt or the history, or use a model with a longer context."));
        // Few replies are as long as they may be, and a cache of a whole context is too large to be kept for the next prompt.
        int capacity = model.DecodersGrow ? (int)Math.Min((long)ids.Count + FirstOutputRoom, limit) : limit;
        IDecoder decoder = model.RentDecoder(CollectionsMarshal.AsSpan(ids), capacity, constraint is null && calls is null ? settings : null, settings.Adapter);
        try
        {
            return new TextGeneration(model, decoder, ids, limit - ids.Count, settings, constraint, calls);
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    /// <summary>Makes tokens until there is text to show or the reply ends.</summary>
    /// <returns>The next piece of text; empty only at the end.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled: between two tokens, or within a run.</exception>
    public async ValueTask<string> NextAsync(CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        try
        {
            while (text.Length == 0 && FinishReason is null)
                await StepAsync(text, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _isBroken = true;
            throw;
        }
        return text.ToString();
    }

    /// <summary>Lets others have the model until the next token is wanted, where a reader is slow.</summary>
    public ValueTask PauseAsync() => _scheduled?.LeaveAsync() ?? default;

    /// <summary>Gives the decoder back: the next prompt may begin like this one.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_scheduled is not null)
                await _scheduled.LeaveAsync().ConfigureAwait(false);
        }
        catch
        {
            _decoder.Dispose();
            throw;
        }
        if (_isBroken)
            _decoder.Dispose();
        else
            _model.ReturnDecoder(_decoder, CollectionsMarshal.AsSpan(_sequence));
        // What the caller does next must not keep other replies waiting: it may still be on the thread that runs them.
        if (_scheduled is not null)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    private async ValueTask StepAsync(StringBuilder text, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_constraint?.IsOver == true)
        {
            if (!_isInCall)
            {
                End(ChatFinishReason.Stop, text);
                return;
            }
            // Behind a call the model goes on as it likes.
            _isInCall = false;
            _constraint = null;
        }
        if (_constraint is not null && _forced.Count == 0)
        {
            foreach (int token in _constraint.Forced)
                _forced.Enqueue(token);
        }
        if (_forced.Count > 0)
        {
            // What follows costs no choice; with jump-forward it costs no run either, as all of it goes into the next one.
            do
            {
                if (!_jumps)
                    await RunAsync([], cancellationToken).ConfigureAwait(false);
                Observe(_forced.Peek());
                Take(_forced.Dequeue(), text);
            }
            while (_jumps && _forced.Count > 0 && FinishReason is null);
            return;
        }
        await ChooseAsync(text, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask ChooseAsync(StringBuilder text, CancellationToken cancellationToken)
    {
        int[] guess = _lookup is null || _scheduled is { IsAlone: false } ? [] : Guess();
        long started = Stopwatch.GetTimestamp();
        int unread = _sequence.Count - _decoder.Length;
        await RunAsync(guess, cancellationToken).ConfigureAwait(false);
        if (guess.Length == 0)
        {
            int chosen = Choose(_decoder.Logits);
            Observe(chosen);
            Take(chosen, text);
            if (_lookup is not null && unread == 1 && _scheduled is null or { IsAlone: true })
                _model.LookupGain.ObserveSingle(Stopwatch.GetElapsedTime(started));
            return;
        }
        int first = _sequence.Count;
        for (int i = 0; ; i++)
        {
            int token = Choose(_decoder.KeptLogits(i));
            Take(token, text);
            if (FinishReason is not null || i == guess.Length || token != guess[i] || _constraint?.IsOver == true || _constraint is { Forced.IsEmpty: false })
                break;
        }
        // What was guessed wrong is forgotten; what was guessed right the model has read.
        int right = 0;
        while (right < guess.Length && first + right < _sequence.Count && _sequence[first + right] == guess[right])
            right++;
        _decoder.Rewind(first + right);
        _model.LookupGain.ObserveCheck(Stopwatch.GetElapsedTime(started), guess.Length, _sequence.Count - first);
    }

    private int Choose(ReadOnlySpan<float> logits)
    {
        if (_constraint is null)
            return _sampler.Next(logits);
        ReadOnlySpan<ulong> mask = _constraint.Mask();
        int token = _sampler.Next(logits, mask);
        _confidence?.Observe(logits, mask, token);
        return token;
    }

    private void Observe(int token) => _probabilities?.Add(LogSoftmax.Of(_decoder.Logits, token, _alternatives, id => _model.Tokenizer.Decode([id], withSpecial: true)));

    private int[] Guess()
    {
        // A long prompt is read without one.
        if (_sequence.Count - _decoder.Length > _decoder.MaxKeptLogits)
            return [];
        ReadOnlySpan<int> guess = _lookup!.Guess(_sequence);
        guess = guess[..Math.Min(guess.Length, InputTokens + _maxOutput - _sequence.Count)];
        return (_constraint is null ? guess : guess[.._constraint.CountAllowed(guess)]).ToArray();
    }

    /// <summary>Gives the model what it has not read, and a guess behind it.</summary>
    private ValueTask RunAsync(int[] guess, CancellationToken cancellationToken)
    {
        ReadOnlySpan<int> unread = CollectionsMarshal.AsSpan(_sequence)[_decoder.Length..];
        if (unread.IsEmpty)
            return default;
        int needed = _sequence.Count + guess.Length;
        if (needed > _decoder.Capacity)
            _decoder.Reserve((int)Math.Max(needed, Math.Min(2L * _decoder.Capacity, InputTokens + _maxOutput)));
        ReadOnlySpan<int> tokens = guess.Length == 0 ? unread : [.. unread, .. guess];
        if (_scheduled is not null)
            return _scheduled.AppendAsync(tokens, guess.Length + 1, cancellationToken);
        _decoder.Append(tokens, guess.Length + 1, cancellationToken);
        return default;
    }

    private void Take(int token, StringBuilder text)
    {
        _sampler.ObserveReply(token);
        OutputTokens++;
        if (_endTokens.Contains(token))
        {
            End(ChatFinishReason.Stop, text);
            return;
        }
        _sequence.Add(token);
        _constraint?.Accept(token);
        string piece = _text.Push(token);
        if (_calls is not null)
            piece = BeginCall(token, piece);
        text.Append(_stop.Push(piece));
        if (_stop.IsStopped)
            FinishReason = ChatFinishReason.Stop;
        else if (OutputTokens == _maxOutput)
            End(_constraint?.IsOver == true ? ChatFinishReason.Stop : ChatFinishReason.Length, text);
    }

    /// <summary>Shows the special tokens of calls, and keeps to its tool what follows the beginning of one.</summary>
    private string BeginCall(int token, string piece)
    {
        if (_calls!.Marks.TryGetValue(token, out string? mark))
            piece += mark;
        if (_constraint is not null || _calls.Opening is not { } opening || _calls.Constraint is not { } constraint)
            return piece;
        _unmarked.Append(piece);
        if (_unmarked.Length < opening.Length || !_unmarked.ToString(_unmarked.Length - opening.Length, opening.Length).Equals(opening, StringComparison.Ordinal))
            return piece;
        _unmarked.Clear();
        _isInCall = true;
        _constraint = new ReplyConstraint(constraint.Start(_model.Vocabulary), _endTokens, _model.VocabularySize);
        return piece;
    }

    private void End(ChatFinishReason reason, StringBuilder text)
    {
        text.Append(_stop.Push(_text.Finish())).Append(_stop.Finish());
        FinishReason = _stop.IsStopped ? ChatFinishReason.Stop : reason;
    }
}
