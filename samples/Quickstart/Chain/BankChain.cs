using System.Globalization;
using AiSdk;

namespace Quickstart;

/// <summary>A chain that the embedded model can do: a vote routes the message, C# decides whether to go on, the facts are read and checked, and the reply is written.</summary>
internal static class BankChain
{
    // With less agreement a person reads the message.
    private const double Sure = 0.6;

    // Of more money a person decides.
    private const decimal MaxAmount = 1_000;

    /// <summary>Works on one message.</summary>
    public static async Task RunAsync(ICarefulDesk careful, IBankDesk desk, string message, CancellationToken cancellationToken)
    {
        AiResult<BankIntent> routed = await careful.RouteAsync(message, cancellationToken).ConfigureAwait(false);
        AiVote vote = routed.Vote!;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"intent: {routed.Value} ({vote.Votes} of {vote.Counted} samples agree; {routed.Attempts} calls, {routed.Usage?.TotalTokenCount} tokens)"));
        if (vote.Agreement < Sure)
        {
            Console.WriteLine("next:   a person reads it, since the samples do not agree");
            return;
        }
        MessageFacts facts = FactsCheck.Supported((await desk.ExtractAsync(message, cancellationToken).ConfigureAwait(false)).Value, message, out _);
        if (facts.Amount > MaxAmount)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"next:   a person decides, since it is about {facts.Amount}"));
            return;
        }
        Console.Write("reply:  ");
        await foreach (string piece in desk.ReplyAsync(message, cancellationToken).ConfigureAwait(false))
            Console.Write(piece);
        Console.WriteLine();
    }
}
