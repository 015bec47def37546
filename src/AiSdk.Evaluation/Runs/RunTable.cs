using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiSdk.Evaluation;

/// <summary>A run's numbers, a column for each metric, in the data set's order: so that they do not depend on the order in which cases were done.</summary>
internal sealed class RunTable
{
    // More are no classes.
    private const int MaxLabels = 300;
    private const int MaxLabelLength = 100;
    private const int MostListed = 1000;

    private readonly Dictionary<string, double[]> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly HashSet<int> _superseded = [];
    private ConfusionMatrix? _confusion = new();

    private RunTable()
    {
    }

    /// <summary>The cases' names; <see langword="null"/> where a case is missing.</summary>
    public string?[] Ids { get; private set; } = [];

    /// <summary>What each case asked and expected, hashed.</summary>
    public string?[] Hashes { get; private set; } = [];

    /// <summary>The cases of each slice: of tags, and of the values of fields.</summary>
    public SortedDictionary<string, List<int>> Slices { get; } = new(StringComparer.Ordinal);

    /// <summary>Why fields give no slices, by field.</summary>
    public SortedDictionary<string, string> SliceProblems { get; } = new(StringComparer.Ordinal);

    /// <summary>What is to be known about the slices of fields.</summary>
    public List<string> SliceNotes { get; } = [];

    /// <summary>For each case, how many repeats were measured, and how many of them are a success by the first metric.</summary>
    public (int Repeats, int Successes)[] Repeats { get; private set; } = [];

    /// <summary>The milliseconds of all calls that gave something.</summary>
    public List<double> Latencies { get; } = [];

    /// <summary>What came for what was expected, where both are words of a small vocabulary.</summary>
    public ConfusionMatrix? Confusion => _confusion is { Count: > 0 } ? _confusion : null;

    /// <summary>The first cases that could not be measured.</summary>
    public List<(string Id, int Repeat, string Reason)> Listed { get; } = [];

    /// <summary>Whether all values of the first metric are from 0 to 1, so that it is plain what counts as a success.</summary>
    public bool IsFirstMetricShare { get; private set; } = true;

    /// <summary>Calls whose tokens were not told but estimated.</summary>
    public int EstimatedUsages { get; private set; }

    public int Measured { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Cases that could not be measured at all.</summary>
    public int Unmeasured { get; private set; }

    /// <summary>For each metric, how many cases it could not measure.</summary>
    public Dictionary<string, int> UnmeasuredBy { get; } = new(StringComparer.Ordinal);

    public long InputTokens { get; private set; }

    public long OutputTokens { get; private set; }

    public double Cost { get; private set; }

    public int Repairs { get; private set; }

    public int RepairedCases { get; private set; }

    public int Reasks { get; private set; }

    public static RunTable Read(string folder, RunManifest manifest, IReadOnlyList<string> sliceBy)
    {
        RunTable table = new();
        FieldSlices[] fields = [.. sliceBy.Select(static field => new FieldSlices(field))];
        int number = 0;
        int count = 0;
        Dictionary<(int Index, int Repeat), int> last = [];
        foreach ((int index, int repeat) in RunFiles.ReadPlaces(folder))
        {
            // A case that was tried again has two lines, of which the last counts.
            ref int line = ref CollectionsMarshal.GetValueRefOrAddDefault(last, (index, repeat), out bool exists);
            if (exists)
                table._superseded.Add(line);
            line = number++;
            count = Math.Max(count, index + 1);
        }
        last.Clear();
        table.Ids = new string?[count];
        table.Hashes = new string?[count];
        table.Repeats = new (int, int)[count];
        foreach (Metric metric in manifest.Metrics)
        {
            table._columns[metric.Name] = new double[count];
            table._counts[metric.Name] = new int[count];
        }
        foreach (CaseResult result in table.WithoutSuperseded(RunFiles.ReadResults(folder).Select(static line => line.Result)))
            table.Add(result, manifest, fields);
        foreach ((string name, double[] column) in table._columns)
        {
            int[] counts = table._counts[name];
            for (int i = 0; i < column.Length; i++)
                column[i] = counts[i] == 0 ? double.NaN : column[i] / counts[i];
        }
        table._counts.Clear();
        foreach (FieldSlices field in fields)
        {
            (string? problem, string? note) = field.AddTo(table.Slices);
            if (problem is not null)
                table.SliceProblems[field.Field] = problem;
            if ((problem ?? note) is { } told)
                table.SliceNotes.Add(told);
        }
        foreach (List<int> slice in table.Slices.Values)
            slice.Sort();
        return table;
    }

    /// <summary>The lines whose place no later one took.</summary>
    public IEnumerable<CaseResult> WithoutSuperseded(IEnumerable<CaseResult> lines) => _superseded.Count == 0 ? lines : lines.Where((_, number) => !_superseded.Contains(number));

    /// <summary>A metric's values by case: of repeats their mean, not a number where none was measured.</summary>
    /// <exception cref="ArgumentException">There is no such metric.</exception>
    public double[] Column(string metric) =>
        _columns.TryGetValue(metric, out double[]? column) ? column : throw new ArgumentException($"The run does not measure '{metric}'; it measures {string.Join(", ", _columns.Keys)}.", nameof(metric));

    /// <summary>Whether a metric was measured.</summary>
    public bool Has(string metric) => _columns.ContainsKey(metric);

    /// <summary>Where a case stands; -1 if the run does not have it.</summary>
    public int Place(string id) => _places.GetValueOrDefault(id, -1);

    private void Add(CaseResult result, RunManifest manifest, FieldSlices[] fields)
    {
        int at = result.Index;
        if (Ids[at] is null)
        {
            Ids[at] = result.Id;
            Hashes[at] = result.Hash;
            if (!_places.TryAdd(result.Id, at))
                throw new EvalRunException($"The run has two cases called '{result.Id}'.");
            foreach (string tag in (result.Tags ?? []).Distinct(StringComparer.Ordinal))
            {
                if (!Slices.TryGetValue(tag, out List<int>? slice))
                    Slices.Add(tag, slice = []);
                slice.Add(at);
            }
            foreach (FieldSlices field in fields)
                field.Add(at, result.Input, result.Expected);
        }
        switch (result.State)
        {
            case CaseState.Measured:
                Measured++;
                break;
            case CaseState.Failed:
                Failed++;
                break;
            default:
                Unmeasured++;
                break;
        }
        string? reason = result.State == CaseState.Unmeasured ? result.Reason ?? "" : null;
        for (int i = 0; i < manifest.Metrics.Count; i++)
        {
            string name = manifest.Metrics[i].Name;
            if (result.Scores.TryGetValue(name, out CaseScore? score) && score.Value is { } value)
            {
                _columns[name][at] += value;
                _counts[name][at]++;
                if (i == 0)
                    Repeats[at] = (Repeats[at].Repeats + 1, Repeats[at].Successes + (manifest.Metrics[0].IsSuccess(value) ? 1 : 0));
                if (i == 0)
                    IsFirstMetricShare &= value is >= 0 and <= 1;
            }
            else
            {
                CollectionsMarshal.GetValueRefOrAddDefault(UnmeasuredBy, name, out _)++;
                reason ??= $"{name}: {score?.Reason}";
            }
        }
        if (reason is not null && Listed.Count < MostListed)
            Listed.Add((result.Id, result.Repeat, reason));
        if (result.State != CaseState.Unmeasured)
            Latencies.Add(result.Milliseconds);
        InputTokens += result.InputTokens ?? 0;
        OutputTokens += result.OutputTokens ?? 0;
        Cost += result.Cost ?? 0;
        EstimatedUsages += result.IsUsageEstimated ? 1 : 0;
        Repairs += result.Repairs;
        RepairedCases += result.Repairs > 0 ? 1 : 0;
        Reasks += Math.Max(0, result.Attempts - 1);
        if (result.State != CaseState.Unmeasured && _confusion is not null)
        {
            // What failed is a class of its own.
            string? expected = Label(result.Expected);
            string? actual = result.Output is { } output ? Label(output) : result.State == CaseState.Failed ? ConfusionMatrix.Failed : null;
            if (expected is not null && actual is not null)
                _confusion.Add(expected, actual);
            if (expected is null || actual is null || _confusion.Labels.Count > MaxLabels)
                _confusion = null;
        }
    }

    private static string? Label(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when value.GetString() is { Length: <= MaxLabelLength } text => text,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}
