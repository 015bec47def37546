using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace AiSdk.Evaluation;

/// <summary>One run of one case, as the chat clients under it see it: repeats and votes must not share a cached reply, and what calls use is counted also where they fail.</summary>
internal sealed class CaseScope : IDisposable
{
    private static readonly AsyncLocal<CaseScope?> _current = new();

    // Most cases have no client that asks for it.
    private ConcurrentDictionary<string, int>? _asked;
    private readonly CaseScope? _outer = _current.Value;
    private long _inputTokens;
    private long _outputTokens;
    private int _calls;
    private int _estimated;

    private CaseScope(int repeat) => Repeat = repeat;

    /// <summary>The one around what is running, if any.</summary>
    public static CaseScope? Current => _current.Value;

    /// <summary>Which repeat of the case it is, from 0.</summary>
    public int Repeat { get; }

    /// <summary>How many calls were counted.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Whether the tokens of some were not told.</summary>
    public bool IsEstimated => Volatile.Read(ref _estimated) > 0;

    /// <summary>What they used.</summary>
    public UsageDetails Usage => new() { InputTokenCount = Interlocked.Read(ref _inputTokens), OutputTokenCount = Interlocked.Read(ref _outputTokens) };

    public static CaseScope Enter(int repeat)
    {
        CaseScope scope = new(repeat);
        _current.Value = scope;
        return scope;
    }

    /// <summary>How often the same has been asked before.</summary>
    public int Occurrence(string request) => LazyInitializer.EnsureInitialized(ref _asked, static () => new ConcurrentDictionary<string, int>(StringComparer.Ordinal)).AddOrUpdate(request, 0, static (_, count) => count + 1);

    /// <summary>Counts a call.</summary>
    public void Count(long inputTokens, long outputTokens, bool isEstimated)
    {
        Interlocked.Add(ref _inputTokens, inputTokens);
        Interlocked.Add(ref _outputTokens, outputTokens);
        Interlocked.Increment(ref _calls);
        if (isEstimated)
            Interlocked.Increment(ref _estimated);
    }

    public void Dispose() => _current.Value = _outer;
}
