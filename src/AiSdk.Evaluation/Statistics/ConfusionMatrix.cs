using System.Runtime.InteropServices;

namespace AiSdk.Evaluation;

/// <summary>What was expected, against what came, with the scores of a classifier.</summary>
public sealed class ConfusionMatrix
{
    private readonly Dictionary<(string Expected, string Actual), int> _cells = [];
    private readonly SortedDictionary<string, (int Expected, int Actual, int Right)> _labels = new(StringComparer.Ordinal);

    /// <summary>How many cases it holds.</summary>
    public int Count { get; private set; }

    /// <summary>All labels that occur, sorted.</summary>
    public IReadOnlyCollection<string> Labels => _labels.Keys;

    /// <summary>The cells that are not empty.</summary>
    public IReadOnlyDictionary<(string Expected, string Actual), int> Cells => _cells;

    /// <summary>The share of cases that are right; for one label a case it is also the micro-averaged precision, recall and F1.</summary>
    public double Accuracy => Count == 0 ? double.NaN : (double)_labels.Values.Sum(static label => label.Right) / Count;

    /// <summary>What stands for the label of a reply that could not be read: wrong wherever it stands, and no class that a mean is taken over.</summary>
    internal const string Failed = "(failed)";

    /// <summary>The mean of the labels' F1, over all that occur as expected or actual.</summary>
    public double MacroF1 => _labels.Keys.Where(static label => label != Failed).Select(label => Score(label).F1).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The F1 over all decisions; the same as the accuracy where each case has one label.</summary>
    public double MicroF1 => Accuracy;

    /// <summary>Counts a case.</summary>
    /// <param name="expected">What was expected.</param>
    /// <param name="actual">What came.</param>
    public void Add(string expected, string actual)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual);
        Count++;
        CollectionsMarshal.GetValueRefOrAddDefault(_cells, (expected, actual), out _)++;
        (int Expected, int Actual, int Right) label = _labels.GetValueOrDefault(expected);
        _labels[expected] = (label.Expected + 1, label.Actual, label.Right + (expected == actual ? 1 : 0));
        label = _labels.GetValueOrDefault(actual);
        _labels[actual] = (label.Expected, label.Actual + 1, label.Right);
    }

    /// <summary>A label's precision, recall and F1.</summary>
    /// <param name="label">The label.</param>
    /// <returns>0 for a label that does not occur.</returns>
    public PrecisionRecall Score(string label)
    {
        (int expected, int actual, int right) = _labels.GetValueOrDefault(label);
        return new PrecisionRecall(actual == 0 ? 0 : (double)right / actual, expected == 0 ? 0 : (double)right / expected);
    }

    /// <summary>How often a label was expected.</summary>
    /// <param name="label">The label.</param>
    public int Expected(string label) => _labels.GetValueOrDefault(label).Expected;

    /// <summary>The pairs that are confused most.</summary>
    /// <param name="count">How many.</param>
    public IReadOnlyList<(string Expected, string Actual, int Count)> MostConfused(int count) =>
    [
        .. _cells.Where(static cell => cell.Key.Expected != cell.Key.Actual).OrderByDescending(static cell => cell.Value)
            .ThenBy(static cell => cell.Key.Expected, StringComparer.Ordinal).ThenBy(static cell => cell.Key.Actual, StringComparer.Ordinal)
            .Take(count).Select(static cell => (cell.Key.Expected, cell.Key.Actual, cell.Value)),
    ];
}
