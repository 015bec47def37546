using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AiSdk.Retrieval;

/// <summary>Checks the settings of one key.</summary>
/// <param name="provider">The services.</param>
/// <param name="key">The key.</param>
internal sealed class RetrievalOptionsCheck(IServiceProvider provider, string key) : IValidateOptions<RetrievalOptions>
{
    /// <summary>The settings of the index, with the registered embedding generator where none is set.</summary>
    public static RetrievalIndexOptions IndexOptions(IServiceProvider provider, string key, RetrievalOptions options)
    {
        if (options.UseRegisteredEmbeddings)
        {
            options.Index.Embeddings ??= provider.GetKeyedService<IEmbeddingGenerator<string, Embedding<float>>>(key)
                ?? provider.GetService<IEmbeddingGenerator<string, Embedding<float>>>();
        }
        return options.Index;
    }

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RetrievalOptions options)
    {
        if (!string.Equals(name, key, StringComparison.Ordinal))
            return ValidateOptionsResult.Skip;
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(options.Path))
            problems.Add($"AddRetrieval(\"{key}\"): RetrievalOptions.Path is empty; set it to the file of the index.");
        if (options.Index.Chunks.Problem is { } chunks)
            problems.Add($"AddRetrieval(\"{key}\"): {chunks}.");
        if (options.Search.Problem is { } search)
            problems.Add($"AddRetrieval(\"{key}\"): {search}.");
        if (options.Search.Mode is SearchMode.Dense or SearchMode.Hybrid && IndexOptions(provider, key, options).Embeddings is null)
            problems.Add($"AddRetrieval(\"{key}\"): it is to search by meaning ({options.Search.Mode}), but no IEmbeddingGenerator<string, Embedding<float>> is registered; register one, or search by words (SearchMode.Lexical).");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
