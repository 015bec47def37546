using System.Globalization;

namespace AiSdk.Onnx;

/// <summary>What every decoder asks of the tokens that it is given.</summary>
internal static class AppendedTokens
{
    /// <exception cref="ArgumentException">There is no token, one is none of the model's, or the logits of more are wanted than can be kept.</exception>
    /// <exception cref="InvalidOperationException">They do not fit.</exception>
    public static void Check(IDecoder decoder, ReadOnlySpan<int> tokens, int kept, int vocabularySize)
    {
        if (tokens.IsEmpty)
            throw new ArgumentException("At least one token is needed.", nameof(tokens));
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kept, Math.Min(tokens.Length, decoder.MaxKeptLogits));
        if (tokens.Length > decoder.Capacity - decoder.Length)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{decoder.Length} tokens and {tokens.Length} more do not fit: the decoder was made for {decoder.Capacity}."));
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)vocabularySize)
                throw new ArgumentOutOfRangeException(nameof(tokens), token, string.Create(CultureInfo.InvariantCulture, $"A token id must be 0 to {vocabularySize - 1}."));
        }
    }
}
