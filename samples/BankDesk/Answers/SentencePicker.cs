using AiSdk;

namespace BankDesk.Answers;

/// <summary>Answers without a model that writes: picks the sentences of the best passages that have most of the question's words. Nothing is made up, and nothing is understood.</summary>
internal static class SentencePicker
{
    private const int MaxSentences = 3;
    private const int MaxPassages = 3;

    // A sentence that has less of the question than this share of what the best one has is beside the point.
    private const double LeastShare = 0.6;

    // Beside the best one, in its passage, what goes on about the same says more than its words show.
    private const double LeastShareBeside = 0.3;

    /// <summary>The sentences, each cited; no text if there is none.</summary>
    /// <param name="question">The question.</param>
    /// <param name="passages">The passages, best first.</param>
    /// <param name="weights">What words weigh.</param>
    public static HandbookAnswer Pick(string question, IReadOnlyList<Passage> passages, WordWeights weights)
    {
        string[] words = [.. WordWeights.Of(question).Distinct()];
        (Citation Citation, double Score)[] scored =
        [
            .. passages.Take(MaxPassages).SelectMany((passage, place) =>
            {
                // What a section is about stands in its headings, and a sentence need not repeat it; of the page's title a little.
                double heading = weights.Score(words, string.Join(' ', passage.Headings)) / 2;
                return Sentences.Of(passage.Text).Select(sentence => (new Citation(passage.Id, sentence.Text), Score: (weights.Score(words, sentence.Text) + heading) / (1 + 0.15 * place)));
            }),
        ];
        double best = scored.Length == 0 ? 0 : scored.Max(static sentence => sentence.Score);
        if (best <= 0)
            return new HandbookAnswer(null, []);
        string bestPassage = scored.First(sentence => sentence.Score >= best).Citation.PassageId;
        HashSet<Citation> chosen =
        [
            .. scored.Where(sentence => sentence.Score >= best * (sentence.Citation.PassageId == bestPassage ? LeastShareBeside : LeastShare))
                .OrderByDescending(static sentence => sentence.Score)
                .Select(static sentence => sentence.Citation)
                .DistinctBy(static citation => citation.Quote).Take(MaxSentences),
        ];
        // As they stand: passages by their rank, the one with the best sentence first.
        Citation[] picked = [.. scored.Select(static sentence => sentence.Citation).Where(chosen.Contains).Distinct().OrderByDescending(citation => citation.PassageId == bestPassage)];
        return new HandbookAnswer(string.Join(' ', picked.Select(static citation => citation.Quote)), picked);
    }
}
