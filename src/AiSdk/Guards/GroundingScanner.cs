namespace AiSdk;

/// <summary>Finds numbers, and the words of names: those with a capital letter that does not only begin a sentence.</summary>
/// <param name="withNames">Whether to find names.</param>
/// <param name="isJson">Whether the text is JSON: a value of one word with a capital is a name there, though it begins what stands between its quotes.</param>
internal sealed class GroundingScanner(bool withNames, bool isJson) : TextScanner<GroundingScanner.Claim>
{
    private const int MaxWord = 48;
    private const int MaxNumber = 48;

    // How far the lines of JSON may be indented.
    private const int MaxBlanks = 60;

    /// <summary>What a reply claims.</summary>
    public enum Claim
    {
        /// <summary>A number.</summary>
        Number,

        /// <summary>A word of a name.</summary>
        Name,
    }

    /// <inheritdoc/>
    public override ScannedText Prepare(string text, bool isLast) => ScannedText.Plain(text, isLast);

    /// <inheritdoc/>
    public override int Match(ReadOnlySpan<char> text, int at, bool isLast, out Claim kind)
    {
        char c = text[at];
        kind = Claim.Number;
        if (!char.IsLetterOrDigit(c))
            return 0;
        char before = Before(text, at);
        if (char.IsAsciiDigit(c))
            return BeginsNumber(text, at, before, isLast) switch { > 0 => Number(text, at, isLast), var ends => ends };
        kind = Claim.Name;
        return withNames && char.IsUpper(c) && !char.IsLetterOrDigit(before) && before is not ('_' or '\'' or '\\') ? Name(text, at, isLast) : 0;
    }

    /// <summary>Whether a number begins at a digit: 1 yes, 0 no, or more is needed. One may stand behind a word without a blank ("eur9999", "order_9"); "mp3" and "A4" are words themselves.</summary>
    private static int BeginsNumber(ReadOnlySpan<char> text, int at, char before, bool isLast)
    {
        if (before is '\'' or '\\' || char.IsDigit(before) || char.IsUpper(before))
            return 0;
        if (!char.IsLetter(before))
            return 1;
        return at + 1 < text.Length ? (char.IsAsciiDigit(text[at + 1]) ? 1 : 0) : isLast ? 0 : NeedsMore;
    }

    private static int Number(ReadOnlySpan<char> text, int at, bool isLast)
    {
        int i = at;
        while (i < text.Length && i - at < MaxNumber && (char.IsAsciiDigit(text[i]) || (text[i] is '.' or ',' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]))))
            i++;
        if (!isLast && (i == text.Length || (i + 1 == text.Length && text[i] is '.' or ',')))
            return NeedsMore;
        // "1." and "2)" at the beginning of a line number a list.
        bool isListNumber = i < text.Length && text[i] is '.' or ')' && i - at <= 2 && (at == 0 || text[at - 1] == '\n' || IsEscape(text, at - 1));
        return isListNumber ? 0 : i - at;
    }

    private int Name(ReadOnlySpan<char> text, int at, bool isLast)
    {
        int end = WordEnd(text, at);
        if (end == text.Length && !isLast && end - at < MaxWord)
            return NeedsMore;
        if (end - at < 2)
            return 0;
        if (!BeginsSentence(text, at))
            return end - at;
        if (isJson && IsValue(text, at, end, isLast) is not 0 and int value)
            return value < 0 ? value : end - at;
        // The first word of a sentence is one of a name if the next is.
        int next = end;
        while (next < text.Length && next - end < 2 && text[next] == ' ')
            next++;
        if (next == text.Length)
            return isLast ? 0 : NeedsMore;
        if (next == end || !char.IsUpper(text[next]))
            return 0;
        int nextEnd = WordEnd(text, next);
        if (nextEnd == text.Length && !isLast && nextEnd - next < MaxWord)
            return NeedsMore;
        // "If I", "The EU": what is common before names is no part of them.
        return nextEnd - next < 2 || end - at < 4 || IsCommon(text[at..end]) ? 0 : end - at;
    }

    /// <summary>Whether a word is all of a string in JSON that is no property's name: 1 yes, 0 no, or more is needed.</summary>
    private static int IsValue(ReadOnlySpan<char> text, int at, int end, bool isLast)
    {
        if (at < 2 || text[at - 1] != '"')
            return 0;
        int before = at - 2;
        while (before > 0 && at - before < MaxBlanks && char.IsWhiteSpace(text[before]))
            before--;
        if (text[before] is not (':' or '[' or ',') || IsCommon(text[at..end]) || IsAnswer(text[at..end]))
            return 0;
        if (end < text.Length && text[end] != '"')
            return 0;
        int next = end + 1;
        while (next < text.Length && next - end < MaxBlanks && char.IsWhiteSpace(text[next]))
            next++;
        return next < text.Length ? (text[next] is ',' or ']' or '}' ? 1 : 0) : isLast ? 0 : NeedsMore;
    }

    private static int WordEnd(ReadOnlySpan<char> text, int at)
    {
        int i = at;
        while (i < text.Length && i - at < MaxWord && (char.IsLetterOrDigit(text[i]) || (text[i] == '-' && i + 1 < text.Length && char.IsLetter(text[i + 1]))))
            i++;
        // A hyphen may join more.
        return i + 1 == text.Length && text[i] == '-' ? text.Length : i;
    }

    private static bool BeginsSentence(ReadOnlySpan<char> text, int at)
    {
        int i = at - 1;
        while (i >= 0 && at - i < LookBehind && text[i] is ' ' or '\t')
            i--;
        return i < 0 || IsEscape(text, i) || text[i] is '.' or '!' or '?' or ':' or ';' or '\n' or '\r' or '"' or '\'' or '(' or '[' or '{' or '*' or '-' or '#' or '>' or '|' or '“' or '„' or '‘' or '•' or '…' or '¿' or '¡' or '`' or '/';
    }

    private static bool IsAnswer(ReadOnlySpan<char> word) => word is "Yes" or "No" or "True" or "False" or "None" or "Null" or "Unknown" or "Other";

    private static bool IsCommon(ReadOnlySpan<char> word) => word is "This" or "That" or "These" or "Those" or "When" or "Where" or "Which" or "What" or "Your" or "Their" or "With" or "From" or "After" or "Before" or "Dear" or "Hello" or "Please"
        or "Thanks" or "Thank" or "Since" or "While" or "Because" or "However" or "Although" or "Both" or "Every" or "Also" or "Then" or "There" or "Here" or "Mrs" or "Miss" or "Only" or "Under" or "Over" or "Until" or "Both";
}
