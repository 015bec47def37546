using AiSdk;

namespace BankDesk.Answers;

/// <summary>A retriever that tells what it has found.</summary>
/// <param name="retriever">Finds.</param>
/// <param name="found">Told of it.</param>
internal sealed class ObservedRetriever(IRetriever retriever, Action<IReadOnlyList<Passage>> found) : IRetriever
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Passage>> RetrieveAsync(RetrievalQuery query, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<Passage> passages = await retriever.RetrieveAsync(query, cancellationToken);
        found(passages);
        return passages;
    }

    /// <inheritdoc/>
    public int CountTokens(string text) => retriever.CountTokens(text);
}
