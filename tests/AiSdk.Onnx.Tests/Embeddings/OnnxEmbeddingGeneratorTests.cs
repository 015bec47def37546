using System.Numerics.Tensors;
using System.Text.Json;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class OnnxEmbeddingGeneratorTests
{
    private const int Size = 4;

    // The rows of the small model's embedding: [UNK], [CLS], [SEP], a, b, c.
    private static readonly float[][] s_rows = [[9, 9, 9, 9], [1, 0, 0, 0], [0, 0, 0, 1], [0, 3, 0, 0], [0, 0, 5, 0], [2, 2, 2, 2]];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Vectors_are_those_of_the_reference()
    {
        using JsonDocument reference = JsonDocument.Parse(await File.ReadAllTextAsync(TestData.Path("models", "sentence-encoder", "reference.json"), Token));
        string[] sentences = [.. reference.RootElement.GetProperty("sentences").EnumerateArray().Select(static s => s.GetString()!)];
        using var generator = new OnnxEmbeddingGenerator(TestData.Path("models", "sentence-encoder"));
        foreach (int batch in (int[])[1, 2, 32])
        {
            using var batching = new OnnxEmbeddingGenerator(TestData.Path("models", "sentence-encoder"), new OnnxEmbeddingOptions { BatchSize = batch });
            GeneratedEmbeddings<Embedding<float>> made = await batching.GenerateAsync(sentences, cancellationToken: Token);
            for (int i = 0; i < sentences.Length; i++)
            {
                float[] expected = [.. reference.RootElement.GetProperty("embeddings")[i].EnumerateArray().Select(static v => v.GetSingle())];
                Assert.Equal(expected.Length, made[i].Vector.Length);
                Assert.InRange(TensorPrimitives.Distance(expected, made[i].Vector.Span), 0, 1e-5f);
            }
            Assert.Equal(reference.RootElement.GetProperty("input_ids").EnumerateArray().Sum(static ids => ids.GetArrayLength()), made.Usage!.InputTokenCount);
        }
        Assert.Equal(512, generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
    }

    [Fact]
    public async Task Empty_texts_are_zeros_and_long_ones_say_what_was_left_out()
    {
        using var generator = new OnnxEmbeddingGenerator(TestData.Path("models", "sentence-encoder"));
        string sentence = "How do I reset my password? ";
        GeneratedEmbeddings<Embedding<float>> made = await generator.GenerateAsync(["", sentence, string.Concat(Enumerable.Repeat(sentence, 50)), "  \n"], cancellationToken: Token);
        Assert.All(made[0].Vector.ToArray(), static v => Assert.Equal(0, v));
        Assert.Equal(512, made[3].Vector.Length);
        Assert.Null(made[1].AdditionalProperties);
        int dropped = (int)made[2].AdditionalProperties![OnnxEmbeddingGenerator.TruncatedTokens]!;
        Assert.InRange(dropped, 50 * 8 - 128 - 50, 50 * 10);
        Assert.Equal(1, TensorPrimitives.Norm(made[2].Vector.Span), 1e-4f);
    }

    [Fact]
    public async Task The_order_is_that_of_the_texts_whatever_their_lengths()
    {
        using var generator = new OnnxEmbeddingGenerator(TestData.Path("models", "sentence-encoder"), new OnnxEmbeddingOptions { BatchSize = 3 });
        string[] texts = [.. Enumerable.Range(0, 20).Select(static i => string.Join(' ', Enumerable.Repeat($"word{i}", 1 + (i * 7 % 11))))];
        GeneratedEmbeddings<Embedding<float>> together = await generator.GenerateAsync(texts, cancellationToken: Token);
        for (int i = 0; i < texts.Length; i++)
        {
            ReadOnlyMemory<float> alone = await generator.GenerateVectorAsync(texts[i], cancellationToken: Token);
            Assert.InRange(TensorPrimitives.Distance(alone.Span, together[i].Vector.Span), 0, 1e-5f);
        }
    }

    [Theory]
    [InlineData(EmbeddingPooling.Auto, null, "1 3 5 1")]
    [InlineData(EmbeddingPooling.Mean, null, "1 3 5 1")]
    [InlineData(EmbeddingPooling.FirstToken, null, "1 0 0 0")]
    [InlineData(EmbeddingPooling.LastToken, null, "0 0 0 1")]
    [InlineData(EmbeddingPooling.Auto, """{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}""", "1 0 0 0")]
    [InlineData(EmbeddingPooling.LastToken, """{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}""", "0 0 0 1")]
    public async Task Tokens_are_pooled_as_the_folder_or_the_application_says(EmbeddingPooling pooling, string? config, string direction)
    {
        using TemporaryFolder folder = Create();
        if (config is not null)
        {
            Directory.CreateDirectory(folder.File("1_Pooling"));
            await File.WriteAllTextAsync(folder.File("1_Pooling/config.json"), config, Token);
        }
        using var generator = new OnnxEmbeddingGenerator(folder.Path, new OnnxEmbeddingOptions { Pooling = pooling });
        // Beside a longer text, with which it is filled up.
        GeneratedEmbeddings<Embedding<float>> made = await generator.GenerateAsync(["a b", "a b c c c c"], cancellationToken: Token);
        float[] expected = [.. direction.Split(' ').Select(static v => float.Parse(v, System.Globalization.CultureInfo.InvariantCulture))];
        TensorPrimitives.Divide(expected, TensorPrimitives.Norm<float>(expected), expected);
        Assert.InRange(TensorPrimitives.Distance<float>(expected, made[0].Vector.Span), 0, 1e-6f);
    }

    [Fact]
    public async Task Vectors_keep_their_length_where_the_folder_does_not_normalize()
    {
        using TemporaryFolder folder = Create();
        await File.WriteAllTextAsync(folder.File("modules.json"), """[{"type":"sentence_transformers.models.Transformer"},{"type":"sentence_transformers.models.Pooling"}]""", Token);
        using var generator = new OnnxEmbeddingGenerator(folder.Path);
        ReadOnlyMemory<float> vector = await generator.GenerateVectorAsync("a b", cancellationToken: Token);
        Assert.Equal([0.25f, 0.75f, 1.25f, 0.25f], vector.ToArray());
    }

    [Fact]
    public async Task Vectors_can_be_cut_and_are_then_one_long()
    {
        using TemporaryFolder folder = Create();
        using var generator = new OnnxEmbeddingGenerator(folder.Path);
        float[] vector = (await generator.GenerateVectorAsync("a b", new EmbeddingGenerationOptions { Dimensions = 2 }, Token)).ToArray();
        Assert.Equal(1, TensorPrimitives.Norm<float>(vector), 1e-6f);
        Assert.Equal(3, vector[1] / vector[0], 1e-5f);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 5 }, Token));
    }

    [Fact]
    public async Task A_text_is_cut_before_the_tokens_around_it()
    {
        using TemporaryFolder folder = Create();
        await File.WriteAllTextAsync(folder.File("sentence_bert_config.json"), """{"max_seq_length":4}""", Token);
        using var generator = new OnnxEmbeddingGenerator(folder.Path, new OnnxEmbeddingOptions { Normalize = false });
        Embedding<float> made = (await generator.GenerateAsync(["a b c c"], cancellationToken: Token))[0];
        Assert.Equal([0.25f, 0.75f, 1.25f, 0.25f], made.Vector.ToArray());
        Assert.Equal(2, made.AdditionalProperties![OnnxEmbeddingGenerator.TruncatedTokens]);
    }

    [Fact]
    public void A_folder_that_lacks_something_is_refused_by_name()
    {
        using TemporaryFolder folder = Create();
        File.Delete(folder.File("tokenizer.json"));
        Assert.Contains("tokenizer.json nor vocab.json", Assert.Throws<OnnxModelException>(() => new OnnxEmbeddingGenerator(folder.Path)).Message, StringComparison.Ordinal);
        File.Delete(folder.File("model.onnx"));
        Assert.Contains("model.onnx", Assert.Throws<OnnxModelException>(() => new OnnxEmbeddingGenerator(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("an embedding model takes", Assert.Throws<OnnxModelException>(() =>
        {
            using TemporaryFolder chat = TestModels.Copy("stories260K");
            new OnnxEmbeddingGenerator(chat.Path).Dispose();
        }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_call_ends_and_a_disposed_generator_refuses()
    {
        using TemporaryFolder folder = Create();
        using var generator = new OnnxEmbeddingGenerator(folder.Path);
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(["a"], cancellationToken: source.Token));
        Task<ReadOnlyMemory<float>>[] running = [.. Enumerable.Range(0, 50).Select(_ => generator.GenerateVectorAsync("a b", cancellationToken: Token))];
        generator.Dispose();
        foreach (ReadOnlyMemory<float> vector in await Task.WhenAll(running))
            Assert.Equal(Size, vector.Length);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => generator.GenerateAsync(["a"], cancellationToken: Token));
    }

    /// <summary>A model whose tokens' vectors are rows of a table.</summary>
    private static TemporaryFolder Create()
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), """
            {"model":{"type":"WordLevel","unk_token":"[UNK]","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"a":3,"b":4,"c":5}},"pre_tokenizer":{"type":"Whitespace"},
             "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
             "pair":[],"special_tokens":{"[CLS]":{"id":"[CLS]","ids":[1],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[2],"tokens":["[SEP]"]}}}}
            """);
        using OnnxGraphWriter graph = new();
        graph.Input("input_ids", OnnxGraphWriter.Int64, "batch", "tokens");
        graph.Input("attention_mask", OnnxGraphWriter.Int64, "batch", "tokens");
        graph.Weights("table", [.. s_rows.SelectMany(static row => row)], s_rows.Length, Size);
        graph.Node("Gather", ["table", "input_ids"], ["last_hidden_state"]);
        graph.Output("last_hidden_state", OnnxGraphWriter.Float, "batch", "tokens", Size);
        graph.Save(folder.File("model.onnx"));
        return folder;
    }
}
