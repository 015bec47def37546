using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AiSdk.CompilerServices;

/// <summary>The prompt files of <see cref="AiFunctionsOptions.PromptDirectory"/> that take the place of compiled prompts. Used by generated code only.</summary>
/// <remarks>
/// Safe for concurrent use. Files are looked at when the class is made and then, while calls come, at most once in <see cref="CheckInterval"/>; what they
/// hold is compared, so that it does not matter how they are replaced. There is no watcher and nothing to dispose.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PromptOverrides
{
    private const string Extension = ".prompt";

    // A name in the wrong case is read on some machines and not on others: it is said rather than passed over.
    private static readonly EnumerationOptions _anyCase = new() { MatchCasing = MatchCasing.CaseInsensitive };

    private readonly string _directory;
    private readonly ILogger? _logger;
    private readonly TimeProvider _clock;
    private readonly PromptSlot[] _slots;
    private readonly HashSet<string> _strangers = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _checked;
    private bool _wasThere;
    private bool _isMissed;
    private string? _failure;

    private PromptOverrides(string directory, AiFunctionsOptions options, PromptFunction[] functions, TimeProvider clock)
    {
        _directory = directory;
        _logger = options.LoggerFactory?.CreateLogger(AiLog.Category);
        _clock = clock;
        _slots = [.. functions.Select(static function => new PromptSlot(function))];
        Reload();
    }

    /// <summary>How long a change may go unnoticed.</summary>
    internal static TimeSpan CheckInterval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>The overrides of a class's functions, or <see langword="null"/> where no directory is set.</summary>
    /// <param name="options">The class's options.</param>
    /// <param name="functions">Gives the functions; asked only where a directory is set.</param>
    public static PromptOverrides? Create(AiFunctionsOptions? options, Func<PromptFunction[]> functions) =>
        options?.PromptDirectory is null ? null : Create(options, functions, TimeProvider.System);

    internal static PromptOverrides Create(AiFunctionsOptions options, Func<PromptFunction[]> functions, TimeProvider clock) =>
        new(Path.GetFullPath(options.PromptDirectory!), options, functions(), clock);

    /// <summary>What a call sends: what the function's file says, or what it would have sent, where there is none.</summary>
    /// <typeparam name="T">What a reply becomes.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="messages">The compiled messages.</param>
    /// <param name="options">The call's own options, which are changed.</param>
    /// <param name="given">The caller's options, which win.</param>
    /// <param name="caller">Sends the call.</param>
    /// <param name="arguments">The arguments, one for each parameter that a prompt may show.</param>
    public (AiFunctionInfo<T> Function, ChatMessage[] Messages, ChatOptions Options) Apply<T>(
        AiFunctionInfo<T> function, ChatMessage[] messages, ChatOptions options, ChatOptions? given, AiCaller caller, params object?[] arguments)
    {
        if (Current(function) is not { } prompt)
            return (function, messages, options);
        prompt.Configure(options, given);
        AiFunctionInfo<T> overridden = (AiFunctionInfo<T>)prompt.Info;
        return (overridden, prompt.Render(arguments, caller.OutputFormat(overridden, options)), options);
    }

    /// <summary>The same for a function that gives text.</summary>
    public (AiFunctionInfo Function, ChatMessage[] Messages, ChatOptions? Options) ApplyText(
        AiFunctionInfo function, ChatMessage[] messages, ChatOptions? options, ChatOptions? given, params object?[] arguments)
    {
        if (Current(function) is not { } prompt)
            return (function, messages, options);
        if (prompt.HasSettings)
            prompt.Configure(options ??= new ChatOptions(), given);
        return (prompt.Info, prompt.Render(arguments, null), options);
    }

    /// <summary>The function as its file says, or as it was compiled, where there is none.</summary>
    /// <param name="function">The function.</param>
    public AiFunctionInfo InForce(AiFunctionInfo function) => Current(function)?.Info ?? function;

    private LoadedPrompt? Current(AiFunctionInfo function)
    {
        long now = _clock.GetTimestamp();
        if (_clock.GetElapsedTime(Volatile.Read(ref _checked), now) >= CheckInterval && _lock.TryEnter())
        {
            // Whoever finds another at it goes on with what is in force.
            try
            {
                Reload();
            }
            finally
            {
                _lock.Exit();
            }
        }
        return Array.Find(_slots, slot => ReferenceEquals(slot.Function.Info, function))?.Prompt;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A directory that cannot be read leaves in force what was there before; a call does not fail for it.")]
    private void Reload()
    {
        try
        {
            if (Directory.Exists(_directory))
            {
                _wasThere = true;
                _isMissed = false;
                HashSet<string> files = [.. Directory.EnumerateFiles(_directory, "*" + Extension, _anyCase).Select(static file => Path.GetFileName(file))];
                foreach (PromptSlot slot in _slots)
                    slot.Reload(_directory, files, _logger);
                ReportStrangers(files);
            }
            else if (!_isMissed)
            {
                // A file that is removed is meant; a directory that vanishes as a whole is being moved, mounted or deployed.
                _isMissed = true;
                if (_logger is not null && _wasThere)
                    AiLog.PromptDirectoryGone(_logger, _directory);
                else if (_logger is not null)
                    AiLog.NoPromptDirectory(_logger, _directory);
            }
            _failure = null;
        }
        catch (Exception e)
        {
            if (_logger is not null && _failure != e.Message)
                AiLog.PromptDirectoryFailed(_logger, _directory, e.Message);
            _failure = e.Message;
        }
        Volatile.Write(ref _checked, _clock.GetTimestamp());
    }

    /// <summary>A file for this interface that belongs to none of its functions is most likely misspelt.</summary>
    private void ReportStrangers(HashSet<string> files)
    {
        if (_logger is null || _slots.Length == 0)
            return;
        string first = _slots[0].Function.FileName;
        string prefix = first[..(first.IndexOf('.', StringComparison.Ordinal) + 1)];
        string full = _slots[0].Function.FullFileName;
        string fullPrefix = full[..^(first.Length - prefix.Length)];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            bool isMeant = file.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) || file.StartsWith(fullPrefix, StringComparison.OrdinalIgnoreCase);
            if (isMeant && !_slots.Any(slot => slot.Function.FileName == file || slot.Function.FullFileName == file) && _strangers.Add(file))
                AiLog.StrangePromptFile(_logger, file, string.Join(", ", _slots.Select(static slot => slot.Function.FileName)));
        }
    }
}
