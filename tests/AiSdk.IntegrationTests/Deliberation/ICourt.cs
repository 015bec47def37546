using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.AI;

namespace AiSdk.IntegrationTests.Deliberation;

/// <summary>Functions that think before they answer.</summary>
[AiFunctions]
public interface ICourt
{
    [UserPrompt("{{facts}}")]
    [Reasoning("Weigh both sides.")]
    Task<AiResult<Ruling>> JudgeAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [Reasoning("Weigh both sides."), StructuredOutput(StructuredOutputMode.ToolCall)]
    Task<AiResult<Ruling>> JudgeByToolAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [Reasoning("Weigh both sides."), StructuredOutput(StructuredOutputMode.Prompt)]
    Task<AiResult<Ruling>> JudgeByPromptAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [Reasoning(Source = ReasoningSource.Model)]
    Task<AiResult<Ruling>> JudgeBesideAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [Reasoning, Reask]
    [Example("He paid.", "\"NotGuilty\"", Reasoning = "Who has paid owes nothing.")]
    Task<AiResult<Verdict>> DecideAsync(string facts, ChatOptions? options, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [Reasoning]
    IAsyncEnumerable<Partial<Ruling>> StreamAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [Reasoning]
    IAsyncEnumerable<Charge> ChargesAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [SelfConsistency(5)]
    Task<AiResult<Verdict>> VoteAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [SelfConsistency(3), Reasoning]
    Task<AiResult<Ruling>> VoteOnRulingAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [SelfConsistency(Samples = 5, MaxConcurrency = 1, TokenBudget = 50)]
    Task<AiResult<Ruling?>> VoteWithinBudgetAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}"), SelfConsistency(Samples = 5, MaxConcurrency = 1, TokenBudget = 50), Reask(3)]
    Task<AiResult<Verdict>> VoteAgainWithinBudgetAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [SelfConsistency(3), Tools<LawTools>]
    Task<AiResult<Verdict>> VoteWithToolsAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [SelfConsistency(3)]
    Task<AiResult<Verdict>> VoteWithGivenToolsAsync(string facts, IEnumerable<AITool> tools, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [SelfCritique("Is each charge proven?", Rounds = 2), Reask]
    Task<AiResult<Ruling>> ReviewAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [SelfCritique(TokenBudget = 340), Reask]
    Task<AiResult<Ruling>> ReviewWithinBudgetAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [SelfCritique]
    Task<AiResult<string>> SumUpAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [SelfCritique(TokenBudget = 20)]
    Task<AiResult<string>> SumUpWithinBudgetAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [SelfConsistency(3), SelfCritique, Reasoning, InputGuard<PiiGuard>, OutputGuard<SecretGuard>]
    Task<AiResult<Contact>> ContactAsync(string facts, CancellationToken cancellationToken);

    [UserPrompt("{{facts}}")]
    [SelfConsistency(3)]
    Task<AiResult<Motion>> MotionAsync(string facts, CancellationToken cancellationToken);
}

public enum Verdict { Guilty, NotGuilty }

public record Charge(string Name, int Years);

public record Ruling(Verdict Verdict, [property: Range(0, 99)] int Years, IReadOnlyList<Charge> Charges, string? Note = null);

public record Contact(string Name, [property: EmailAddress] string Email);

/// <summary>What parties ask for: with all sorts of parts that are compared.</summary>
public abstract record Motion
{
    public sealed record Postpone(DateTimeOffset Until, Dictionary<string, decimal> Costs, ImmutableArray<Uri> Files) : Motion;

    public sealed record Settle(double? Amount, Span? Within, Charge[]? Dropped) : Motion;
}

public readonly record struct Span(DateOnly From, DateOnly? To);

public sealed class LawTools
{
    /// <summary>Finds a law.</summary>
    /// <param name="name">Its name.</param>
    [AiTool("find_law")]
    public static string FindLaw(string name) => $"{name} is in force.";
}

public sealed class LetterTools
{
    /// <summary>Sends a letter.</summary>
    [AiTool("send_letter", Effect = ToolEffect.Write)]
    public static string SendLetter() => "sent";
}
