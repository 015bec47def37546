using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

[Collection(GenAIStub.Collection)]
public sealed class GenAIEngineTests
{
    private const string Prompt = "Once upon a time, there was a little";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Stories => TestData.Path("models", "stories260K");

    [Fact]
    public async Task A_reply_is_what_the_model_likes_best()
    {
        using (OnnxModel model = GenAIStub.Load(Stories))
        {
            Assert.Equal(OnnxEngine.GenAI, model.Engine);
            using var client = new OnnxChatClient(model);
            ChatOptions options = new() { MaxOutputTokens = 60 };
            ChatResponse response = await client.GetResponseAsync(TestModels.User(Prompt), options, Token);
            Assert.Equal(ToyModel.GreedyText(model, Prompt, 60), response.Text);
            string streamed = "";
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(TestModels.User(Prompt), options, Token))
                streamed += update.Text;
            Assert.Equal(response.Text, streamed);
        }
        GenAIStub.AssertBalanced();
        Assert.Equal("1", GenAIStub.Variable("ORT_DISABLE_TELEMETRY"));
    }

    [Fact]
    public void A_kind_of_model_that_the_library_does_not_know_runs_on_ONNX_Runtime_unless_the_library_is_asked_for()
    {
        const string unknown = "Unsupported model_type in config.json: contoso";
        GenAIStub.Reset();
        GenAIStub.Fail("OgaCreateModelFromConfig", unknown);
        using (OnnxModel model = OnnxModel.Load(Stories, new OnnxModelOptions { GenAILibraryPath = GenAIStub.Path }))
            Assert.Equal(OnnxEngine.OnnxRuntime, model.Engine);
        GenAIStub.Fail("OgaCreateModelFromConfig", unknown);
        Assert.Contains(unknown, Assert.Throws<OnnxModelException>(() => OnnxModel.Load(Stories, GenAIStub.Options())).Message, StringComparison.Ordinal);
        // Whatever else is wrong is told, not passed over.
        GenAIStub.Fail("OgaCreateModelFromConfig", "out of memory");
        Assert.Contains("out of memory", Assert.Throws<OnnxModelException>(() => OnnxModel.Load(Stories, new OnnxModelOptions { GenAILibraryPath = GenAIStub.Path })).Message, StringComparison.Ordinal);
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task A_sampled_reply_repeats_with_its_seed_and_has_log_probabilities()
    {
        using (OnnxModel model = GenAIStub.Load(Stories))
        {
            using var client = new OnnxChatClient(model);
            ChatOptions options = new() { MaxOutputTokens = 30, Temperature = 1, Seed = 3, AdditionalProperties = new() { [OnnxChatClient.LogProbabilities] = true } };
            ChatResponse response = await client.GetResponseAsync(TestModels.User(Prompt), options, Token);
            Assert.Equal(response.Text, (await client.GetResponseAsync(TestModels.User(Prompt), options, Token)).Text);
            Assert.NotEqual(ToyModel.GreedyText(model, Prompt, 30), response.Text);
            var probabilities = (IReadOnlyList<TokenLogProbability>)response.AdditionalProperties![OnnxChatClient.LogProbabilities]!;
            Assert.Equal(response.Usage!.OutputTokenCount, probabilities.Count);
        }
        GenAIStub.AssertBalanced();
    }

    [Theory]
    [InlineData(0f, true)]
    [InlineData(0f, false)]
    [InlineData(1.5f, true)]
    public async Task A_constrained_reply_fits_its_schema(float temperature, bool jumpForward)
    {
        using (OnnxModel model = GenAIStub.Load(Stories, options => options.JumpForward = jumpForward))
        {
            using var client = new OnnxChatClient(model);
            using var schema = JsonDocument.Parse("""{"type":"object","properties":{"name":{"enum":["Tom","Lily"]},"age":{"type":"integer","minimum":0,"maximum":99},"happy":{"type":"boolean"}},"required":["name","age","happy"],"additionalProperties":false}""");
            ChatOptions options = new() { Temperature = temperature, Seed = 1, ResponseFormat = ChatResponseFormat.ForJsonSchema(schema.RootElement) };
            ChatResponse response = await client.GetResponseAsync(TestModels.User(Prompt), options, Token);
            using var reply = JsonDocument.Parse(response.Text);
            Assert.Contains(reply.RootElement.GetProperty("name").GetString(), (string[])["Tom", "Lily"]);
            Assert.InRange(reply.RootElement.GetProperty("age").GetInt32(), 0, 99);
            Assert.Contains(reply.RootElement.GetProperty("happy").ValueKind, (JsonValueKind[])[JsonValueKind.True, JsonValueKind.False]);
            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
            Assert.Equal(3, reply.RootElement.EnumerateObject().Count());
        }
        Assert.Equal(0, GenAIStub.Steps);
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task A_prompt_that_begins_like_an_earlier_one_is_read_from_there()
    {
        using (OnnxModel model = GenAIStub.Load(Stories))
        {
            using var client = new OnnxChatClient(model);
            foreach (string tail in (string[])[" girl", " boy who had a", "", " girl"])
            {
                long before = GenAIStub.ReadTokens;
                ChatResponse response = await client.GetResponseAsync(TestModels.User(Prompt + tail), new ChatOptions { MaxOutputTokens = 20 }, Token);
                Assert.Equal(ToyModel.GreedyText(model, Prompt + tail, 20), response.Text);
                long cached = response.Usage!.CachedInputTokenCount!.Value;
                // The last token is chosen and not read any more.
                Assert.Equal(response.Usage.InputTokenCount!.Value - cached + response.Usage.OutputTokenCount!.Value - 1, GenAIStub.ReadTokens - before);
                if (before > 0)
                    Assert.True(cached >= 9);
            }
            Assert.Equal(3, GenAIStub.Rewinds);
            Assert.Equal(1, GenAIStub.Created("generator"));
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public void A_decoder_gives_the_models_logits_however_it_got_there()
    {
        // A cache of fixed size, so that growing makes another generator.
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        folder.Edit("genai_config.json", "\"past_present_share_buffer\": false", "\"past_present_share_buffer\": true");
        using (OnnxModel model = GenAIStub.Load(folder.Path, options => options.PrefillChunkSize = 3))
        {
            using IDecoder decoder = model.CreateDecoder(40);
            Assert.Equal(1, decoder.MaxKeptLogits);
            Assert.Throws<InvalidOperationException>(() => decoder.Logits.Length);
            List<int> tokens = [];
            void Append(params int[] more)
            {
                decoder.Append(more, Token);
                tokens.AddRange(more);
                AssertLogits();
            }
            void AssertLogits()
            {
                Assert.Equal(tokens.Count, decoder.Length);
                Assert.Equal(ToyModel.Logits(CollectionsMarshal.AsSpan(tokens), 512), decoder.Logits.ToArray());
                Assert.Equal(decoder.Logits.ToArray(), decoder.KeptLogits(0).ToArray());
            }
            void Rewind(int length)
            {
                decoder.Rewind(length);
                tokens.RemoveRange(length, tokens.Count - length);
                Assert.Throws<InvalidOperationException>(() => decoder.Logits.Length);
            }
            Append(1, 2, 3, 4, 5, 6, 7, 8);
            Append(9);
            decoder.Rewind(9);
            AssertLogits();
            Rewind(7);
            Rewind(4);
            Append(400, 401);
            Rewind(0);
            Append(5, 6);
            Assert.Equal(256, decoder.Capacity);
            decoder.Reserve(30);
            AssertLogits();
            decoder.Reserve(300);
            Assert.Equal(512, decoder.Capacity);
            Append([.. Enumerable.Range(10, 290)]);
            // A library that cannot rewind costs time, nothing else.
            GenAIStub.Fail("OgaGenerator_RewindTo", "not for this model");
            Rewind(100);
            Append(11);
            Assert.Throws<ArgumentException>(() => decoder.Append([], Token));
            Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Append([512], Token));
            Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Append([1, 2], 2, Token));
            Assert.Throws<InvalidOperationException>(() => decoder.Append(new int[412], Token));
            Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Rewind(102));
            Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Reserve(513));
            AssertLogits();
            Assert.True(decoder.EngineTime > TimeSpan.Zero);
            // 5 layers, 4 heads of 8 numbers, keys and values, in float.
            Assert.Equal(512 * 5 * 4 * 8 * 2 * 4, decoder.CacheBytes);
            Assert.Equal(4, GenAIStub.Created("generator"));
            Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateDecoder(513));
        }
        GenAIStub.AssertBalanced();
    }

    [Theory]
    [InlineData("dml")]
    [InlineData("qnn")]
    public async Task Where_a_device_takes_tokens_once_the_next_ones_are_chosen_for_it(string provider)
    {
        using (OnnxModel model = GenAIStub.Load(Stories, options =>
        {
            options.ExecutionProvider = provider;
            // A prompt cannot be read in pieces there.
            options.PrefillChunkSize = 3;
        }))
        {
            using var client = new OnnxChatClient(model);
            foreach (string tail in (string[])[" girl", " boy who had a"])
                Assert.Equal(ToyModel.GreedyText(model, Prompt + tail, 30), (await client.GetResponseAsync(TestModels.User(Prompt + tail), new ChatOptions { MaxOutputTokens = 30 }, Token)).Text);
            using IDecoder decoder = model.CreateDecoder(20);
            decoder.Append([1, 2, 3], Token);
            decoder.Append([4, 5], Token);
            Assert.Equal(ToyModel.Logits([1, 2, 3, 4, 5], 512), decoder.Logits.ToArray());
            decoder.Rewind(4);
            decoder.Append([6], Token);
            Assert.Equal(ToyModel.Logits([1, 2, 3, 4, 6], 512), decoder.Logits.ToArray());
            foreach (string function in (string[])["OgaGenerator_SetLogits", "OgaGenerator_GenerateNextToken"])
            {
                GenAIStub.Fail(function, "the device is lost");
                Assert.Contains("the device is lost", Assert.Throws<OnnxModelException>(() => decoder.Append([7], Token)).Message, StringComparison.Ordinal);
                Assert.Equal(0, decoder.Length);
                decoder.Append([1], Token);
            }
            Assert.Equal(0, GenAIStub.Rewinds);
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task A_text_is_scored_token_by_token()
    {
        using (OnnxModel model = GenAIStub.Load(Stories))
        {
            List<int> ids = model.Tokenizer.EncodePrompt(Prompt);
            double sum = 0;
            for (int i = 1; i < ids.Count; i++)
            {
                float[] logits = ToyModel.Logits(CollectionsMarshal.AsSpan(ids)[..i], 512);
                sum += logits[ids[i]] - Math.Log(logits.Sum(static logit => Math.Exp(logit)));
            }
            TextScore score = await model.ScoreAsync(Prompt, Token);
            Assert.Equal(sum, score.LogLikelihood, 1e-3);
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task A_run_in_progress_can_be_stopped_and_its_generator_is_not_used_again()
    {
        using (OnnxModel model = GenAIStub.Load(Stories))
        {
            using IDecoder decoder = model.CreateDecoder(100);
            decoder.Append([1, 2, 3], Token);
            GenAIStub.Delay(TimeSpan.FromSeconds(30));
            using (var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(30)))
                Assert.Throws<OperationCanceledException>(() => decoder.Append([4], source.Token));
            Assert.Equal(0, decoder.Length);
            GenAIStub.Delay(TimeSpan.Zero);
            decoder.Append([1, 2, 3, 4], Token);
            Assert.Equal(ToyModel.Logits([1, 2, 3, 4], 512), decoder.Logits.ToArray());

            using var client = new OnnxChatClient(model);
            using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(TestModels.User(Prompt), cancellationToken: cancelled.Token))
                {
                    GenAIStub.Delay(TimeSpan.FromSeconds(30));
                    cancelled.CancelAfter(TimeSpan.FromMilliseconds(30));
                }
            });
            GenAIStub.Delay(TimeSpan.Zero);
            Assert.Equal(0, model.Sequences.Count);
            Assert.Equal(ToyModel.GreedyText(model, Prompt, 20), (await client.GetResponseAsync(TestModels.User(Prompt), new ChatOptions { MaxOutputTokens = 20 }, Token)).Text);
        }
        GenAIStub.AssertBalanced();
    }

    [Theory]
    [InlineData("OgaCreateConfig")]
    [InlineData("OgaCreateModelFromConfig")]
    [InlineData("OgaModelGetDeviceType")]
    [InlineData("OgaConfigAppendProvider")]
    [InlineData("OgaConfigSetProviderOption")]
    [InlineData("OgaLoadAdapter")]
    [InlineData("OgaSetActiveAdapter")]
    [InlineData("OgaGenerator_AppendTokens")]
    public void What_the_library_refuses_in_loading_is_told_and_leaks_nothing(string function)
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        File.WriteAllText(folder.File("a.onnx_adapter"), "");
        GenAIStub.Reset();
        GenAIStub.Fail(function, "the größte mistake");
        OnnxModelOptions options = GenAIStub.Options();
        options.ExecutionProvider = "cuda";
        options.ProviderOptions["device_id"] = "1";
        options.Adapters["a"] = "a.onnx_adapter";
        OnnxModelException exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Load(folder.Path, options));
        Assert.Contains("the größte mistake", exception.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, exception.Message, StringComparison.Ordinal);
        GenAIStub.AssertBalanced();
    }

    [Theory]
    [InlineData("OgaCreateGeneratorParams", 0)]
    [InlineData("OgaGeneratorParamsSetSearchNumber", 0)]
    [InlineData("OgaCreateGenerator", 0)]
    [InlineData("OgaGenerator_AppendTokens", 0)]
    [InlineData("OgaGenerator_AppendTokens", 4)]
    [InlineData("OgaGenerator_GetLogits", 2)]
    [InlineData("OgaTensorGetData", 2)]
    public async Task What_the_library_refuses_in_running_is_told_and_leaks_nothing(string function, int after)
    {
        using (OnnxModel model = GenAIStub.Load(Stories))
        {
            using var client = new OnnxChatClient(model);
            GenAIStub.Fail(function, "out of memory", after);
            OnnxModelException exception = await Assert.ThrowsAsync<OnnxModelException>(() => client.GetResponseAsync(TestModels.User(Prompt), new ChatOptions { MaxOutputTokens = 10 }, Token));
            Assert.Contains("out of memory", exception.Message, StringComparison.Ordinal);
            Assert.Contains("stories260K", exception.Message, StringComparison.Ordinal);
            Assert.Equal(ToyModel.GreedyText(model, Prompt, 10), (await client.GetResponseAsync(TestModels.User(Prompt), new ChatOptions { MaxOutputTokens = 10 }, Token)).Text);
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public void A_disposed_model_lets_decoders_finish_and_refuses_new_ones()
    {
        OnnxModel model = GenAIStub.Load(Stories);
        IDecoder decoder = model.CreateDecoder(20);
        decoder.Append([1, 2, 3], Token);
        model.Dispose();
        model.Dispose();
        // Beginning anew needs the model itself.
        decoder.Rewind(0);
        decoder.Append([4, 5], Token);
        Assert.Equal(ToyModel.Logits([4, 5], 512), decoder.Logits.ToArray());
        Assert.Throws<ObjectDisposedException>(() => model.CreateDecoder(20));
        Assert.Throws<ObjectDisposedException>(() => model.RentDecoder([1], 20));
        decoder.Dispose();
        decoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => decoder.Append([1], Token));
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public async Task On_a_device_one_runs_at_a_time()
    {
        using (OnnxModel model = GenAIStub.Load(Stories, static options => options.ExecutionProvider = "cuda"))
        {
            GenAIStub.Delay(TimeSpan.FromMilliseconds(1));
            using var client = new OnnxChatClient(model);
            // Some of them are batched, others cannot be.
            ChatResponse[] replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => client.GetResponseAsync(TestModels.User(Prompt), new ChatOptions { MaxOutputTokens = 10, FrequencyPenalty = i % 2 == 0 ? 0 : 1e-6f }, Token)));
            string expected = ToyModel.GreedyText(model, Prompt, 10);
            Assert.All(replies, reply => Assert.Equal(expected, reply.Text));
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public void What_is_forgotten_is_destroyed_behind_what_was_made_from_it()
    {
        Forget();
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        GenAIStub.AssertBalanced();
        Assert.Equal(2, GenAIStub.Created("generator"));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget()
        {
            OnnxModel model = GenAIStub.Load(Stories);
            model.CreateDecoder(20).Append([1, 2, 3], Token);
            var engine = (GenAIEngine)model.NativeEngine;
            GenAIGeneratorHandle generator = engine.CreateGenerator(10);
            // In the wrong order: it stays until the other one goes.
            engine.Model.Dispose();
            GenAILibrary.Check(GenAINative.OgaGenerator_AppendTokens(generator, [1], 1), "Running");
        }
    }

    [Fact]
    public void The_provider_and_its_options_reach_the_library()
    {
        using (OnnxModel model = GenAIStub.Load(Stories, static options =>
        {
            options.ExecutionProvider = "cuda";
            options.ProviderOptions["device_id"] = "1";
            options.IntraOpThreads = 3;
            options.AllowSpinning = false;
        }))
        {
            Assert.Contains("clear_providers", GenAIStub.Events, StringComparison.Ordinal);
            Assert.Contains("provider cuda", GenAIStub.Events, StringComparison.Ordinal);
            Assert.Contains("provider_option cuda device_id 1", GenAIStub.Events, StringComparison.Ordinal);
            Assert.Contains("""overlay {"model":{"decoder":{"session_options":{"intra_op_num_threads":3,"session.intra_op.allow_spinning":"0"}}}}""", GenAIStub.Events, StringComparison.Ordinal);
        }
        using (OnnxModel model = GenAIStub.Load(Stories, static options => options.ExecutionProvider = "CPU"))
        {
            Assert.DoesNotContain("provider ", GenAIStub.Events.Replace("clear_providers", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("overlay", GenAIStub.Events, StringComparison.Ordinal);
        }
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public void Adapters_are_loaded_once_and_each_decoder_uses_its_own()
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        File.WriteAllText(folder.File("style.onnx_adapter"), "");
        File.WriteAllText(folder.File("facts.onnx_adapter"), "");
        using (OnnxModel model = GenAIStub.Load(folder.Path, options =>
        {
            options.Adapters["style"] = "style.onnx_adapter";
            options.Adapters["facts"] = folder.File("facts.onnx_adapter");
        }))
        {
            IDecoder first = model.CreateDecoder(10, "style");
            using IDecoder second = model.CreateDecoder(10, "facts");
            using IDecoder third = model.CreateDecoder(10, "facts");
            using IDecoder plain = model.CreateDecoder(10);
            Assert.Equal(2, Count("adapter style " + folder.File("style.onnx_adapter")) + Count("adapter facts " + folder.File("facts.onnx_adapter")));
            // Once more each: all are tried when the model is loaded.
            Assert.Equal((2, 3), (Count("active_adapter style"), Count("active_adapter facts")));
            model.Dispose();
            first.Append([1], Token);
            first.Dispose();
        }
        GenAIStub.AssertBalanced();

        static int Count(string text) => GenAIStub.Events.Split('\n').Count(line => line.Trim() == text || line.Trim().StartsWith(text + " ", StringComparison.Ordinal));
    }

    [Fact]
    public void An_adapter_that_is_not_there_is_named()
    {
        OnnxModelOptions options = GenAIStub.Options();
        options.Adapters["style"] = "none.onnx_adapter";
        GenAIStub.Reset();
        OnnxModelException exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Load(Stories, options));
        Assert.Contains("'style'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Stories, "none.onnx_adapter"), exception.Message, StringComparison.Ordinal);
        GenAIStub.AssertBalanced();
    }

    [Fact]
    public void Whether_the_library_can_guide_is_told()
    {
        using (OnnxModel model = GenAIStub.Load(TestData.Path("models", "tiny-gpt2")))
        {
            Assert.False(model.HasGuidance());
            GenAIStub.Guide(model.Tokenizer.EncodePrompt("0")[^1]);
            Assert.True(model.HasGuidance());
            GenAIStub.Fail("OgaGeneratorParamsSetGuidance", "built without guidance");
            Assert.False(model.HasGuidance());
        }
        GenAIStub.AssertBalanced();
        Assert.Null(TestModels.Gpt2.HasGuidance());
    }

    [Fact]
    public void Auto_takes_the_library_where_it_is_found()
    {
        string folder = Path.GetDirectoryName(GenAIStub.Path)!;
        using (OnnxModel model = GenAIStub.Load(Stories, options => (options.Engine, options.GenAILibraryPath) = (OnnxEngine.Auto, folder)))
            Assert.Equal(OnnxEngine.GenAI, model.Engine);
        using (OnnxModel model = GenAIStub.Load(Stories, static options => options.Engine = OnnxEngine.OnnxRuntime))
            Assert.Equal(OnnxEngine.OnnxRuntime, model.Engine);
        Assert.Equal(OnnxEngine.OnnxRuntime, TestModels.Stories.Engine);
        GenAIStub.AssertBalanced();
    }
}
