using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>What one call has taken so far, over all of its requests. Safe for concurrent use.</summary>
internal sealed class Tally
{
    private readonly Lock _lock = new();
    private readonly List<ToolLoop> _loops = [];
    private UsageDetails? _usage;
    private int _calls;
    private long _tokens;
    private long _mostTokens;

    /// <summary>How often the model was asked.</summary>
    public int Calls
    {
        get
        {
            lock (_lock)
                return _calls;
        }
    }

    /// <summary>The tokens that endpoints have counted.</summary>
    public long Tokens
    {
        get
        {
            lock (_lock)
                return _tokens;
        }
    }

    /// <summary>The most that one request has taken.</summary>
    public long MostTokens
    {
        get
        {
            lock (_lock)
                return _mostTokens;
        }
    }

    /// <summary>All usage, or null if none was counted.</summary>
    public UsageDetails? Usage
    {
        get
        {
            lock (_lock)
                return _usage;
        }
    }

    /// <summary>What tools were called, request by request.</summary>
    public IReadOnlyList<AiToolCall> ToolCalls
    {
        get
        {
            lock (_lock)
                return [.. _loops.SelectMany(static loop => loop.Calls)];
        }
    }

    public void Add(ToolLoop loop)
    {
        lock (_lock)
            _loops.Add(loop);
    }

    /// <summary>Counts a request when it is sent: one that fails has been one too.</summary>
    public void AddCall()
    {
        lock (_lock)
            _calls++;
    }

    /// <summary>Counts what a reply has taken; where the endpoint does not count, an estimate.</summary>
    public void Add(UsageDetails? usage, long estimate)
    {
        lock (_lock)
        {
            long tokens = estimate;
            if (usage is not null)
            {
                (_usage ??= new UsageDetails()).Add(usage);
                tokens = usage.TotalTokenCount ?? (usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0);
            }
            _tokens += tokens;
            _mostTokens = Math.Max(_mostTokens, tokens);
        }
    }
}
