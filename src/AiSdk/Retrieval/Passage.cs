namespace AiSdk;

/// <summary>A piece of a document that was retrieved.</summary>
public sealed record Passage
{
    private const int LeastOverlap = 16;

    /// <summary>What citations call it. The same text of the same document keeps its id.</summary>
    public required string Id { get; init; }

    /// <summary>The text, as it is shown to the model. It comes from outside and is never trusted.</summary>
    public required string Text { get; init; }

    /// <summary>The document's key: a path, an address.</summary>
    public string Source { get; init; } = "";

    /// <summary>The headings that it stands under, outermost first.</summary>
    public IReadOnlyList<string> Headings { get; init; } = [];

    /// <summary>Where it begins in its document, in UTF-16 code units; -1 where that is not known.</summary>
    public int Start { get; init; } = -1;

    /// <summary>Where it ends in its document (exclusive), in UTF-16 code units; -1 where that is not known.</summary>
    public int End { get; init; } = -1;

    /// <summary>How good it is, compared with the others of the same query; what the number means is the retriever's matter.</summary>
    public double Score { get; init; }

    /// <summary>How much speaks for its having to do with the query at all, 0 to 1; <see langword="null"/> where the retriever does not say.</summary>
    public double? Evidence { get; init; }

    /// <summary>What each way of searching that found it had to say.</summary>
    public IReadOnlyList<PassageRank> Ranks { get; init; } = [];

    /// <summary>What the application said of its document.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The ids of the overlapping passages that were merged into this one; citations may name them too.</summary>
    public IReadOnlyList<string> MergedIds { get; init; } = [];

    /// <summary>The text before a guard rewrote it: a reply in which what was hidden is put back quotes this one.</summary>
    internal string? OriginalText { get; init; }

    /// <summary>Whether a citation that names this id means this passage.</summary>
    /// <param name="id">The id.</param>
    public bool IsCalled(string id) => string.Equals(Id, id, StringComparison.Ordinal) || MergedIds.Contains(id, StringComparer.Ordinal);

    /// <summary>The two as one, if the other overlaps this one or follows it or goes before it without a gap.</summary>
    internal Passage? Merge(Passage other)
    {
        if (Source.Length == 0 || !string.Equals(Source, other.Source, StringComparison.Ordinal) || Start < 0 || other.Start < 0)
            return null;
        (Passage first, Passage second) = Start <= other.Start ? (this, other) : (other, this);
        if (second.Start >= first.End)
            return null;
        string? text = second.End <= first.End && first.Text.Contains(second.Text, StringComparison.Ordinal) ? first.Text : Join(first, second);
        return text is null ? null : this with
        {
            Text = text,
            Start = first.Start,
            End = Math.Max(first.End, second.End),
            MergedIds = [.. MergedIds, other.Id, .. other.MergedIds],
        };
    }

    private static string? Join(Passage first, Passage second)
    {
        // Where the texts are the source's own the offsets say how much they share; elsewhere the texts have to show it.
        int shared = first.End - second.Start;
        if (shared <= first.Text.Length && shared <= second.Text.Length && first.Text.AsSpan(first.Text.Length - shared).SequenceEqual(second.Text.AsSpan(0, shared)))
            return shared > 0 ? string.Concat(first.Text, second.Text.AsSpan(shared)) : null;
        // A character or two are the same by chance.
        for (shared = Math.Min(first.Text.Length, second.Text.Length); shared >= LeastOverlap; shared--)
        {
            if (first.Text[^shared] == second.Text[0] && first.Text.AsSpan(first.Text.Length - shared).SequenceEqual(second.Text.AsSpan(0, shared)))
                return string.Concat(first.Text, second.Text.AsSpan(shared));
        }
        return null;
    }
}
