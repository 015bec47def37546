using AiSdk.Onnx;
using CsCheck;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>Prompts whose tokens are learnt in pieces.</summary>
public sealed class TokenSplittingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Pieces_spell_what_the_tokens_spelt_and_marks_and_answers_stay()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        int most = model.Configuration.ContextLength;
        int longest = 0;
        Gen.Select(Gen.Int[0, SmallModel.Examples.Count - 1], Gen.Double[0.01, 0.99], Gen.ULong).Sample((index, share, seed) =>
        {
            EncodedExample whole = Assert.Single(model.Encoder.Encode(SmallModel.Examples[index] with { TokenSplitting = share }, 1, Token));
            EncodedExample split = model.Encoder.Split(whole, seed);
            Assert.Equal(Text(model, whole.Tokens), Text(model, split.Tokens));
            Assert.Equal(whole.Tokens[whole.PromptLength..], split.Tokens[split.PromptLength..]);
            Assert.Equal(Marks(model, whole), Marks(model, split));
            Assert.InRange(split.Tokens.Length, whole.Tokens.Length, most);
            // The same again for the same seed, on another machine, too.
            Assert.Equal(split.Tokens, model.Encoder.Split(whole, seed).Tokens);
            longest = Math.Max(longest, split.Tokens.Length - whole.Tokens.Length);
        }, iter: 300, threads: 1);
        Assert.InRange(longest, 5, most);
    }

    [Fact]
    public void An_example_that_is_not_split_is_itself()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        EncodedExample whole = Assert.Single(model.Encoder.Encode(SmallModel.Examples[0], 1, Token));
        Assert.Same(whole, model.Encoder.Split(whole, 1));
    }

    [Fact]
    public void What_fills_the_context_is_split_no_further()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        TrainingExample example = SmallModel.Examples[0];
        int used = Assert.Single(model.Encoder.Encode(example, 1, Token)).Tokens.Length;
        // Single characters, of which no token can be made shorter.
        string filler = new('~', model.Configuration.ContextLength - used - 2);
        EncodedExample whole = Assert.Single(model.Encoder.Encode(example with { Messages = [new ChatMessage(ChatRole.User, filler + example.Messages[0].Text)], TokenSplitting = 0.99 }, 1, Token));
        Assert.InRange(whole.Tokens.Length, model.Configuration.ContextLength - 3, model.Configuration.ContextLength - 1);
        Assert.Equal(model.Configuration.ContextLength, model.Encoder.Split(whole, 1).Tokens.Length);
    }

    [Fact]
    public async Task Each_epoch_splits_otherwise_and_a_run_goes_on_as_it_would_have()
    {
        using Folder folder = new();
        TrainingExample[] examples = [.. SmallModel.Examples.Select(static example => example with { TokenSplitting = 0.3 })];
        async Task<(int[] Bits, List<int> Steps)> RunAsync(string? checkpoints, int? stop = null)
        {
            TrainableModel model = SmallModel.Create(folder);
            TrainerOptions options = TrainerTests.Everything(checkpoints);
            options.BatchTokens = 96;
            options.AccumulationSteps = 1;
            List<int> steps = [];
            using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
            Told<TrainingProgress> progress = new(told =>
            {
                steps.Add(told.Steps);
                if (told.Step == stop)
                    source.Cancel();
            });
            Task<TrainingResult> run = new Trainer(model, options).TrainAsync(SmallModel.Stream(examples), progress, source.Token);
            if (stop is null)
                await run;
            else
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
            return (SmallModel.Bits(model), steps);
        }
        (int[] whole, List<int> all) = await RunAsync(null);
        // All epochs were counted: they have different numbers of batches.
        TrainingData data = new(_ => SmallModel.Stream(examples), areEpochsAlike: true, SmallModel.Create(folder).Encoder, new TrainerOptions { BatchTokens = 96 });
        int[] batches = [.. Enumerable.Range(0, 4).Select(epoch => data.BatchesAsync(epoch, Token).ToBlockingEnumerable(Token).Count())];
        Assert.NotEqual(batches.Min(), batches.Max());
        Assert.Equal(batches.Sum(), all.Count);
        Assert.Equal(all[0], all.Count);
        await RunAsync(folder["checkpoints"], stop: 11);
        Assert.Equal(whole, (await RunAsync(folder["checkpoints"])).Bits);
    }

    [Fact]
    public void Epochs_differ()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        TrainingData data = new(_ => SmallModel.Stream(SmallModel.Examples.Select(static example => example with { TokenSplitting = 0.5 })), areEpochsAlike: true, model.Encoder, new TrainerOptions());
        int[][] Tokens(int epoch) => [.. data.BatchesAsync(epoch, Token).ToBlockingEnumerable(Token).SelectMany(static batch => batch).OrderBy(static example => example.Source, StringComparer.Ordinal).Select(static example => example.Tokens)];
        Assert.Equal(Tokens(0), Tokens(0));
        Assert.NotEqual(Tokens(0), Tokens(1));
    }

    [Fact]
    public void Bytes_that_stand_for_characters_without_a_token_are_no_pieces()
    {
        // As in SentencePiece's vocabularies: the bytes come first.
        ModelTokenizer tokenizer = Tokenizer("""
            {"model":{"type":"BPE","byte_fallback":true,"vocab":{"<0x41>":0,"<0x62>":1,"<0xC3>":2,"<0xA9>":3,"A":4,"b":5,"Ab":6,"é":7,"Aé":8},"merges":["A b","A é"]},
             "decoder":{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"}]}}
            """);
        TokenSplitter splitter = new(tokenizer.Tokens);
        Assert.Equal([4, 5, 4, 7, 7], splitter.Split(new EncodedExample([6, 8, 7, 1], 3, 1, null, "") { Splitting = 0.999999 }, 100, new Xoshiro256(1)).Tokens[..^1]);
    }

    private static ModelTokenizer Tokenizer(string json)
    {
        using Folder folder = new();
        Directory.CreateDirectory(folder["bytes"]);
        string path = Path.Combine(folder["bytes"], ModelTokenizer.FileName);
        File.WriteAllText(path, json);
        return ModelTokenizer.Read(path);
    }

    private static string Text(TrainableModel model, int[] tokens) => model.Tokenizer.Decode(tokens, withSpecial: true);

    private static int[] Marks(TrainableModel model, EncodedExample example) => [.. example.Tokens.Where(model.Tokenizer.Tokens.IsAdded)];
}
