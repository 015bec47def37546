namespace AiSdk;

/// <summary>Finds numbers, and the words of names: those with a capital letter that does not only begin a sentence.</summary>
/// <param name="withNames">Whether to find names.</param>
internal sealed class GroundingScanner(bool withNames) : TextScanner<GroundingScanner.Claim>
{
    private const int MaxWord = 48;
    private const int MaxNumber = 48;

    /// <summary>What a reply claims.</summary>
    public enum Claim
    {
        /// <summary>A number.</summary>
        Number,

        /// <summary>A word of a name.</summary>
        Name,
    }

    /// <inheritdoc/>
    public override int Match(ReadOnlySpan<char> text, int at, bool isLast, out Claim kind)
    {
        char c = text[at];
        kind = Claim.Number;
        char before = Before(text, at);
        if (!char.IsLetterOrDigit(c) || char.IsLetterOrDigit(before) || before is '_' or '\'' or '\\')
            return 0;
        if (char.IsAsciiDigit(c))
            return Number(text, at, isLast);
        kind = Claim.Name;
        return withNames && char.IsUpper(c) ? Name(text, at, isLast) : 0;
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

    private static int Name(ReadOnlySpan<char> text, int at, bool isLast)
    {
        int end = WordEnd(text, at);
        if (end == text.Length && !isLast && end - at < MaxWord)
            return NeedsMore;
        if (end - at < 2)
            return 0;
        if (!BeginsSentence(text, at))
            return end - at;
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

    private static bool IsCommon(ReadOnlySpan<char> word) => word is "This" or "That" or "These" or "Those" or "When" or "Where" or "Which" or "What" or "Your" or "Their" or "With" or "From" or "After" or "Before" or "Dear" or "Hello" or "Please"
        or "Thanks" or "Thank" or "Since" or "While" or "Because" or "However" or "Although" or "Both" or "Every" or "Also" or "Then" or "There" or "Here" or "Mrs" or "Miss" or "Only" or "Under" or "Over" or "Until" or "Both";
}
