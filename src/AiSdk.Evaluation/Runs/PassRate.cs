namespace AiSdk.Evaluation;

/// <summary>Success over repeats.</summary>
/// <param name="K">Of how many repeats.</param>
/// <param name="Any">How often at least one succeeds: pass@k, without bias (M. Chen et al., 2021).</param>
/// <param name="All">How often all succeed: pass^k.</param>
public sealed record PassRate(int K, double Any, double All)
{
    internal static IReadOnlyList<PassRate> Of(IReadOnlyList<(int Repeats, int Successes)> cases, int repeats)
    {
        List<PassRate> rates = [];
        for (int k = 1; k <= repeats; k++)
        {
            (int Repeats, int Successes)[] enough = [.. cases.Where(c => c.Repeats >= k)];
            if (enough.Length > 0)
                rates.Add(new PassRate(k, enough.Average(c => 1 - Share(c.Repeats - c.Successes, c.Repeats, k)), enough.Average(c => Share(c.Successes, c.Repeats, k))));
        }
        return rates;
    }

    // The chance that k of n drawn without return are all among m.
    private static double Share(int m, int n, int k)
    {
        double share = 1;
        for (int i = 0; i < k; i++)
            share *= Math.Max(0, (double)(m - i) / (n - i));
        return share;
    }
}
