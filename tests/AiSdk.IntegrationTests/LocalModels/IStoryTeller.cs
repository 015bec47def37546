using Microsoft.Extensions.AI;

namespace AiSdk.IntegrationTests;

/// <summary>Functions that a model which only continues children's stories can answer, and one that it cannot.</summary>
[AiFunctions]
public interface IStoryTeller
{
    [UserPrompt("{{beginning}}")]
    [ModelOptions(MaxOutputTokens = 40)]
    Task<AiResult<string>> ContinueAsync(string beginning, CancellationToken cancellationToken = default);

    [UserPrompt("{{beginning}}")]
    IAsyncEnumerable<string> StreamAsync(string beginning, ChatOptions options, CancellationToken cancellationToken = default);

    [UserPrompt("{{beginning}}")]
    [ModelOptions(MaxOutputTokens = 40, StopSequences = ["."])]
    Task<Mood> MoodAsync(string beginning, CancellationToken cancellationToken = default);

    [UserPrompt("{{beginning}}")]
    [ModelOptions(MaxOutputTokens = 40)]
    Task<AiResult<Mood>> SureMoodAsync(string beginning, CancellationToken cancellationToken = default);
}

public enum Mood
{
    Happy,
    Sad,
}
