using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AiSdk;

namespace Quickstart;

/// <summary>The steps of a decision. Each thinks in its own way; what leads from one to the next is C#, in <see cref="ComplaintChain"/>.</summary>
[AiFunctions]
public interface IComplaintDesk
{
    [SystemPrompt("You read complaints. Take only what the text says.")]
    [UserPrompt("{{complaint}}")]
    [ModelOptions(Temperature = 0, MaxOutputTokens = 300)]
    Task<Complaint> ReadAsync(string complaint, CancellationToken cancellationToken = default);

    [SystemPrompt("You decide on complaints: a refund only for damage and for goods that did not come; up to 20 without a proof.")]
    [UserPrompt("{{json complaint}}")]
    [Reasoning("Name the rule that applies, and why."), SelfConsistency(3), Reask]
    [ModelOptions(Temperature = 0.7, MaxOutputTokens = 400)]
    Task<AiResult<Decision>> DecideAsync(Complaint complaint, CancellationToken cancellationToken = default);

    [SystemPrompt("You write short, friendly letters for a shop.")]
    [UserPrompt("Complaint: {{complaint}}\nDecision: {{decision.Outcome}}, amount {{decision.Amount}}")]
    [SelfCritique("Does the letter promise anything that the decision does not say?")]
    [ModelOptions(Temperature = 0.3, MaxOutputTokens = 300)]
    Task<AiResult<string>> WriteAsync(string complaint, Decision decision, CancellationToken cancellationToken = default);
}

/// <summary>What a complaint says.</summary>
public sealed record Complaint(
    [property: Description("what is wrong, in a few words")] string Problem,
    [property: Description("what the customer has lost, in euros")] decimal? Loss,
    [property: Description("whether the customer shows a proof: a picture, a receipt")] bool HasProof);

/// <summary>What becomes of it.</summary>
public sealed record Decision(Outcome Outcome, [property: Range(0, 10_000)] decimal Amount);

public enum Outcome
{
    Refund,
    Replacement,
    Refusal,

    [Description("a person has to look at it")]
    Person,
}
