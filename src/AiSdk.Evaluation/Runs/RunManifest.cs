namespace AiSdk.Evaluation;

/// <summary>What was evaluated, with what, on what: all that a run's figures depend on.</summary>
public sealed record RunManifest
{
    /// <summary>The version of the folder's format.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>The evaluation's name.</summary>
    public required string Name { get; init; }

    /// <summary>The functions with their prompts.</summary>
    public IReadOnlyList<EvaluatedFunction> Functions { get; init; } = [];

    /// <summary>The model's name.</summary>
    public string? Model { get; init; }

    /// <summary>The SHA-256 of a local model's files.</summary>
    public string? ModelHash { get; init; }

    /// <summary>Other settings that matter.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The seed of all that is drawn.</summary>
    public ulong Seed { get; init; }

    /// <summary>How often each case was run.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>What was measured.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>The fields of inputs and expected outputs whose values are slices; see <see cref="EvalOptions.SliceBy"/>.</summary>
    // What was written before there were any has none.
    public IReadOnlyList<string> SliceBy { get; init => field = value ?? []; } = [];

    /// <summary>The data set's name.</summary>
    public string? Dataset { get; init; }

    /// <summary>The SHA-256 of all cases in their order; <see langword="null"/> until the run has seen them all.</summary>
    public string? DatasetHash { get; init; }

    /// <summary>The version of AiSdk.Evaluation.</summary>
    public string PackageVersion { get; init; } = "";

    /// <summary>The machine: system, processors, run time.</summary>
    public string Machine { get; init; } = "";

    /// <summary>When the run was begun.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>When its last case was done; <see langword="null"/> while cases are missing.</summary>
    public DateTimeOffset? Completed { get; init; }

    /// <summary>Why it ended before its last case: a budget that was used up.</summary>
    public string? Stopped { get; init; }
}
