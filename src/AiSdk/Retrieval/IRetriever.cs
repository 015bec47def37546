namespace AiSdk;

/// <summary>Finds the passages of documents that have to do with a question. Registered by key, and filled into parameters with <see cref="RetrieveAttribute"/>.</summary>
/// <remarks>Implementations are safe for concurrent use.</remarks>
public interface IRetriever
{
    /// <summary>Finds passages.</summary>
    /// <param name="query">What to look for.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The passages, best first; none if nothing has to do with the query.</returns>
    ValueTask<IReadOnlyList<Passage>> RetrieveAsync(RetrievalQuery query, CancellationToken cancellationToken = default);

    /// <summary>How many tokens a text has, for <see cref="RetrieveAttribute.TokenBudget"/>. Without a tokenizer it is estimated, rather too high than too low.</summary>
    /// <param name="text">The text.</param>
    int CountTokens(string text) => Passages.EstimateTokens(text);
}
