namespace AiSdk.Retrieval;

/// <summary>The English stemmer of M. F. Porter (An algorithm for suffix stripping, 1980), with the two departures of its author's own program.</summary>
internal static class PorterStemmer
{
    private static readonly (string Suffix, string Replacement)[] _step2 =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"),
        ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
    ];

    private static readonly (string Suffix, string Replacement)[] _step3 =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly string[] _step4 =
        ["ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "al", "er", "ic", "ou"];

    /// <summary>The stem of a word in lower case. What is no word of a to z stays as it is.</summary>
    public static string Stem(string word)
    {
        if (word.Length < 3)
            return word;
        foreach (char c in word)
        {
            if (!char.IsAsciiLetterLower(c))
                return word;
        }
        string stem = Step1(word);
        stem = Replace(stem, _step2);
        stem = Replace(stem, _step3);
        return Step5(Step4(stem));
    }

    private static string Step1(string word)
    {
        if (word[^1] == 's')
        {
            if (Ends(word, "sses") || Ends(word, "ies"))
                word = word[..^2];
            else if (!Ends(word, "ss"))
                word = word[..^1];
        }
        if (Ends(word, "eed"))
        {
            if (Measure(word, word.Length - 3) > 0)
                word = word[..^1];
        }
        else
        {
            int cut = Ends(word, "ed") ? 2 : Ends(word, "ing") ? 3 : 0;
            if (cut > 0 && HasVowel(word, word.Length - cut))
            {
                word = word[..^cut];
                if (Ends(word, "at") || Ends(word, "bl") || Ends(word, "iz"))
                    word += "e";
                else if (word.Length > 1 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1))
                    word = word[^1] is 'l' or 's' or 'z' ? word : word[..^1];
                else if (Measure(word, word.Length) == 1 && IsShort(word, word.Length))
                    word += "e";
            }
        }
        return word.Length > 1 && word[^1] == 'y' && HasVowel(word, word.Length - 1) ? word[..^1] + "i" : word;
    }

    private static string Replace(string word, (string Suffix, string Replacement)[] rules)
    {
        foreach ((string suffix, string replacement) in rules)
        {
            if (Ends(word, suffix))
                return Measure(word, word.Length - suffix.Length) > 0 ? word[..^suffix.Length] + replacement : word;
        }
        return word;
    }

    private static string Step4(string word)
    {
        if (Ends(word, "ion"))
            return word.Length > 3 && word[^4] is 's' or 't' && Measure(word, word.Length - 3) > 1 ? word[..^3] : word;
        foreach (string suffix in _step4)
        {
            if (Ends(word, suffix))
                return Measure(word, word.Length - suffix.Length) > 1 ? word[..^suffix.Length] : word;
        }
        return word;
    }

    private static string Step5(string word)
    {
        if (word[^1] == 'e')
        {
            int measure = Measure(word, word.Length - 1);
            if (measure > 1 || measure == 1 && !IsShort(word, word.Length - 1))
                word = word[..^1];
        }
        return word.Length > 1 && word[^1] == 'l' && word[^2] == 'l' && Measure(word, word.Length) > 1 ? word[..^1] : word;
    }

    private static bool Ends(string word, string suffix) => word.EndsWith(suffix, StringComparison.Ordinal);

    private static bool IsConsonant(string word, int at) => word[at] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => at == 0 || !IsConsonant(word, at - 1),
        _ => true,
    };

    /// <summary>How often a vowel is followed by a consonant in the first letters.</summary>
    private static int Measure(string word, int length)
    {
        int count = 0;
        bool wasVowel = false;
        for (int i = 0; i < length; i++)
        {
            bool isConsonant = IsConsonant(word, i);
            if (isConsonant && wasVowel)
                count++;
            wasVowel = !isConsonant;
        }
        return count;
    }

    private static bool HasVowel(string word, int length)
    {
        for (int i = 0; i < length; i++)
        {
            if (!IsConsonant(word, i))
                return true;
        }
        return false;
    }

    /// <summary>Whether the first letters end in consonant, vowel, consonant, the last not w, x or y.</summary>
    private static bool IsShort(string word, int length) =>
        length >= 3 && IsConsonant(word, length - 1) && !IsConsonant(word, length - 2) && IsConsonant(word, length - 3) && word[length - 1] is not ('w' or 'x' or 'y');
}
