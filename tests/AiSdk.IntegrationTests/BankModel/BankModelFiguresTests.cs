using System.Globalization;
using System.Text.RegularExpressions;
using AiSdk.Onnx;
using AiSdk.Tests;
using Quickstart;
using TrainBankModel;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>The embedded model does what its card says, measured with the code that the card was made with.</summary>
public sealed partial class BankModelFiguresTests
{
    private const int WovenMessages = 500;

    // The card has them to four digits, and another machine may round otherwise where two intents are as likely.
    private const double RoutingTolerance = 0.005;

    // Fewer messages than the card's: below the lower end of its interval by so much is no chance.
    private const double FactsTolerance = 0.02;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_model_is_as_good_as_its_card_says()
    {
        string data = TestData.Path("data", "banking77", "banking77_train.csv");
        string folder = Path.Combine(Repository.Root, "samples", "models", "bank");
        string card = await File.ReadAllTextAsync(Path.Combine(folder, ModelCard.FileName), Token);
        Recipe recipe = new();
        IReadOnlyList<LabelledMessage> heldOut = HeldOutSplit.Of(LabelledMessage.Read(data), recipe.HeldOut, recipe.Seed).HeldOut;
        using OnnxChatClient client = BankModelFigures.Open(folder, null);
        BankDesk desk = new(client);

        (WilsonInterval told, _) = Row(card, "routing, 77 intents, accuracy");
        WilsonInterval routing = (await RoutingEvaluation.RunAsync(desk, heldOut, Token)).Accuracy;
        Assert.Equal(told.Count, routing.Count);
        Assert.Equal(told.Share, routing.Share, RoutingTolerance);

        (_, double low) = Row(card, "facts, whole record exact");
        int records = 0;
        (WilsonInterval facts, _, _, _) = await BankModelFigures.FactsAsync(desk, heldOut, recipe.Seed, WovenMessages, (woven, _, read) =>
        {
            records++;
            string[] numbers = [.. Number().Matches(woven.Text).Select(static match => Digits(match.Value))];
            Assert.True(read.Amount is not { } amount || numbers.Any(number => number.Contains(Digits((amount / 1.0000000000m).ToString(CultureInfo.InvariantCulture)), StringComparison.Ordinal)), $"{woven.Text}: {read}");
            Assert.True(read.CardEnding is not { } ending || numbers.Any(number => number.Contains(ending, StringComparison.Ordinal)), $"{woven.Text}: {read}");
        }, Token);
        Assert.InRange(records, WovenMessages * 9 / 10, WovenMessages);
        Assert.InRange(facts.Share, low - FactsTolerance, 1);
    }

    /// <summary>A figure of the card, and the lower end of its interval as it stands there.</summary>
    private static (WilsonInterval Share, double Low) Row(string card, string what)
    {
        string row = Assert.Single(card.Split('\n'), line => line.StartsWith($"| {what}", StringComparison.Ordinal));
        Match match = Figure().Match(row);
        Assert.True(match.Success, row);
        return (new WilsonInterval(Whole("right"), Whole("count")), double.Parse(match.Groups["low"].Value, CultureInfo.InvariantCulture));

        int Whole(string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    [GeneratedRegex(@"\(95 % interval (?<low>[0-9.]+) to [0-9.]+, (?<right>[0-9]+) of (?<count>[0-9]+)\) \|\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Figure();

    [GeneratedRegex(@"[0-9](?:[0-9.,' \u00A0-]*[0-9])?", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
