using Microsoft.Extensions.AI;

namespace AiSdk.IntegrationTests;

/// <summary>The functions that are called over HTTP: one of each return type.</summary>
[AiFunctions]
internal interface IDesk
{
    [SystemPrompt("You route customer messages for {{bank}}.")]
    [UserPrompt("{{message}}")]
    [Example("My card was declined in a shop", "\"declined_card_payment\"")]
    Task<Intent> RouteAsync(string message, [Trusted] string bank, CancellationToken cancellationToken = default);

    [UserPrompt("Extract the order from: {{text}}")]
    Task<Order> ExtractAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("Extract the order from: {{text}}")]
    Task<AiResult<Order>> ExtractWithDetailsAsync(string text, CancellationToken cancellationToken = default);

    [Reask(1, TokenBudget = 2000)]
    [UserPrompt("Extract the order from: {{text}}")]
    Task<AiResult<Order>> ExtractPatientlyAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    Task<Constrained> ConstrainAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    Task<Constrained> ConstrainStrictlyAsync(string text, ChatOptions options, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    Task<Shape> ShapeAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("How many in: {{text}}")]
    ValueTask<int> CountAsync(string text, CancellationToken cancellationToken = default);

    [ModelOptions(ModelId = "other-model", Temperature = 0.25, TopP = 0.5, MaxOutputTokens = 77, Seed = 42, FrequencyPenalty = 0.5, PresencePenalty = -0.5, StopSequences = ["END", "\n\n"])]
    [UserPrompt("{{text}}")]
    Task<string> TuneAsync(string text, CancellationToken cancellationToken = default);

    [ModelOptions(Temperature = 0.25, MaxOutputTokens = 77)]
    [UserPrompt("{{text}}")]
    Task<string> TuneAsync(string text, ChatOptions options, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    Task<string> AnswerAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    Task<AiResult<string>> AnswerWithDetailsAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("{{text}}")]
    IAsyncEnumerable<string> StreamAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("List the lines of: {{text}}")]
    IAsyncEnumerable<OrderLine> LinesAsync(string text, CancellationToken cancellationToken = default);

    [UserPrompt("Extract the order from: {{text}}")]
    IAsyncEnumerable<Partial<Order>> WatchAsync(string text, CancellationToken cancellationToken = default);

    [SystemPrompt("Amounts are in {{amount:N2}} {{day}}.")]
    [UserPrompt("{{#each lines}}{{@index}}: {{Article}} x {{Quantity}} at {{Price}}\n{{/each}}{{weight}} {{intent}}")]
    Task<Order> PriceAsync(decimal amount, DateOnly day, IReadOnlyList<OrderLine> lines, double weight, Intent intent, CancellationToken cancellationToken = default);
}
