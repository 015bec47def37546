using AiSdk.Onnx;
using Quickstart;
using TrainBankModel;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>The model that the repository carries, through the functions that it was trained for. The messages are written here.</summary>
public sealed class EmbeddedModelTests
{
    private static readonly (string Message, BankIntent Intent)[] s_messages =
    [
        ("When will my new card get here? I ordered it a while ago.", BankIntent.CardArrival),
        ("How do I activate my card?", BankIntent.ActivateMyCard),
        ("I forgot my passcode", BankIntent.PasscodeForgotten),
        ("Someone stole my phone", BankIntent.LostOrStolenPhone),
        ("The machine has swallowed my card!", BankIntent.CardSwallowed),
        ("I want to close my account", BankIntent.TerminateAccount),
        ("How can I change my PIN?", BankIntent.ChangePin),
        ("Can I use Apple Pay?", BankIntent.ApplePayOrGooglePay),
        ("What is the exchange rate for dollars?", BankIntent.ExchangeRate),
        ("Why was I charged twice for the same purchase?", BankIntent.TransactionChargedTwice),
        ("My top up failed, what happened?", BankIntent.TopUpFailed),
        ("I need to cancel a transfer that I made by mistake", BankIntent.CancelTransfer),
        ("How old do I have to be to open an account?", BankIntent.AgeLimit),
        ("My card was declined at the shop", BankIntent.DeclinedCardPayment),
        ("Contactless is not working on my card", BankIntent.ContactlessNotWorking),
        ("In which countries do you operate?", BankIntent.CountrySupport),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(CultureScope.All), MemberType = typeof(CultureScope))]
    public async Task Plain_messages_are_routed_where_they_belong_in_any_culture(string culture)
    {
        using CultureScope scope = new(culture);
        using OnnxChatClient client = Open();
        BankDesk desk = new(client);
        int right = 0;
        foreach ((string message, BankIntent intent) in s_messages)
        {
            AiResult<BankIntent> result = await desk.RouteAsync(message, Token);
            Assert.InRange(result.Confidence!.Value, 0, 1);
            Assert.Empty(result.Repairs);
            right += result.Value == intent ? 1 : 0;
        }
        Assert.InRange(right, s_messages.Length - 2, s_messages.Length);
    }

    [Fact]
    public async Task It_is_surer_of_plain_messages_than_of_ones_that_say_nothing()
    {
        using OnnxChatClient client = Open();
        BankDesk desk = new(client);
        double plain = 0;
        foreach ((string message, _) in s_messages)
            plain += (await desk.RouteAsync(message, Token)).Confidence!.Value / s_messages.Length;
        string[] empty = ["Hello", "I have a question about something", "hm hm hm", "lorem ipsum dolor sit amet"];
        double unclear = 0;
        foreach (string message in empty)
            unclear += (await desk.RouteAsync(message, Token)).Confidence!.Value / empty.Length;
        Assert.InRange(unclear, 0, plain - 0.2);
    }

    [Fact]
    public async Task Facts_are_read_and_never_made_up()
    {
        using OnnxChatClient client = Open();
        BankDesk desk = new(client);
        (string Message, MessageFacts Facts)[] cases =
        [
            ("I was charged £45.20 at Tesco yesterday.", new(45.20m, Currency.Pound, "Tesco", "yesterday", null)),
            ("I paid 1,250 euros at IKEA on 3 May with my card ending in 4821.", new(1250, Currency.Euro, "IKEA", "3 May", "4821")),
            ("Please block my card ending 9034.", new(null, null, null, null, "9034")),
            ("How do I change my PIN?", new(null, null, null, null, null)),
            ("There is a payment of $12.99 to Netflix.", new(12.99m, Currency.UsDollar, "Netflix", null, null)),
        ];
        int exact = 0;
        foreach ((string message, MessageFacts expected) in cases)
        {
            MessageFacts facts = FactsCheck.Supported((await desk.ExtractAsync(message, Token)).Value, message, out _);
            exact += facts == expected ? 1 : 0;
        }
        Assert.InRange(exact, cases.Length - 1, cases.Length);
    }

    [Fact]
    public async Task A_reply_comes_piece_by_piece_and_is_a_polite_one()
    {
        using OnnxChatClient client = Open();
        List<string> pieces = [];
        await foreach (string piece in new BankDesk(client).ReplyAsync("How can I change my PIN?", Token))
            pieces.Add(piece);
        Assert.InRange(pieces.Count, 5, 100);
        Assert.Equal(BankReplies.All["change_pin"], string.Concat(pieces));
    }

    [Fact]
    public async Task Calls_at_the_same_time_get_what_they_get_alone()
    {
        using OnnxChatClient client = Open();
        BankDesk desk = new(client);
        List<BankIntent> alone = [];
        foreach ((string message, _) in s_messages)
            alone.Add((await desk.RouteAsync(message, Token)).Value);
        AiResult<BankIntent>[] together = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => desk.RouteAsync(s_messages[i % s_messages.Length].Message, Token)));
        for (int i = 0; i < together.Length; i++)
            Assert.Equal(alone[i % alone.Count], together[i].Value);
    }

    [Fact]
    public void It_is_small_and_says_what_it_is()
    {
        string folder = Folder();
        Assert.InRange(Directory.GetFiles(folder).Sum(static file => new FileInfo(file).Length), 1, 6_000_000);
        string card = File.ReadAllText(Path.Combine(folder, "MODEL.md"));
        foreach (string said in (string[])["CC BY 4.0", "Wilson", "What it cannot do", "calibration error"])
            Assert.Contains(said, card, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, ConfidenceCalibration.FileName)));
    }

    private static OnnxChatClient Open() => new(Folder(), new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime, IntraOpThreads = 1, JumpForward = true });

    private static string Folder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AiSdk.sln")))
            folder = folder.Parent;
        return Path.Combine(folder!.FullName, "samples", "models", "bank");
    }
}
