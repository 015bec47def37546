using System.Globalization;
using AiSdk;

namespace Quickstart;

/// <summary>A chain of functions is a method: what one gives, the next takes, and what lies between is checked by the compiler.</summary>
internal static class ComplaintChain
{
    // With less agreement a person decides.
    private const double Sure = 0.6;

    /// <summary>Reads a complaint, decides on it, and writes the letter.</summary>
    public static async Task RunAsync(IComplaintDesk desk, string text, CancellationToken cancellationToken)
    {
        Complaint complaint = await desk.ReadAsync(text, cancellationToken).ConfigureAwait(false);
        Console.WriteLine($"problem:  {complaint.Problem}");

        AiResult<Decision> decided = await desk.DecideAsync(complaint, cancellationToken).ConfigureAwait(false);
        AiVote vote = decided.Vote!;
        Decision decision = vote.Agreement < Sure || decided.Value.Amount > complaint.Loss ? new Decision(Outcome.Person, 0) : decided.Value;
        Console.WriteLine($"thoughts: {decided.Reasoning}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"decision: {decision.Outcome} {decision.Amount} ({vote.Votes} of {vote.Counted} samples agree; {decided.Attempts} calls, {decided.Usage?.TotalTokenCount} tokens)"));
        if (decision.Outcome == Outcome.Person)
            return;

        AiResult<string> letter = await desk.WriteAsync(text, decision, cancellationToken).ConfigureAwait(false);
        foreach (string problem in letter.Critiques.SelectMany(static critique => critique.Problems))
            Console.WriteLine($"mended:   {problem}");
        Console.WriteLine(letter.Value);
    }
}
