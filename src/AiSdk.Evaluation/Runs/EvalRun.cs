namespace AiSdk.Evaluation;

/// <summary>A run as it lies in its folder.</summary>
/// <remarks>Immutable but for the files; safe for concurrent use. It holds numbers of all cases, and no texts but their names.</remarks>
public sealed class EvalRun
{
    private readonly Lazy<RunSummary> _summary;

    private EvalRun(string folder, RunManifest manifest, RunTable table)
    {
        Folder = folder;
        Manifest = manifest;
        Table = table;
        _summary = new Lazy<RunSummary>(() => RunSummary.Of(this));
    }

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>What was evaluated.</summary>
    public RunManifest Manifest { get; }

    /// <summary>Its figures.</summary>
    public RunSummary Summary => _summary.Value;

    internal RunTable Table { get; }

    /// <summary>Loads a run.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="EvalRunException">It is no run, or a file of it is malformed.</exception>
    public static EvalRun Load(string folder) => Load(folder, []);

    /// <summary>Loads a run with more slices than it was run with.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="sliceBy">Fields of inputs and expected outputs whose values are slices, too; see <see cref="EvalOptions.SliceBy"/>.</param>
    /// <exception cref="ArgumentException">One of them is no field of an input or an expected output.</exception>
    /// <exception cref="EvalRunException">It is no run, or a file of it is malformed, or no case has one of the fields.</exception>
    public static EvalRun Load(string folder, params IReadOnlyList<string> sliceBy)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(sliceBy);
        RunManifest manifest = RunFiles.ReadManifest(folder);
        RunTable table = RunTable.Read(folder, manifest, [.. manifest.SliceBy.Union(sliceBy, StringComparer.Ordinal)]);
        return sliceBy.Select(table.SliceProblems.GetValueOrDefault).FirstOrDefault(static problem => problem is not null) is { } problem
            ? throw new EvalRunException($"{folder}: {problem}")
            : new EvalRun(folder, manifest, table);
    }

    /// <summary>The lines of its results, read from the disk one at a time, in the order in which they were done.</summary>
    public IEnumerable<CaseResult> ReadResults() => Table.WithoutSuperseded(RunFiles.ReadResults(Folder).Select(static line => line.Result));

    /// <summary>The values of a metric, one for each measured case, in the data set's order; of repeats, their mean.</summary>
    /// <param name="metric">The metric.</param>
    /// <exception cref="ArgumentException">It was not measured.</exception>
    public IReadOnlyList<double> Values(string metric) => [.. Table.Column(metric).Where(static value => !double.IsNaN(value))];

    /// <summary>Copies the run to a folder, in the place of a run that is there.</summary>
    /// <param name="folder">The folder; created if need be.</param>
    /// <exception cref="EvalRunException">The folder has files called like those of a run, which are none.</exception>
    public void CopyTo(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (Path.GetFullPath(folder) == Path.GetFullPath(Folder))
            return;
        RunFiles.RequireReplaceable(folder);
        Directory.CreateDirectory(folder);
        RunFiles.MarkIncomplete(folder);
        File.Copy(Path.Combine(Folder, RunFiles.Results), Path.Combine(folder, RunFiles.Results), overwrite: true);
        File.Copy(Path.Combine(Folder, RunFiles.Manifest), Path.Combine(folder, RunFiles.Manifest), overwrite: true);
    }
}
