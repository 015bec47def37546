using System.ComponentModel;
using AiSdk;

namespace Quickstart;

/// <summary>The three functions of this sample: one gives an enum, one a record, one text as it comes.</summary>
[AiFunctions]
public interface ITextDesk
{
    [SystemPrompt("You sort incoming texts. Answer with the topic that fits best.")]
    [UserPrompt("{{text}}")]
    [Example("My parcel has not arrived yet", "\"Delivery\"")]
    [ModelOptions(Temperature = 0, MaxOutputTokens = 64)]
    Task<Topic> ClassifyAsync(string text, CancellationToken cancellationToken = default);

    [SystemPrompt("You extract facts from texts. Take only what the text says; what it does not say is null.")]
    [UserPrompt("{{text}}")]
    [ModelOptions(Temperature = 0, MaxOutputTokens = 256)]
    Task<AiResult<Facts>> ExtractAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    [ModelOptions(MaxOutputTokens = 128)]
    IAsyncEnumerable<string> ContinueAsync(string text, CancellationToken cancellationToken = default);
}

/// <summary>What a text is about.</summary>
public enum Topic
{
    Payment,
    Delivery,
    Complaint,

    [Description("a tale, a report, anything that wants nothing from us")]
    Story,
}

/// <summary>The facts of a text.</summary>
/// <param name="Persons">The names of all persons in the text.</param>
/// <param name="Place">Where it happens.</param>
/// <param name="Amount">The amount of money in question.</param>
/// <param name="Summary">The text in one sentence.</param>
public sealed record Facts(IReadOnlyList<string> Persons, string? Place, decimal? Amount, string Summary);
