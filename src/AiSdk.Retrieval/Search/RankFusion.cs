namespace AiSdk.Retrieval;

/// <summary>Makes one ranking of several.</summary>
internal static class RankFusion
{
    /// <summary>A ranking and how much it counts.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Hits">What it found, best first.</param>
    /// <param name="Weight">How much it counts.</param>
    public readonly record struct Arm(string Name, SearchHit[] Hits, double Weight);

    /// <summary>What was found, best first: the sum over the arms of weight / (constant + rank). G. V. Cormack, C. L. A. Clarke, S. Büttcher: Reciprocal Rank Fusion outperforms Condorcet, SIGIR 2009.</summary>
    public static List<(int Slot, double Score, double Evidence, List<PassageRank> Ranks)> Fuse(IReadOnlyList<Arm> arms, double constant)
    {
        Dictionary<int, (double Score, double Evidence, List<PassageRank> Ranks)> found = [];
        foreach (Arm arm in arms)
        {
            for (int i = 0; i < arm.Hits.Length; i++)
            {
                SearchHit hit = arm.Hits[i];
                if (!found.TryGetValue(hit.Slot, out (double Score, double Evidence, List<PassageRank> Ranks) sum))
                    sum.Ranks = [];
                sum.Ranks.Add(new PassageRank(arm.Name, i + 1, hit.Score));
                found[hit.Slot] = (sum.Score + arm.Weight / (constant + i + 1), Math.Max(sum.Evidence, hit.Evidence), sum.Ranks);
            }
        }
        return [.. found.Select(static entry => (entry.Key, entry.Value.Score, entry.Value.Evidence, entry.Value.Ranks)).OrderByDescending(static hit => hit.Score).ThenBy(static hit => hit.Key)];
    }
}
