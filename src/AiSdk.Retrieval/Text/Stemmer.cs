namespace AiSdk.Retrieval;

/// <summary>Cuts endings off, so that the forms of a word are one term.</summary>
internal static class Stemmer
{
    /// <summary>The stem of a word in lower case without accents.</summary>
    public static string Stem(string word, TextLanguage language) => language switch
    {
        TextLanguage.English => PorterStemmer.Stem(word),
        TextLanguage.German => German(word),
        TextLanguage.French => French(word),
        TextLanguage.Spanish => Spanish(word),
        _ => word,
    };

    // The light stemmers of J. Savoy (UniNE): inflection of nouns and adjectives only. Light Stemming Approaches for the French, Portuguese, German and Hungarian Languages, SAC 2006.
    private static string German(string word)
    {
        if (word.Length > 5 && word.EndsWith("ern", StringComparison.Ordinal))
            return Second(word[..^3]);
        if (word.Length > 4 && word[^2] == 'e' && word[^1] is 'm' or 'n' or 'r' or 's')
            return Second(word[..^2]);
        if (word.Length > 3 && word[^1] == 'e' || word.Length > 3 && word[^1] == 's' && IsGermanBeforeS(word[^2]))
            return Second(word[..^1]);
        return Second(word);

        static string Second(string stem)
        {
            if (stem.Length > 5 && stem.EndsWith("est", StringComparison.Ordinal))
                return stem[..^3];
            if (stem.Length > 4 && (stem.EndsWith("er", StringComparison.Ordinal) || stem.EndsWith("en", StringComparison.Ordinal)))
                return stem[..^2];
            return stem.Length > 4 && stem.EndsWith("st", StringComparison.Ordinal) && IsGermanBeforeS(stem[^3]) ? stem[..^2] : stem;
        }
    }

    private static bool IsGermanBeforeS(char c) => c is 'b' or 'd' or 'f' or 'g' or 'h' or 'k' or 'l' or 'm' or 'n' or 't';

    private static string French(string word)
    {
        if (word.Length < 6)
            return word;
        if (word[^1] == 'x')
            return word.EndsWith("aux", StringComparison.Ordinal) ? word[..^2] + "l" : word[..^1];
        if (word[^1] == 's')
            word = word[..^1];
        if (word[^1] == 'r')
            word = word[..^1];
        if (word[^1] == 'e')
            word = word[..^1];
        if (word[^1] == 'e')
            word = word[..^1];
        return word[^1] == word[^2] ? word[..^1] : word;
    }

    private static string Spanish(string word)
    {
        if (word.Length < 5)
            return word;
        if (word.EndsWith("eses", StringComparison.Ordinal))
            return word[..^2];
        if (word.EndsWith("ces", StringComparison.Ordinal))
            return word[..^3] + "z";
        if (word.EndsWith("os", StringComparison.Ordinal) || word.EndsWith("as", StringComparison.Ordinal) || word.EndsWith("es", StringComparison.Ordinal))
            return word[..^2];
        return word[^1] is 'o' or 'a' or 'e' ? word[..^1] : word;
    }
}
