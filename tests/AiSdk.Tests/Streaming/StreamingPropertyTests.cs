using System.Text.Json;
using AiSdk.Benchmarks;
using CsCheck;
using Xunit;

namespace AiSdk.Tests;

public sealed class StreamingPropertyTests
{
    private static readonly Gen<int[]> _sizes = Gen.OneOf(Gen.Const(1), Gen.Int[1, 4], Gen.Int[1, 40]).Array[1, 60];

    [Fact]
    public void A_well_formed_reply_is_shown_to_its_end() => Gen.Select(Gen.Int, _sizes).Sample(
        static (seed, sizes) =>
        {
            RandomReply random = new(seed, damaged: false);
            PartialReader reader = Streams.Check(random.Shape, random.Reply, Forever(sizes));
            if (StructuredOutput.Parse(random.Reply, random.Shape).Json is { } json)
                Assert.True(IsShown(reader, json), $"{reader.Snapshot<object>()}\nof {json}\nfor {random.Reply}");
        },
        iter: 3_000);

    [Fact]
    public void A_lightly_damaged_reply_is_shown_to_its_end_and_nothing_is_taken_back()
    {
        int whole = 0;
        int all = 0;
        Gen.Select(Gen.Int, _sizes).Sample(
            (seed, sizes) =>
            {
                RandomReply random = new(seed, damaged: true);
                PartialReader reader = Streams.Check(random.Shape, random.Reply, Forever(sizes));
                if (StructuredOutput.Parse(random.Reply, random.Shape).Json is not { } json)
                    return;
                Interlocked.Increment(ref all);
                if (IsShown(reader, json))
                    Interlocked.Increment(ref whole);
            },
            iter: 6_000);
        // An empty list behind prose is not shown: it is too little to tell it from [] in the prose.
        Assert.True(whole >= 0.97 * all, $"{whole} of {all} were shown to the end");
    }

    [Fact]
    public void Damage_of_each_kind_and_pairs_of_it_take_nothing_back() => Gen.Select(Gen.ULong, Gen.Int[0, DamagedReplies.All.Count - 1], _sizes).Sample(
        static (seed, second, sizes) =>
        {
            // What has no end, is in a string, or is another type than wanted is only known as a whole.
            HashSet<string> late = new(["cut end", "JSON in a string", "escaped JSON", "one element for a list", "tool call"], StringComparer.Ordinal);
            DamagedReplies replies = new(seed);
            foreach (ReplyDamage damage in DamagedReplies.All)
            {
                if (replies.Damaged(damage) is { } reply)
                    Assert.True(Streams.Check(replies.Shape, reply, Forever(sizes)).IsClosed || late.Contains(damage.Name), $"{damage.Name} is not shown to its end: {reply}");
                if (damage != DamagedReplies.All[second] && replies.Damaged(damage, DamagedReplies.All[second]) is { } twice)
                    Streams.Check(replies.Shape, twice, Forever(sizes));
            }
        },
        iter: 150);

    [Fact]
    public void Any_cut_and_any_mutation_is_read_without_an_exception_and_monotonically()
    {
        System.Collections.Concurrent.ConcurrentBag<string> contradictions = [];
        Gen.Select(Gen.Int, Gen.Int[0, 2_000], Gen.OneOf(Gen.Char, Gen.Int[0, 15].Select(static i => "{}[]\"':,\\/`#\n <|"[i])), Gen.Int[0, 3], _sizes).Sample(
            (seed, at, c, how, sizes) =>
            {
                RandomReply random = new(seed, damaged: seed % 2 == 0);
                string reply = random.Reply;
                at %= reply.Length;
                reply = how switch
                {
                    0 => reply[..at],
                    1 => reply[..at] + c + reply[(at + 1)..],
                    2 => reply[..at] + c + reply[at..],
                    _ => reply[..at] + reply[(at + 1)..],
                };
                Streams.Check(random.Shape, reply, Forever(sizes), onContradiction: contradictions.Add);
            },
            iter: 10_000);
        // A tag of the reasoning may be broken, and then the first value is a thought; or a list, and then its parts are the candidates.
        Assert.True(contradictions.Count <= 25, $"{contradictions.Count}:\n{string.Join("\n\n", contradictions.Take(15))}");
    }

    [Fact]
    public void Any_text_is_read_without_an_exception() => Gen.Select(Gen.Int, Gen.OneOf(Gen.String, Gen.Int[0, 23].Select(static i => ((string[])
        ["{", "}", "[", "]", "\"", "'", "`", "```", ":", ",", "\\", "\n", " ", "name", "tags", "1", "null", "//", "/*", "“", "\uD800", "\\u", "<think>", "json"])[i]).Array[0, 40].Select(static parts => string.Concat(parts))), _sizes).Sample(
        // Rubbish may have several values, and the best of them need not be the first.
        static (seed, text, sizes) => Streams.Check(new RandomReply(seed, damaged: false).Shape, text, Forever(sizes), onContradiction: static _ => { }),
        iter: 8_000);

    [Fact]
    public void How_the_reply_is_cut_makes_no_difference() => Gen.Select(Gen.Int, _sizes).Sample(
        static (seed, sizes) =>
        {
            RandomReply random = new(seed, damaged: true);
            PartialReader pieces = Streams.Check(random.Shape, random.Reply, Forever(sizes));
            PartialReader whole = Streams.Check(random.Shape, random.Reply, Streams.Always(int.MaxValue));
            Assert.Equal(whole.Snapshot<object>().ToJson(), pieces.Snapshot<object>().ToJson());
        },
        iter: 2_000);

    private static bool IsShown(PartialReader reader, string json)
    {
        JsonElement shown = JsonElement.Parse(reader.Snapshot<object>().ToJson());
        // What the repair adds as null may be absent.
        return reader.Finish(json) is null && (ReplyCases.Same(shown, JsonElement.Parse(json)) || reader.IsClosed);
    }

    private static IEnumerable<int> Forever(int[] sizes)
    {
        while (true)
        {
            foreach (int size in sizes)
                yield return size;
        }
    }
}
