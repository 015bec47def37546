using CsCheck;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class TokenSamplerTests
{
    private static readonly float[] s_logits = [.. Enumerable.Range(0, 1000).Select(static i => MathF.Sin(i * 37) * 4)];

    [Fact]
    public void The_generator_is_the_published_one()
    {
        // xoshiro256** whose state is the first four outputs of SplitMix64 with seed 0: a seed of today must give the same later.
        var random = new Xoshiro256(0);
        Assert.Equal([0x99EC5F36CB75F2B4, 0xBF6E1F784956452A, 0x1A5F849D4933E6E0, 0x6AA594F1262D2D2C], (ulong[])[random.Next(), random.Next(), random.Next(), random.Next()]);
        double[] numbers = [.. Enumerable.Range(0, 10_000).Select(_ => random.NextDouble())];
        Assert.All(numbers, static number => Assert.InRange(number, 0, 0.9999999999999999));
        Assert.Equal(0.5, numbers.Average(), 0.02);
    }

    [Fact]
    public void A_seed_repeats_and_another_differs()
    {
        int[] Draw(long seed)
        {
            var sampler = new TokenSampler(new GenerationSettings { Temperature = 1, Seed = seed });
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next(s_logits))];
        }
        Assert.Equal(Draw(7), Draw(7));
        Assert.NotEqual(Draw(7), Draw(8));
        Assert.Equal(Draw(-1), Draw(-1));
    }

    [Fact]
    public void Temperature_0_and_top_k_1_take_the_most_likely() =>
        Gen.Float[-50, 50].Array[1, 200].Sample(static logits =>
        {
            int best = TestModels.Best(logits);
            Assert.Equal(logits[best], logits[new TokenSampler(new GenerationSettings()).Next(logits)]);
            Assert.Equal(logits[best], logits[new TokenSampler(new GenerationSettings { Temperature = 3, TopK = 1 }).Next(logits)]);
        });

    [Fact]
    public void Only_the_k_most_likely_are_drawn() =>
        Gen.Select(Gen.Float[-5, 5].Array[2, 100], Gen.Int[1, 20], Gen.Long).Sample(static (logits, k, seed) =>
        {
            var sampler = new TokenSampler(new GenerationSettings { Temperature = 2, TopK = k, Seed = seed });
            float least = logits.OrderDescending().Take(k).Last();
            for (int i = 0; i < 20; i++)
                Assert.True(logits[sampler.Next(logits)] >= least);
        });

    [Fact]
    public void Only_the_most_likely_up_to_p_are_drawn() =>
        Gen.Select(Gen.Float[-5, 5].Array[2, 100], Gen.Float[0.05f, 0.99f], Gen.Int[1, 120], Gen.Long).Sample(static (logits, p, k, seed) =>
        {
            var sampler = new TokenSampler(new GenerationSettings { Temperature = 1, TopP = p, TopK = k > 100 ? null : k, Seed = seed });
            int[] order = [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).Take(k)];
            double total = order.Sum(i => Math.Exp(logits[i]));
            double reached = 0;
            // The next one more is allowed for rounding at the border.
            HashSet<int> allowed = [.. order.TakeWhile(i => (reached += Math.Exp(logits[i])) - Math.Exp(logits[i]) <= total * p * 1.00001)];
            for (int i = 0; i < 20; i++)
                Assert.Contains(sampler.Next(logits), allowed);
        });

    [Theory]
    [InlineData(null, 1f)]
    [InlineData(4, 1f)]
    [InlineData(null, 0.9999f)]
    public void Tokens_are_drawn_as_often_as_their_probability_says(int? k, float p)
    {
        float[] logits = [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.15f), MathF.Log(0.05f)];
        var sampler = new TokenSampler(new GenerationSettings { Temperature = 1, TopK = k, TopP = p, Seed = 3 });
        int[] counts = new int[4];
        for (int i = 0; i < 20_000; i++)
            counts[sampler.Next(logits)]++;
        Assert.Equal(0.5, counts[0] / 20_000.0, 0.02);
        Assert.Equal(0.3, counts[1] / 20_000.0, 0.02);
        Assert.Equal(0.15, counts[2] / 20_000.0, 0.02);
        Assert.Equal(0.05, counts[3] / 20_000.0, 0.02);
    }

    [Fact]
    public void A_tiny_temperature_is_greedy_and_not_broken()
    {
        var sampler = new TokenSampler(new GenerationSettings { Temperature = float.Epsilon, Seed = 1 });
        Assert.Equal(s_logits[TestModels.Best(s_logits)], s_logits[sampler.Next(s_logits)]);
    }

    [Fact]
    public void The_penalty_makes_what_was_there_less_likely()
    {
        float[] logits = [2, 1.5f, -1];
        var sampler = new TokenSampler(new GenerationSettings { RepetitionPenalty = 1.5f });
        Assert.Equal(0, sampler.Next(logits));
        sampler.ObservePrompt([0]);
        Assert.Equal(1, sampler.Next(logits));
        Assert.Equal([2, 1.5f, -1], logits);
        float[] negative = [-1, -1.2f];
        sampler = new TokenSampler(new GenerationSettings { RepetitionPenalty = 1.5f });
        sampler.ObservePrompt([0]);
        Assert.Equal(1, sampler.Next(negative));
    }

    [Fact]
    public void Frequency_and_presence_count_the_reply_and_not_the_prompt()
    {
        float[] logits = [2, 1.4f, 0];
        var frequency = new TokenSampler(new GenerationSettings { FrequencyPenalty = 0.5f });
        frequency.ObservePrompt([0, 0, 0, 0]);
        Assert.Equal(0, frequency.Next(logits));
        frequency.ObserveReply(0);
        Assert.Equal(0, frequency.Next(logits));
        frequency.ObserveReply(0);
        Assert.Equal(1, frequency.Next(logits));
        var presence = new TokenSampler(new GenerationSettings { PresencePenalty = 0.5f });
        foreach (int token in (ReadOnlySpan<int>)[0, 0, 0])
            presence.ObserveReply(token);
        Assert.Equal(0, presence.Next(logits));
        Assert.Equal([2, 1.4f, 0], logits);
        var favoured = new TokenSampler(new GenerationSettings { PresencePenalty = -2, FrequencyPenalty = -0.1f });
        favoured.ObserveReply(2);
        Assert.Equal(2, favoured.Next(logits));
    }

    [Fact]
    public void Penalties_are_those_of_the_definition() =>
        Gen.Select(Gen.Float[-5, 5].Array[1, 30], Gen.Int[0, 29].List[0, 40], Gen.Float[-2, 2], Gen.Float[-2, 2]).Sample(static (logits, reply, frequency, presence) =>
        {
            var sampler = new TokenSampler(new GenerationSettings { FrequencyPenalty = frequency, PresencePenalty = presence });
            reply = [.. reply.Where(token => token < logits.Length)];
            reply.ForEach(sampler.ObserveReply);
            double Score(int token) => logits[token] - reply.Count(t => t == token) * (double)frequency - (reply.Contains(token) ? presence : 0);
            Assert.Equal(Enumerable.Range(0, logits.Length).Max(Score), Score(sampler.Next(logits)), 1e-4);
        });

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Logits_that_are_no_numbers_are_refused(float broken)
    {
        float[] logits = [.. s_logits];
        logits[500] = broken;
        foreach (float temperature in (ReadOnlySpan<float>)[0, 1])
        {
            OnnxModelException exception = Assert.Throws<OnnxModelException>(() => new TokenSampler(new GenerationSettings { Temperature = temperature, TopK = 5 }).Next(logits));
            Assert.Contains("500", exception.Message, StringComparison.Ordinal);
        }
        Assert.Throws<OnnxModelException>(() => new TokenSampler(new GenerationSettings()).Next([float.NegativeInfinity]));
    }

    [Fact]
    public void Tokens_of_no_probability_are_never_drawn()
    {
        float[] logits = [float.NegativeInfinity, 0, float.NegativeInfinity];
        var sampler = new TokenSampler(new GenerationSettings { Temperature = 5, Seed = 5 });
        for (int i = 0; i < 100; i++)
            Assert.Equal(1, sampler.Next(logits));
    }
}
