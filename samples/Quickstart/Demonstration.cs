using System.Diagnostics;
using System.Globalization;
using AiSdk;

namespace Quickstart;

/// <summary>Calls the functions and prints what they give.</summary>
internal static class Demonstration
{
    /// <summary>Runs one task or all.</summary>
    /// <returns>0, or 1 if a function failed.</returns>
    public static async Task<int> RunAsync(ITextDesk desk, IComplaintDesk complaints, string text, string task, CancellationToken cancellationToken)
    {
        bool ok = true;
        if (task is "classify" or "all")
        {
            ok &= await TryAsync("classify", async () =>
            {
                Topic topic = await desk.ClassifyAsync(text, cancellationToken).ConfigureAwait(false);
                Console.WriteLine($"topic: {topic}");
            }).ConfigureAwait(false);
        }
        if (task is "extract" or "all")
        {
            ok &= await TryAsync("extract", async () =>
            {
                AiResult<Facts> result = await desk.ExtractAsync(text, cancellationToken).ConfigureAwait(false);
                Facts facts = result.Value;
                Console.WriteLine($"persons: {(facts.Persons.Count == 0 ? "none" : string.Join(", ", facts.Persons))}");
                Console.WriteLine($"place:   {facts.Place ?? "not said"}");
                Console.WriteLine($"amount:  {facts.Amount?.ToString(CultureInfo.InvariantCulture) ?? "not said"}");
                Console.WriteLine($"summary: {facts.Summary}");
                Console.WriteLine($"tokens:  {result.Usage?.InputTokenCount} in, {result.Usage?.OutputTokenCount} out");
            }).ConfigureAwait(false);
        }
        if (task is "continue" or "all")
        {
            ok &= await TryAsync("continue", async () =>
            {
                Console.Write(text);
                await foreach (string piece in desk.ContinueAsync(text, cancellationToken).ConfigureAwait(false))
                    Console.Write(piece);
                Console.WriteLine();
            }).ConfigureAwait(false);
        }
        if (task == "decide")
            ok &= await TryAsync("decide", () => ComplaintChain.RunAsync(complaints, text, cancellationToken)).ConfigureAwait(false);
        return ok ? 0 : 1;
    }

    /// <summary>Does something under a heading, and says how it failed if it does.</summary>
    public static async Task<bool> TryAsync(string task, Func<Task> call)
    {
        Console.WriteLine($"== {task}");
        long started = Stopwatch.GetTimestamp();
        try
        {
            await call().ConfigureAwait(false);
            return true;
        }
        catch (AiTruncatedException) when (task == "continue")
        {
            // The text has been shown as far as it came; that it stops at the limit is expected here, and said.
            Console.WriteLine(" …");
            Console.WriteLine("(cut off at MaxOutputTokens)");
            return true;
        }
        catch (AiFunctionException e)
        {
            Console.Error.WriteLine($"failed: {e.Message}");
            if (e.RawReply.Length > 0)
                Console.Error.WriteLine($"the model wrote: {e.RawReply}");
            return false;
        }
        finally
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"({Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms)"));
        }
    }
}
