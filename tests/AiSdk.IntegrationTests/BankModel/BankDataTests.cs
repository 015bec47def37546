using System.Text.Json;
using AiSdk.Tests;
using Quickstart;
using TrainBankModel;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>What the embedded model is trained and judged on.</summary>
public sealed class BankDataTests
{
    private static readonly LabelledMessage[] s_messages = [new("My card has not arrived", "card_arrival"), new("Why did you take 5 pounds?", "card_payment_fee_charged"), new("How do I change my PIN?", "change_pin")];

    [Fact]
    public void Every_intent_has_its_name_in_the_data_and_a_reply()
    {
        Assert.Equal(77, BankIntentNames.All.Count);
        Assert.Equal(77, Enum.GetValues<BankIntent>().Length);
        Assert.Equal("reverted_card_payment?", BankIntentNames.Name(BankIntent.RevertedCardPayment));
        Assert.Equal(BankIntentNames.All.Order(StringComparer.Ordinal), BankReplies.All.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(77, BankReplies.All.Values.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_fact_of_a_woven_message_stands_in_it(bool isHeldOut)
    {
        FactWeaver weaver = new(s_messages, seed: 3, isHeldOut);
        for (int i = 0; i < 3_000; i++)
        {
            WovenMessage woven = weaver.Next();
            Assert.Equal(woven.Facts, FactsCheck.Supported(woven.Facts, woven.Text, out IReadOnlyList<string> dropped));
            Assert.Empty(dropped);
            JsonElement answer = JsonElement.Parse(woven.Answer);
            Assert.Equal(woven.Facts.Amount, answer.GetProperty("amount").ValueKind == JsonValueKind.Null ? null : answer.GetProperty("amount").GetDecimal());
            Assert.Equal(woven.Facts.CardEnding, answer.GetProperty("cardEnding").GetString());
            Assert.DoesNotContain("5 pounds?", woven.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_same_seed_weaves_the_same_messages_and_what_is_set_aside_is_not_learnt()
    {
        string[] first = [.. Woven(7, isHeldOut: false)];
        Assert.Equal(first, Woven(7, isHeldOut: false));
        Assert.NotEqual(first, Woven(8, isHeldOut: false));
        Assert.DoesNotContain(first, static text => text.Contains("has gone missing", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(Woven(7, isHeldOut: true), static text => text.Contains("has gone missing", StringComparison.OrdinalIgnoreCase));

        static IEnumerable<string> Woven(int seed, bool isHeldOut)
        {
            FactWeaver weaver = new(s_messages, seed, isHeldOut);
            return [.. Enumerable.Range(0, 500).Select(_ => weaver.Next().Text)];
        }
    }

    [Fact]
    public void Nothing_that_is_set_aside_is_nearly_learnt()
    {
        IReadOnlyList<LabelledMessage> messages = LabelledMessage.Read(TestData.Path("data", "banking77", "banking77_train.csv"));
        Assert.Equal(10_003, messages.Count);
        var split = HeldOutSplit.Of(messages, 0.1, seed: 1);
        Assert.Equal(messages.Count, split.Training.Count + split.HeldOut.Count);
        Assert.InRange(split.HeldOut.Count, 950, 1_050);
        Assert.Equal(split.HeldOut, HeldOutSplit.Of(messages, 0.1, seed: 1).HeldOut);
        Dictionary<string, int> all = messages.GroupBy(static m => m.Category).ToDictionary(static g => g.Key, static g => g.Count());
        foreach (var intent in split.HeldOut.GroupBy(static m => m.Category))
            Assert.InRange(intent.Count(), 0.05 * all[intent.Key], (0.15 * all[intent.Key]) + 2);
        Assert.Equal(77, split.HeldOut.Select(static m => m.Category).Distinct().Count());
        HashSet<string>[] learnt = [.. split.Training.Select(static m => Words(m.Text))];
        foreach (LabelledMessage message in split.HeldOut)
        {
            HashSet<string> words = Words(message.Text);
            Assert.DoesNotContain(learnt, other => Math.Min(words.Count, other.Count) >= 0.8 * Math.Max(words.Count, other.Count) && words.Intersect(other).Count() is int common && common >= 0.8 * (words.Count + other.Count - common));
        }

        static HashSet<string> Words(string text) => [.. text.ToLowerInvariant().Split([' ', '.', ',', '?', '!', '\n', '"', '-'], StringSplitOptions.RemoveEmptyEntries)];
    }
}
