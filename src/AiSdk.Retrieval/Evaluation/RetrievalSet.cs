using System.Globalization;
using System.Text.Json;

namespace AiSdk.Retrieval;

/// <summary>A test collection in the form of BEIR: <c>corpus.jsonl</c> (<c>_id</c>, <c>title</c>, <c>text</c>), <c>queries.jsonl</c> (<c>_id</c>, <c>text</c>) and judgements (<c>qrels.tsv</c>: query, document, grade).</summary>
public sealed class RetrievalSet
{
    private RetrievalSet(IReadOnlyList<Document> corpus, IReadOnlyDictionary<string, string> queries, IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> judgements)
    {
        Corpus = corpus;
        Queries = queries;
        Judgements = judgements;
    }

    /// <summary>The documents; their keys are the ids.</summary>
    public IReadOnlyList<Document> Corpus { get; }

    /// <summary>The texts of the queries, by id.</summary>
    public IReadOnlyDictionary<string, string> Queries { get; }

    /// <summary>For each query that was judged, the grades of documents; only queries to which something is relevant.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Judgements { get; }

    /// <summary>Reads a collection.</summary>
    /// <param name="folder">The folder with <c>corpus.jsonl</c> and <c>queries.jsonl</c>.</param>
    /// <param name="judgements">The file of judgements; <see langword="null"/> looks for <c>qrels.tsv</c>, <c>qrels/test.tsv</c> and any <c>qrels*.tsv</c>, in this order.</param>
    /// <exception cref="FileNotFoundException">A file is not there.</exception>
    /// <exception cref="FormatException">A line is not of the form; the message says which.</exception>
    public static RetrievalSet Load(string folder, string? judgements = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string[] candidates = [Path.Combine(folder, "qrels.tsv"), Path.Combine(folder, "qrels", "test.tsv")];
        judgements ??= candidates.FirstOrDefault(File.Exists)
            ?? (Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "qrels*.tsv").Order(StringComparer.Ordinal).FirstOrDefault() : null)
            ?? throw new FileNotFoundException($"{folder} has no judgements: neither qrels.tsv nor qrels/test.tsv.", candidates[0]);
        List<Document> corpus = [];
        foreach ((string id, JsonElement line) in Lines(Path.Combine(folder, "corpus.jsonl")))
            corpus.Add(new Document { Key = id, Title = Text(line, "title") is { Length: > 0 } title ? title : null, Text = Text(line, "text") });
        Dictionary<string, string> queries = new(StringComparer.Ordinal);
        foreach ((string id, JsonElement line) in Lines(Path.Combine(folder, "queries.jsonl")))
            queries[id] = Text(line, "text");
        return new RetrievalSet(corpus, queries, ReadJudgements(judgements));
    }

    private static Dictionary<string, IReadOnlyDictionary<string, int>> ReadJudgements(string file)
    {
        Dictionary<string, Dictionary<string, int>> read = new(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            string[] fields = line.Split('\t');
            if (number == 1 && fields is [_, _, var header] && !int.TryParse(header, CultureInfo.InvariantCulture, out _) || string.IsNullOrWhiteSpace(line))
                continue;
            // BEIR has three fields, TREC four: an unused one before the document.
            (string document, string text) = fields switch
            {
                [_, var id, var grade] => (id, grade),
                [_, _, var id, var grade] => (id, grade),
                _ => ("", ""),
            };
            if (!int.TryParse(text, CultureInfo.InvariantCulture, out int gradeNumber))
                throw new FormatException($"{file}, line {number}: expected query, document and grade with tabs between, found '{line}'.");
            if (!read.TryGetValue(fields[0], out Dictionary<string, int>? grades))
                read.Add(fields[0], grades = new Dictionary<string, int>(StringComparer.Ordinal));
            grades[document] = gradeNumber;
        }
        return read.Where(static query => query.Value.Values.Any(static grade => grade > 0))
            .ToDictionary(static query => query.Key, static query => (IReadOnlyDictionary<string, int>)query.Value, StringComparer.Ordinal);
    }

    private static IEnumerable<(string Id, JsonElement Line)> Lines(string file)
    {
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            JsonElement element;
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                element = document.RootElement.Clone();
            }
            catch (JsonException e)
            {
                throw new FormatException($"{file}, line {number}: {e.Message}", e);
            }
            if (element.ValueKind != JsonValueKind.Object || Text(element, "_id") is not { Length: > 0 } id)
                throw new FormatException($"{file}, line {number}: there is no '_id'.");
            yield return (id, element);
        }
    }

    private static string Text(JsonElement line, string name) => line.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind switch { JsonValueKind.String => value.GetString()!, JsonValueKind.Number => value.GetRawText(), _ => "" }
        : "";
}
