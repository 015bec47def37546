using System.Globalization;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

[Collection(GenAIStub.Collection)]
public sealed class GenAIBatchTests
{
    private const int Together = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replies_that_are_made_together_are_what_they_are_alone()
    {
        using TemporaryFolder folder = Paged();
        using (OnnxModel model = GenAIStub.Load(folder.Path))
        {
            GenAIStub.Delay(TimeSpan.FromMilliseconds(2));
            using var client = new OnnxChatClient(model);
            ChatResponse[] replies = await Task.WhenAll(Enumerable.Range(0, Together).Select(i => client.GetResponseAsync(TestModels.User(Prompt(i)), Options(i), Token)));
            for (int i = 0; i < Together; i++)
            {
                Assert.Equal(ToyModel.GreedyText(model, Prompt(i), 30 + i), replies[i].Text);
                int count = ToyModel.Greedy(model, [.. model.Tokenizer.EncodePrompt(Prompt(i))], 30 + i).Count;
                Assert.Equal(count == 30 + i ? ChatFinishReason.Length : ChatFinishReason.Stop, replies[i].FinishReason);
                Assert.Equal(Math.Min(count + 1, 30 + i), replies[i].Usage!.OutputTokenCount);
            }
            Assert.True(GenAIStub.MostTogether > 1);
            // Fewer steps than tokens: that is what it is for.
            Assert.True(GenAIStub.Steps < 30 * Together, GenAIStub.Steps.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(0, GenAIStub.Created("generator"));
            Assert.Equal(0, model.Sequences.Count);
        }
        Assert.Equal(1, GenAIStub.Created("engine"));
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task A_reply_alone_is_not_batched_and_the_next_one_beside_it_is()
    {
        using (OnnxModel model = GenAIStub.Load(TestData.Path("models", "stories260K")))
        {
            using var client = new OnnxChatClient(model);
            Assert.Equal(ToyModel.GreedyText(model, Prompt(0), 30), (await client.GetResponseAsync(TestModels.User(Prompt(0)), Options(0), Token)).Text);
            Assert.Equal(0, GenAIStub.Created("engine"));

            GenAIStub.Delay(TimeSpan.FromSeconds(30));
            using IDecoder busy = model.CreateDecoder(20);
            using var source = new CancellationTokenSource();
            using var started = new ManualResetEventSlim();
            var run = Task.Run(
                () =>
                {
                    started.Set();
                    busy.Append([1], source.Token);
                },
                Token);
            started.Wait(Token);
            // The run has begun when the engine gives a place beside it.
            IDecoder? beside;
            while ((beside = model.RentDecoder([1], 20, Settings())) is not GenAIBatchDecoder)
                beside.Dispose();
            GenAIStub.Delay(TimeSpan.Zero);
            // And the next beside that one, even when the first has ended.
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
            Assert.Equal(ToyModel.GreedyText(model, Prompt(1), 31), (await client.GetResponseAsync(TestModels.User(Prompt(1)), Options(1), Token)).Text);
            Assert.True(GenAIStub.Steps > 0);
            beside.Dispose();
            Assert.Equal(1, GenAIStub.Created("engine"));
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task One_that_is_cancelled_leaves_the_others_alone()
    {
        using TemporaryFolder folder = Paged();
        using (OnnxModel model = GenAIStub.Load(folder.Path))
        {
            GenAIStub.Delay(TimeSpan.FromMilliseconds(2));
            using var client = new OnnxChatClient(model);
            using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
            Task<ChatResponse>[] others = [.. Enumerable.Range(1, Together).Select(i => client.GetResponseAsync(TestModels.User(Prompt(i)), Options(i), Token))];
            int seen = 0;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(TestModels.User(Prompt(0)), cancellationToken: source.Token))
                {
                    if (++seen == 3)
                        await source.CancelAsync();
                }
            });
            // One more that its reader leaves.
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(TestModels.User(Prompt(0)), cancellationToken: Token))
                break;
            for (int i = 1; i <= Together; i++)
                Assert.Equal(ToyModel.GreedyText(model, Prompt(i), 30 + i), (await others[i - 1]).Text);
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public void Waiting_for_a_step_can_be_cancelled()
    {
        using TemporaryFolder folder = Paged();
        using (OnnxModel model = GenAIStub.Load(folder.Path))
        {
            using var source = new CancellationTokenSource();
            using IDecoder decoder = model.RentDecoder([1, 2, 3], 20, Settings());
            Assert.IsType<GenAIBatchDecoder>(decoder);
            decoder.Append([1, 2, 3], Token);
            int first = TestModels.Best(decoder.Logits);
            Assert.Equal(TestModels.Best(ToyModel.Logits([1, 2, 3], 512)), first);
            Assert.Throws<InvalidOperationException>(() => decoder.Append([first == 7 ? 8 : 7], Token));
            Assert.Throws<NotSupportedException>(() => decoder.Rewind(1));
            source.Cancel();
            Assert.Throws<OperationCanceledException>(() => decoder.Append([first], source.Token));
            decoder.Append([first], Token);
            Assert.Equal(TestModels.Best(ToyModel.Logits([1, 2, 3, first], 512)), TestModels.Best(decoder.Logits));
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task A_reply_that_the_model_ends_has_ended()
    {
        using TemporaryFolder folder = Paged();
        int end;
        using (OnnxModel model = GenAIStub.Load(folder.Path))
            end = ToyModel.Greedy(model, [.. model.Tokenizer.EncodePrompt(Prompt(0))], 8)[7];
        folder.Edit("genai_config.json", "\"eos_token_id\": 2", string.Create(CultureInfo.InvariantCulture, $"\"eos_token_id\": {end}"));
        using (OnnxModel model = GenAIStub.Load(folder.Path))
        {
            using var client = new OnnxChatClient(model);
            ChatResponse response = await client.GetResponseAsync(TestModels.User(Prompt(0)), Options(0), Token);
            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
            string expected = ToyModel.GreedyText(model, Prompt(0), 30);
            Assert.Equal(expected, response.Text);
            Assert.InRange(response.Usage!.OutputTokenCount!.Value, 1, 8);
            Assert.True(GenAIStub.Steps > 0);
            ChatResponse stopped = await client.GetResponseAsync(TestModels.User(Prompt(1)), new ChatOptions { StopSequences = [ToyModel.GreedyText(model, Prompt(1), 20)[^2..]] }, Token);
            Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task The_context_is_the_end()
    {
        using TemporaryFolder folder = Paged();
        using (OnnxModel model = GenAIStub.Load(folder.Path))
        {
            using var client = new OnnxChatClient(model);
            ChatResponse response = await client.GetResponseAsync(TestModels.User(string.Concat(Enumerable.Repeat("z", 495))), new ChatOptions { MaxOutputTokens = 5000 }, Token);
            Assert.Equal(512, response.Usage!.TotalTokenCount);
            Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task A_step_that_fails_fails_all_and_the_next_reply_begins_anew()
    {
        using TemporaryFolder folder = Paged();
        using (OnnxModel model = GenAIStub.Load(folder.Path))
        {
            using var client = new OnnxChatClient(model);
            IDecoder[] decoders = [model.RentDecoder([1, 2], 20, Settings()), model.RentDecoder([1, 2], 20, Settings())];
            decoders[0].Append([1, 2], Token);
            decoders[1].Append([1, 2], Token);
            GenAIStub.Fail("OgaEngineStep", "the device is lost");
            foreach (IDecoder decoder in decoders)
            {
                OnnxModelException exception = Assert.Throws<OnnxModelException>((Action)(() =>
                {
                    // What the last step brought is there all the same.
                    while (true)
                        decoder.Append([TestModels.Best(decoder.Logits)], Token);
                }));
                Assert.Contains("the device is lost", exception.Message, StringComparison.Ordinal);
                decoder.Dispose();
            }
            GenAIStub.Fail("OgaEngineAddRequest", "no room");
            OnnxModelException refused = await Assert.ThrowsAsync<OnnxModelException>(() => client.GetResponseAsync(TestModels.User(Prompt(0)), Options(0), Token));
            Assert.Contains("no room", refused.Message, StringComparison.Ordinal);
            Assert.Equal(ToyModel.GreedyText(model, Prompt(0), 30), (await client.GetResponseAsync(TestModels.User(Prompt(0)), Options(0), Token)).Text);
            Assert.Equal(2, GenAIStub.Created("engine"));
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task A_model_that_cannot_be_batched_is_decoded_all_the_same()
    {
        using TemporaryFolder folder = Paged();
        using (OnnxModel model = GenAIStub.Load(folder.Path))
        {
            using var client = new OnnxChatClient(model);
            GenAIStub.Fail("OgaCreateEngine", "not for this model");
            for (int i = 0; i < 2; i++)
                Assert.Equal(ToyModel.GreedyText(model, Prompt(0), 30), (await client.GetResponseAsync(TestModels.User(Prompt(0)), Options(0), Token)).Text);
            Assert.Equal((0, 0), (GenAIStub.Created("engine"), GenAIStub.Steps));
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task What_the_library_cannot_choose_as_we_do_is_not_batched()
    {
        using TemporaryFolder folder = Paged();
        using (OnnxModel model = GenAIStub.Load(folder.Path))
        {
            using var client = new OnnxChatClient(model);
            ChatOptions[] cases =
            [
                new() { Temperature = 1, Seed = 3 },
                new() { FrequencyPenalty = 0.5f },
                new() { PresencePenalty = 0.5f },
                new() { AdditionalProperties = new() { ["repetition_penalty"] = 1.1 } },
                new() { AdditionalProperties = new() { [OnnxChatClient.LogProbabilities] = true } },
                new() { ResponseFormat = ChatResponseFormat.Json },
                new() { Tools = [AIFunctionFactory.Create(static () => 1, "one")] },
            ];
            foreach (ChatOptions options in cases)
            {
                options.MaxOutputTokens = 5;
                await client.GetResponseAsync(TestModels.User(Prompt(0)), options, Token);
            }
            Assert.Equal(0, GenAIStub.Steps);
            // A seed does not matter where nothing is left to chance.
            await client.GetResponseAsync(TestModels.User(Prompt(0)), new ChatOptions { Temperature = 0, Seed = 3, MaxOutputTokens = 5 }, Token);
            Assert.Contains("bool do_sample false", GenAIStub.Events, StringComparison.Ordinal);
            await client.GetResponseAsync(TestModels.User(Prompt(0)), new ChatOptions { Temperature = 0.5f, TopK = 7, TopP = 0.25f, MaxOutputTokens = 5 }, Token);
            foreach (string line in (string[])["bool do_sample true", "number temperature 0.5", "number top_k 7", "number top_p 0.25", "number random_seed -1", "number repetition_penalty 1"])
                Assert.Contains(line, GenAIStub.Events, StringComparison.Ordinal);
            Assert.True(GenAIStub.Steps > 0);
        }
        GenAIStub.AssertBalanced();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    public void No_more_are_joined_than_is_said(int most, int joined)
    {
        using TemporaryFolder folder = Paged();
        using (OnnxModel model = GenAIStub.Load(folder.Path, options => options.MaxBatchSize = most))
        {
            IDecoder[] decoders = [.. Enumerable.Range(0, 4).Select(_ => model.RentDecoder([1], 10, Settings()))];
            Assert.Equal(joined, decoders.Count(static decoder => decoder is GenAIBatchDecoder));
            foreach (IDecoder decoder in decoders)
                decoder.Dispose();
            using IDecoder next = model.RentDecoder([1], 10, Settings());
            Assert.Equal(joined > 0, next is GenAIBatchDecoder);
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public void A_disposed_model_lets_a_batch_finish()
    {
        using TemporaryFolder folder = Paged();
        OnnxModel model = GenAIStub.Load(folder.Path);
        IDecoder decoder = model.RentDecoder([1], 10, Settings());
        model.Dispose();
        decoder.Append([1], Token);
        Assert.Equal(TestModels.Best(ToyModel.Logits([1], 512)), TestModels.Best(decoder.Logits));
        Assert.Throws<ObjectDisposedException>(() => model.RentDecoder([1], 10, Settings()));
        decoder.Dispose();
        GenAIStub.AssertBalanced();
    }

    private static string Prompt(int index) => string.Create(CultureInfo.InvariantCulture, $"Once upon a time, {index} little");

    private static ChatOptions Options(int index) => new() { MaxOutputTokens = 30 + index };

    private static GenerationSettings Settings() => new();

    // Such a model is always batched, so that it does not take luck.
    private static TemporaryFolder Paged()
    {
        TemporaryFolder folder = TestModels.Copy("stories260K");
        folder.Edit("genai_config.json", "\"search\": {", "\"engine\": { \"dynamic_batching\": {} }, \"search\": {");
        return folder;
    }
}
