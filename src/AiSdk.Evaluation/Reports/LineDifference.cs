namespace AiSdk.Evaluation;

/// <summary>What two texts have in common, line by line.</summary>
internal static class LineDifference
{
    /// <summary>The lines, each kept (' '), taken out ('-') or put in ('+').</summary>
    public static IReadOnlyList<(char Kind, string Line)> Of(string before, string now)
    {
        string[] a = before.ReplaceLineEndings("\n").Split('\n');
        string[] b = now.ReplaceLineEndings("\n").Split('\n');
        int[,] common = new int[a.Length + 1, b.Length + 1];
        for (int i = a.Length - 1; i >= 0; i--)
        {
            for (int j = b.Length - 1; j >= 0; j--)
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }
        List<(char, string)> lines = [];
        int x = 0;
        int y = 0;
        while (x < a.Length || y < b.Length)
        {
            if (x < a.Length && y < b.Length && a[x] == b[y])
            {
                lines.Add((' ', a[x++]));
                y++;
            }
            else if (x < a.Length && (y == b.Length || common[x + 1, y] >= common[x, y + 1]))
            {
                lines.Add(('-', a[x++]));
            }
            else
            {
                lines.Add(('+', b[y++]));
            }
        }
        return lines;
    }
}
