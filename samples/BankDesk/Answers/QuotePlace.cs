using System.Globalization;
using System.Text;

namespace BankDesk.Answers;

/// <summary>Finds where a quote stands in a page, so that it can be marked there.</summary>
internal static class QuotePlace
{
    /// <summary>The quote's place; that of the passage if the quote is not there word for word.</summary>
    /// <param name="page">The page's text.</param>
    /// <param name="quote">The quote; blanks, quotation marks and dashes may be others than the page's, and soft hyphens missing.</param>
    /// <param name="start">Where the passage begins.</param>
    /// <param name="end">Where it ends.</param>
    public static (int Start, int End) Find(string page, string quote, int start, int end)
    {
        (string text, List<int> places) = Folded(page);
        (string wanted, _) = Folded(quote);
        int from = places.FindIndex(place => place >= start);
        int at = wanted.Length == 0 ? -1 : text.IndexOf(wanted, Math.Max(0, from), StringComparison.Ordinal);
        at = at >= 0 || wanted.Length == 0 ? at : text.IndexOf(wanted, StringComparison.Ordinal);
        return at < 0 ? (start, end) : (places[at], places[at + wanted.Length - 1] + 1);
    }

    private static (string Text, List<int> Places) Folded(string text)
    {
        StringBuilder folded = new(text.Length);
        List<int> places = [];
        for (int i = 0; i < text.Length; i++)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(text[i]) == UnicodeCategory.Format)
                continue;
            bool isBlank = char.IsWhiteSpace(text[i]);
            if (isBlank && (folded.Length == 0 || folded[^1] == ' '))
                continue;
            folded.Append(isBlank ? ' ' : text[i] switch { '‘' or '’' => '\'', '“' or '”' => '"', '‐' or '‑' or '–' or '—' => '-', char c => c });
            places.Add(i);
        }
        if (folded.Length > 0 && folded[^1] == ' ')
        {
            folded.Length--;
            places.RemoveAt(places.Count - 1);
        }
        return (folded.ToString(), places);
    }
}
