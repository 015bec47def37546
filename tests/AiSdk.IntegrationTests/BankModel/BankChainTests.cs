using System.Globalization;
using System.Text.RegularExpressions;
using Quickstart;
using TrainBankModel;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>samples/Quickstart's chain of functions without an endpoint, as a user starts it: the embedded model votes, C# decides what comes next, and each step is told.</summary>
public sealed partial class BankChainTests
{
    [Theory]
    [InlineData("How can I change my PIN?", BankIntent.ChangePin)]
    [InlineData("How do I activate my card?", BankIntent.ActivateMyCard)]
    public async Task What_the_samples_agree_on_is_answered(string message, BankIntent intent)
    {
        Steps steps = await DecideAsync(message);

        Assert.Equal(intent, steps.Intent);
        // A vote of five ends with the third that agrees.
        Assert.InRange(steps.Votes, 3, 5);
        Assert.InRange(steps.Calls, 3, 5);
        Assert.InRange(steps.Tokens, steps.Calls, int.MaxValue);
        Assert.Equal(BankReplies.All[BankIntentNames.Name(intent)], steps.Reply);
        Assert.Null(steps.Next);
    }

    [Fact]
    public async Task Of_much_money_a_person_decides()
    {
        Steps steps = await DecideAsync("I was charged twice for the same purchase, 1,250 euros at IKEA.");

        Assert.Equal(BankIntent.TransactionChargedTwice, steps.Intent);
        Assert.Equal("a person decides, since it is about 1250", steps.Next);
        Assert.Null(steps.Reply);
    }

    [Fact]
    public async Task What_the_samples_do_not_agree_on_a_person_reads()
    {
        // Samples differ from run to run; of messages that say nothing, not all find three of five that agree.
        string[] empty = ["I have a question", "Hello, I have a question", "Money", "lorem ipsum dolor sit amet"];
        int unclear = 0;
        foreach (string message in empty)
        {
            Steps steps = await DecideAsync(message);
            bool agree = steps.Votes >= 0.6 * steps.Counted;
            Assert.Equal(agree ? null : "a person reads it, since the samples do not agree", steps.Next);
            Assert.Equal(agree, steps.Reply is not null);
            unclear += agree ? 0 : 1;
        }
        Assert.InRange(unclear, 1, empty.Length);
    }

    private static async Task<Steps> DecideAsync(string message)
    {
        string output = await DotNet.RunAsync(Path.GetTempPath(), QuickstartTests.Program, "--task", "decide", message);

        Assert.Contains("Model: bank, embedded in this program", output, StringComparison.Ordinal);
        Assert.Contains("== decide", output, StringComparison.Ordinal);
        Match intent = Intent().Match(output);
        Assert.True(intent.Success, output);
        return new Steps(Enum.Parse<BankIntent>(intent.Groups["intent"].Value), Number("votes"), Number("counted"), Number("calls"), Number("tokens"), Text(Next()), Text(Reply()));

        int Number(string group) => int.Parse(intent.Groups[group].Value, CultureInfo.InvariantCulture);
        string? Text(Regex line) => line.Match(output) is { Success: true } match ? match.Groups[1].Value : null;
    }

    [GeneratedRegex(@"^intent: (?<intent>\w+) \((?<votes>\d) of (?<counted>\d) samples agree; (?<calls>\d) calls, (?<tokens>\d+) tokens\)$", RegexOptions.Multiline)]
    private static partial Regex Intent();

    [GeneratedRegex("^next:   (.+)$", RegexOptions.Multiline)]
    private static partial Regex Next();

    [GeneratedRegex("^reply:  (.+)$", RegexOptions.Multiline)]
    private static partial Regex Reply();

    /// <summary>What the program told.</summary>
    private sealed record Steps(BankIntent Intent, int Votes, int Counted, int Calls, int Tokens, string? Next, string? Reply);
}
