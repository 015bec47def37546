namespace AiSdk.IntegrationTests;

/// <summary>Functions that are answered by different clients.</summary>
[AiFunctions]
internal interface IKeyedDesk
{
    [UserPrompt("{{text}}")]
    Task<string> AnswerAsync(string text, CancellationToken cancellationToken = default);

    [ModelOptions("fast")]
    [UserPrompt("{{text}}")]
    Task<string> AnswerFastAsync(string text, CancellationToken cancellationToken = default);

    [ModelOptions("fast", Temperature = 0)]
    [UserPrompt("{{text}}")]
    IAsyncEnumerable<string> StreamFastAsync(string text, CancellationToken cancellationToken = default);

    [ModelOptions("careful")]
    [UserPrompt("{{text}}")]
    Task<int> CountCarefullyAsync(string text, CancellationToken cancellationToken = default);
}
