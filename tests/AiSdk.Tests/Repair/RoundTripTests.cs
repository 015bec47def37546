using System.Text.Json;
using AiSdk.Benchmarks;
using CsCheck;
using Xunit;

namespace AiSdk.Tests;

public sealed class RoundTripTests(ITestOutputHelper output)
{
    [Fact]
    public void What_is_well_formed_stays_as_it_is() => Gen.ULong.Sample(static seed =>
    {
        DamagedReplies replies = new(seed);
        Assert.True(IsRecovered(replies.Json, replies, out string said), $"{replies.Json}\n-> {said}");
    });

    [Fact]
    public void Each_damage_alone_is_undone() => Gen.ULong.Sample(
        static seed =>
        {
            DamagedReplies replies = new(seed);
            foreach (ReplyDamage damage in DamagedReplies.All)
            {
                if (replies.Damaged(damage) is { } reply)
                    Assert.True(IsRecovered(reply, replies, out string said), $"{damage.Name}: {reply}\n-> {said}");
            }
        },
        iter: 300,
        seed: "0000KOIPe036");

    [Fact]
    public void Pairs_of_damage_are_undone_but_for_a_few()
    {
        Assert.True(DamagedReplies.All.Count >= 30);
        (int all, int right, int silent) = DamagedReplies.Count(40, pairs: true);
        output.WriteLine($"{right} of {all} pairs are recovered, {silent} are wrong without saying so");
        Assert.True(right >= 0.98 * all, $"{right} of {all}");
        Assert.True(silent <= 0.001 * all, $"{silent} of {all} wrong without saying so");
    }

    [Theory]
    [InlineData("{\"name\": \"Ann\", ...}")]
    [InlineData("{\"name\": \"Ann\", \"tags\": [\"a\", \"...\", ...]}")]
    [InlineData("{\"name\": \"Ann\", \"tags\": [\"a\", \"b\" ... ]}")]
    [InlineData("{\"name\": \"Ann\", \"tags\": [\"a\", // ...\n … ]}")]
    public void What_the_model_left_out_is_a_loss(string reply) => Assert.False(StructuredOutput.Parse(reply, OutputShape.FromJsonSchema(JsonElement.Parse("""
        {"type":"object","properties":{"name":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}}},"required":["name"],"additionalProperties":false}
        """))).Success);

    [Theory]
    [InlineData("{x} [1]")]
    [InlineData("[1] and more")]
    public void A_text_that_only_begins_like_JSON_is_one_element(string text)
    {
        StructuredOutputResult result = StructuredOutput.Parse(JsonSerializer.Serialize(new { tags = text }), OutputShape.FromJsonSchema(JsonElement.Parse("""
            {"type":"object","properties":{"tags":{"type":"array","items":{"type":"string"}}},"required":["tags"],"additionalProperties":false}
            """)));
        Assert.Equal(JsonSerializer.Serialize(new { tags = new[] { text } }), result.Json);
    }

    private static bool IsRecovered(string reply, DamagedReplies replies, out string said)
    {
        StructuredOutputResult result = StructuredOutput.Parse(reply, replies.Shape);
        said = result.Json ?? string.Join("; ", result.Errors);
        return result.Json is { } json && ReplyCases.Same(JsonElement.Parse(json), replies.Expected);
    }
}
