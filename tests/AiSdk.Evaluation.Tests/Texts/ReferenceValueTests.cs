using System.Text.Json;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Evaluation.Tests.Texts;

/// <summary>The metrics give what sacrebleu and rouge-score give.</summary>
public sealed class ReferenceValueTests
{
    private static readonly Dictionary<string, BleuTokenizer> _tokenizers = new(StringComparer.Ordinal)
    {
        ["13a"] = BleuTokenizer.V13a,
        ["intl"] = BleuTokenizer.International,
        ["zh"] = BleuTokenizer.Chinese,
        ["char"] = BleuTokenizer.Character,
        ["none"] = BleuTokenizer.None,
    };

    private static readonly Dictionary<string, BleuSmoothing> _smoothings = new(StringComparer.Ordinal)
    {
        ["exp"] = BleuSmoothing.Exponential,
        ["floor"] = BleuSmoothing.Floor,
        ["add-k"] = BleuSmoothing.AddK,
        ["none"] = BleuSmoothing.None,
    };

    [Fact]
    public void All_values_of_sacrebleu_are_met()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(TestData.Path("data", "text-metrics", "sacrebleu_reference.json")));
        List<string> wrong = [];
        int count = 0;
        foreach (JsonElement reference in document.RootElement.EnumerateArray())
        {
            count++;
            string name = reference.GetProperty("metric").GetString()!;
            CorpusMetric metric = Metric(name, reference.GetProperty("options"));
            string[] hypotheses = Texts(reference.GetProperty("hypotheses"));
            string[][] references = [.. reference.GetProperty("references").EnumerateArray().Select(Texts)];
            double score = name.StartsWith("sentence_", StringComparison.Ordinal)
                ? metric.ScoreSentence(hypotheses[0], [.. references.Select(static set => set[0])])
                : metric.ScoreCorpus(hypotheses, references);
            double actual = score * reference.GetProperty("scale").GetDouble() / 100;
            double expected = reference.GetProperty("expected").GetDouble();
            if (!(Math.Abs(actual - expected) <= reference.GetProperty("tolerance").GetDouble()))
                wrong.Add($"{name} {reference.GetProperty("options")}: expected {expected}, not {actual}");
        }
        Assert.NotEqual(0, count);
        Assert.Empty(wrong);
    }

    [Fact]
    public void All_values_of_rouge_score_are_met()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(TestData.Path("data", "text-metrics", "rouge_reference.json")));
        List<string> wrong = [];
        int count = 0;
        foreach (JsonElement reference in document.RootElement.EnumerateArray())
        {
            count++;
            Rouge rouge = new() { UseStemmer = reference.GetProperty("use_stemmer").GetBoolean() };
            string prediction = reference.GetProperty("prediction").GetString()!;
            string target = reference.GetProperty("target").GetString()!;
            string name = reference.GetProperty("metric").GetString()!;
            PrecisionRecall score = name switch
            {
                "rougeL" => rouge.L(prediction, target),
                "rougeLsum" => rouge.LSum(prediction, target),
                _ => rouge.N(name[^1] - '0', prediction, target),
            };
            double tolerance = reference.GetProperty("tolerance").GetDouble();
            foreach ((string part, double actual) in new[] { ("precision", score.Precision), ("recall", score.Recall), ("fmeasure", score.F1) })
            {
                double expected = reference.GetProperty(part).GetDouble();
                if (!(Math.Abs(actual - expected) <= tolerance))
                    wrong.Add($"{name}, {part} of '{prediction}' against '{target}': expected {expected}, not {actual}");
            }
        }
        Assert.NotEqual(0, count);
        Assert.Empty(wrong);
    }

    [Fact]
    public void Significance_of_the_systems_of_wmt17_is_that_of_moses_and_multeval()
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(TestData.Path("data", "text-metrics", "wmt17_en_de_significance_expected.json")));
        Dictionary<string, List<string>> texts = new(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(TestData.Path("data", "text-metrics", "wmt17_en_de_significance.jsonl")))
        {
            using JsonDocument segment = JsonDocument.Parse(line);
            foreach (JsonProperty system in segment.RootElement.EnumerateObject())
            {
                if (!texts.TryGetValue(system.Name, out List<string>? list))
                    texts.Add(system.Name, list = []);
                list.Add(system.Value.GetString()!);
            }
        }
        Bleu bleu = new() { Tokenizer = BleuTokenizer.None };
        IReadOnlyList<double[]> baseline = bleu.Segments(texts[expected.RootElement.GetProperty("baseline").GetString()!], texts["reference"]);
        foreach (JsonProperty system in expected.RootElement.GetProperty("paired_bootstrap_p").EnumerateObject())
        {
            IReadOnlyList<double[]> segments = bleu.Segments(texts[system.Name], texts["reference"]);
            Assert.Equal(system.Value.GetDouble(), CorpusTests.Bootstrap(bleu, baseline, segments, resamples: 10_000), 0.01);
            Assert.Equal(expected.RootElement.GetProperty("approx_randomization_p_bleu").GetProperty(system.Name).GetDouble(), CorpusTests.ApproximateRandomization(bleu, baseline, segments), 0.01);
        }
    }

    private static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(static text => text.GetString()!)];

    private static CorpusMetric Metric(string name, JsonElement options)
    {
        return name switch
        {
            "corpus_bleu" or "sentence_bleu" or "raw_corpus_bleu" => new Bleu
            {
                Tokenizer = Text("tokenize") is { } tokenizer ? _tokenizers[tokenizer] : BleuTokenizer.V13a,
                Smoothing = Text("smooth_method") is { } smoothing ? _smoothings[smoothing] : BleuSmoothing.Exponential,
                SmoothingValue = Number("smooth_value"),
                Lowercase = Flag("lowercase", false),
                MaxOrder = (int)(Number("max_ngram_order") ?? 4),
                EffectiveOrder = Flag("effective_order", false),
            },
            "corpus_chrf" or "sentence_chrf" => new ChrF
            {
                CharacterOrder = (int)(Number("char_order") ?? 6),
                WordOrder = (int)(Number("word_order") ?? 0),
                Beta = Number("beta") ?? 2,
                Lowercase = Flag("lowercase", false),
                EpsilonSmoothing = Flag("eps_smoothing", false),
                IncludeWhiteSpace = !Flag("remove_whitespace", true) || Flag("whitespace", false),
            },
            "corpus_ter" or "sentence_ter" => new Ter
            {
                Normalized = Flag("normalized", false),
                RemovePunctuation = Flag("no_punct", false),
                AsianSupport = Flag("asian_support", false),
                CaseSensitive = Flag("case_sensitive", false),
            },
            _ => throw new InvalidDataException($"There is no metric '{name}'."),
        };

        string? Text(string option) => options.TryGetProperty(option, out JsonElement value) ? value.GetString() : null;
        double? Number(string option) => options.TryGetProperty(option, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
        bool Flag(string option, bool standard) => options.TryGetProperty(option, out JsonElement value) ? value.GetBoolean() : standard;
    }
}
