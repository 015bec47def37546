namespace AiSdk.Evaluation;

/// <summary>Tokens where nobody tells them: four characters each, which is near for English and too few for many other languages.</summary>
internal static class TokenEstimate
{
    private const int CharactersPerToken = 4;

    public static long Of(long characters) => (characters + CharactersPerToken - 1) / CharactersPerToken;
}
