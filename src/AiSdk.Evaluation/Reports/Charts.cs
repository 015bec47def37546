using System.Globalization;

namespace AiSdk.Evaluation;

/// <summary>Charts as inline SVG, each with a text that says the same.</summary>
internal static class Charts
{
    // Above it the page's paper is read better on a cell than its ink.
    private const double DarkFill = 0.55;

    private const int Width = 860;
    private const int LabelWidth = 250;
    private const int RowHeight = 26;

    /// <summary>Means with their intervals, one line each.</summary>
    public static HtmlText Intervals(string title, IReadOnlyList<(string Label, Estimate Estimate, string Class)> rows, bool showZero)
    {
        (string Label, Estimate Estimate, string Class)[] known = [.. rows.Where(static row => row.Estimate.Count > 0 && double.IsFinite(row.Estimate.Value))];
        HtmlText html = new();
        if (known.Length == 0)
            return html;
        double low = known.Min(static row => Ends(row.Estimate).Low);
        double high = known.Max(static row => Ends(row.Estimate).High);
        if (showZero)
            (low, high) = (Math.Min(low, 0), Math.Max(high, 0));
        double room = Math.Max(high - low, 1e-6) * 0.06;
        (low, high) = (low - room, high + room);
        int height = (known.Length * RowHeight) + 34;
        html.Add($"<svg role=\"img\" viewBox=\"0 0 {Width} {height}\" aria-label=\"{title}: {string.Join("; ", known.Select(static row => $"{row.Label} {row.Estimate}"))}\">");
        foreach (double tick in Ticks(low, high))
        {
            html.Add($"<line class=\"axis\" x1=\"{X(tick)}\" x2=\"{X(tick)}\" y1=\"0\" y2=\"{height - 24}\"/><text class=\"soft\" x=\"{X(tick)}\" y=\"{height - 6}\" text-anchor=\"middle\">{tick.ToString("0.####", CultureInfo.InvariantCulture)}</text>");
        }
        if (showZero)
            html.Add($"<line stroke=\"currentColor\" stroke-dasharray=\"3 3\" x1=\"{X(0)}\" x2=\"{X(0)}\" y1=\"0\" y2=\"{height - 24}\"/>");
        for (int i = 0; i < known.Length; i++)
        {
            (string label, Estimate estimate, string kind) = known[i];
            int y = (i * RowHeight) + 15;
            html.Add($"<text x=\"{LabelWidth - 10}\" y=\"{y + 4}\" text-anchor=\"end\">{Short(label)}</text><line class=\"{(kind.Length > 0 ? $"{kind}line" : "whisker")}\" x1=\"{X(Ends(estimate).Low)}\" x2=\"{X(Ends(estimate).High)}\" y1=\"{y}\" y2=\"{y}\"/><circle class=\"{(kind.Length > 0 ? $"{kind}mark" : "mark")}\" cx=\"{X(estimate.Value)}\" cy=\"{y}\" r=\"5\"><title>{label}: {estimate}</title></circle>");
        }
        return html.AddTrusted("</svg>");

        string X(double value) => (LabelWidth + ((value - low) / (high - low) * (Width - LabelWidth - 20))).ToString("0.#", CultureInfo.InvariantCulture);

        // Of one case there is no interval, only its value.
        static (double Low, double High) Ends(Estimate estimate) => double.IsNaN(estimate.Margin) ? (estimate.Value, estimate.Value) : (estimate.Low, estimate.High);
    }

    /// <summary>How often values occur, in twenty bins.</summary>
    public static HtmlText Histogram(string title, IReadOnlyList<double> values)
    {
        const int bins = 20;
        const int height = 150;
        HtmlText html = new();
        if (values.Count == 0)
            return html;
        double low = values.Min();
        double high = values.Max();
        if (low == high)
            return html.Add($"<p class=\"soft\">All {values.Count} values are {low.ToString("0.####", CultureInfo.InvariantCulture)}.</p>");
        int[] counts = new int[bins];
        foreach (double value in values)
            counts[Math.Min(bins - 1, (int)((value - low) / (high - low) * bins))]++;
        int most = counts.Max();
        double step = (Width - 20.0) / bins;
        html.Add($"<svg role=\"img\" viewBox=\"0 0 {Width} {height + 24}\" aria-label=\"{title}: {values.Count} values from {low:0.####} to {high:0.####}, the most in the bin from {low + (Array.IndexOf(counts, most) * (high - low) / bins):0.####}\">");
        for (int i = 0; i < bins; i++)
        {
            double bar = (height - 16.0) * counts[i] / most;
            html.Add($"<rect class=\"bar\" x=\"{10 + (i * step):0.#}\" y=\"{height - bar:0.#}\" width=\"{step - 2:0.#}\" height=\"{bar:0.#}\"><title>{counts[i]}: {low + (i * (high - low) / bins):0.####} to {low + ((i + 1) * (high - low) / bins):0.####}</title></rect>");
        }
        return html.Add($"<line class=\"axis\" x1=\"10\" x2=\"{Width - 10}\" y1=\"{height}\" y2=\"{height}\"/><text class=\"soft\" x=\"10\" y=\"{height + 18}\">{low:0.####}</text><text class=\"soft\" x=\"{Width - 10}\" y=\"{height + 18}\" text-anchor=\"end\">{high:0.####}</text></svg>");
    }

    /// <summary>A confusion matrix: expected down, actual across.</summary>
    public static HtmlText Matrix(ConfusionMatrix matrix, IReadOnlyList<string> labels)
    {
        double cell = Math.Clamp(620.0 / labels.Count, 8, 34);
        double left = labels.Count <= 40 ? 210 : 20;
        double size = labels.Count * cell;
        bool numbers = cell >= 20;
        HtmlText html = new();
        html.Add($"<svg role=\"img\" viewBox=\"0 0 {left + size + 10:0.#} {size + (labels.Count <= 40 ? 170 : 30):0.#}\" aria-label=\"Confusion matrix of {labels.Count} labels; the table of confusions below says the same\">");
        for (int row = 0; row < labels.Count; row++)
        {
            int expected = Math.Max(1, matrix.Expected(labels[row]));
            if (labels.Count <= 40)
            {
                html.Add($"<text x=\"{left - 8:0.#}\" y=\"{(row * cell) + (cell / 2) + 4:0.#}\" text-anchor=\"end\">{Short(labels[row])}</text>");
                html.Add($"<text x=\"0\" y=\"0\" text-anchor=\"end\" transform=\"translate({left + (row * cell) + (cell / 2) + 4:0.#},{size + 8:0.#}) rotate(-60)\">{Short(labels[row])}</text>");
            }
            html.Add($"<rect x=\"{left:0.#}\" y=\"{row * cell:0.#}\" width=\"{size:0.#}\" height=\"{cell:0.#}\" fill=\"none\" class=\"axis\"/>");
            for (int column = 0; column < labels.Count; column++)
            {
                if (!matrix.Cells.TryGetValue((labels[row], labels[column]), out int count))
                    continue;
                double strength = 0.15 + (0.85 * Math.Min(1, (double)count / expected));
                html.Add($"<rect class=\"{(row == column ? "hit" : "miss")}\" fill-opacity=\"{strength:0.##}\" x=\"{left + (column * cell):0.#}\" y=\"{row * cell:0.#}\" width=\"{cell - 1:0.#}\" height=\"{cell - 1:0.#}\"><title>{labels[row]} as {labels[column]}: {count}</title></rect>");
                if (numbers)
                    html.Add($"<text x=\"{left + (column * cell) + (cell / 2):0.#}\" y=\"{(row * cell) + (cell / 2) + 4:0.#}\" text-anchor=\"middle\" class=\"{(strength > DarkFill ? "on" : "")}\">{count}</text>");
            }
        }
        return html.AddTrusted("</svg>");
    }

    private static string Short(string label) => label.Length <= 34 ? label : $"{label.AsSpan(0, 33)}…";

    private static IEnumerable<double> Ticks(double low, double high)
    {
        double rough = (high - low) / 5;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10);
        for (double tick = Math.Ceiling(low / step) * step; tick <= high; tick += step)
            yield return Math.Abs(tick) < step / 1e6 ? 0 : tick;
    }
}
