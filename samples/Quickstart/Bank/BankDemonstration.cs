using System.Diagnostics;
using System.Globalization;
using AiSdk;
using Microsoft.Extensions.AI;

namespace Quickstart;

/// <summary>Has a message routed, read and answered, and prints what comes.</summary>
internal sealed class BankDemonstration(IBankDesk desk, UsageRecorder recorder)
{
    // Below this a person should look at it.
    private const double LowConfidence = 0.5;

    /// <summary>The messages that are shown when none is given.</summary>
    public static IReadOnlyList<string> Examples { get; } =
    [
        "I am still waiting for my new card, when will it get here?",
        "I was charged £45.20 twice at Tesco on 3 May, my card ends in 4821. Can you sort it out?",
        "Hello, I have a question",
    ];

    /// <summary>Works on one message.</summary>
    /// <returns>Whether all functions gave a value.</returns>
    public async Task<bool> ShowAsync(string message, CancellationToken cancellationToken)
    {
        Console.WriteLine();
        Console.WriteLine($"> {message}");
        try
        {
            await RouteAsync(message, cancellationToken).ConfigureAwait(false);
            await ExtractAsync(message, cancellationToken).ConfigureAwait(false);
            await ReplyAsync(message, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AiFunctionException e)
        {
            Console.Error.WriteLine($"failed: {e.Message}");
            return false;
        }
    }

    private async Task RouteAsync(string message, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        AiResult<BankIntent> result = await desk.RouteAsync(message, cancellationToken).ConfigureAwait(false);
        string sure = result.Confidence is not { } confidence ? "" : string.Create(CultureInfo.InvariantCulture, $", {100 * confidence:0} % sure{(confidence < LowConfidence ? ": too little to act on, ask the customer" : "")}");
        Console.WriteLine($"intent: {result.Value}{sure} ({Cost(result.Usage, started)})");
    }

    private async Task ExtractAsync(string message, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        AiResult<MessageFacts> result = await desk.ExtractAsync(message, cancellationToken).ConfigureAwait(false);
        MessageFacts facts = FactsCheck.Supported(result.Value, message, out IReadOnlyList<string> corrections);
        Console.WriteLine($"facts:  {(corrections.Count == 0 ? "" : $"[not in the message: {string.Join(", ", corrections)}] ")}{Show(facts)} ({Cost(result.Usage, started)})");
    }

    // The record's own text would write numbers as the user's culture does.
    private static string Show(MessageFacts facts)
    {
        (string Name, string? Value)[] members =
        [
            (nameof(facts.Amount), facts.Amount?.ToString(CultureInfo.InvariantCulture)), (nameof(facts.Currency), facts.Currency?.ToString()), (nameof(facts.Merchant), facts.Merchant),
            (nameof(facts.Date), facts.Date), (nameof(facts.CardEnding), facts.CardEnding),
        ];
        string said = string.Join(", ", members.Where(static member => member.Value is not null).Select(static member => $"{member.Name} {member.Value}"));
        return said.Length == 0 ? "none" : said;
    }

    private async Task ReplyAsync(string message, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        Console.Write("reply:  ");
        try
        {
            await foreach (string piece in desk.ReplyAsync(message, cancellationToken).ConfigureAwait(false))
                Console.Write(piece);
        }
        catch
        {
            // What is said of the failure begins a line.
            Console.WriteLine();
            throw;
        }
        Console.WriteLine($" ({Cost(recorder.LastStream, started)})");
    }

    private static string Cost(UsageDetails? usage, long started)
    {
        string time = string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalMilliseconds:0.0} ms");
        return usage is not null ? string.Create(CultureInfo.InvariantCulture, $"{usage.InputTokenCount} + {usage.OutputTokenCount} tokens, {time}") : time;
    }
}
