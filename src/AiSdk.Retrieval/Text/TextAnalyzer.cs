using System.Globalization;
using System.Text;

namespace AiSdk.Retrieval;

/// <summary>Makes of a text the terms that it is found by: folded, without stop words, stemmed.</summary>
/// <param name="language">The language.</param>
/// <param name="removeStopWords">Whether words that say nothing are left out.</param>
/// <param name="stem">Whether endings are cut off.</param>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class TextAnalyzer(TextLanguage language, bool removeStopWords, bool stem)
{
    // A term of thousands of letters is no word; its beginning still finds it.
    private const int MaxTerm = 64;

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _stopWords =
        (removeStopWords ? StopWords.Of(language) : []).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What an index must have been made with to be searched with this.</summary>
    public string Fingerprint { get; } = string.Create(CultureInfo.InvariantCulture, $"4:{language}:{(removeStopWords ? 1 : 0)}:{(stem ? 1 : 0)}");

    /// <summary>Adds a text's terms, in order, with repetitions.</summary>
    /// <param name="text">The text.</param>
    /// <param name="terms">Where they are added.</param>
    public void Analyze(ReadOnlySpan<char> text, List<string> terms)
    {
        Span<char> buffer = stackalloc char[MaxTerm + 4];
        int length = 0;
        bool isAscii = true;
        bool hasSmall = false;
        Rune previousWide = default;
        while (!text.IsEmpty)
        {
            char c = text[0];
            int consumed = 1;
            if (char.IsAsciiLetterOrDigit(c))
            {
                previousWide = default;
                hasSmall |= !char.IsAsciiLetterUpper(c);
                if (length < MaxTerm)
                    buffer[length++] = char.ToLowerInvariant(c);
            }
            else if (c < 128)
            {
                // "engine's" is the engine; "o'clock" is one word; "l'homme" is the man.
                if (c == '\'' && IsElided(buffer[..length], text))
                {
                    length = 0;
                    isAscii = true;
                }
                else if (c == '\'' && length > 0 && text.Length > 1 && char.IsAsciiLetter(text[1]))
                {
                    if (text[1] is 's' or 'S' && (text.Length == 2 || !char.IsLetterOrDigit(text[2])))
                        consumed = 2;
                }
                else
                {
                    End(buffer, ref length, ref isAscii, ref hasSmall, terms);
                }
                previousWide = default;
            }
            else if (Rune.DecodeFromUtf16(text, out Rune rune, out consumed) != System.Buffers.OperationStatus.Done)
            {
                End(buffer, ref length, ref isAscii, ref hasSmall, terms);
                previousWide = default;
            }
            else if (IsUnspaced(rune))
            {
                // Scripts without blanks are found by pairs of characters.
                End(buffer, ref length, ref isAscii, ref hasSmall, terms);
                terms.Add(previousWide == default ? rune.ToString() : previousWide.ToString() + rune);
                previousWide = rune;
            }
            else if (rune.Value == '\u2019' && length > 0)
            {
                if (IsElided(buffer[..length], text))
                {
                    length = 0;
                    isAscii = true;
                }
                else if (text.Length > 1 && text[1] is 's' or 'S' && (text.Length == 2 || !char.IsLetterOrDigit(text[2])))
                    consumed = 2;
            }
            else if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
            {
                previousWide = default;
                isAscii = false;
                if (length < MaxTerm)
                    length += Rune.ToLowerInvariant(rune).EncodeToUtf16(buffer[length..]);
            }
            // Soft hyphens, joiners and marks of direction stand inside of words; the blank without width is a blank.
            else if (rune.Value == '\u200B' || Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
            {
                End(buffer, ref length, ref isAscii, ref hasSmall, terms);
                previousWide = default;
            }
            text = text[consumed..];
        }
        End(buffer, ref length, ref isAscii, ref hasSmall, terms);
    }

    /// <summary>Whether what stands before an apostrophe is a French article, pronoun or conjunction that has lost its vowel, and a word follows.</summary>
    private bool IsElided(ReadOnlySpan<char> before, ReadOnlySpan<char> apostrophe) =>
        language == TextLanguage.French && apostrophe.Length > 1 && char.IsLetter(apostrophe[1])
        && before is "l" or "d" or "j" or "m" or "t" or "s" or "n" or "c" or "qu" or "jusqu" or "lorsqu" or "puisqu" or "quoiqu" or "quelqu" or "presqu";

    private void End(Span<char> buffer, ref int length, ref bool isAscii, ref bool hasSmall, List<string> terms)
    {
        if (length == 0)
            return;
        bool isCapital = !hasSmall;
        hasSmall = false;
        Span<char> word = buffer[..length];
        bool plain = isAscii;
        length = 0;
        isAscii = true;
        if (!plain)
        {
            // Stop words are listed with their accents.
            if (_stopWords.Contains(word))
                return;
            string folded = Fold(word);
            if (folded.Length == 0)
                return;
            terms.Add(stem ? Stemmer.Stem(folded, language) : folded);
            return;
        }
        // "US" is a country.
        if (!_stopWords.Contains(word) || isCapital && language == TextLanguage.English && word is "us")
            terms.Add(stem ? Stemmer.Stem(new string(word), language) : new string(word));
    }

    private static string Fold(ReadOnlySpan<char> word)
    {
        string decomposed = new string(word).Normalize(NormalizationForm.FormKD);
        StringBuilder folded = new(decomposed.Length);
        foreach (Rune rune in decomposed.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark || !Rune.IsLetterOrDigit(rune))
                continue;
            if (rune.Value == 'ß')
                folded.Append("ss");
            else
                folded.Append(Rune.ToLowerInvariant(rune).ToString());
        }
        return folded.ToString();
    }

    private static bool IsUnspaced(Rune rune) => rune.Value is
        (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xAC00 and <= 0xD7AF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x20000 and <= 0x3FFFF);
}
