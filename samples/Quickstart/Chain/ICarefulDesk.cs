using AiSdk;

namespace Quickstart;

/// <summary>The embedded model's routing, asked several times: what it is not sure of, its samples do not agree on.</summary>
/// <remarks>The prompt is the one that the model was trained on, as in <see cref="IBankDesk"/>.</remarks>
[AiFunctions]
[StructuredOutput(StructuredOutputMode.JsonSchema)]
public interface ICarefulDesk
{
    [SystemPrompt("Name the intent.")]
    [UserPrompt("{{message}}")]
    [SelfConsistency(5)]
    [ModelOptions(Temperature = 0.9, MaxOutputTokens = 64)]
    Task<AiResult<BankIntent>> RouteAsync(string message, CancellationToken cancellationToken = default);
}
