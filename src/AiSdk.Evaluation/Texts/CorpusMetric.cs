namespace AiSdk.Evaluation;

/// <summary>A score of texts against references that is computed over a whole corpus: from sums over its segments, not from the mean of their scores.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public abstract class CorpusMetric
{
    /// <summary>The metric's name with what settles its value.</summary>
    public abstract string Signature { get; }

    /// <summary>Whether more is better.</summary>
    public virtual bool HigherIsBetter => true;

    /// <summary>What one segment adds to the corpus.</summary>
    /// <param name="hypothesis">The text.</param>
    /// <param name="references">One or more references for it.</param>
    /// <returns>Sums, of the same length for all segments.</returns>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public abstract double[] Segment(string hypothesis, params ReadOnlySpan<string> references);

    /// <summary>The score of a corpus.</summary>
    /// <param name="sums">The segments' values from <see cref="Segment"/>, added up.</param>
    /// <returns>The score, 0 to 100; of error rates, 100 times the rate.</returns>
    public abstract double Score(ReadOnlySpan<double> sums);

    /// <summary>The score of one text.</summary>
    /// <inheritdoc cref="Segment"/>
    public virtual double ScoreSentence(string hypothesis, params ReadOnlySpan<string> references) => Score(Segment(hypothesis, references));

    /// <summary>The score of a corpus.</summary>
    /// <param name="hypotheses">The texts.</param>
    /// <param name="references">Sets of references, each as long as the texts.</param>
    /// <exception cref="ArgumentException">A set has another length, or there is none.</exception>
    public double ScoreCorpus(IReadOnlyList<string> hypotheses, params IReadOnlyList<IReadOnlyList<string>> references)
    {
        double[]? sums = null;
        foreach (double[] segment in Segments(hypotheses, references))
        {
            sums ??= new double[segment.Length];
            Add(sums, segment);
        }
        return Score(sums ?? throw new ArgumentException("There is no text to score.", nameof(hypotheses)));
    }

    /// <summary>What each segment of a corpus adds to it.</summary>
    /// <inheritdoc cref="ScoreCorpus"/>
    public IReadOnlyList<double[]> Segments(IReadOnlyList<string> hypotheses, params IReadOnlyList<IReadOnlyList<string>> references)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        ArgumentNullException.ThrowIfNull(references);
        foreach (IReadOnlyList<string> set in references)
        {
            if (set.Count != hypotheses.Count)
                throw new ArgumentException($"A set of references has {set.Count} texts, the corpus {hypotheses.Count}.", nameof(references));
        }
        string[] own = new string[references.Count];
        double[][] segments = new double[hypotheses.Count][];
        for (int i = 0; i < segments.Length; i++)
        {
            for (int set = 0; set < own.Length; set++)
                own[set] = references[set][i];
            segments[i] = Segment(hypotheses[i], own);
        }
        return segments;
    }

    internal static void Add(Span<double> sums, ReadOnlySpan<double> segment)
    {
        for (int i = 0; i < sums.Length; i++)
            sums[i] += segment[i];
    }

    private protected static void RequireReferences(ReadOnlySpan<string> references)
    {
        if (references.Length == 0)
            throw new ArgumentException("A text needs at least one reference.", nameof(references));
    }
}
