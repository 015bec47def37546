namespace AiSdk;

/// <summary>Cuts a long text into windows that overlap by half, for guards that judge by how a text is worded: in the whole, what one sentence says is lost.</summary>
internal static class TextWindows
{
    private const int LongestWord = 40;

    /// <summary>The windows of a text; none where it is not much longer than one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">How long a window is; each begins with a word.</param>
    public static IEnumerable<Range> Of(string text, int length)
    {
        if (text.Length <= length * 2)
            yield break;
        for (int start = 0; start < text.Length; start += length / 2)
        {
            int from = start == 0 ? 0 : WordStart(text, start);
            int to = Math.Min(text.Length, from + length);
            yield return from..to;
            if (to == text.Length)
                break;
        }
    }

    private static int WordStart(string text, int at)
    {
        int blank = text.AsSpan(at, Math.Min(LongestWord, text.Length - at)).IndexOf(' ');
        return blank < 0 ? at : at + blank + 1;
    }
}
