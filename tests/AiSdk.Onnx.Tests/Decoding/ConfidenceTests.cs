using System.Text.Json;
using AiSdk.Tests;
using CsCheck;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class ConfidenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_confidences_of_all_values_add_up_to_one()
    {
        // Each character is a token, so that a value is spelled in one way only.
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        // The model is so sure of itself that others would hardly count.
        using OnnxChatClient client = new(folder.Path, new OnnxModelOptions { ConfidenceTemperature = 300 });
        string[] choices = ["bcd", "bce", "bf", "x", "xyz", "xyw", "tttttt"];
        Dictionary<string, double> confidences = [];
        for (int seed = 0; confidences.Count < choices.Length && seed < 2_000; seed++)
        {
            ChatResponse response = await client.GetResponseAsync("bcdefghijk", new ChatOptions { Temperature = 300, Seed = seed }.WithChoices(choices), Token);
            double confidence = Confidence(response)!.Value;
            // Sampling, at whatever temperature, does not count.
            Assert.Equal(confidences.GetValueOrDefault(response.Text, confidence), confidence, 1e-6);
            confidences[response.Text] = confidence;
        }
        Assert.Equal(choices.Order(), confidences.Keys.Order());
        Assert.Equal(1, confidences.Values.Sum(), 1e-5);
        Assert.All(confidences.Values, static confidence => Assert.InRange(confidence, 1e-4, 0.9));
    }

    [Fact]
    public async Task A_great_temperature_makes_all_tokens_of_a_choice_equally_likely()
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        using OnnxChatClient client = new(folder.Path, new OnnxModelOptions { ConfidenceTemperature = 1e6 });
        // Of three tokens one, of two one; what follows is forced.
        ChatResponse response = await client.GetResponseAsync("bcdefghijk", new ChatOptions().WithRegex("(b|c|d)(ef|gh)ijkl"), Token);
        Assert.Equal(1 / 6.0, Confidence(response)!.Value, 1e-4);
        Assert.Equal(1, Confidence(await client.GetResponseAsync("bcdefghijk", new ChatOptions().WithRegex("bcdef"), Token)));
    }

    [Theory]
    [InlineData("stories260K")]
    [InlineData("tiny-gpt2")]
    public async Task What_makes_replies_faster_does_not_change_it(string model)
    {
        const string schema = """{"type":"object","properties":{"mood":{"enum":["happy","sad","unknown"]},"name":{"type":"string","maxLength":6},"moods":{"type":"array","items":{"enum":["happy","sad","unknown"]},"minItems":3,"maxItems":6}},"required":["mood","name","moods"],"additionalProperties":false}""";
        List<double> confidences = [];
        foreach (OnnxModelOptions options in (OnnxModelOptions[])
            [
                new() { JumpForward = false, PromptLookup = false, PrefixCacheBytes = 0, MaxBatchSize = 1 },
                new() { JumpForward = true, PromptLookup = false, PrefixCacheBytes = 0 },
                new() { JumpForward = false, PromptLookup = true, PrefixCacheBytes = 0 },
                new(),
            ])
        {
            using var client = new OnnxChatClient(TestData.Path("models", model), options);
            foreach (int round in (int[])[0, 1])
            {
                ChatResponse response = await client.GetResponseAsync(TestModels.StoriesPrompt, new ChatOptions { MaxOutputTokens = 200, ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema)) }, Token);
                confidences.Add(Math.Log(Confidence(response)!.Value));
            }
        }
        Assert.All(confidences, confidence => Assert.Equal(confidences[0], confidence, 1e-3));
        Assert.InRange(confidences[0], -40, -0.01);
    }

    [Fact]
    public async Task Replies_made_together_have_it_as_those_made_alone()
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        using OnnxModel model = OnnxModel.Load(folder.Path);
        using OnnxChatClient client = new(model);
        string[] prompts = ["bcdefghijk", "xyzbbcd", "cdeffgg", "zzzzzyx", "mnopq", "qrstu"];
        double[] alone = new double[prompts.Length];
        for (int i = 0; i < prompts.Length; i++)
            alone[i] = await OfAsync(prompts[i]);
        double[] together = await Task.WhenAll(prompts.Select(OfAsync));
        for (int i = 0; i < prompts.Length; i++)
            Assert.Equal(alone[i], together[i], 1e-4);

        async Task<double> OfAsync(string prompt) => Confidence(await client.GetResponseAsync(prompt, new ChatOptions { MaxOutputTokens = 100 }.WithRegex("([b-y]{3}z){3}"), Token))!.Value;
    }

    [Fact]
    public async Task A_stream_has_it_in_its_last_update_and_free_or_cut_replies_have_none()
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        using OnnxChatClient client = new(folder.Path);
        ChatOptions options = new ChatOptions { MaxOutputTokens = 50 }.WithRegex("[b-y]{8}");
        ChatResponseUpdate last = await client.GetStreamingResponseAsync("bcdefghijk", options, Token).LastAsync(Token);
        Assert.Equal(Confidence(await client.GetResponseAsync("bcdefghijk", options, Token))!.Value, (double)last.AdditionalProperties![IConstrainedChatClient.Confidence]!, 1e-5);
        Assert.Null(Confidence(await client.GetResponseAsync("bcdefghijk", new ChatOptions { MaxOutputTokens = 5 }, Token)));
        options.MaxOutputTokens = 5;
        Assert.Null(Confidence(await client.GetResponseAsync("bcdefghijk", options, Token)));
    }

    [Fact]
    public void The_sum_over_a_mask_is_that_of_its_scores() => Gen.Select(Gen.Float[-50, 50].Array[1, 300], Gen.ULong.Array[1, 6], Gen.Float[0.1f, 3]).Sample(static (scores, mask, factor) =>
    {
        double[] taken = [.. scores.Where((_, token) => TokenMask.Contains(mask, token)).Select(score => (double)score * factor)];
        double sum = TokenMask.LogSum(scores, mask, factor);
        if (taken.Length == 0)
            return double.IsNegativeInfinity(sum);
        double expected = taken.Max() + Math.Log(taken.Sum(score => Math.Exp(score - taken.Max())));
        return Math.Abs(sum - expected) < 1e-3;
    });

    [Fact]
    public async Task The_temperature_that_is_found_is_the_one_that_was_put_in()
    {
        // Right with probability p, but the model says what it says at a third of the temperature.
        Random random = new(1);
        (double Logit, bool IsRight)[] answers = [.. Enumerable.Range(0, 20_000).Select(_ =>
        {
            double logit = (random.NextDouble() * 6) - 2;
            return (3 * logit, random.NextDouble() < Sigmoid(logit));
        })];
        ConfidenceCalibration calibration = await ConfidenceCalibration.FitAsync(temperature => Task.FromResult(At(temperature)));
        Assert.Equal(3, calibration.Temperature, 0.15);
        Assert.InRange(ConfidenceCalibration.ExpectedError(At(calibration.Temperature)), 0, 0.02);
        Assert.InRange(ConfidenceCalibration.ExpectedError(At(1)), 0.05, 1);

        IReadOnlyList<(double, bool)> At(double temperature) => [.. answers.Select(answer => (Sigmoid(answer.Logit / temperature), answer.IsRight))];
        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
    }

    [Fact]
    public void The_expected_error_is_the_mean_distance_of_confidence_and_share()
    {
        // 0.9 twice, once right; 0.2 twice, never right.
        Assert.Equal(0.3, ConfidenceCalibration.ExpectedError([(0.9, true), (0.9, false), (0.2, false), (0.2, false)]), 1e-9);
        Assert.Equal(0, ConfidenceCalibration.ExpectedError([(1, true)]));
        Assert.Throws<ArgumentException>(() => ConfidenceCalibration.ExpectedError([]));
        Assert.Throws<ArgumentException>(() => ConfidenceCalibration.ExpectedError([(double.NaN, true)]));
    }

    [Fact]
    public async Task The_folder_s_calibration_counts()
    {
        using TemporaryFolder folder = GroupQueryModel.Create(share: true);
        new ConfidenceCalibration(1e6).Save(folder.Path);
        using (OnnxChatClient client = new(folder.Path))
            Assert.Equal(1 / 3.0, Confidence(await client.GetResponseAsync("bcdefghijk", new ChatOptions().WithRegex("(b|c|d)efg"), Token))!.Value, 1e-4);
        File.WriteAllText(folder.File(ConfidenceCalibration.FileName), """{"temperature": 0}""");
        Assert.Contains("temperature", Assert.Throws<OnnxModelException>(() => OnnxModel.Load(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => OnnxModel.Load(folder.Path, new OnnxModelOptions { ConfidenceTemperature = 0 }));
    }

    private static double? Confidence(ChatResponse response) => response.AdditionalProperties?.TryGetValue(IConstrainedChatClient.Confidence, out object? value) == true ? (double)value! : null;
}
