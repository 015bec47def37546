using Microsoft.Extensions.AI;
using Quickstart;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>How the Quickstart reads messages and judges their routing.</summary>
public sealed class EvaluationTests
{
    [Fact]
    public void Quoted_fields_may_hold_anything()
    {
        List<(int Line, List<string> Fields)> rows = CsvFile.Parse("text,category\r\n\"a, \"\"b\"\"\nc\",x\r\n\n\"\",y\nplain \"quote\",z", "f.csv");
        Assert.Equal([(1, "text|category"), (2, "a, \"b\"\nc|x"), (5, "|y"), (6, "plain \"quote\"|z")], rows.Select(static row => (row.Line, string.Join('|', row.Fields))));
    }

    [Theory]
    [InlineData("text,category\na,b\n\"open,x\n", "line 3")]
    [InlineData("text,category\n\"a\"b,x\n", "line 2")]
    [InlineData("text,label\na,b\n", "'category'")]
    [InlineData("text,category\na\n", "line 2")]
    [InlineData("text,category\n,x\n", "no text")]
    [InlineData("text,category\n", "no row")]
    [InlineData("", "empty")]
    public void What_is_wrong_with_a_file_is_told_with_its_place(string content, string told)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        File.WriteAllText(path, content);
        try
        {
            InvalidDataException exception = Assert.Throws<InvalidDataException>(() => LabelledMessage.Read(path));
            Assert.Contains(told, exception.Message, StringComparison.Ordinal);
            Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_columns_may_stand_anywhere_behind_a_byte_order_mark()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        File.WriteAllText(path, "\uFEFFid,Category,TEXT\n1,x,hello\n");
        try
        {
            Assert.Equal([new LabelledMessage("hello", "x") { Line = 2 }], LabelledMessage.Read(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(8, 10, 0.4902, 0.9433)]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(3080, 3080, 0.9988, 1)]
    public void Wilson_s_interval_is_the_published_one(int right, int count, double low, double high)
    {
        WilsonInterval interval = new(right, count);
        Assert.Equal(low, interval.Low, 1e-4);
        Assert.Equal(high, interval.High, 1e-4);
    }

    [Fact]
    public async Task The_figures_are_those_of_the_replies()
    {
        // Always the same intent: two of three are right, one of them confidently.
        using ScriptedChatClient client = new("""{"value":"change_pin"}""");
        RoutingEvaluation evaluation = await RoutingEvaluation.RunAsync(new BankDesk(client), [new("a", "change_pin"), new("b", "change_pin"), new("c", "age_limit"), new("d", "no such intent")], TestContext.Current.CancellationToken);
        Assert.Equal((2, 4), (evaluation.Accuracy.Right, evaluation.Accuracy.Count));
        Assert.Equal(2 * 2 / 6.0 / 3, evaluation.MacroF1, 1e-9);
        Assert.Empty(evaluation.Confidences);
        StringWriter text = new();
        evaluation.Print(text);
        Assert.Contains("1  age_limit -> change_pin", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("no such intent (counted as wrong)", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("calibration", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Facts_that_a_message_does_not_bear_out_are_dropped()
    {
        const string message = "On 3 May Tesco took £1,250.50 and 12,50 € from card 4821-990034821.";
        MessageFacts true1 = new(1250.50m, Currency.Pound, "Tesco", "3 May", "4821");
        Assert.Equal(true1, FactsCheck.Supported(true1, message, out IReadOnlyList<string> dropped));
        Assert.Empty(dropped);
        Assert.Equal(12.5m, FactsCheck.Supported(new(12.50m, Currency.Euro, null, null, null), message, out _).Amount);
        Assert.Equal(new MessageFacts(null, null, null, null, null), FactsCheck.Supported(new(1300, Currency.Pound, "Aldi", "4 May", "9900"), message, out dropped));
        Assert.Equal(["card ending 9900 dropped", "merchant Aldi dropped", "date 4 May dropped", "amount 1300 dropped"], dropped);
    }

    [Theory]
    [InlineData("I paid 1.250,50 euros", 1250.50, 1250.50)]
    [InlineData("I paid 1.250,50 euros", 1.25, null)]
    [InlineData("I paid 1.250,50 euros", 50.0, null)]
    [InlineData("I paid 1 250 euros", 1250.0, 1250.0)]
    [InlineData("I paid 1 250 euros", 250.0, 1250.0)]
    [InlineData("I paid £1,250 there", 1250.0, 1250.0)]
    [InlineData("I paid £1,250 there", 1.25, 1250.0)]
    [InlineData("I paid 1.250 € there", 1250.0, 1250.0)]
    [InlineData("I paid CHF 1'234'567.80", 1234567.80, 1234567.80)]
    [InlineData("I paid 263.73 dollars", 363.73, 263.73)]
    [InlineData("I paid 263.73 dollars and 163.73 before", 363.73, null)]
    [InlineData("I paid 263.73 dollars", 373.73, null)]
    [InlineData("I paid 20 pounds on 3 May", 3.0, null)]
    [InlineData("On 3 May 20 pounds were taken", 20.0, 20.0)]
    [InlineData("On 2024-05-03 at 12:30 I paid 7 euros", 2024.0, null)]
    [InlineData("On 03/05/2024 I paid 7 euros", 5.0, null)]
    [InlineData("My card ending in 4821 paid 7 euros", 4821.0, null)]
    [InlineData("My card ending in 4821 paid 7 euros", 7.0, 7.0)]
    [InlineData("Card **** 4821: 4821 yen", 4821.0, 4821.0)]
    [InlineData("The card has 4821 as final digits", 4821.0, 4821.0)]
    [InlineData("My card 4111 2222 1111 1234", 4111.0, null)]
    [InlineData("My card 4111 2222 1111 1234", 2222.0, null)]
    public void An_amount_is_a_number_of_the_message_that_is_none_of_a_date_or_card(string message, double amount, double? expected) =>
        Assert.Equal((decimal?)expected, FactsCheck.Supported(new((decimal)amount, null, null, null, null), message, out _).Amount);

    [Fact]
    public void A_number_is_not_read_twice()
    {
        MessageFacts twice = new(4821, null, null, null, "4821");
        Assert.Equal(new MessageFacts(null, null, null, null, "4821"), FactsCheck.Supported(twice, "The card has 4821 as final digits", out IReadOnlyList<string> corrections));
        Assert.Equal(["amount 4821 dropped"], corrections);
        Assert.Equal(twice with { Currency = Currency.Yen }, FactsCheck.Supported(twice, "Card **** 4821: 4821 yen", out _));
    }

    [Theory]
    [InlineData("I bought it at Fenania.com yesterday.", "Fennia.com", "Fenania.com")]
    [InlineData("i noticed it on 12th march at belris & sons", "blris & sons", "belris & sons")]
    [InlineData("I bought it at Fenania.com yesterday.", "Tesco", null)]
    [InlineData("At TESCO", "Tesco", "TESCO")]
    [InlineData("At Cineworld on Friday", "Cine", "Cineworld")]
    [InlineData("At Cineworld on Friday", "Cineern", "Cineworld")]
    [InlineData("I never bought anything from Etsy in my life.", "Etsyassing", "Etsy")]
    [InlineData("I see 20 euros from EE", "EE", "EE")]
    [InlineData("From Santander to Santorini", "Santaklausiasis", null)]
    [InlineData("It was Tesco's fault", "Tesco", "Tesco")]
    [InlineData("My transfer was declined", "Transport for London", null)]
    [InlineData("my transfer from etsy was declined", "etsyassing", "etsy")]
    [InlineData("...", "Tesco", null)]
    public void A_name_that_was_copied_with_a_slip_is_what_the_message_says(string message, string merchant, string? expected)
    {
        Assert.Equal(expected, FactsCheck.Supported(new(null, null, merchant, null, null), message, out IReadOnlyList<string> corrections).Merchant);
        Assert.Equal(expected == merchant ? 0 : 1, corrections.Count);
    }

    [Theory]
    [InlineData("My card ending in 4821 paid 1250 euros", "4821", true)]
    [InlineData("My card ending in 4821 paid 1250 euros", "1250", false)]
    [InlineData("Since May 2024 my card 0405 fails", "2024", false)]
    [InlineData("Since May 2024 my card 0405 fails", "0405", true)]
    [InlineData("It is 4111 1111 1111 1234", "1234", true)]
    [InlineData("My card 4111 2222 1111 1234", "1234", true)]
    [InlineData("My card 4111 2222 1111 1234", "4111", false)]
    [InlineData("I paid £4821", "4821", false)]
    [InlineData("I paid 12,4821 times", "4821", false)]
    [InlineData("They took from the card ending 1841 £974", "1841", true)]
    public void A_card_ending_is_no_amount_and_no_year(string message, string ending, bool isThere) =>
        Assert.Equal(isThere ? ending : null, FactsCheck.Supported(new(null, null, null, null, ending), message, out _).CardEnding);

    [Fact]
    public void A_card_ending_with_one_digit_that_slipped_is_mended()
    {
        Assert.Equal("4821", FactsCheck.Supported(new(null, null, null, null, "4827"), "My card ending in 4821 fails", out _).CardEnding);
        Assert.Null(FactsCheck.Supported(new(null, null, null, null, "4827"), "My cards ending in 4821 and 4822 fail", out _).CardEnding);
        Assert.Null(FactsCheck.Supported(new(null, null, null, null, "4877"), "My card ending in 4821 fails", out _).CardEnding);
    }

    [Theory]
    [InlineData("I paid €20", Currency.Euro, Currency.Euro)]
    [InlineData("I paid 20 Swiss francs", Currency.SwissFranc, Currency.SwissFranc)]
    [InlineData("I paid $20 in Europe", Currency.Euro, Currency.UsDollar)]
    [InlineData("I paid A$20 there", Currency.UsDollar, Currency.AustralianDollar)]
    [InlineData("My salary in GBP is there, 20 USD was paid", Currency.Pound, Currency.UsDollar)]
    [InlineData("I paid €20", null, Currency.Euro)]
    [InlineData("I paid US$20", null, Currency.UsDollar)]
    [InlineData("I paid NZ$20", null, null)]
    [InlineData("I changed $20 £79 came back", Currency.UsDollar, Currency.UsDollar)]
    [InlineData("They took £79 20 dollars came back", Currency.Pound, Currency.UsDollar)]
    [InlineData("They took 79€ 20 were left", Currency.Euro, Currency.Euro)]
    [InlineData("They took 20 €79 were left", null, null)]
    [InlineData("I paid 20 for persons", Currency.Rupee, null)]
    [InlineData("My account in euros: I paid 20", Currency.Euro, Currency.Euro)]
    public void A_currency_is_the_one_beside_the_amount_or_is_named(string message, Currency? read, Currency? expected) =>
        Assert.Equal(expected, FactsCheck.Supported(new(20, read, null, null, null), message, out _).Currency);

    [Fact]
    public void Prompts_are_those_that_the_embedded_model_was_trained_with()
    {
        // Who changes them trains the model again: samples/TrainBankModel.
        Assert.Equal(["Name the intent.", "{{message}}"], BankDesk.RouteAsyncInfo.PromptsFor(StructuredOutputMode.Auto).Select(static prompt => prompt.Text));
        Assert.Equal(["Extract the facts.", "{{message}}"], BankDesk.ExtractAsyncInfo.PromptsFor(StructuredOutputMode.Auto).Select(static prompt => prompt.Text));
        Assert.Equal(["Reply politely.", "{{message}}"], BankDesk.ReplyAsyncInfo.Prompts.Select(static prompt => prompt.Text));
        Assert.Equal([ChatRole.System, ChatRole.User], BankDesk.RouteAsyncInfo.Prompts.Select(static prompt => prompt.Role));
    }

    [Fact]
    public async Task A_model_that_cannot_be_reached_ends_the_evaluation()
    {
        using FailingChatClient client = new(static () => new HttpRequestException("Connection refused"));
        LabelledMessage[] messages = [.. Enumerable.Range(0, 50).Select(static i => new LabelledMessage($"{i}", "change_pin"))];
        AiFunctionException exception = await Assert.ThrowsAsync<AiFunctionException>(() => RoutingEvaluation.RunAsync(new BankDesk(client), messages, TestContext.Current.CancellationToken));
        Assert.Contains("Connection refused", exception.Message, StringComparison.Ordinal);
        Assert.InRange(client.Calls, 1, 10);
    }

    [Fact]
    public async Task Bad_replies_are_counted_and_tell_no_time()
    {
        using ScriptedChatClient client = new("no intent at all");
        RoutingEvaluation evaluation = await RoutingEvaluation.RunAsync(new BankDesk(client), [new("a", "change_pin"), new("b", "age_limit")], TestContext.Current.CancellationToken);
        Assert.Equal(2, evaluation.Failures.Count);
        StringWriter text = new();
        evaluation.Print(text);
        Assert.DoesNotContain("NaN", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("ms per call", text.ToString(), StringComparison.Ordinal);
    }

    private sealed class FailingChatClient(Func<Exception> failure) : IChatClient
    {
        public int Calls { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Calls++;
            return Task.FromException<ChatResponse>(failure());
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw failure();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
