using AiSdk;

namespace TrainInjectionGuard;

/// <summary>How well models judge labelled prompts that they were not trained on.</summary>
internal static class HeldOut
{
    private static readonly bool[] s_kinds = [true, false];

    /// <summary>Scores each labelled prompt with a model that was trained on the other parts.</summary>
    public static List<(LabelledText Text, float Score)> Score(Training training, List<LabelledText> labelled, List<LabelledText> background, int folds, CancellationToken cancellationToken)
    {
        List<(LabelledText, float)> scores = [];
        for (int fold = 0; fold < folds; fold++)
        {
            NGramModel model = training.Train([.. labelled.Where((_, i) => i % folds != fold), .. background], cancellationToken);
            scores.AddRange(labelled.Where((_, i) => i % folds == fold).Select(text => (text, Score(model, text.Text))));
        }
        return scores;
    }

    /// <summary>The score of the whole guard: what breaks a rule is an attack at any threshold.</summary>
    private static float Score(NGramModel model, string text)
    {
        FoldedText folded = FoldedText.Of(text);
        return InjectionGuard.Rule(text, folded) is null ? (float)InjectionGuard.ModelScore(model, folded.Text) : float.PositiveInfinity;
    }

    /// <summary>Prints recall and false alarms at several thresholds.</summary>
    public static void Print(List<(LabelledText Text, float Score)> scores, float? shown)
    {
        string[] sources = [.. scores.Select(static s => s.Text.Source).Distinct().Order(StringComparer.Ordinal)];
        for (float threshold = -1; threshold <= 2; threshold += 0.25f)
        {
            Console.WriteLine($"threshold {threshold:0.00}: recall {Share(scores.Where(static s => s.Text.IsAttack), threshold):0.000}, false alarms: plain {Share(scores.Where(static s => s.Text is { IsAttack: false, HasTriggerWords: false }), threshold):0.000}, trigger words {Share(scores.Where(static s => s.Text.HasTriggerWords), threshold):0.000}");
            Console.WriteLine("   " + string.Join("  ", sources.SelectMany(source => s_kinds.Select(attack => (source, attack, of: scores.Where(s => s.Text.Source == source && s.Text.IsAttack == attack).ToList())))
                .Where(static group => group.of.Count > 0).Select(group => $"{group.source.Split('/')[^1]}{(group.attack ? "+" : "-")} {Share(group.of, threshold):0.00} of {group.of.Count}")));
        }
        List<(LabelledText Text, float Score)> rules = [.. scores.Where(static s => float.IsPositiveInfinity(s.Score))];
        Console.WriteLine($"by rules alone: {rules.Count(static s => s.Text.IsAttack)} attacks, {rules.Count(static s => !s.Text.IsAttack)} false alarms");
        if (shown is not { } at)
            return;
        foreach ((LabelledText text, float score) in scores.Where(s => s.Text.IsAttack != s.Score >= at).OrderBy(static s => s.Score))
            Console.WriteLine($"{(text.IsAttack ? "missed" : "alarm ")} {score,6:0.00} {text.Source}: {text.Text[..Math.Min(200, text.Text.Length)].ReplaceLineEndings(" ")}");
    }

    private static double Share(IEnumerable<(LabelledText Text, float Score)> scores, float threshold)
    {
        List<(LabelledText Text, float Score)> all = [.. scores];
        return all.Count == 0 ? 0 : all.Count(s => s.Score >= threshold) / (double)all.Count;
    }
}
