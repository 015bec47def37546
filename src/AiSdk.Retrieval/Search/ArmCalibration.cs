using System.Globalization;

namespace AiSdk.Retrieval;

/// <summary>
/// How far each way of searching can be trusted with these documents and this encoder, measured without judgements: a passage of the index is looked for by a sentence out of its middle, and what counts is the
/// place at which its document comes back.
/// </summary>
/// <param name="Lexical">The mean reciprocal rank of the search by words.</param>
/// <param name="Dense">That of the search by meaning.</param>
/// <remarks>
/// Plain rank fusion lets a weak encoder spoil what words find. Weights that are the square of each way's measured performance are what the fusion literature found best among simple ones (S. Wu, Y. Bi, X. Zeng,
/// L. Han: Assigning appropriate weights for the linear combination data fusion method in information retrieval, Information Processing and Management 45, 2009).
/// </remarks>
internal sealed record ArmCalibration(double Lexical, double Dense)
{
    private const int Samples = 100;
    private const int Least = 10;
    private const int Depth = 100;
    private const int SentenceWords = 6;

    /// <summary>The weights of the two: the better has 1.</summary>
    public (double Lexical, double Dense) Weights
    {
        get
        {
            double best = Math.Max(Lexical, Dense);
            return best <= 0 ? (1, 1) : (Lexical * Lexical / (best * best), Dense * Dense / (best * best));
        }
    }

    /// <summary>Measures; null if there are too few passages with a sentence to look for.</summary>
    public static async Task<ArmCalibration?> MeasureAsync(RetrievalIndex index, CancellationToken cancellationToken)
    {
        List<(string Sentence, int Document)> wanted = [];
        using (IndexReader reader = await index.ReadAsync(checkTerms: true, cancellationToken).ConfigureAwait(false))
        {
            List<int> alive = reader.Allowed(0, int.MaxValue);
            int samples = Math.Min(Samples, alive.Count);
            for (int i = 0; i < samples; i++)
            {
                int slot = alive[(int)((long)i * alive.Count / samples)];
                if (Sentence(reader.Read([slot])[0].Text) is { } sentence)
                    wanted.Add((sentence, reader.Snapshot.Document(slot)));
            }
        }
        if (wanted.Count < Least)
            return null;
        double lexical = 0;
        double dense = 0;
        foreach ((string sentence, int document) in wanted)
        {
            float[] vector = (await index.EmbedAsync(sentence, cancellationToken).ConfigureAwait(false))!;
            using IndexReader reader = await index.ReadAsync(checkTerms: true, cancellationToken).ConfigureAwait(false);
            lexical += ReciprocalRank(reader.SearchLexical(sentence, Depth, cancellationToken));
            dense += ReciprocalRank(reader.SearchDense(vector, Depth));

            double ReciprocalRank(SearchHit[] hits)
            {
                int[] documents = [.. hits.Select(hit => reader.Snapshot.Document(hit.Slot)).Distinct()];
                int place = Array.IndexOf(documents, document);
                return place < 0 ? 0 : 1.0 / (place + 1);
            }
        }
        return new ArmCalibration(lexical / wanted.Count, dense / wanted.Count);
    }

    /// <summary>As it is kept in the file.</summary>
    public string Write() => string.Create(CultureInfo.InvariantCulture, $"{Lexical:R};{Dense:R}");

    /// <summary>What <see cref="Write"/> wrote.</summary>
    public static ArmCalibration Parse(string text)
    {
        string[] parts = text.Split(';');
        return new ArmCalibration(double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>The sentence in the middle of a text; where there are less than three, the middle third of its words; null for a text that is too short.</summary>
    private static string? Sentence(string text)
    {
        string[] sentences = [.. text.Split(['.', '!', '?', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(static s => s.AsSpan().Count(' ') >= SentenceWords - 1)];
        if (sentences.Length >= 3)
            return sentences[sentences.Length / 2];
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length < SentenceWords * 3 ? null : string.Join(' ', words.Skip(words.Length / 3).Take(words.Length / 3));
    }
}
