namespace AiSdk.Retrieval;

/// <summary>Looks closely at the passages that were found, and says how good each is: a cross-encoder, a model.</summary>
/// <remarks>Implementations are safe for concurrent use.</remarks>
public interface IReranker
{
    /// <summary>Scores passages.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="passages">What was found.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A score for each passage, in their order; greater is better.</returns>
    ValueTask<IReadOnlyList<double>> ScoreAsync(string query, IReadOnlyList<Passage> passages, CancellationToken cancellationToken);
}
