using AiSdk;
using Quickstart;

namespace EvaluateBank;

/// <summary>The routing of <see cref="IBankDesk"/> with a few cases beside it that the build checks: the generated <c>RoutingDeskCases.Route</c> has them with their types.</summary>
[AiFunctions]
[StructuredOutput(StructuredOutputMode.JsonSchema)]
public interface IRoutingDesk
{
    [SystemPrompt("Name the intent.")]
    [UserPrompt("{{message}}")]
    [ModelOptions(Temperature = 0, MaxOutputTokens = 64)]
    [Cases("routing.cases.jsonl")]
    Task<AiResult<BankIntent>> RouteAsync(string message, CancellationToken cancellationToken = default);
}
