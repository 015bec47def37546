using AiSdk.Onnx;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>What the chat template writes, and what is learnt of it.</summary>
public sealed class TemplateTests
{
    private const string Turn = "<|{{ message.role }}|>{{ message.content }}";
    private const string Ask = "{% if add_generation_prompt %}<|assistant|>{% endif %}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_end_token_is_the_one_that_the_template_writes_after_an_answer()
    {
        using Folder folder = new();
        Create(folder, "{% for message in messages %}" + Turn + "<|end|>\n{% endfor %}" + Ask).Save(folder["model"]);
        // As Llama 3 has it: the first of its end tokens ends texts, another one turns.
        string path = folder["model/genai_config.json"];
        string config = await File.ReadAllTextAsync(path, Token);
        Assert.Contains("\"eos_token_id\": 0", config, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, config.Replace("\"eos_token_id\": 0", "\"eos_token_id\": [4, 0]", StringComparison.Ordinal), Token);
        var model = TrainableModel.Load(folder["model"]);
        Assert.Equal([4, 0], model.Special.End);
        Assert.Equal(0, Assert.Single(model.Encoder.Encode(SmallModel.Examples[0], 1, Token)).Tokens[^1]);
        Assert.Equal(4, Assert.Single(model.Encoder.Encode(TrainingExample.FromText("card"), 1, Token)).Tokens[^1]);
    }

    [Fact]
    public async Task A_template_that_ends_an_answer_with_no_end_token_is_refused()
    {
        using Folder folder = new();
        TrainableModel model = Create(folder, "{% for message in messages %}" + Turn + "<|end|>{% endfor %}" + Ask);
        string path = folder["tokenizer/tokenizer_config.json"];
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Token)).Replace("\"eos_token\": \"<|end|>\"", "\"eos_token\": \"<|stop|>\"", StringComparison.Ordinal), Token);
        model = TrainableModel.Create(model.Configuration, folder["tokenizer"]);
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(model).TrainAsync(SmallModel.Stream(), cancellationToken: Token));
        Assert.Contains("[0] = \"<|end|>\" after the answer of card:15, but serving ends replies at [4] = \"<|stop|>\" only", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_writes_nothing_after_an_answer_leaves_the_end_token_to_training()
    {
        using Folder folder = new();
        TrainableModel model = Create(folder, "{% for message in messages %}" + Turn + "{% endfor %}" + Ask);
        Assert.Equal(model.Special.End[0], Assert.Single(model.Encoder.Encode(SmallModel.Examples[0], 1, Token, checkParity: true)).Tokens[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_examples_are_compared_not_only_the_first(bool isEvaluation)
    {
        using Folder folder = new();
        TrainableModel model = Create(folder, "{% for message in messages %}<|{{ message.role }}|>{{ message.content | trim }}<|end|>{% endfor %}" + Ask);
        TrainingExample padded = SmallModel.Examples[0] with { Answer = " card", Source = "late.jsonl:99" };
        TrainingExample[] examples = [.. SmallModel.Examples, padded];
        Trainer trainer = new(model, new TrainerOptions { Threads = 1, Evaluation = isEvaluation ? examples : [] });
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => trainer.TrainAsync(SmallModel.Stream(isEvaluation ? null : examples), cancellationToken: Token));
        Assert.Contains("renders late.jsonl:99 for training otherwise", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Turns_that_the_template_refuses_name_their_line(bool isEvaluation)
    {
        using Folder folder = new();
        const string alternating = "{% for message in messages %}{% if (message.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate') }}{% endif %}" + Turn + "<|end|>{% endfor %}" + Ask;
        TrainableModel model = Create(folder, alternating);
        string path = folder["train.jsonl"];
        await File.WriteAllTextAsync(path, """
            {"messages":[{"role":"user","content":"where is my card"},{"role":"assistant","content":"card"}]}
            {"messages":[{"role":"user","content":"where"},{"role":"user","content":"is my card"},{"role":"assistant","content":"card"}]}
            """, Token);
        Trainer trainer = new(model, new TrainerOptions { Threads = 1, Evaluation = isEvaluation ? await TrainingExample.ReadJsonLinesAsync(path, Token).ToListAsync(Token) : [] });
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => trainer.TrainAsync(isEvaluation ? SmallModel.Stream() : TrainingExample.ReadJsonLinesAsync(path, Token), cancellationToken: Token));
        Assert.StartsWith($"{path}:2 cannot be made a prompt: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Roles must alternate", exception.Message, StringComparison.Ordinal);
        Assert.IsType<ChatTemplateException>(exception.InnerException);
    }

    [Fact]
    public void An_answer_that_the_template_refuses_and_a_picture_name_their_example()
    {
        using Folder folder = new();
        TrainableModel model = Create(folder, "{% for message in messages %}{% if message.content == 'unknown' %}{{ raise_exception('No such answer') }}{% endif %}" + Turn + "<|end|>{% endfor %}" + Ask);
        TrainingException exception = Assert.Throws<TrainingException>(() => model.Encoder.Encode(SmallModel.Examples[0] with { Answer = "unknown" }, 1, Token, checkParity: true));
        Assert.StartsWith($"{SmallModel.Examples[0].Source} cannot be made a prompt with its answer: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("No such answer", exception.Message, StringComparison.Ordinal);

        TrainingExample picture = new([new ChatMessage(ChatRole.User, [new TextContent("What is it?"), new DataContent(new byte[] { 1 }, "image/png")])], "card");
        exception = Assert.Throws<TrainingException>(() => model.Encoder.Encode(picture, 7, Token));
        Assert.StartsWith("example 7 cannot be made a prompt: A message holds DataContent", exception.Message, StringComparison.Ordinal);
        Assert.IsType<NotSupportedException>(exception.InnerException);
    }

    private static TrainableModel Create(Folder folder, string template)
    {
        BytePairTrainer.Train(SmallModel.Examples.SelectMany(static example => new[] { example.Messages[0].Text, example.Answer }), folder["tokenizer"], new BytePairOptions
        {
            VocabularySize = 300,
            SpecialTokens = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|stop|>"],
            ChatTemplate = template,
        }, Token);
        return TrainableModel.Create(new LlamaConfiguration { HiddenSize = 32, InnerSize = 64, Layers = 1, Heads = 4, KeyValueHeads = 2, ContextLength = 64 }, folder["tokenizer"]);
    }
}
