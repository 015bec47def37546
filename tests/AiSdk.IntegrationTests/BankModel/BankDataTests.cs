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
            MessageFacts supported = FactsCheck.Supported(woven.Facts, woven.Text, out IReadOnlyList<string> dropped);
            Assert.True(woven.Facts == supported && dropped.Count == 0, $"{woven.Text}: {string.Join(", ", dropped)}");
            JsonElement answer = JsonElement.Parse(woven.Answer);
            Assert.Equal(woven.Facts.Amount, answer.GetProperty("amount").ValueKind == JsonValueKind.Null ? null : answer.GetProperty("amount").GetDecimal());
            Assert.Equal(woven.Facts.CardEnding, answer.GetProperty("cardEnding").GetString());
            Assert.DoesNotContain("did you take 5 pounds?", woven.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void The_same_seed_weaves_the_same_messages_and_what_is_set_aside_is_not_learnt()
    {
        string[] first = [.. Woven(7, isHeldOut: false)];
        Assert.Equal(first, Woven(7, isHeldOut: false));
        Assert.NotEqual(first, Woven(8, isHeldOut: false));
        Assert.DoesNotContain(first, static text => text.Contains("handbag got snatched", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(Woven(7, isHeldOut: true), static text => text.Contains("handbag got snatched", StringComparison.OrdinalIgnoreCase));

        static IEnumerable<string> Woven(int seed, bool isHeldOut)
        {
            FactWeaver weaver = new(s_messages, seed, isHeldOut);
            return [.. Enumerable.Range(0, 500).Select(_ => weaver.Next().Text)];
        }
    }

    [Fact]
    public void Facts_are_judged_on_sentences_and_names_that_are_all_set_aside()
    {
        string[] learnt = [.. FactSentences.Training.Select(static sentence => Part(sentence))];
        HashSet<string> merchants = [.. Merchants(isHeldOut: false)];
        Assert.NotEmpty(Merchants(isHeldOut: true));
        Assert.All(Merchants(isHeldOut: true), name => Assert.DoesNotContain(name, merchants));
        // A message that holds nothing but a sentence: it is one of those that were set aside.
        FactWeaver weaver = new([new("?", "change_pin")], seed: 5, isHeldOut: true);
        foreach (WovenMessage woven in Enumerable.Range(0, 2_000).Select(_ => weaver.Next()).Where(static woven => woven.Facts.Merchant is not null && woven.Facts is { Amount: null, Date: null, CardEnding: null }))
        {
            string text = woven.Text.Replace(woven.Facts.Merchant!, "{merchant}", StringComparison.Ordinal);
            Assert.Contains(FactSentences.HeldOut, sentence => text.Contains(sentence.TrimEnd('.', '?'), StringComparison.OrdinalIgnoreCase));
        }
        Assert.Empty(FactSentences.HeldOut.Select(Part).Intersect(learnt, StringComparer.OrdinalIgnoreCase));

        static string Part(string sentence) => sentence.TrimEnd('.', '?', '!');

        static IEnumerable<string> Merchants(bool isHeldOut)
        {
            FactPhrases phrases = new(new Random(9), isHeldOut);
            return Enumerable.Range(0, 4_000).Select(_ => phrases.Merchant().Value).Distinct(StringComparer.Ordinal);
        }
    }

    [Theory]
    [InlineData(20, "4821", 20, "4821", false)]
    [InlineData(null, null, 20, "4821", false)]
    [InlineData(3, "4821", 20, "4821", true)]
    [InlineData(20, "1250", 20, "4821", true)]
    [InlineData(20, null, null, null, true)]
    [InlineData(null, "4821", null, null, true)]
    public void A_number_that_is_not_the_messages_own_is_counted(int? amount, string? ending, int? ownAmount, string? ownEnding, bool isForeign) =>
        Assert.Equal(isForeign, BankModelFigures.HasForeignNumber(new(amount, Currency.Euro, "Tesco", null, ending), new(ownAmount, null, null, null, ownEnding)));

    [Fact]
    public void Patterns_give_many_whole_sentences_none_of_which_is_set_aside()
    {
        Random random = new(4);
        string[] slots = ["{amount}", "{merchant}", "{date}", "{card}", "{digits}"];
        HashSet<string> sentences = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < 50_000; i++)
        {
            string sentence = SentencePatterns.Draw(random);
            sentences.Add(sentence);
            int filled = slots.Sum(slot => sentence.Split(slot).Length - 1);
            Assert.Equal(filled, slots.Count(slot => sentence.Contains(slot, StringComparison.Ordinal)));
            Assert.InRange(filled, 1, 4);
            Assert.False(sentence.Contains("{card}", StringComparison.Ordinal) && sentence.Contains("{digits}", StringComparison.Ordinal), sentence);
            Assert.DoesNotContain("  ", sentence, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"[\[\]<>|]| [.,?]", sentence);
            Assert.Matches("[.?]$", sentence);
        }
        Assert.True(sentences.Count > 40_000, $"{sentences.Count} different ones");
        Assert.All(FactSentences.HeldOut, heldOut => Assert.DoesNotContain(heldOut, sentences));
    }

    [Fact]
    public async Task The_quantizer_compares_on_all_tasks_and_intents()
    {
        LabelledMessage[] heldOut = [.. BankReplies.All.Keys.SelectMany(static intent => Enumerable.Range(0, 4).Select(i => new LabelledMessage($"Message {(char)('a' + i)} of {intent}", intent)))];
        var examples = await BankTrainingData.HeldOutAsync(heldOut, new Recipe(), TestContext.Current.CancellationToken);
        foreach (string intent in BankReplies.All.Keys)
        {
            Assert.Contains(examples, example => example.Answer == $$"""{"value":"{{intent}}"}""");
            Assert.Contains(examples, example => example.Answer == BankReplies.All[intent]);
        }
        Assert.InRange(examples.Count(static example => example.Answer.StartsWith("{\"amount\":", StringComparison.Ordinal)), 100, 300);
    }

    [Fact]
    public async Task The_card_names_what_decides_and_how_figures_stand_to_what_was_aimed_at()
    {
        Recipe recipe = new() { JoinedMessages = 0.15, TokenSplitting = 0.12, PromptWeight = 0.23, BatchTokens = 2047, WeightDecay = 0.11 };
        using ScriptedChatClient client = new("""{"value":"change_pin"}""");
        RoutingEvaluation routing = await RoutingEvaluation.RunAsync(new BankDesk(client), s_messages, TestContext.Current.CancellationToken);
        BankModelFigures figures = new(routing, 0.02, 1.1, new WilsonInterval(19, 20), new WilsonInterval(17, 20), 3, 1, new WilsonInterval(15, 20));
        AiSdk.Training.TrainingResult result = new(10, 1, 24_000_000, TimeSpan.FromMinutes(19), 0.05, [], false, null);
        string card = ModelCard.Text(recipe, 1_000_000, 1_300_000, HeldOutSplit.Of(s_messages, 0.1, 1), figures, result, TimeSpan.FromMinutes(20), threads: 2);
        foreach (string part in (string[])["messages joined 0.15", "tokens of prompts split 0.12", "prompt weight 0.23", "batches of 2047 tokens", "weight decay 0.11", "took 20 minutes on 2 cores", "24.0 million tokens, 20.0 thousand a second", "3 of 2,000 written; 1 behind the check"])
            Assert.Contains(part, card.ReplaceLineEndings(" "), StringComparison.Ordinal);
        // The command makes this model, not that of the plain recipe.
        Assert.Contains("-- banking77_train.csv --set BatchTokens=2047 WeightDecay=0.11 PromptWeight=0.23 TokenSplitting=0.12` makes the model again", card, StringComparison.Ordinal);
        Assert.Contains("-- banking77_train.csv` makes the model again", ModelCard.Text(new Recipe(), 1_000_000, 1_300_000, HeldOutSplit.Of(s_messages, 0.1, 1), figures, result, TimeSpan.FromMinutes(20), threads: 2), StringComparison.Ordinal);
        Assert.StartsWith(ModelCard.Heading, card, StringComparison.Ordinal);
        // What judging shares with learning is said.
        Assert.Contains("`FactSentences.Fillers`", card, StringComparison.Ordinal);
        Assert.Contains("Routing falls short of the 0.90 that was aimed at", card, StringComparison.Ordinal);
        Assert.Contains("Reading facts reaches the 0.90 that was aimed at", card, StringComparison.Ordinal);
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
