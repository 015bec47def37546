using CsCheck;
using Xunit;

namespace AiSdk.Tests.Reasoning;

/// <summary>Votes: what they say does not hang on the order in which they come, nor on those that were not waited for.</summary>
public sealed class BallotTests
{
    // A null is a sample that failed. Few values, so that ties and majorities are frequent.
    private static readonly Gen<int?[]> _samples = Gen.Int[-1, 3].Select(static value => value < 0 ? (int?)null : value).Array[1, 12];

    [Fact]
    public void It_is_right_for_any_order_of_arrival_and_stops_only_when_nothing_could_change() => Gen.Select(_samples, Gen.Int).Sample(static (samples, seed) =>
    {
        int? expected = samples.OfType<int>().GroupBy(static value => value).OrderByDescending(static group => group.Count()).ThenBy(group => Array.IndexOf(samples, group.Key)).FirstOrDefault()?.Key;
        int[] order = Shuffled(samples.Length, seed);
        Ballot<int> all = new(samples.Length, static (one, other) => one == other);
        int? early = null;
        bool stopped = false;
        foreach (int sample in order)
        {
            if (samples[sample] is { } value)
                all.Add(sample, value);
            else
                all.Miss();
            if (!all.IsDecided || stopped)
                continue;
            stopped = true;
            early = all.Leader?.Value;
        }
        Assert.True(stopped);
        Assert.Equal(expected, all.Leader?.Value);
        Assert.Equal(expected, early);
    });

    [Fact]
    public void So_many_as_are_needed_decide_it_if_they_agree_and_one_less_does_not() => Gen.Select(_samples, Gen.Int[1, 20]).Sample(static (samples, more) =>
    {
        int total = samples.Length + more;
        int needed = Filled(samples, total).Needed;
        Ballot<int> decided = Filled(samples, total);
        int leader = decided.Leader?.Value ?? 7;
        for (int i = 0; i < needed; i++)
            decided.Add(samples.Length + i, leader);
        Assert.True(decided.IsDecided);
        Ballot<int> open = Filled(samples, total);
        for (int i = 0; i < needed - 1; i++)
            open.Add(samples.Length + i, leader);
        Assert.True(needed == 0 || !open.IsDecided);
    });

    [Fact]
    public void Properties_are_voted_on_rightly_and_what_is_taken_agrees_with_most() => Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2]).Array[2, 9].Sample(values =>
    {
        (string, Func<(int, int, int), (int, int, int), bool>)[] properties =
        [
            ("a", static (one, other) => one.Item1 == other.Item1), ("b", static (one, other) => one.Item2 == other.Item2), ("c", static (one, other) => one.Item3 == other.Item3),
        ];
        int[] chosen = PropertyVote.Count(values, properties, out double[] shares);
        Func<(int, int, int), int>[] parts = [static value => value.Item1, static value => value.Item2, static value => value.Item3];
        Assert.Equal(4, chosen.Length);
        for (int i = 0; i < parts.Length; i++)
        {
            int most = values.GroupBy(parts[i]).Max(static group => group.Count());
            Assert.Equal(most, values.Count(value => parts[i](value) == parts[i](values[chosen[i]])));
            Assert.Equal((double)most / values.Length, shares[i]);
        }
        // The one that gives all else is with the majority at least as often as any other.
        int Sides((int, int, int) value) => parts.Count(part => values.Count(other => part(other) == part(value)) is > 1 and int count && count == values.GroupBy(part).Max(static group => group.Count()));
        Assert.Equal(values.Max(Sides), Sides(values[chosen[^1]]));
    });

    [Fact]
    public void An_object_is_composed_of_the_json_that_won()
    {
        string composed = PropertyVote.Compose(
            ["""{"value":{"a":1,"b":"é\n","other":[1]}}""", """{"value":{"b":"x","a":{"deep":2.50}}}"""], isWrapped: true, ["a", "b", "c"], [1, 0, 0, 0]);
        Assert.Equal("""{"value":{"a":{"deep":2.50},"b":"é\n","other":[1]}}""", composed);
    }

    private static Ballot<int> Filled(int?[] samples, int total)
    {
        Ballot<int> ballot = new(total, static (one, other) => one == other);
        for (int i = 0; i < samples.Length; i++)
        {
            if (samples[i] is { } value)
                ballot.Add(i, value);
            else
                ballot.Miss();
        }
        return ballot;
    }

    private static int[] Shuffled(int count, int seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new Random(seed).Shuffle(order);
        return order;
    }
}
