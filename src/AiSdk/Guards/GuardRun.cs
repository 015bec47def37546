using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AiSdk.CompilerServices;

/// <summary>The guards of one call. Made and asked by generated code only.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[SuppressMessage("Design", "CA1001", Justification = "A semaphore holds nothing to dispose of as long as nobody asks for its wait handle.")]
public sealed partial class GuardRun
{
    // Shorter ones tell nobody apart: amounts, counts, years.
    private const int MinNumber = 8;

    private readonly AiFunctionInfo _function;
    private readonly FunctionGuards _guards;
    private readonly IChatClient _client;
    private readonly ILogger? _logger;
    private readonly bool _sensitive;
    private readonly CancellationToken _cancellationToken;
    private readonly GuardContext _context;
    private readonly List<GuardReport> _reports = [];
    private GuardUse? _replyStub;
    private Func<string, GuardContext, ValueTask<GuardVerdict>>? _checkReply;
    private GuardUse? _valueStub;
    private Delegate? _checkValue;

    internal GuardRun(AiFunctionInfo function, FunctionGuards guards, IChatClient client, ILogger? logger, bool sensitive, CancellationToken cancellationToken)
    {
        _function = function;
        _guards = guards;
        _client = client;
        _logger = logger;
        _sensitive = sensitive;
        _cancellationToken = cancellationToken;
        _context = new GuardContext { Function = function, CancellationToken = cancellationToken };
    }

    /// <summary>What guards have done so far.</summary>
    internal IReadOnlyList<GuardReport> Reports => _reports;

    /// <summary>Checks a text argument.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="text">The argument; <see langword="null"/> passes.</param>
    /// <returns>The argument as the guards left it.</returns>
    public async ValueTask<string> CheckAsync(string parameter, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return text!;
        foreach (GuardUse use in _guards.Inputs)
        {
            GuardVerdict verdict = await InputAsync(use, parameter, text).ConfigureAwait(false);
            if (verdict.Kind != GuardVerdictKind.Rewrite)
                continue;
            _reports.Add(new GuardReport(use.Name, GuardStage.Input, GuardVerdictKind.Rewrite, parameter, null));
            text = verdict.Text!;
        }
        return text;
    }

    /// <summary>Checks an argument that is a list of texts.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="texts">The argument.</param>
    public async ValueTask<IReadOnlyList<string>> CheckTextsAsync(string parameter, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        List<string> left = [];
        foreach (string text in texts)
            left.Add(await CheckAsync(parameter, text).ConfigureAwait(false));
        return left;
    }

    /// <summary>Checks an argument that is a conversation: its texts, thoughts, and calls and results of tools, whoever said them.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="messages">The argument; it is not changed.</param>
    public async ValueTask<IReadOnlyList<ChatMessage>> CheckMessagesAsync(string parameter, IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        List<ChatMessage> left = [];
        foreach (ChatMessage message in messages)
        {
            ChatMessage? changed = null;
            for (int i = 0; i < message.Contents.Count; i++)
            {
                AIContent content = message.Contents[i];
                if (content is FunctionCallContent { Arguments: { Count: > 0 } arguments } call)
                {
                    if (await CheckCallAsync(parameter, call, arguments).ConfigureAwait(false) is { } hidden)
                    {
                        if (changed is null)
                        {
                            changed = message.Clone();
                            changed.Contents = [.. message.Contents];
                        }
                        changed.Contents[i] = hidden;
                    }
                    continue;
                }
                if (TextOf(content) is not { Length: > 0 } text)
                    continue;
                string checkedText = await CheckAsync(parameter, text).ConfigureAwait(false);
                if (ReferenceEquals(checkedText, text))
                    continue;
                if (changed is null)
                {
                    changed = message.Clone();
                    changed.Contents = [.. message.Contents];
                }
                changed.Contents[i] = content switch
                {
                    FunctionResultContent result => new FunctionResultContent(result.CallId, checkedText),
                    TextReasoningContent => new TextReasoningContent(checkedText),
                    _ => new TextContent(checkedText),
                };
            }
            left.Add(changed ?? message);
        }
        return left;
    }

    /// <summary>The call of a tool as the guards left it; null if they left it as it was.</summary>
    private async ValueTask<FunctionCallContent?> CheckCallAsync(string parameter, FunctionCallContent call, IDictionary<string, object?> arguments)
    {
        JsonElement json = ArgumentsOf(arguments);
        Dictionary<string, string> left = new(StringComparer.Ordinal);
        foreach (string text in TextsOf(json))
        {
            if (!left.ContainsKey(text))
                left.Add(text, await CheckAsync(parameter, text).ConfigureAwait(false));
        }
        return left.All(static pair => ReferenceEquals(pair.Key, pair.Value))
            ? null
            : new FunctionCallContent(call.CallId, call.Name, Rewritten(json, text => left.GetValueOrDefault(text, text)).EnumerateObject().ToDictionary(static p => p.Name, static p => (object?)p.Value, StringComparer.Ordinal));

        static JsonElement ArgumentsOf(IDictionary<string, object?> arguments)
        {
            using PooledJson pooled = PooledJson.Rent();
            ToolArguments.Write(pooled.Writer, arguments);
            return HalfCharacters.Replaced(JsonElement.Parse(pooled.Written));
        }
    }

    /// <summary>Checks passages. One that a guard blocks, or cannot check, is left out and reported; the others stay.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="passages">The argument; it is not changed.</param>
    /// <remarks>Whoever may write a document must not be able to end every call that finds it.</remarks>
    public async ValueTask<Passages> CheckPassagesAsync(string parameter, Passages passages)
    {
        ArgumentNullException.ThrowIfNull(passages);
        List<Passage> left = [];
        foreach (Passage passage in passages)
        {
            if (await CheckPassageAsync(parameter, passage).ConfigureAwait(false) is { } passed)
                left.Add(passed);
        }
        return new Passages(left);
    }

    /// <summary>The passage as the guards left it, or null if one blocks it. Headings and source are shown too, and come from the document as well.</summary>
    private async ValueTask<Passage?> CheckPassageAsync(string parameter, Passage passage)
    {
        string[] texts = [passage.Text, passage.Source, .. passage.Headings];
        bool isRewritten = false;
        foreach (GuardUse use in _guards.Inputs)
        {
            for (int i = 0; i < texts.Length; i++)
            {
                if (texts[i].Length == 0)
                    continue;
                GuardVerdict verdict = await PassageVerdictAsync(use, parameter, texts[i]).ConfigureAwait(false);
                if (verdict.Kind == GuardVerdictKind.Block)
                {
                    _reports.Add(new GuardReport(use.Name, GuardStage.Input, GuardVerdictKind.Block, parameter, $"the passage '{passage.Id}' of '{passage.Source}' was left out: {verdict.Reason}"));
                    return null;
                }
                if (verdict.Kind != GuardVerdictKind.Rewrite)
                    continue;
                _reports.Add(new GuardReport(use.Name, GuardStage.Input, GuardVerdictKind.Rewrite, parameter, $"in the passage '{passage.Id}' of '{passage.Source}'"));
                texts[i] = verdict.Text!;
                isRewritten = true;
            }
        }
        return isRewritten ? passage with { Text = texts[0], Source = texts[1], Headings = texts[2..], OriginalText = passage.OriginalText ?? passage.Text } : passage;
    }

    private async ValueTask<GuardVerdict> PassageVerdictAsync(GuardUse use, string parameter, string text)
    {
        try
        {
            // It ends no call, so none is to be noted.
            return await InputAsync(use, parameter, text, callId: "", throwOnBlock: false).ConfigureAwait(false);
        }
        catch (AiGuardException e)
        {
            // What could not be checked does not pass.
            return GuardVerdict.Block(e.Reason);
        }
    }

    /// <summary>Checks the texts and long numbers inside an argument. They cannot be rewritten there: a guard that wants to, blocks.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="json">The argument as the prompt would show it.</param>
    public async ValueTask CheckJsonAsync(string parameter, string json)
    {
        foreach (string text in Texts(json))
        {
            foreach (GuardUse use in _guards.Inputs)
            {
                GuardVerdict verdict = await InputAsync(use, parameter, text).ConfigureAwait(false);
                if (verdict.Kind == GuardVerdictKind.Rewrite)
                    throw Blocked(use, GuardStage.Input, parameter, "it would rewrite a text inside of the argument, which only arguments of type string, lists of those and conversations allow", null, null);
            }
        }
    }

    /// <summary>Checks a number that may be one of somebody's: of a card, an account, a document. It cannot be rewritten: a guard that wants to, blocks.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="number">The argument; <see langword="null"/> passes.</param>
    public ValueTask CheckNumberAsync(string parameter, IFormattable? number) => number is null ? default : CheckJsonAsync(parameter, number.ToString(null, CultureInfo.InvariantCulture));

    /// <summary>Asks the stub of a function about its arguments.</summary>
    /// <param name="name">The stub.</param>
    /// <param name="settings">What its attribute says.</param>
    /// <param name="parameters">The parameters that it may rewrite.</param>
    /// <param name="check">Calls it.</param>
    /// <returns>What to put in an argument's place, with the parameter's name; neither if nothing is rewritten.</returns>
    public async ValueTask<(string? Parameter, string? Text)> CheckArgumentsAsync(string name, GuardSettings settings, string[] parameters, Func<GuardContext, ValueTask<GuardVerdict>> check)
    {
        GuardUse use = new(name, null, settings);
        _context.Stage = GuardStage.Input;
        _context.Parameter = null;
        GuardVerdict verdict = await RunAsync(use, GuardStage.Input, null, _ => check(_context), null).ConfigureAwait(false);
        if (verdict.Kind != GuardVerdictKind.Rewrite)
            return default;
        string? parameter = verdict.Parameter ?? (parameters is [string only] ? only : null);
        if (parameter is null || !parameters.Contains(parameter, StringComparer.Ordinal))
        {
            string known = parameters.Length == 0 ? "the function has no parameter of type string" : $"GuardVerdict.Rewrite(parameter, text) wants one of {string.Join(", ", parameters)}";
            throw Blocked(use, GuardStage.Input, verdict.Parameter, $"it rewrites an argument, but {known}", null, null);
        }
        _reports.Add(new GuardReport(name, GuardStage.Input, GuardVerdictKind.Rewrite, parameter, null));
        return (parameter, verdict.Text);
    }

    /// <summary>Has the stub of a function that returns text asked about the reply, after the other guards.</summary>
    /// <param name="name">The stub.</param>
    /// <param name="settings">What its attribute says.</param>
    /// <param name="check">Calls it.</param>
    public void CheckReply(string name, GuardSettings settings, Func<string, GuardContext, ValueTask<GuardVerdict>> check)
    {
        _replyStub = new GuardUse(name, null, settings);
        _checkReply = check;
    }

    /// <summary>Has the stub of a function that returns a type asked about the value that was read, after the other guards.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">The stub.</param>
    /// <param name="settings">What its attribute says.</param>
    /// <param name="check">Calls it.</param>
    public void CheckValue<T>(string name, GuardSettings settings, Func<T, GuardContext, ValueTask<GuardVerdict>> check)
    {
        _valueStub = new GuardUse(name, null, settings);
        _checkValue = check;
    }

    /// <summary>Asks the stub about a value that was read.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="reading">The value.</param>
    /// <param name="reply">The reply that it was read from, as the guards before the stub left it.</param>
    /// <param name="read">Reads what the stub puts in the reply's place.</param>
    /// <param name="call">The call.</param>
    /// <returns>The value that the stub lets pass, and what the caller may see of the reply.</returns>
    internal async ValueTask<(Reading<T> Reading, string Reply)> CheckValueAsync<T>(Reading<T> reading, string reply, ReadReply<T> read, AiCall call)
    {
        GuardUse use = _valueStub!;
        Func<T, GuardContext, ValueTask<GuardVerdict>> check = (Func<T, GuardContext, ValueTask<GuardVerdict>>)_checkValue!;
        EnterOutput();
        GuardVerdict verdict = await RunAsync(use, GuardStage.Output, null, _ => check(reading.Value, _context), call.Id).ConfigureAwait(false);
        if (verdict.Kind != GuardVerdictKind.Rewrite)
            return HasTextOutputs ? (reading, reply) : (reading with { Reasoning = null, Repairs = WithoutTexts(reading.Repairs) }, "");
        if (read(null, null, verdict.Text!, ref call, out Reading<T> rewritten) is { } failure)
            throw Blocked(use, GuardStage.Output, null, $"what it put in the reply's place does not fit the type: {failure.Message}", failure, call.Id);
        Rewritten(use);
        return (rewritten, verdict.Text!);
    }

    /// <summary>What the call's model was shown, which a rewritten value may cite.</summary>
    internal Passages? Passages { get; set; }

    /// <summary>Checks a whole reply.</summary>
    internal async ValueTask<string> CheckReplyAsync(string reply, IList<ChatMessage> messages, string callId)
    {
        Passed = null;
        string left = await OpenReply(messages, callId).AppendAsync(reply, isLast: true).ConfigureAwait(false);
        Passed = _valueStub is null ? left : null;
        return left;
    }

    /// <summary>Begins to check a reply that comes in pieces.</summary>
    /// <param name="messages">What the model was asked.</param>
    /// <param name="callId">The call.</param>
    /// <param name="isShown">Whether it has already what the model wrote by itself.</param>
    internal GuardedReply OpenReply(IList<ChatMessage> messages, string callId, bool isShown = false)
    {
        EnterOutput();
        lock (_toolResults)
            _context.Sources = [.. messages.Select(static message => message.Text), .. _toolResults];
        List<GuardedReply.Stage> stages = [];
        if (_function.Output is not null)
            stages.Add(new GuardedReply.Stage(null, new PlainEscapes(), null));
        if (!isShown)
            stages.AddRange(Restoring(HiddenSource.Written));
        foreach (GuardUse use in _guards.Outputs)
        {
            IOutputGuard guard = (IOutputGuard)use.Guard!;
            ReplyWindow? window = use.NeedsWhole ? null : (guard as IStreamingOutputGuard)?.OpenWindow(_context);
            stages.Add(new GuardedReply.Stage(use, window, (reply, token) => guard.CheckOutputAsync(reply, _context, token)));
        }
        _unrestored = null;
        if (_function.Output is not null && _guards.Outputs.Count > 0 && Hides)
            stages.Add(new GuardedReply.Stage(null, new KeepingWindow(_unrestored = new StringBuilder()), null));
        stages.AddRange(Restoring(HiddenSource.Given));
        if (_replyStub is not null)
            stages.Add(new GuardedReply.Stage(_replyStub, null, (reply, _) => _checkReply!(reply, _context)));
        return new GuardedReply(this, stages, callId);
    }

    // What was hidden last was hidden in what the others had left.
    private IEnumerable<GuardedReply.Stage> Restoring(HiddenSource source) => Enumerable.Reverse(_guards.Inputs)
        .Select(use => (use.Guard as IMaskingGuard)?.OpenRestore(_context, source)).OfType<ReplyWindow>().Select(static window => new GuardedReply.Stage(null, window, null));

    /// <summary>A text of the model's with what had been hidden from it. Nobody checks it: it goes into the value of a sample or to a tool, not to the caller.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Whose words are shown; <see langword="null"/>: all.</param>
    internal string Restore(string text, HiddenSource? source = null)
    {
        // Samples of one call run at the same time.
        lock (_context)
        {
            foreach (GuardUse use in Enumerable.Reverse(_guards.Inputs))
                text = (use.Guard as IMaskingGuard)?.OpenRestore(_context, source)?.Append(text, isLast: true).Text ?? text;
            return text;
        }
    }

    /// <summary>A text of the model's, on its way back to it, with hidden again what had been shown.</summary>
    internal string Mask(string text)
    {
        // Of an escape the last letters would be taken for a part of what follows it.
        if (Hides && _function.Output is not null)
            text = new PlainEscapes().Append(text, isLast: true).Text!;
        return Mask(text, HiddenSource.Written);
    }

    private string Mask(string text, HiddenSource source)
    {
        lock (_context)
        {
            foreach (GuardUse use in _guards.Inputs)
                text = (use.Guard as IMaskingGuard)?.MaskAgain(text, _context, source) ?? text;
            return text;
        }
    }

    /// <summary>What is told the model about a reply that did not fit, with hidden again what had been shown.</summary>
    internal AiOutputException Hide(AiOutputException failure)
    {
        return new AiOutputException(
            Mask(failure.Message), failure.FunctionName, Mask(failure.RawReply), failure.CallId, Mask(failure.Path), failure.Position, failure.InnerException,
            [.. failure.Errors.Select(error => new OutputError(Mask(error.Path), Mask(error.Message)))], failure.Repairs, failure.Attempts);
    }

    /// <summary>Runs a guard within its time, and makes of its failure what its attribute says.</summary>
    internal async ValueTask<GuardVerdict> RunAsync(
        GuardUse use, GuardStage stage, string? parameter, Func<CancellationToken, ValueTask<GuardVerdict>> check, string? callId, bool throwOnBlock = true)
    {
        GuardVerdict verdict;
        try
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _context.ChatClient = use.Settings.CallsModel ? _client : null;
            verdict = use.Settings.TimeoutMilliseconds > 0 ? await TimedAsync(use.Settings.TimeoutMilliseconds, check).ConfigureAwait(false) : await check(_cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!(e is OperationCanceledException && _cancellationToken.IsCancellationRequested))
        {
            string reason = e is TimeoutException or OperationCanceledException && use.Settings.TimeoutMilliseconds > 0
                ? FormattableString.Invariant($"it took longer than {use.Settings.TimeoutMilliseconds} ms")
                : $"it failed: {e.Message}";
            if (use.Settings.OnFailure == GuardFailureMode.Closed)
                throw Blocked(use, stage, parameter, reason, e, callId);
            if (_logger is not null)
                AiLog.GuardFailed(_logger, _function.Name, use.Name, _sensitive ? e : null);
            _reports.Add(new GuardReport(use.Name, stage, GuardVerdictKind.Allow, parameter, reason));
            return GuardVerdict.Allow;
        }
        return verdict.Kind == GuardVerdictKind.Block && throwOnBlock ? throw Blocked(use, stage, parameter, verdict.Reason!, null, callId) : verdict;
    }

    /// <summary>Notes that a reply was rewritten.</summary>
    internal void Rewritten(GuardUse use)
    {
        HasRewritten = true;
        _reports.Add(new GuardReport(use.Name, GuardStage.Output, GuardVerdictKind.Rewrite, null, null));
    }

    /// <summary>What a call ends in; one that had not reached the model is noted here, since nothing else knows of it.</summary>
    internal AiGuardException Blocked(GuardUse use, GuardStage stage, string? parameter, string reason, Exception? cause, string? callId)
    {
        AiCall call = callId is null ? AiCall.Start(_function, [], _logger, _sensitive) : default;
        string what = stage == GuardStage.Output ? "the reply" : parameter is null ? "the arguments" : $"the argument '{parameter}'";
        AiGuardException exception = new(
            cause is null ? $"{_function.Name}: the guard {use.Name} blocked {what}: {reason}." : $"{_function.Name}: the guard {use.Name} could not check {what}: {reason}.",
            _function.Name, "", callId ?? call.Id, use.Name, stage, parameter, reason, cause);
        if (callId is null)
            call.Fail(exception);
        return exception;
    }

    private void EnterOutput()
    {
        _context.Stage = GuardStage.Output;
        _context.Parameter = null;
    }

    private ValueTask<GuardVerdict> InputAsync(GuardUse use, string parameter, string text, string? callId = null, bool throwOnBlock = true)
    {
        _context.Stage = GuardStage.Input;
        _context.Parameter = parameter;
        return RunAsync(use, GuardStage.Input, parameter, token => ((IInputGuard)use.Guard!).CheckInputAsync(text, _context, token), callId, throwOnBlock);
    }

    private async Task<GuardVerdict> TimedAsync(int milliseconds, Func<CancellationToken, ValueTask<GuardVerdict>> check)
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken);
        Task<GuardVerdict> task = Task.Run(() => check(source.Token).AsTask(), source.Token);
        try
        {
            return await task.WaitAsync(TimeSpan.FromMilliseconds(milliseconds), _cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await source.CancelAsync().ConfigureAwait(false);
        }
    }

    private static List<string> Texts(string json)
    {
        List<string> texts = [];
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(json));
        while (reader.Read())
        {
            // Names of dictionaries' entries come from outside as well, and so do numbers of cards that are written as numbers.
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.GetString() is { Length: > 0 } text)
                texts.Add(text);
            else if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length >= MinNumber)
                texts.Add(Encoding.UTF8.GetString(reader.ValueSpan));
        }
        return texts;
    }
}
