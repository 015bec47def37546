using System.Text.RegularExpressions;

namespace AiSdk.Evaluation;

/// <summary>Translation edit rate (M. Snover et al., 2006): edits and shifts of phrases per word of the reference, equal to sacrebleu's and so to Tercom's. Less is better.</summary>
public sealed partial class Ter : CorpusMetric
{
    /// <summary>Whether punctuation is split from words.</summary>
    public bool Normalized { get; init; }

    /// <summary>Whether punctuation is left out.</summary>
    public bool RemovePunctuation { get; init; }

    /// <summary>Whether <see cref="Normalized"/> and <see cref="RemovePunctuation"/> know Chinese and Japanese writing.</summary>
    public bool AsianSupport { get; init; }

    /// <summary>Whether upper and lower case differ.</summary>
    public bool CaseSensitive { get; init; }

    /// <inheritdoc/>
    public override string Signature => $"TER|case:{(CaseSensitive ? "mixed" : "lc")}|norm:{(Normalized ? "yes" : "no")}|punct:{(RemovePunctuation ? "no" : "yes")}|asian:{(AsianSupport ? "yes" : "no")}";

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    // Layout: edits to the nearest reference, mean length of the references.
    /// <inheritdoc/>
    public override double[] Segment(string hypothesis, params ReadOnlySpan<string> references)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        RequireReferences(references);
        string[] words = Words(hypothesis);
        int fewest = int.MaxValue;
        double lengths = 0;
        foreach (string reference in references)
        {
            string[] other = Words(reference);
            fewest = Math.Min(fewest, TerEdits.Count(words, other));
            lengths += other.Length;
        }
        return [fewest, lengths / references.Length];
    }

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> sums) => sums[1] > 0 ? 100 * sums[0] / sums[1] : sums[0] > 0 ? 100 : 0;

    private string[] Words(string text)
    {
        text = ReferenceText.TrimEnd(text);
        if (!CaseSensitive)
            text = ReferenceText.Lower(text);
        if (Normalized)
        {
            text = Normalize(text);
            if (AsianSupport)
                text = NormalizeAsian(text);
        }
        if (RemovePunctuation)
        {
            text = WesternPunctuation().Replace(text, "");
            if (AsianSupport)
                text = FullWidthPunctuation().Replace(AsianPunctuation().Replace(text, ""), "");
        }
        return ReferenceText.Split(text);
    }

    private static string Normalize(string text)
    {
        text = text.Replace("\n-", "", StringComparison.Ordinal).Replace('\n', ' ');
        text = text.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        text = Symbols().Replace($" {text} ", " $1 ");
        text = text.Replace("'s ", " 's ", StringComparison.Ordinal);
        if (text.EndsWith("'s", StringComparison.Ordinal))
            text = $"{text[..^2]} 's";
        text = PointAfterNonDigit().Replace(text, "$1 $2 ");
        text = PointBeforeNonDigit().Replace(text, " $1 $2");
        return DashAfterDigit().Replace(text, "$1 $2 ");
    }

    private static string NormalizeAsian(string text)
    {
        text = Ideographs().Replace(text, " $1 ");
        text = Strokes().Replace(text, " $1 ");
        text = Compatibility().Replace(text, " $1 ");
        text = Enclosed().Replace(text, " $1 ");
        text = Hiragana().Replace(text, "$1 $2 ");
        text = Katakana().Replace(text, "$1 $2 ");
        text = KatakanaExtensions().Replace(text, "$1 $2 ");
        text = AsianPunctuation().Replace(text, " $1 ");
        return FullWidthPunctuation().Replace(text, " $1 ");
    }

    [GeneratedRegex(@"([{-~\[-` -&(-+:-@/])")]
    private static partial Regex Symbols();

    [GeneratedRegex(@"([^0-9])([.,])")]
    private static partial Regex PointAfterNonDigit();

    [GeneratedRegex(@"([.,])([^0-9])")]
    private static partial Regex PointBeforeNonDigit();

    [GeneratedRegex(@"([0-9])(-)")]
    private static partial Regex DashAfterDigit();

    [GeneratedRegex(@"[.,?:;!""()]")]
    private static partial Regex WesternPunctuation();

    [GeneratedRegex(@"([\u4e00-\u9fff\u3400-\u4dbf])")]
    private static partial Regex Ideographs();

    [GeneratedRegex(@"([\u31c0-\u31ef\u2e80-\u2eff])")]
    private static partial Regex Strokes();

    [GeneratedRegex(@"([\u3300-\u33ff\uf900-\ufaff\ufe30-\ufe4f])")]
    private static partial Regex Compatibility();

    // The range's end is Tercom's as sacrebleu has it.
    [GeneratedRegex(@"([\u3200-\u3f22])")]
    private static partial Regex Enclosed();

    [GeneratedRegex(@"(^|^[\u3040-\u309f])([\u3040-\u309f]+)(?=$|^[\u3040-\u309f])")]
    private static partial Regex Hiragana();

    [GeneratedRegex(@"(^|^[\u30a0-\u30ff])([\u30a0-\u30ff]+)(?=$|^[\u30a0-\u30ff])")]
    private static partial Regex Katakana();

    [GeneratedRegex(@"(^|^[\u31f0-\u31ff])([\u31f0-\u31ff]+)(?=$|^[\u31f0-\u31ff])")]
    private static partial Regex KatakanaExtensions();

    [GeneratedRegex(@"([\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb])")]
    private static partial Regex AsianPunctuation();

    [GeneratedRegex(@"([\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09])")]
    private static partial Regex FullWidthPunctuation();
}
