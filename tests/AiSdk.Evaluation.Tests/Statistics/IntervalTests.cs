using Xunit;

namespace AiSdk.Evaluation.Tests.Statistics;

public sealed class IntervalTests
{
    private const int Simulations = 2000;

    // Where the score test's equation (p̂ − p)² = z² p (1 − p) / n holds, found by bisection in Python 3.11 with statistics.NormalDist's z.
    [Theory]
    [InlineData(87, 100, 0.7901964856, 0.9224283257)]
    [InlineData(0, 20, 0.0, 0.1611251581)]
    [InlineData(20, 20, 0.8388748419, 1.0)]
    [InlineData(1, 3, 0.0614919447, 0.7923403992)]
    public void Wilsons_interval_solves_the_score_tests_equation(int successes, int count, double low, double high)
    {
        Estimate interval = Intervals.Wilson(successes, count);
        Assert.Equal(low, interval.Low, 1e-9);
        Assert.Equal(high, interval.High, 1e-9);
    }

    [Theory]
    [InlineData(200, 0.5)]
    [InlineData(400, 0.88)]
    [InlineData(1000, 0.95)]
    public void Intervals_of_proportions_cover_as_often_as_they_say(int count, double truth)
    {
        RandomSource random = new(7);
        int covered = 0;
        for (int s = 0; s < Simulations; s++)
        {
            int successes = 0;
            for (int i = 0; i < count; i++)
                successes += random.NextDouble() < truth ? 1 : 0;
            Estimate interval = Intervals.Wilson(successes, count);
            covered += interval.Low <= truth && truth <= interval.High ? 1 : 0;
        }
        Assert.InRange((double)covered / Simulations, 0.93, 0.97);
    }

    [Theory]
    [InlineData("normal", 30)]
    [InlineData("uniform", 50)]
    [InlineData("skewed", 100)]
    [InlineData("scores", 100)]
    public void Bootstrap_intervals_cover_as_often_as_they_say(string distribution, int count)
    {
        RandomSource random = new(11);
        double truth = distribution switch { "normal" => 0, "uniform" => 0.5, "skewed" => 1, _ => (0.6 * 1) + (0.4 * 0.5) };
        int covered = 0;
        for (int s = 0; s < Simulations; s++)
        {
            double[] values = new double[count];
            for (int i = 0; i < count; i++)
            {
                values[i] = distribution switch
                {
                    "normal" => random.NextNormal(),
                    "uniform" => random.NextDouble(),
                    "skewed" => -Math.Log(1 - random.NextDouble()),
                    _ => random.NextDouble() < 0.6 ? 1 : random.NextDouble(),
                };
            }
            Estimate interval = Intervals.Bootstrap(values, seed: (ulong)s, resamples: 500);
            covered += interval.Low <= truth && truth <= interval.High ? 1 : 0;
        }
        Assert.InRange((double)covered / Simulations, 0.93, 0.97);
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval()
    {
        double[] values = [.. Enumerable.Range(0, 57).Select(static i => Math.Sin(i))];
        Assert.Equal(Intervals.Bootstrap(values, seed: 3), Intervals.Bootstrap(values, seed: 3));
        Assert.NotEqual(Intervals.Bootstrap(values, seed: 3), Intervals.Bootstrap(values, seed: 4));
    }

    [Fact]
    public void One_value_has_no_interval_and_is_no_certainty()
    {
        Estimate one = Intervals.Mean([0.7]);

        Assert.Equal((0.7, true, true, 1), (one.Value, double.IsNaN(one.Low), double.IsNaN(one.High), one.Count));
        Assert.Equal("0.7 on 1 case", one.ToString());
        Assert.True(double.IsNaN(PairedTests.Difference([0.2], [0.7]).Margin));
        Assert.Equal(0, Intervals.Mean([0.7, 0.7]).Margin);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.7)]
    [InlineData(0.9)]
    public void The_mean_of_equal_values_lies_among_them_whatever_is_rounded(double value)
    {
        for (int count = 2; count < 60; count++)
        {
            Estimate estimate = Intervals.Mean([.. Enumerable.Repeat(value, count)]);
            Assert.Equal(value, estimate.Value, 1e-12);
            Assert.Equal(0, estimate.Margin, 1e-12);
        }
    }

    [Fact]
    public void Values_of_0_and_1_get_Wilsons_interval() => Assert.Equal(Intervals.Wilson(2, 3), Intervals.Mean([1, 0, 1]));

    [Fact]
    public void Nothing_measured_has_no_mean()
    {
        Assert.True(double.IsNaN(Intervals.Mean([]).Value));
        Assert.Equal("not measured", Intervals.Bootstrap([]).ToString());
    }

    [Theory]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.5, 0)]
    [InlineData(0.001, -3.090232306167813)]
    [InlineData(0.9999, 3.719016485455709)]
    public void The_normal_distribution_is_that_of_Python(double share, double quantile)
    {
        Assert.Equal(quantile, Normal.Quantile(share), 1e-12);
        Assert.Equal(share, Normal.Cumulative(quantile), 1e-14);
    }

    [Fact]
    public void Percentiles_are_interpolated_as_NumPy_does() => Assert.Equal("2.50 3.85 3.97", string.Join(" ", new[] { Percentiles.Of([4, 1, 3, 2]) }.SelectMany(static p => new[] { p.P50, p.P95, p.P99 }).Select(static v => v.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture))));
}
