using System.Text.Json;
using System.Text.RegularExpressions;
using AiSdk.Onnx;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Evaluation.Tests.Scoring;

public sealed class ScorerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static async Task<Dictionary<string, double?>> ScoreAsync<T>(Scorer<T> scorer, T output, T expected, string reply = "") =>
        (await scorer.ScoreAsync(new ScoredOutput<T> { Output = output, Expected = expected, Reply = reply }, Cancelled)).ToDictionary(static score => score.Name, static score => score.Value);

    [Fact]
    public async Task Records_are_compared_field_by_field()
    {
        Dictionary<string, double?> scores = await ScoreAsync(Scorers.Fields<Facts>(), new Facts(12.5m, "IKEA", ["a", "b"]), new Facts(12.50m, "Ikea", ["a", "b"]));
        Assert.Equal(2.0 / 3, scores["fields"]!.Value, 1e-12);
        Assert.Equal((1, 0, 1), (scores["field:amount"], scores["field:merchant"], scores["field:notes"]));
    }

    [Fact]
    public async Task Values_with_lists_and_dictionaries_are_equal_when_they_say_the_same()
    {
        static Order Make(string note, params string[] keys) => new([new Line("tea", [1, 2])], keys.ToDictionary(static key => key, static key => key.Length), note);
        Order expected = Make("n", "a", "bb");

        Assert.Equal(1, (await ScoreAsync(Scorers.Exact<Order>(), Make("n", "bb", "a"), expected))["exact"]);
        Assert.Equal(0, (await ScoreAsync(Scorers.Exact<Order>(), Make("m", "a", "bb"), expected))["exact"]);
        Assert.Equal(0, (await ScoreAsync(Scorers.Exact<Order>(), Make("n", "a", "cc"), expected))["exact"]);
        Assert.Equal(1, (await ScoreAsync<IReadOnlyList<Line>>(Scorers.Exact<IReadOnlyList<Line>>(), [new Line("tea", [1])], new List<Line> { new("tea", [1]) }))["exact"]);
        Assert.Equal(0, (await ScoreAsync<IReadOnlyList<int>>(Scorers.Exact<IReadOnlyList<int>>(), [1, 2], [2, 1]))["exact"]);
        Assert.Equal(0, (await ScoreAsync(Scorers.Exact<Order?>(), null, expected))["exact"]);
        // Their own opinion stands where one is given.
        Assert.Equal(0, (await ScoreAsync(Scorers.Exact(EqualityComparer<Order>.Default), Make("n", "a", "bb"), expected))["exact"]);

        Dictionary<string, double?> fields = await ScoreAsync(Scorers.Fields<Order>(), Make("m", "bb", "a"), expected);
        Assert.Equal((1, 1, 0), (fields["field:lines"], fields["field:counts"], fields["field:note"]));
    }

    [Theory]
    [InlineData(100.0, 101.0, 0, 0.01, 1)]
    [InlineData(100.0, 102.0, 0, 0.01, 0)]
    [InlineData(1.0, 1.5, 0.5, 0, 1)]
    [InlineData(double.NaN, 1.5, 0.5, 0, 0)]
    public async Task Numbers_are_compared_within_a_tolerance(double output, double expected, double absolute, double relative, double score) =>
        Assert.Equal(score, (await ScoreAsync(Scorers.Numeric<double>(absolute, relative), output, expected))["numeric"]);

    [Fact]
    public async Task Sets_and_lists_have_an_F1()
    {
        Assert.Equal(0.5, (await ScoreAsync<IReadOnlyList<string>>(Scorers.SetF1<string>(), ["a", "b", "b"], ["b", "c"]))["set_f1"]);
        Assert.Equal(2.0 * 2 / 6, (await ScoreAsync<IReadOnlyList<string>>(Scorers.ListF1<string>(), ["a", "c", "b"], ["a", "b", "c"]))["list_f1"]!.Value, 1e-12);
        Assert.Equal(1, (await ScoreAsync<IReadOnlyList<string>>(Scorers.ListF1<string>(), [], []))["list_f1"]);
    }

    [Fact]
    public async Task Rankings_have_the_measures_of_retrieval()
    {
        Dictionary<string, double?> scores = await ScoreAsync<IReadOnlyList<string>>(Scorers.Retrieval<string>(4), ["x", "a", "a", "b"], ["a", "b", "c"]);
        Assert.Equal(0.5, scores["precision@4"]);
        Assert.Equal(2.0 / 3, scores["recall@4"]!.Value, 1e-12);
        Assert.Equal(0.5, scores["mrr"]);
        Assert.Equal(((1 / Math.Log2(3)) + (1 / Math.Log2(5))) / (1 + (1 / Math.Log2(3)) + (1 / Math.Log2(4))), scores["ndcg@4"]!.Value, 1e-12);
        Assert.Null((await ScoreAsync<IReadOnlyList<string>>(Scorers.Retrieval<string>(4), ["x"], []))["mrr"]);
    }

    [Fact]
    public async Task Texts_are_compared_as_they_are_normalised_by_words_and_by_pattern()
    {
        Assert.Equal(1, (await ScoreAsync(Scorers.Normalized(), "The  Answer, is: 42!", "answer is 42"))["normalized"]);
        Assert.Equal(0, (await ScoreAsync(Scorers.Exact<string>(), "The answer", "the answer"))["exact"]);
        Assert.Equal(0.8, (await ScoreAsync(Scorers.TokenF1(), "red green", "red green blue"))["token_f1"]!.Value, 1e-12);
        Assert.Equal(1, (await ScoreAsync(Scorers.Regex(new Regex("^[0-9]+$")), "42", ""))["regex"]);
        Assert.Equal(100, (await ScoreAsync(Scorers.Text(new Bleu()), "a cat sat on the mat", "a cat sat on the mat"))["bleu"]!.Value, 1e-9);
        Assert.Equal(4, (await ScoreAsync(Scorers.Rouge(), "a b", "a b")).Count);
    }

    [Fact]
    public async Task Replies_are_checked_against_a_schema()
    {
        using JsonDocument schema = JsonDocument.Parse("""{"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"], "additionalProperties": false}""");
        Scorer<string> scorer = Scorers.SchemaValidity<string>(OutputShape.FromJsonSchema(schema.RootElement.Clone()));
        Assert.Equal(1, (await ScoreAsync(scorer, "", "", """{"n": 3}"""))["schema"]);
        Assert.Equal(0, (await ScoreAsync(scorer, "", "", """{"n": 0}"""))["schema"]);
        Assert.Equal(0, (await ScoreAsync(scorer, "", "", "```json {\"n\": 3} ```"))["schema"]);
    }

    [Fact]
    public async Task What_throws_when_it_is_run_does_not_work()
    {
        Scorer<string> scorer = Scorers.Functional<string>("runs", static (output, _, _) => output == "throw" ? throw new InvalidOperationException("no") : ValueTask.FromResult(output == "good"));
        Assert.Equal(1, (await ScoreAsync(scorer, "good", ""))["runs"]);
        Assert.Equal(0, (await ScoreAsync(scorer, "bad", ""))["runs"]);
        Assert.Equal("InvalidOperationException: no", (await scorer.ScoreAsync(new ScoredOutput<string> { Output = "throw", Expected = "" }, Cancelled))[0].Reason);
    }

    [Fact]
    public async Task Perplexity_is_that_of_the_log_likelihood()
    {
        Dictionary<string, double?> scores = await ScoreAsync(Scorers.Perplexity(static (_, _) => Task.FromResult((4, -4 * Math.Log(8)))), "", "text");
        Assert.Equal(8, scores["perplexity"]!.Value, 1e-9);
        Assert.Equal(Math.Log(8), scores["cross_entropy"]!.Value, 1e-12);
    }

    [Fact]
    public async Task The_model_itself_says_how_surprising_a_text_is()
    {
        using OnnxModel model = OnnxModel.Load(TestData.Path("models", "stories260K"));
        using OnnxChatClient client = new(model);
        Dictionary<string, int> tokens = [];
        Scorer<string> scorer = Scorers.Perplexity(async (text, token) =>
        {
            TextScore score = await model.ScoreAsync(text, token);
            tokens[text] = score.Tokens;
            return (score.Tokens, score.LogLikelihood);
        });

        // By hand: what the model writes behind a prompt adds the log-probabilities that it told while it wrote.
        const string Prompt = "Once upon a time, there was a little";
        ChatOptions options = new() { MaxOutputTokens = 30, AdditionalProperties = new() { [OnnxChatClient.LogProbabilities] = true } };
        ChatResponse reply = await client.GetResponseAsync(Prompt, options, Cancelled);
        var written = (IReadOnlyList<TokenLogProbability>)reply.AdditionalProperties![OnnxChatClient.LogProbabilities]!;
        string story = Prompt + reply.Text;
        Dictionary<string, double?> prompt = await ScoreAsync(scorer, "", Prompt);
        Dictionary<string, double?> whole = await ScoreAsync(scorer, "", story);
        Assert.Equal(30, written.Count);
        Assert.Equal(tokens[Prompt] + 30, tokens[story]);
        double entropy = ((prompt["cross_entropy"]!.Value * tokens[Prompt]) - written.Sum(static token => token.LogProbability)) / tokens[story];
        Assert.Equal(entropy, whole["cross_entropy"]!.Value, 1e-4);
        Assert.Equal(Math.Exp(entropy), whole["perplexity"]!.Value, 1e-3);

        // The same words in another order are no story any more.
        const string Story = "Lily and Tom went to the park. They saw a big dog and they were happy to play with it.";
        string[] words = Story.Split(' ');
        new Random(5).Shuffle(words);
        double? ordered = (await ScoreAsync(scorer, "", Story))["perplexity"];
        double? shuffled = (await ScoreAsync(scorer, "", string.Join(' ', words)))["perplexity"];
        Assert.InRange(ordered!.Value, 1, 20);
        Assert.True(shuffled > 3 * ordered, $"{shuffled} and {ordered}");
    }

    [Theory]
    [InlineData("east", "east", 1.0)]
    [InlineData("east", "north", 0.0)]
    [InlineData("east", "west", -1.0)]
    // (1, 0) and (3, 4): 3 / 5.
    [InlineData("east", "3-4", 0.6)]
    // (3, 4) and (12, 5): 56 / (5 · 13); the length of a vector does not count.
    [InlineData("3-4", "12-5", 56.0 / 65)]
    [InlineData("nothing", "east", null)]
    public async Task Embeddings_are_compared_by_their_cosine(string output, string expected, double? cosine)
    {
        using PlaneEmbeddings generator = new();
        double? similarity = (await ScoreAsync(Scorers.EmbeddingSimilarity(generator), output, expected))["similarity"];
        Assert.Equal(cosine is null, similarity is null);
        Assert.Equal(cosine ?? 0, similarity ?? 0, 1e-6);
        // One request for both.
        Assert.Equal([[output, expected]], generator.Requests);
    }

    /// <summary>Directions in a plane.</summary>
    private sealed class PlaneEmbeddings : IEmbeddingGenerator<string, Embedding<float>>
    {
        private static readonly Dictionary<string, float[]> _vectors = new() { ["east"] = [1, 0], ["west"] = [-1, 0], ["north"] = [0, 1], ["3-4"] = [3, 4], ["12-5"] = [12, 5], ["nothing"] = [0, 0] };

        public List<string[]> Requests { get; } = [];

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            Requests.Add([.. values]);
            return Task.FromResult<GeneratedEmbeddings<Embedding<float>>>([.. Requests[^1].Select(static text => new Embedding<float>(_vectors[text]))]);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed record Line(string Name, int[] Parts);

    private sealed record Order(IReadOnlyList<Line> Lines, Dictionary<string, int> Counts, string Note);

    private sealed record Facts(decimal Amount, string Merchant, string[] Notes);
}
