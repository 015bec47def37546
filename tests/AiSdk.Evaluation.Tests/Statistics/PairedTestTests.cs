using System.Numerics;
using Xunit;

namespace AiSdk.Evaluation.Tests.Statistics;

public sealed class PairedTestTests
{
    private const int Simulations = 2000;

    [Theory]
    [InlineData(10, 3)]
    [InlineData(0, 6)]
    [InlineData(5, 5)]
    [InlineData(40, 21)]
    [InlineData(700, 650)]
    public void McNemar_is_the_binomial_distributions_tail_in_whole_numbers(int lost, int won)
    {
        int changed = lost + won;
        BigInteger tail = 0;
        BigInteger choose = 1;
        for (int k = 0; k <= Math.Min(lost, won); k++)
        {
            tail += choose;
            choose = choose * (changed - k) / (k + 1);
        }
        double expected = Math.Min(1, Math.Exp(BigInteger.Log(tail) + Math.Log(2) - (changed * Math.Log(2))));
        Assert.Equal(expected, PairedTests.McNemar(lost, won), 1e-9);
    }

    // 2 (C(13,0) + … + C(13,3)) / 2¹³ = 1512 / 16384, 2 / 2⁶.
    [Theory]
    [InlineData(10, 3, 0.09228515625)]
    [InlineData(0, 6, 0.03125)]
    [InlineData(0, 0, 1)]
    public void McNemar_of_few_cases_is_what_one_counts(int lost, int won, double expected) => Assert.Equal(expected, PairedTests.McNemar(lost, won), 1e-12);

    // By hand: the smallest four times, the next three times, then twice and once, none smaller than the one before.
    /// <summary>
    /// Against exhaustive enumerations by a program of its own (Python, neither this code nor a library): all nⁿ resamples of the differences, each weighed by its multinomial coefficient, and all 2ⁿ swaps.
    /// </summary>
    [Theory]
    [InlineData(new[] { 0.61, 0.42, 0.77, 0.35, 0.58, 0.49, 0.66, 0.71 }, new[] { 0.68, 0.51, 0.75, 0.47, 0.66, 0.52, 0.79, 0.70 }, 0.03234, 0.039062)]
    [InlineData(new[] { 0.2, 0.9, 0.5, 0.4, 0.8, 0.1, 0.6 }, new[] { 0.5, 0.95, 0.9, 0.3, 0.99, 0.7, 0.8 }, 0.036133, 0.046875)]
    public void Resampling_tends_to_what_all_resamples_give(double[] before, double[] now, double bootstrap, double randomization)
    {
        Assert.Equal(bootstrap, PairedTests.Bootstrap(before, now, seed: 3, resamples: 200_000), 0.002);
        Assert.Equal(randomization, PairedTests.ApproximateRandomization(before, now, seed: 3, trials: 200_000), 0.002);
    }

    [Fact]
    public void Holms_correction_steps_down()
    {
        double[] expected = [0.03, 0.06, 0.06, 0.02];
        double[] corrected = PairedTests.Holm(0.01, 0.04, 0.03, 0.005);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], corrected[i], 1e-12);
    }

    [Theory]
    [InlineData(false, 40)]
    [InlineData(false, 200)]
    [InlineData(true, 200)]
    public void Tests_of_runs_that_do_not_differ_seldom_say_that_they_do(bool binary, int count)
    {
        RandomSource random = new(5);
        int bootstrap = 0;
        int randomization = 0;
        int mcNemar = 0;
        for (int s = 0; s < Simulations; s++)
        {
            double[] before = new double[count];
            double[] now = new double[count];
            for (int i = 0; i < count; i++)
            {
                double difficulty = random.NextDouble();
                before[i] = binary ? (random.NextDouble() < difficulty ? 1 : 0) : difficulty + random.NextNormal();
                now[i] = binary ? (random.NextDouble() < difficulty ? 1 : 0) : difficulty + random.NextNormal();
            }
            bootstrap += PairedTests.Bootstrap(before, now, (ulong)s, 500) < 0.05 ? 1 : 0;
            randomization += PairedTests.ApproximateRandomization(before, now, (ulong)s, 500) < 0.05 ? 1 : 0;
            mcNemar += binary && PairedTests.McNemar(before.Zip(now).Count(static p => p.First > p.Second), before.Zip(now).Count(static p => p.First < p.Second)) < 0.05 ? 1 : 0;
        }
        Assert.InRange((double)bootstrap / Simulations, 0, 0.06);
        Assert.InRange((double)randomization / Simulations, 0, 0.06);
        Assert.InRange((double)mcNemar / Simulations, 0, 0.06);
    }

    [Fact]
    public void Tests_of_runs_that_differ_say_so()
    {
        RandomSource random = new(9);
        double[] before = [.. Enumerable.Range(0, 200).Select(_ => random.NextNormal())];
        double[] now = [.. before.Select(value => value + 0.3 + (0.5 * random.NextNormal()))];
        Assert.InRange(PairedTests.Bootstrap(before, now), 0, 0.001);
        Assert.InRange(PairedTests.ApproximateRandomization(before, now), 0, 0.001);
        Estimate difference = PairedTests.Difference(before, now);
        Assert.InRange(0.3, difference.Low, difference.High);
        Assert.True(difference.Low > 0);
        Assert.InRange(PairedTests.EffectSize(before, now), 0.3, 1);
    }

    [Fact]
    public void Holms_correction_takes_weights()
    {
        // By hand: 0.02 / 0.5 is the smallest of p / w and bears 1 / 0.5; of the 0.5 that is left, 0.03 / 0.3 bears 0.5 / 0.3, and 0.04 / 0.2 all of it.
        double[] corrected = PairedTests.Holm([0.04, 0.02, 0.03], [0.2, 0.5, 0.3]);
        Assert.Equal(0.05, corrected[0], 1e-12);
        Assert.Equal(0.04, corrected[1], 1e-12);
        Assert.Equal(0.05, corrected[2], 1e-12);
        Assert.Equal(PairedTests.Holm(0.01, 0.04, 0.03, 0.005), PairedTests.Holm([0.01, 0.04, 0.03, 0.005], [3, 3, 3, 3]));
        Assert.Throws<ArgumentException>(static () => PairedTests.Holm([0.1, 0.2], [1]));
        Assert.Throws<ArgumentException>(static () => PairedTests.Holm([0.1, 0.2], [1, 0]));
        Assert.Throws<ArgumentException>(static () => PairedTests.Holm([0.1, 0.2], [double.PositiveInfinity, 1]));
    }

    [Fact]
    public void Metrics_and_slices_that_are_one_family_err_as_often_as_is_said_and_two_families_nearly_twice_that()
    {
        const int trials = 20_000;
        RandomSource random = new(7);
        int together = 0;
        int apart = 0;
        for (int trial = 0; trial < trials; trial++)
        {
            // Two metrics over all cases and ten slices of each: where nothing changed, p-values are anything.
            double[] p = [.. Enumerable.Range(0, 22).Select(_ => random.NextDouble())];
            double[] weights = [.. Enumerable.Range(0, 22).Select(static i => i < 2 ? 1.0 / 2 : 1.0 / 20)];
            together += PairedTests.Holm(p, weights).Any(static q => q < 0.05) ? 1 : 0;
            apart += PairedTests.Holm([.. p.Take(2)]).Concat(PairedTests.Holm([.. p.Skip(2)])).Any(static q => q < 0.05) ? 1 : 0;
        }
        Assert.InRange((double)together / trials, 0.04, 0.055);
        Assert.InRange((double)apart / trials, 0.09, 0.105);
    }

    // Four differences have sixteen patterns of signs, of which two are as extreme as 1 + 2 + 3 + 4.
    [Fact]
    public void Approximate_randomisation_comes_near_the_exact_value() =>
        Assert.Equal(2.0 / 16, PairedTests.ApproximateRandomization([0, 0, 0, 0], [1, 2, 3, 4], trials: 200_000), 0.003);

    [Fact]
    public void Runs_of_different_length_are_refused()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(static () => PairedTests.Bootstrap([1], [1, 2]));
        Assert.Contains("1 values, the new run 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_confusion_matrix_has_the_scores_of_its_labels()
    {
        ConfusionMatrix matrix = new();
        foreach ((string expected, string actual) in new[] { ("a", "a"), ("a", "b"), ("b", "b"), ("b", "b"), ("c", "a") })
            matrix.Add(expected, actual);
        Assert.Equal(0.6, matrix.Accuracy, 1e-12);
        Assert.Equal((0.5 + 0.8 + 0) / 3, matrix.MacroF1, 1e-12);
        Assert.Equal(("a", "b", 1), matrix.MostConfused(1)[0]);
    }

    [Fact]
    public void A_confusion_matrix_has_the_micro_F1_of_all_decisions_together()
    {
        // Rows are what was expected, columns what came: an uneven matrix, whose macro F1 is another.
        string[] labels = ["cat", "dog", "fish"];
        int[,] table = { { 50, 8, 2 }, { 4, 20, 6 }, { 1, 0, 9 } };
        ConfusionMatrix matrix = new();
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                for (int k = 0; k < table[i, j]; k++)
                    matrix.Add(labels[i], labels[j]);
            }
        }
        // True positives 50 + 20 + 9; false positives, by columns, 5 + 8 + 8; false negatives, by rows, 10 + 10 + 1.
        Assert.Equal(2.0 * 79 / ((2.0 * 79) + 21 + 21), matrix.MicroF1, 1e-12);
        Assert.Equal(0.79, matrix.MicroF1, 1e-12);
        // F1 of a label is twice its true positives by expected and actual together: 100 / (60 + 55), 40 / (30 + 28), 18 / (10 + 17).
        Assert.Equal(((100.0 / 115) + (40.0 / 58) + (18.0 / 27)) / 3, matrix.MacroF1, 1e-12);
        Assert.Equal(double.NaN, new ConfusionMatrix().MicroF1);
    }

    [Fact]
    public void The_kappa_of_two_raters_is_that_of_Cohens_paper()
    {
        // J. Cohen (1960), table 1, as counts of 200.
        int[,] table = { { 88, 14, 18 }, { 10, 40, 10 }, { 2, 6, 12 } };
        List<int> first = [];
        List<int> second = [];
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                first.AddRange(Enumerable.Repeat(i, table[i, j]));
                second.AddRange(Enumerable.Repeat(j, table[i, j]));
            }
        }
        Assert.Equal((0.70 - 0.41) / (1 - 0.41), Agreement.Kappa(first, second), 1e-12);
    }
}
