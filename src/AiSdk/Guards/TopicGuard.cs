namespace AiSdk;

/// <summary>Keeps a function to its subject: a classifier, made from examples when the guard is made, tells what is allowed from what is not.</summary>
/// <remarks>
/// It compares parts of words, so some ten to thirty examples of each kind, worded as users word them, do. Derive from it to name a subject:
/// <c>sealed class BankingOnly() : TopicGuard(allowed: [...], denied: [...])</c>. Without a model, the same for the same examples. Safe for concurrent use.
/// </remarks>
public class TopicGuard : IInputGuard, IOutputGuard
{
    private const int Epochs = 20;
    private const float Decay = 1e-5f;
    private const double MinSimilarity = 0.3;

    // A window of a long text is a guess on less than the whole: it must be surer.
    private const double WindowMargin = 0.25;
    private const int ShortestWindow = 160;
    private const int WindowOfExamples = 2;

    private readonly NGramModel? _model;
    private readonly int[][] _examples;
    private readonly bool _deniesExamples;
    private readonly string _reason;

    // As long as what users write, which the examples tell.
    private readonly int _windowLength;

    /// <summary>A guard of a subject.</summary>
    /// <param name="allowed">Texts that are allowed; may be empty if there are denied ones, and then only what is like those is denied.</param>
    /// <param name="denied">Texts that are not; may be empty if there are allowed ones, and then only what is like those is allowed.</param>
    /// <param name="reason">Why the call ends, for people.</param>
    /// <exception cref="ArgumentException">There are no examples.</exception>
    public TopicGuard(IEnumerable<string> allowed, IEnumerable<string> denied, string reason = "it is about something else than this function is for")
    {
        ArgumentNullException.ThrowIfNull(allowed);
        ArgumentNullException.ThrowIfNull(denied);
        ArgumentException.ThrowIfNullOrEmpty(reason);
        _reason = reason;
        string[] deniedTexts = [.. denied.Select(static text => FoldedText.Of(text).Text)];
        string[] allowedTexts = [.. allowed.Select(static text => FoldedText.Of(text).Text)];
        NGramTrainer.Example[] positive = [.. deniedTexts.Select(static text => NGramTrainer.Of(text, isPositive: true))];
        NGramTrainer.Example[] negative = [.. allowedTexts.Select(static text => NGramTrainer.Of(text, isPositive: false))];
        if (positive.Length + negative.Length == 0)
            throw new ArgumentException("A topic guard is made from examples: give texts that are allowed, texts that are denied, or both.", nameof(allowed));
        _deniesExamples = negative.Length == 0;
        _windowLength = Math.Max(_deniesExamples ? 2 : ShortestWindow, WindowOfExamples * (int)deniedTexts.Concat(allowedTexts).Average(static text => text.Length));
        _examples = [.. (_deniesExamples ? positive : negative).Select(static example => example.Items.Order().ToArray())];
        if (positive.Length == 0 || negative.Length == 0)
            return;
        // Both kinds count the same, however many examples each has.
        float weight = negative.Length / (float)positive.Length;
        _model = NGramTrainer.Train([.. positive.Select(example => example with { Weight = weight }), .. negative], Epochs, Decay);
    }

    /// <summary>How far a text is from what is allowed: above 0 it is denied. A long text is as far as the farthest of its parts.</summary>
    /// <param name="text">The text.</param>
    public double Score(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string folded = FoldedText.Of(text).Text;
        double score = ScoreOf(folded);
        // Where nothing is denied, what is long is like an example as a whole, or is not.
        if (_model is null && !_deniesExamples)
            return score;
        double margin = _model is null ? 0 : WindowMargin;
        foreach (Range window in TextWindows.Of(folded, _windowLength))
            score = Math.Max(score, ScoreOf(folded.AsSpan(window)) - margin);
        return score;
    }

    private double ScoreOf(ReadOnlySpan<char> folded)
    {
        NGramSet set = NGramSet.ForThread;
        set.Fill(folded);
        if (_model is not null)
            return _model.Score(set.Items);
        int[] items = set.Items.ToArray();
        Array.Sort(items);
        double nearest = _examples.Max(example => Similarity(example, items));
        return _deniesExamples ? nearest - MinSimilarity : MinSimilarity - nearest;
    }

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckInputAsync(string text, GuardContext context, CancellationToken cancellationToken) => CheckOutputAsync(text, context, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken) =>
        new(Score(reply) > 0 ? GuardVerdict.Block(_reason) : GuardVerdict.Allow);

    /// <summary>The cosine of two sorted sets.</summary>
    private static double Similarity(int[] one, int[] other)
    {
        int common = 0;
        for (int i = 0, j = 0; i < one.Length && j < other.Length;)
        {
            if (one[i] == other[j])
            {
                common++;
                i++;
                j++;
            }
            else if (one[i] < other[j])
            {
                i++;
            }
            else
            {
                j++;
            }
        }
        return common == 0 ? 0 : common / Math.Sqrt((double)one.Length * other.Length);
    }
}
