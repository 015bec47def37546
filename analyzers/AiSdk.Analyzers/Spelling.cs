namespace AiSdk.Analyzers;

/// <summary>Finds the name that was meant.</summary>
internal static class Spelling
{
    /// <summary>
    /// The candidate with the fewest changes of a letter (insert, drop, replace, swap two neighbours: optimal string alignment), if they are at most a third of the name's length; case and
    /// underscores count for nothing. Of several equally near the first.
    /// </summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        string wanted = Fold(name);
        string? nearest = null;
        int fewest = Math.Max(1, wanted.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(wanted, Fold(candidate));
            if (distance < fewest)
                (nearest, fewest) = (candidate, distance);
        }
        return nearest;
    }

    /// <summary>The name without case and punctuation.</summary>
    public static string Fold(string name) => new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[a.Length, b.Length];
    }
}
