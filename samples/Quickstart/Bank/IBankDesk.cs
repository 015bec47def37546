using AiSdk;

namespace Quickstart;

/// <summary>A bank's desk: one function routes a message, one reads its facts, one answers it.</summary>
/// <remarks>
/// The embedded model was trained on these prompts exactly (samples/TrainBankModel compiles this file), so that nothing is added to them: the type goes with the call as a schema. A general model
/// behind an endpoint answers them too.
/// </remarks>
[AiFunctions]
[StructuredOutput(StructuredOutputMode.JsonSchema)]
public interface IBankDesk
{
    [SystemPrompt("Name the intent.")]
    [UserPrompt("{{message}}")]
    [ModelOptions(Temperature = 0, MaxOutputTokens = 64)]
    Task<AiResult<BankIntent>> RouteAsync(string message, CancellationToken cancellationToken = default);

    [SystemPrompt("Extract the facts.")]
    [UserPrompt("{{message}}")]
    [ModelOptions(Temperature = 0, MaxOutputTokens = 160)]
    Task<AiResult<MessageFacts>> ExtractAsync(string message, CancellationToken cancellationToken = default);

    [SystemPrompt("Reply politely.")]
    [UserPrompt("{{message}}")]
    [ModelOptions(Temperature = 0, MaxOutputTokens = 96)]
    IAsyncEnumerable<string> ReplyAsync(string message, CancellationToken cancellationToken = default);
}
