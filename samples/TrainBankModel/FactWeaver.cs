using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Quickstart;

namespace TrainBankModel;

/// <summary>Writes messages whose facts are known: sentences with facts, alone, around customers' own messages and among others that say nothing.</summary>
/// <param name="messages">Customers' messages; those that may hold facts of their own are not used.</param>
/// <param name="seed">The same seed and messages give the same texts.</param>
/// <param name="isHeldOut">Whether to weave what is set aside for judging: only sentences and names of shops that are not learnt.</param>
internal sealed partial class FactWeaver(IEnumerable<LabelledMessage> messages, int seed, bool isHeldOut)
{
    private readonly LabelledMessage[] _messages = [.. messages.Where(static message => !MayHoldFacts().IsMatch(message.Text))];
    private readonly Random _random = new(seed);
    private readonly FactPhrases _phrases = new(new Random(seed + 1), isHeldOut);

    /// <summary>A message with no, one or several facts.</summary>
    public WovenMessage Next()
    {
        Dictionary<string, FactPhrase> facts = [];
        List<string> sentences = [];
        // One in eight says nothing, as most real messages do.
        int count = _random.Next(8) switch { 0 => 0, 1 or 2 or 3 or 4 => 1, 5 or 6 => 2, _ => 3 };
        for (int i = 0; i < count; i++)
        {
            string sentence = isHeldOut ? Pick(FactSentences.HeldOut) : Learnt();
            // Each fact once: of two amounts nobody could tell which one is meant.
            bool hasCard = facts.ContainsKey("{card}") || facts.ContainsKey("{digits}");
            if (!facts.Keys.Any(slot => sentence.Contains(slot, StringComparison.Ordinal)) && !(hasCard && (sentence.Contains("{card}", StringComparison.Ordinal) || sentence.Contains("{digits}", StringComparison.Ordinal))))
                sentences.Add(Fill(sentence, facts));
        }
        if (sentences.Count == 0 || _random.Next(5) < 2)
            sentences.Insert(_random.Next(2) == 0 ? 0 : sentences.Count, Pick(_messages).Text);
        if (_random.Next(4) == 0)
            sentences.Insert(_random.Next(sentences.Count + 1), Pick(FactSentences.Fillers));
        return Finish(Join(sentences), facts);
    }

    /// <summary>A sentence to learn: one as it was written, or one of many.</summary>
    private string Learnt() => _random.Next(3) == 0 ? Pick(FactSentences.Training) : SentencePatterns.Draw(_random);

    /// <summary>Sentences one behind the other, now and then with a comma or an "and" between them, as people write.</summary>
    private string Join(List<string> sentences)
    {
        string text = sentences[0];
        foreach (string next in sentences.Skip(1))
        {
            bool isJoined = text.EndsWith('.') && _random.Next(4) == 0;
            bool startsSmall = isJoined && (next.StartsWith("My ", StringComparison.Ordinal) || next.StartsWith("The ", StringComparison.Ordinal) || next.StartsWith("It ", StringComparison.Ordinal));
            text = (isJoined ? text[..^1] + Pick([",", " and", ";"]) : text) + " " + (startsSmall ? char.ToLowerInvariant(next[0]) + next[1..] : next);
        }
        return text;
    }

    /// <summary>A customer's message with facts woven behind or before it; what the customer wants stays.</summary>
    public string Around(string message)
    {
        string sentence = Fill(Learnt(), []);
        return _random.Next(3) == 0 ? $"{sentence} {message}" : $"{message} {sentence}";
    }

    private string Fill(string sentence, Dictionary<string, FactPhrase> facts)
    {
        foreach ((string slot, Func<FactPhrase> draw) in new (string, Func<FactPhrase>)[] { ("{amount}", _phrases.Amount), ("{merchant}", _phrases.Merchant), ("{date}", _phrases.Date), ("{card}", _phrases.Card), ("{digits}", _phrases.Digits) })
        {
            if (!sentence.Contains(slot, StringComparison.Ordinal))
                continue;
            facts[slot] = draw();
            sentence = sentence.Replace(slot, facts[slot].Phrase, StringComparison.Ordinal);
        }
        return char.ToUpperInvariant(sentence[0]) + sentence[1..];
    }

    private WovenMessage Finish(string text, Dictionary<string, FactPhrase> facts)
    {
        string? merchant = AsIn(text, Value("{merchant}"));
        string? date = AsIn(text, Value("{date}"));
        if (_random.Next(12) == 0)
            (text, merchant, date) = (text.ToLowerInvariant(), merchant?.ToLowerInvariant(), date?.ToLowerInvariant());
        if (_random.Next(6) == 0)
            text = text.TrimEnd('.', '!');
        string[] amount = Value("{amount}")?.Split(' ') ?? ["null", "null"];
        string? card = Value("{card}") ?? Value("{digits}");
        return new WovenMessage(text, Read(amount, merchant, date, card), Write(amount[0], amount[1], merchant, date, card));

        string? Value(string slot) => facts.TryGetValue(slot, out FactPhrase fact) ? fact.Value : null;
    }

    /// <summary>A fact as the message spells it: what begins a sentence was given a capital.</summary>
    private static string? AsIn(string text, string? fact) => fact is null || text.Contains(fact, StringComparison.Ordinal) ? fact : char.ToUpperInvariant(fact[0]) + fact[1..];

    private static MessageFacts Read(string[] amount, string? merchant, string? date, string? card)
    {
        int currency = BankDesk.ExtractAsyncInfo.Output!.Shape.Properties[1].Shape.Values.ToList().FindIndex(value => value.Name == amount[1]);
        return new MessageFacts(amount[0] == "null" ? null : decimal.Parse(amount[0], CultureInfo.InvariantCulture), currency < 0 ? null : (Currency)currency, merchant, date, card);
    }

    /// <summary>The answer as replies are kept to it: members in the schema's order, no white space.</summary>
    private static string Write(string amount, string currency, string? merchant, string? date, string? card)
    {
        ArrayBufferWriter<byte> json = new();
        using (Utf8JsonWriter writer = new(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("amount");
            // As the message writes it: 45.20 stays 45.20.
            writer.WriteRawValue(amount);
            writer.WriteString("currency", currency == "null" ? null : currency);
            writer.WriteString("merchant", merchant);
            writer.WriteString("date", date);
            writer.WriteString("cardEnding", card);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private T Pick<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];

    [GeneratedRegex(
        @"[0-9£$€¥₹]|\b(pounds?|euros?|dollars?|cents?|quid|yen|today|yesterday|tonight|last|ago|mornings?|evenings?|afternoon|nights?|days?|weeks?|weekends?|months?|years?|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december|christmas|amazon|tesco|ebay|paypal|netflix|uber|starbucks|ikea|nandos?)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MayHoldFacts();
}
