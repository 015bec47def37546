namespace AiSdk.Retrieval;

/// <summary>How good rankings are: each measure over the ranked ids of one query and what was judged relevant to it, as trec_eval computes them.</summary>
/// <remarks>Every measure is 0 for a query to which nothing was judged relevant; leave such queries out of means.</remarks>
public static class RankingMetrics
{
    /// <summary>Normalized discounted cumulative gain: the grades found, those further down counting less, by what the best ranking would have.</summary>
    /// <param name="ranked">The ids, best first, each once.</param>
    /// <param name="relevant">The grades of the relevant ids; grades of 0 and less count as not relevant.</param>
    /// <param name="k">How many places are looked at.</param>
    public static double NdcgAt(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, int> relevant, int k)
    {
        Check(ranked, relevant, k);
        double gain = 0;
        for (int i = 0; i < Math.Min(k, ranked.Count); i++)
            gain += Grade(relevant, ranked[i]) / Math.Log2(i + 2);
        double ideal = relevant.Values.Where(static grade => grade > 0).OrderDescending().Take(k).Select(static (grade, i) => grade / Math.Log2(i + 2)).Sum();
        return ideal == 0 ? 0 : gain / ideal;
    }

    /// <summary>The share of the relevant ids that is found.</summary>
    /// <inheritdoc cref="NdcgAt"/>
    public static double RecallAt(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, int> relevant, int k)
    {
        Check(ranked, relevant, k);
        int all = relevant.Values.Count(static grade => grade > 0);
        return all == 0 ? 0 : ranked.Take(k).Count(id => Grade(relevant, id) > 0) / (double)all;
    }

    /// <summary>One by the place of the first relevant id; 0 if none is found.</summary>
    /// <inheritdoc cref="NdcgAt"/>
    public static double ReciprocalRank(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, int> relevant, int k)
    {
        Check(ranked, relevant, k);
        for (int i = 0; i < Math.Min(k, ranked.Count); i++)
        {
            if (Grade(relevant, ranked[i]) > 0)
                return 1.0 / (i + 1);
        }
        return 0;
    }

    /// <summary>1 if a relevant id is found, else 0.</summary>
    /// <inheritdoc cref="NdcgAt"/>
    public static double HitAt(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, int> relevant, int k) => ReciprocalRank(ranked, relevant, k) > 0 ? 1 : 0;

    /// <summary>The mean, over the relevant ids, of the precision at the place of each; 0 for those that are not found.</summary>
    /// <inheritdoc cref="NdcgAt"/>
    public static double AveragePrecision(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, int> relevant, int k)
    {
        Check(ranked, relevant, k);
        double sum = 0;
        int found = 0;
        for (int i = 0; i < Math.Min(k, ranked.Count); i++)
        {
            if (Grade(relevant, ranked[i]) > 0)
                sum += ++found / (double)(i + 1);
        }
        int all = relevant.Values.Count(static grade => grade > 0);
        return all == 0 ? 0 : sum / all;
    }

    private static int Grade(IReadOnlyDictionary<string, int> relevant, string id) => Math.Max(0, relevant.GetValueOrDefault(id));

    private static void Check(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, int> relevant, int k)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentNullException.ThrowIfNull(relevant);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
    }
}
