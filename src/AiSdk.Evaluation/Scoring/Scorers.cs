using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace AiSdk.Evaluation;

/// <summary>The scorers that need no judge. Each compares an output with the expected one and gives 0 to 1, unless it says otherwise.</summary>
public static class Scorers
{
    /// <summary>A scorer of one's own.</summary>
    /// <typeparam name="TOutput">What comes out.</typeparam>
    /// <param name="name">The metric.</param>
    /// <param name="score">Scores an output against the expected one.</param>
    /// <param name="higherIsBetter">Whether more is better.</param>
    /// <param name="onFailure">What a case gets whose function gave no value; see <see cref="Metric.OnFailure"/>.</param>
    /// <param name="successAt">What counts as a success in pass@k; see <see cref="Metric.SuccessAt"/>.</param>
    public static Scorer<TOutput> From<TOutput>(string name, Func<TOutput, TOutput, double> score, bool higherIsBetter = true, double? onFailure = null, double? successAt = null) =>
        From(new Metric(name, higherIsBetter, onFailure) { SuccessAt = successAt }, score);

    private static DelegateScorer<TOutput> From<TOutput>(Metric metric, Func<TOutput, TOutput, double> score)
    {
        ArgumentNullException.ThrowIfNull(score);
        string name = metric.Name;
        return new DelegateScorer<TOutput>(metric, (output, _) => ValueTask.FromResult(new Score(name, score(output.Output, output.Expected))));
    }

    /// <summary>A scorer of one's own that sees all of a case and may wait.</summary>
    /// <typeparam name="TOutput">What comes out.</typeparam>
    /// <param name="name">The metric.</param>
    /// <param name="score">Scores an output; <see langword="null"/> says that it could not be measured.</param>
    public static Scorer<TOutput> From<TOutput>(string name, Func<ScoredOutput<TOutput>, CancellationToken, ValueTask<double?>> score)
    {
        ArgumentNullException.ThrowIfNull(score);
        return new DelegateScorer<TOutput>(new Metric(name), async (output, cancellationToken) => new Score(name, await score(output, cancellationToken).ConfigureAwait(false)));
    }

    /// <summary>Whether both are equal: <c>exact</c>.</summary>
    /// <typeparam name="TOutput">What comes out.</typeparam>
    /// <param name="comparer">
    /// When two are equal; <see langword="null"/> for their own opinion, and where that says no, as it does of lists and dictionaries, for that of their JSON: dictionaries in any order of their keys.
    /// </param>
    public static Scorer<TOutput> Exact<TOutput>(IEqualityComparer<TOutput>? comparer = null)
    {
        Func<TOutput, TOutput, bool> equals = comparer is null ? DeepEquality.AreEqual : comparer.Equals;
        return From<TOutput>(new Metric("exact") { Settings = comparer?.GetType().Name }, (output, expected) => equals(output, expected) ? 1 : 0);
    }

    /// <summary>Whether two texts are equal but for case, punctuation, English articles and white space: <c>normalized</c>.</summary>
    public static Scorer<string> Normalized() =>
        From<string>("normalized", static (output, expected) => TokenOverlap.Normalize(output) == TokenOverlap.Normalize(expected) ? 1 : 0);

    /// <summary>The share of a record's properties that are equal, <c>fields</c>, and each for itself, <c>field:amount</c>, by their names in JSON.</summary>
    /// <typeparam name="TOutput">The record.</typeparam>
    /// <param name="options">How it becomes JSON; <see langword="null"/> for Microsoft.Extensions.AI's defaults.</param>
    /// <exception cref="ArgumentException">The type has no properties.</exception>
    public static Scorer<TOutput> Fields<TOutput>(JsonSerializerOptions? options = null)
        where TOutput : notnull
    {
        JsonTypeInfo<TOutput> type = EvalJson.TypeInfo<TOutput>(options);
        (string, Func<TOutput, object?>)[] fields = [.. type.Properties.Where(static property => property.Get is not null).Select(static property => (property.Name, (Func<TOutput, object?>)(value => property.Get!(value))))];
        return fields.Length > 0 ? Fields(fields) : throw new ArgumentException($"{typeof(TOutput).Name} has no properties: compare it as a whole, with {nameof(Exact)}.");
    }

    /// <summary>The share of fields that are equal, <c>fields</c>, and each for itself, <c>field:name</c>.</summary>
    /// <typeparam name="TOutput">What comes out.</typeparam>
    /// <param name="fields">The fields: names and how they are got.</param>
    public static Scorer<TOutput> Fields<TOutput>(params IReadOnlyList<(string Name, Func<TOutput, object?> Get)> fields) => new FieldScorer<TOutput>(fields);

    /// <summary>Whether two numbers are close: <c>numeric</c>.</summary>
    /// <typeparam name="TOutput">The numbers' type.</typeparam>
    /// <param name="absolute">How far they may be apart.</param>
    /// <param name="relative">How far they may be apart, as a share of the expected one. The wider of both counts.</param>
    public static Scorer<TOutput> Numeric<TOutput>(double absolute = 0, double relative = 0)
        where TOutput : INumber<TOutput>
    {
        return From<TOutput>(new Metric("numeric") { Settings = string.Create(CultureInfo.InvariantCulture, $"absolute {absolute:R}, relative {relative:R}") }, (output, expected) =>
        {
            double wanted = double.CreateChecked(expected);
            return Math.Abs(double.CreateChecked(output) - wanted) <= Math.Max(absolute, relative * Math.Abs(wanted)) ? 1 : 0;
        });
    }

    /// <summary>The F1 of two sets, in which nothing counts twice: <c>set_f1</c>.</summary>
    /// <typeparam name="TItem">The elements' type.</typeparam>
    /// <param name="comparer">When two elements are equal.</param>
    public static Scorer<IReadOnlyList<TItem>> SetF1<TItem>(IEqualityComparer<TItem>? comparer = null)
        where TItem : notnull =>
        From<IReadOnlyList<TItem>>("set_f1", (output, expected) => TokenOverlap.OfBags([.. output.Distinct(comparer)], [.. expected.Distinct(comparer)], comparer));

    /// <summary>The F1 of two lists whose order counts, by their longest common subsequence: <c>list_f1</c>.</summary>
    /// <typeparam name="TItem">The elements' type.</typeparam>
    /// <param name="comparer">When two elements are equal.</param>
    public static Scorer<IReadOnlyList<TItem>> ListF1<TItem>(IEqualityComparer<TItem>? comparer = null)
    {
        IEqualityComparer<TItem> equality = comparer ?? EqualityComparer<TItem>.Default;
        return From<IReadOnlyList<TItem>>("list_f1", (output, expected) =>
        {
            if (output.Count == 0 || expected.Count == 0)
                return output.Count == expected.Count ? 1 : 0;
            int[] row = new int[expected.Count + 1];
            foreach (TItem item in output)
            {
                int diagonal = 0;
                for (int i = 1; i < row.Length; i++)
                    (diagonal, row[i]) = (row[i], equality.Equals(item, expected[i - 1]) ? diagonal + 1 : Math.Max(row[i], row[i - 1]));
            }
            return 2.0 * row[^1] / (output.Count + expected.Count);
        });
    }

    /// <summary>Whether a text matches the pattern: <c>regex</c>.</summary>
    /// <param name="pattern">The pattern. One that can run away is bounded by its own time-out.</param>
    public static Scorer<string> Regex(Regex pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return From<string>(new Metric("regex") { Settings = $"{pattern} ({pattern.Options})" }, (output, _) => pattern.IsMatch(output) ? 1 : 0);
    }

    /// <summary>Whether the model's reply, as it wrote it and without repair, is JSON of the function's type: <c>schema</c>.</summary>
    /// <typeparam name="TOutput">What comes out.</typeparam>
    /// <param name="shape">What the reply must be: <c>SupportDesk.RouteAsyncInfo.Output.Shape</c>, or one made of a JSON schema.</param>
    public static Scorer<TOutput> SchemaValidity<TOutput>(OutputShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return new DelegateScorer<TOutput>(new Metric("schema"), (output, _) =>
        {
            IReadOnlyList<OutputError> errors = StructuredOutput.Validate(output.Reply, shape);
            return ValueTask.FromResult(errors.Count == 0 ? new Score("schema", 1) : new Score("schema", 0, $"{errors[0].Path}: {errors[0].Message}"));
        });
    }

    /// <summary>The F1 of the words of two texts, as SQuAD counts them: <c>token_f1</c>.</summary>
    public static Scorer<string> TokenF1() => From<string>("token_f1", TokenOverlap.F1);

    /// <summary>A metric of texts, sentence by sentence, 0 to 100: <c>bleu</c>, <c>chrf</c>, <c>ter</c>. A corpus score is not their mean: <see cref="CorpusMetric.ScoreCorpus"/>.</summary>
    /// <param name="metric">The metric.</param>
    public static Scorer<string> Text(CorpusMetric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        string name = metric switch { Bleu => "bleu", ChrF { WordOrder: > 0 } => "chrf++", ChrF => "chrf", Ter => "ter", _ => metric.Signature };
        Metric measured = new(name, metric.HigherIsBetter, metric.HigherIsBetter ? 0 : 100) { Settings = metric.Signature, SuccessAt = metric.HigherIsBetter ? 100 : 0 };
        return From<string>(measured, (output, expected) => metric.ScoreSentence(output, expected));
    }

    /// <summary>The F1 of ROUGE-1, ROUGE-2, ROUGE-L and ROUGE-Lsum: <c>rouge1</c>, <c>rouge2</c>, <c>rougeL</c>, <c>rougeLsum</c>.</summary>
    /// <param name="rouge">The settings.</param>
    public static Scorer<string> Rouge(Rouge? rouge = null) => new RougeScorer(rouge ?? new Rouge());

    /// <summary>The cosine of two texts' embeddings: <c>similarity</c>.</summary>
    /// <param name="generator">Makes the embeddings.</param>
    public static Scorer<string> EmbeddingSimilarity(IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return From<string>("similarity", async (output, cancellationToken) =>
        {
            GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync([output.Output, output.Expected], cancellationToken: cancellationToken).ConfigureAwait(false);
            float cosine = TensorPrimitives.CosineSimilarity(embeddings[0].Vector.Span, embeddings[1].Vector.Span);
            return float.IsNaN(cosine) ? null : cosine;
        });
    }

    /// <summary>How surprising the expected text is to a model: <c>cross_entropy</c>, in nats a token, and <c>perplexity</c>. Less is better.</summary>
    /// <param name="score">Tokens and their log-likelihood together, in nats: of a local model, what <c>OnnxModel.ScoreAsync</c> gives.</param>
    public static Scorer<string> Perplexity(Func<string, CancellationToken, Task<(int Tokens, double LogLikelihood)>> score) => new PerplexityScorer(score);

    /// <summary>Whether what came works: runs it. A delegate that throws says no, with the exception as the reason.</summary>
    /// <typeparam name="TOutput">What comes out.</typeparam>
    /// <param name="name">The metric.</param>
    /// <param name="works">Tries the output.</param>
    public static Scorer<TOutput> Functional<TOutput>(string name, Func<TOutput, TOutput, CancellationToken, ValueTask<bool>> works)
    {
        ArgumentNullException.ThrowIfNull(works);
        return new DelegateScorer<TOutput>(new Metric(name), async (output, cancellationToken) =>
        {
            try
            {
                return new Score(name, await works(output.Output, output.Expected, cancellationToken).ConfigureAwait(false) ? 1 : 0);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                return new Score(name, 0, $"{e.GetType().Name}: {e.Message}");
            }
        });
    }

    /// <summary>What a search found of what it should have found, best first: <c>precision@k</c>, <c>recall@k</c>, <c>mrr</c> and <c>ndcg@k</c>.</summary>
    /// <typeparam name="TItem">What is found.</typeparam>
    /// <param name="cutoff">How many are looked at.</param>
    public static Scorer<IReadOnlyList<TItem>> Retrieval<TItem>(int cutoff = 10)
        where TItem : notnull => new RetrievalScorer<TItem>(cutoff);
}
