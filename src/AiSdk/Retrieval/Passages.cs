using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AiSdk;

/// <summary>The passages that a function shows its model, best first. In a prompt they stand between delimiters that their texts cannot close.</summary>
/// <remarks>
/// A prompt shows each passage as
/// <code>
/// &lt;passage-5d41402a id="9f86d081884c" source="fees.md" section="Cards › Fees"&gt;
/// the text, as it is
/// &lt;/passage-5d41402a&gt;
/// </code>
/// The number in the delimiter is made from all the texts and occurs in none of them: what an author of a document cannot know, a document cannot write. Equal passages give equal prompts.
/// Immutable; safe for concurrent use.
/// </remarks>
public sealed class Passages : IReadOnlyList<Passage>
{
    private readonly Passage[] _passages;
    private string? _rendered;

    /// <summary>Passages, best first.</summary>
    /// <param name="passages">The passages.</param>
    public Passages(IEnumerable<Passage> passages)
    {
        ArgumentNullException.ThrowIfNull(passages);
        _passages = [.. passages];
        if (_passages.FirstOrDefault(static passage => string.IsNullOrWhiteSpace(passage.Id)) is { } nameless)
            throw new ArgumentException($"A passage of '{nameless.Source}' has no id, so that no citation could name it.", nameof(passages));
    }

    /// <summary>No passages.</summary>
    public static Passages Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _passages.Length;

    /// <inheritdoc/>
    public Passage this[int index] => _passages[index];

    /// <summary>The passage that a citation names; <see langword="null"/> if it is not among these.</summary>
    /// <param name="id">The id.</param>
    public Passage? Find(string? id) => id is null ? null : Array.Find(_passages, passage => passage.IsCalled(id));

    /// <summary>What is wrong with a citation, in words that the model can act on; <see langword="null"/> if it names one of these passages and quotes what stands in it.</summary>
    /// <param name="citation">The citation.</param>
    public string? Check(Citation citation)
    {
        ArgumentNullException.ThrowIfNull(citation);
        if (Find(citation.PassageId) is not { } passage)
            return $"there is no passage '{citation.PassageId}'; {(Count == 0 ? "no passages were found, so nothing can be cited" : $"the passages are {string.Join(", ", _passages.Select(static p => p.Id))}")}";
        if (string.IsNullOrWhiteSpace(citation.Quote))
            return "the quote is empty; copy the words of the passage that say it";
        return Contains(passage.Text, citation.Quote) || passage.OriginalText is { } original && Contains(original, citation.Quote) ? null : $"the quote does not occur in the passage '{citation.PassageId}'; copy words of the passage exactly";
    }

    /// <summary>Takes as many passages as the budget has room for, best first, and merges those that overlap.</summary>
    /// <param name="ranked">The passages, best first.</param>
    /// <param name="tokenBudget">How many tokens they may have together, with the delimiters, sources and headings that a prompt shows; 0 for any number.</param>
    /// <param name="countTokens">Counts a text's tokens; <see langword="null"/> estimates.</param>
    /// <remarks>One that has no room is left out, and the next are tried: what is in never gives way to what is worse.</remarks>
    public static Passages Pack(IEnumerable<Passage> ranked, int tokenBudget = 0, Func<string, int>? countTokens = null)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentOutOfRangeException.ThrowIfNegative(tokenBudget);
        countTokens ??= static text => EstimateTokens(text);
        List<Passage> taken = [];
        List<int> costs = [];
        int total = 0;
        foreach (Passage candidate in ranked)
        {
            int place = taken.FindIndex(passage => passage.IsCalled(candidate.Id));
            if (place >= 0)
                continue;
            // One that fills the gap between two merges with both.
            Passage merged = candidate;
            List<int> parts = [];
            for (int i = 0; i < taken.Count; i++)
            {
                Passage? both = parts.Count == 0 ? taken[i].Merge(merged) : merged.Merge(taken[i]);
                if (both is null)
                    continue;
                merged = both;
                parts.Add(i);
            }
            int cost = tokenBudget == 0 ? 0 : countTokens(merged.Text) + countTokens(Opening(TagLike, merged)) + countTokens(Closing(TagLike));
            int after = total + cost - parts.Sum(part => costs[part]);
            if (tokenBudget > 0 && after > tokenBudget)
                continue;
            total = after;
            if (parts.Count == 0)
            {
                taken.Add(merged);
                costs.Add(cost);
                continue;
            }
            taken[parts[0]] = merged;
            costs[parts[0]] = cost;
            foreach (int part in parts.Skip(1).Reverse())
            {
                taken.RemoveAt(part);
                costs.RemoveAt(part);
            }
        }
        // A tokenizer counts the whole otherwise than its parts.
        while (tokenBudget > 0 && taken.Count > 0 && countTokens(new Passages(taken).ToString()) > tokenBudget)
            taken.RemoveAt(taken.Count - 1);
        return new Passages(taken);
    }

    /// <inheritdoc/>
    public IEnumerator<Passage> GetEnumerator() => ((IEnumerable<Passage>)_passages).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The passages as a prompt shows them; empty if there are none.</summary>
    public override string ToString() => _rendered ??= Render();

    /// <summary>An estimate that is rather too high than too low for the tokenizers of today's models: a token for each word of up to four characters, more for longer ones and for other scripts.</summary>
    /// <param name="text">The text.</param>
    public static int EstimateTokens(ReadOnlySpan<char> text)
    {
        int tokens = 0;
        int run = 0;
        foreach (char c in text)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                if (run++ % 4 == 0)
                    tokens++;
                continue;
            }
            run = 0;
            if (!char.IsWhiteSpace(c))
                tokens++;
        }
        return tokens;
    }

    // As long as a tag is; which it will be hangs on all that is taken.
    private const string TagLike = "passage-5d41402a";

    private string Render()
    {
        if (_passages.Length == 0)
            return "";
        string tag = Tag();
        StringBuilder text = new();
        foreach (Passage passage in _passages)
        {
            if (text.Length > 0)
                text.Append('\n');
            text.Append(Opening(tag, passage)).Append(passage.Text).Append(Closing(tag));
        }
        return text.ToString();
    }

    /// <summary>What stands before a passage's text: the delimiter with id, source and headings.</summary>
    private static string Opening(string tag, Passage passage)
    {
        StringBuilder text = new();
        text.Append('<').Append(tag).Append(" id=\"").Append(Attribute(passage.Id)).Append('"');
        if (passage.Source.Length > 0)
            text.Append(" source=\"").Append(Attribute(passage.Source)).Append('"');
        if (passage.Headings.Count > 0)
            text.Append(" section=\"").Append(Attribute(string.Join(" › ", passage.Headings))).Append('"');
        return text.Append(">\n").ToString();
    }

    private static string Closing(string tag) => $"\n</{tag}>";

    private string Tag()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Passage passage in _passages)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(passage.Id));
            hash.AppendData(Encoding.UTF8.GetBytes(passage.Text));
        }
        byte[] digest = hash.GetHashAndReset();
        while (true)
        {
            string tag = "passage-" + Convert.ToHexStringLower(digest.AsSpan(0, 4));
            if (!Array.Exists(_passages, passage => passage.Text.Contains(tag, StringComparison.OrdinalIgnoreCase)))
                return tag;
            digest = SHA256.HashData(digest);
        }
    }

    /// <summary>A name from outside, in one line and without what could end the delimiter.</summary>
    private static string Attribute(string value)
    {
        StringBuilder text = new(value.Length);
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append('\''),
                '<' => text.Append('‹'),
                '>' => text.Append('›'),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' => text.Append(' '),
                _ => text.Append(c),
            };
        }
        return text.ToString();
    }

    private static bool Contains(string text, string quote) =>
        Folded(quote) is { Length: > 0 } words && (text.Contains(quote, StringComparison.Ordinal) || Folded(text).Contains(words, StringComparison.Ordinal));

    /// <summary>
    /// A text with all runs of white space as one blank, the typographic forms of quotes and dashes as the plain ones, letters and their marks as one character where there is one, and without the characters that
    /// nobody sees, such as soft hyphens: models interchange all of these.
    /// </summary>
    private static string Folded(string text)
    {
        StringBuilder folded = new(text.Length);
        // Also makes Unicode of what is none, which cannot be composed.
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (folded.Length > 0 && folded[^1] != ' ')
                    folded.Append(' ');
            }
            else if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
            {
                folded.Append((rune.Value switch { '‘' or '’' => new Rune('\''), '“' or '”' => new Rune('"'), '‐' or '‑' or '–' or '—' => new Rune('-'), _ => rune }).ToString());
            }
        }
        return folded.ToString().TrimEnd(' ').Normalize(NormalizationForm.FormC);
    }
}
