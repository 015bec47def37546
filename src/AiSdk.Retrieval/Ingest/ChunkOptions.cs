using Microsoft.ML.Tokenizers;

namespace AiSdk.Retrieval;

/// <summary>How documents are cut into passages. A change makes the next ingest cut all of them anew.</summary>
public sealed class ChunkOptions
{
    /// <summary>How many tokens a passage has at most; 256 by default, from 16.</summary>
    public int MaxTokens { get; set; } = 256;

    /// <summary>How many tokens of the one before a passage begins with at most, inside of a section; 32 by default, less than half of <see cref="MaxTokens"/>.</summary>
    public int OverlapTokens { get; set; } = 32;

    /// <summary>Counts the tokens: that of the model that embeds or answers. <see langword="null"/> estimates, rather too high than too low.</summary>
    public Tokenizer? Tokenizer { get; set; }

    internal int Count(ReadOnlySpan<char> text) => Tokenizer is null ? Passages.EstimateTokens(text) : Tokenizer.CountTokens(text);

    internal string Fingerprint => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"1:{MaxTokens}:{OverlapTokens}:{Tokenizer?.GetType().Name}:{Tokenizer?.CountTokens("The quick brown fox, naïve façade: 12,345.67")}");

    internal string? Problem =>
        MaxTokens < 16 ? $"passages of {MaxTokens} tokens are too short to say anything; ChunkOptions.MaxTokens wants 16 or more"
        : OverlapTokens < 0 || OverlapTokens * 2 >= MaxTokens ? $"an overlap of {OverlapTokens} tokens does not go with passages of {MaxTokens}; ChunkOptions.OverlapTokens wants 0 or more and less than half of MaxTokens"
        : null;
}
