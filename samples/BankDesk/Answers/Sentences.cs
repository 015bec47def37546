namespace BankDesk.Answers;

/// <summary>Sentences of Markdown as the handbook has it: of paragraphs, items of lists and rows of tables; headings are none.</summary>
internal static class Sentences
{
    /// <summary>A sentence and where it begins.</summary>
    public readonly record struct Sentence(string Text, int Start);

    /// <summary>The sentences of a text, in order; each is a piece of it, unchanged.</summary>
    public static IEnumerable<Sentence> Of(string text)
    {
        int line = 0;
        while (line < text.Length)
        {
            int end = text.IndexOf('\n', line);
            end = end < 0 ? text.Length : end;
            foreach (Sentence sentence in OfLine(text, line, end))
                yield return sentence;
            line = end + 1;
        }
    }

    private static IEnumerable<Sentence> OfLine(string text, int start, int end)
    {
        ReadOnlySpan<char> line = text.AsSpan(start, end - start).Trim();
        if (line.IsEmpty || line[0] == '#' || line.IndexOfAnyExcept("|-: ") < 0)
            yield break;
        start += Marker(text.AsSpan(start, end - start));
        bool isRow = text[start] == '|';
        for (int at = start; at < end; at++)
        {
            bool isLast = at == end - 1;
            if (!isLast && (isRow || text[at] is not ('.' or '!' or '?') || at + 2 >= end || text[at + 1] != ' ' || !(char.IsUpper(text[at + 2]) || char.IsDigit(text[at + 2]))))
                continue;
            string sentence = text[start..(at + 1)].Trim();
            if (sentence.Length > 0)
                yield return new Sentence(sentence, text.IndexOf(sentence, start, StringComparison.Ordinal));
            start = at + 1;
        }
    }

    /// <summary>How long blanks and the mark of a list's item are.</summary>
    private static int Marker(ReadOnlySpan<char> line)
    {
        int length = line.Length - line.TrimStart().Length;
        ReadOnlySpan<char> rest = line[length..];
        int digits = 0;
        while (digits < rest.Length && char.IsAsciiDigit(rest[digits]))
            digits++;
        return rest is ['-' or '*', ' ', ..] ? length + 2 : digits > 0 && rest[digits..] is ['.', ' ', ..] ? length + digits + 2 : length;
    }
}
