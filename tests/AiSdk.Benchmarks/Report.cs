namespace AiSdk.Benchmarks;

/// <summary>Prints tables, and the lines <c>ratio NAME VALUE</c> that other programs read.</summary>
internal static class Report
{
    /// <summary>Prints rows under headings, the first column left-aligned, the others right-aligned.</summary>
    public static void Table(string[] headings, IEnumerable<string[]> rows)
    {
        List<string[]> all = [headings, .. rows];
        int[] widths = [.. Enumerable.Range(0, headings.Length).Select(column => all.Max(row => row[column].Length))];
        foreach (string[] row in all)
            Console.WriteLine(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
        Console.WriteLine();
    }

    /// <summary>Prints a ratio, with its target beside it in words.</summary>
    public static void Ratio(string name, double value, string? target = null) =>
        Console.WriteLine(target is null ? $"ratio {name} {value:0.###}" : $"ratio {name} {value:0.###}   # target {target}");
}
