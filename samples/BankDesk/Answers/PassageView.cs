using AiSdk;

namespace BankDesk.Answers;

/// <summary>A place in the handbook, for the page.</summary>
/// <param name="Passage">The passage's id.</param>
/// <param name="Page">The key of the page that it is of.</param>
/// <param name="Number">The page's number.</param>
/// <param name="Headings">The headings that it stands under, outermost first.</param>
/// <param name="Quote">The words that are meant; null for the passage as a whole.</param>
/// <param name="Evidence">How much speaks for its having to do with the question, 0 to 1.</param>
/// <param name="Start">Where it begins in the page's text.</param>
/// <param name="End">Where it ends.</param>
internal sealed record PassageView(string Passage, string Page, string Number, IReadOnlyList<string> Headings, string? Quote, double? Evidence, int Start, int End)
{
    /// <summary>A passage, or a quote out of it.</summary>
    public static PassageView Of(Passage passage, string? quote, HandbookPages pages)
    {
        HandbookPage? page = pages.Find(passage.Source);
        (int start, int end) = page is null || quote is null ? (passage.Start, passage.End) : QuotePlace.Find(page.Text, quote, passage.Start, passage.End);
        return new PassageView(passage.Id, passage.Source, page?.Number ?? passage.Source, passage.Headings, quote, passage.Evidence, start, end);
    }
}
