namespace AiSdk.Evaluation;

/// <summary>How an evaluation is run.</summary>
public sealed record EvalOptions
{
    /// <summary>How often each case is run.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>How many calls run at once.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>How long a call and its scoring may take; a case that takes longer is unmeasured.</summary>
    /// <remarks>
    /// It holds for calls that look at no token, too, and for those that block their thread: with a time-out each call begins on a thread of its own. One that is given up is not ended, since nothing can end
    /// it from outside: its thread stays until the delegate returns, beside the calls that <see cref="Concurrency"/> allows. Once more than 64 of them, or eight times
    /// <see cref="Concurrency"/> if that is more, have not ended, the run does, in an <see cref="EvalRunException"/>; what is done is kept. Without a time-out a call that blocks is waited for, also when the run is stopped.
    /// </remarks>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>What the run may cost, in the currency of the prices; past it no further case is begun. A run that was stopped so goes on under a larger budget.</summary>
    /// <remarks>
    /// A function whose result is an <see cref="AiResult{T}"/> tells its tokens where it succeeds; <see cref="MeteredChatClient"/> around the model's client counts all. Where nobody tells them they are
    /// estimated, and <see cref="RunSummary.EstimatedUsages"/> says of how many calls.
    /// </remarks>
    public double? MaxCost { get; init; }

    /// <summary>How many tokens, in and out, the run may use; past it no further case is begun.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>The price of a million tokens that go in.</summary>
    public double? InputPrice { get; init; }

    /// <summary>The price of a million tokens that come out.</summary>
    public double? OutputPrice { get; init; }

    /// <summary>The seed of all that is drawn.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The model's name, for the manifest.</summary>
    public string? Model { get; init; }

    /// <summary>The folder of a local model, whose files' hash goes into the manifest.</summary>
    public string? ModelFolder { get; init; }

    /// <summary>The data set's name, for the manifest.</summary>
    public string? Dataset { get; init; }

    /// <summary>How many cases there are, for the progress; <see langword="null"/> if nobody knows.</summary>
    public int? CaseCount { get; init; }

    /// <summary>Other settings that the figures depend on, for the manifest.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The fields of inputs and expected outputs whose values are slices, beside the cases' tags, by their names in JSON: <c>expected.intent</c>, <c>input.channel</c>; <c>input</c> or <c>expected</c> alone
    /// where that is no object. Figures and comparisons tell each for itself. Of a list each element counts.
    /// </summary>
    /// <remarks>
    /// A value that five cases have is a slice, up to the hundred most frequent; all others together are one slice, and a field whose values are all rare, such as a free text, gives none:
    /// <see cref="RunSummary.SliceNotes"/> says so. They can be changed in a run that is there. Choose them before you look at results: of many that are looked at, some are bad by chance.
    /// </remarks>
    public IReadOnlyList<string> SliceBy { get; init; } = [];

    /// <summary>Whether a run that goes on tries cases again that could not be measured.</summary>
    public bool RetryUnmeasured { get; init; }

    /// <summary>Whether the run that the folder holds, be it complete or not, is thrown away and all cases are run: for tests, whose folder is the same each time.</summary>
    /// <remarks>Only <c>manifest.json</c> and <c>results.jsonl</c> are replaced, and only those of a run: a folder in which files of these names are something else is refused.</remarks>
    public bool StartAnew { get; init; }

    /// <summary>Told of each case.</summary>
    public IProgress<EvalProgress>? Progress { get; init; }
}
