using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Training.Tests;

public sealed class TrainingExampleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Json_lines_are_examples()
    {
        using Folder folder = new();
        await File.WriteAllTextAsync(folder["train.jsonl"], """
            {"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Grüße?"},{"role":"assistant","content":"Hi."}],"weight":0.5}

            {"text":"Once upon a time"}
            """, Token);
        List<TrainingExample> examples = await TrainingExample.ReadJsonLinesAsync(folder["train.jsonl"], Token).ToListAsync(Token);
        Assert.Equal(2, examples.Count);
        Assert.Equal(["system", "user"], examples[0].Messages.Select(static message => message.Role.Value));
        Assert.Equal(("Grüße?", "Hi.", 0.5, folder["train.jsonl"] + ":1"), (examples[0].Messages[1].Text, examples[0].Answer, examples[0].Weight, examples[0].Source));
        Assert.Empty(examples[1].Messages);
        Assert.Equal(("Once upon a time", 1.0, folder["train.jsonl"] + ":3"), (examples[1].Answer, examples[1].Weight, examples[1].Source));
    }

    [Theory]
    [InlineData("{\"text\":", "is not JSON")]
    [InlineData("[1]", "is a JSON array")]
    [InlineData("{}", "has neither")]
    [InlineData("{\"text\":7}", "has a JSON number in \"text\"")]
    [InlineData("{\"text\":\"x\",\"weight\":-1}", "has the \"weight\" -1")]
    [InlineData("{\"messages\":[{\"role\":\"user\"}]}", "has in messages[0] no object")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", "has fewer than two messages")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"user\",\"content\":\"y\"}]}", "ends with a message of the role 'user'")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":null},{\"role\":\"assistant\",\"content\":\"y\"}]}", "has a JSON null in \"messages[0].content\"")]
    [InlineData("{\"text\":\"a \\ud800 b\"}", "has a text that is not valid Unicode")]
    [InlineData("{\"messages\":[{\"role\":\"\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":\"y\"}]}", "has in messages[0] the role ''; roles are system, user, assistant, tool")]
    [InlineData("{\"messages\":[{\"role\":\"usr\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":\"y\"}]}", "has in messages[0] the role 'usr'")]
    [InlineData("{\"text\":\"x\",\"wieght\":2}", "has the property \"wieght\", which is not known")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":\"y\"}],\"tools\":[]}", "has the property \"tools\", which is not known; there are messages, text, weight (tools reach the template by TrainingExample.Options")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":\"y\",\"weight\":0}]}", "has the property \"messages[1].weight\", which is not known")]
    [InlineData("{\"text\":\"x\",\"messages\":[]}", "has both \"messages\" and \"text\"")]
    [InlineData("{\"text\":\"x\",\"text\":\"y\"}", "is not JSON")]
    [InlineData("{\"text\":\"x\",\"weight\":1e300}", "has the \"weight\" 1e300")]
    [InlineData("{\"text\":\"x\",\"weight\":1e-60}", "has the \"weight\" 1e-60")]
    public async Task Data_that_do_not_parse_name_file_and_line(string line, string problem)
    {
        using Folder folder = new();
        string path = folder["bad.jsonl"];
        await File.WriteAllTextAsync(path, "{\"text\":\"good\"}\n" + line + "\n", Token);
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(async () => await TrainingExample.ReadJsonLinesAsync(path, Token).ToListAsync(Token));
        Assert.StartsWith($"{path}:2 {problem}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\uFEFF", "{\"text\": größe}", "is not JSON (column 10): 'g' is an invalid start of a value.")]
    [InlineData("", "{\"text\": \"größe\" x}", "is not JSON (column 18): 'x' is invalid after a value.")]
    [InlineData("", "{\"text\":", "is not JSON (column 9): ")]
    public async Task A_line_that_is_no_json_is_told_with_one_place(string mark, string line, string problem)
    {
        using Folder folder = new();
        string path = folder["bad.jsonl"];
        await File.WriteAllTextAsync(path, mark + (mark.Length > 0 ? "" : "\n") + line + "\n", Token);
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(async () => await TrainingExample.ReadJsonLinesAsync(path, Token).ToListAsync(Token));
        Assert.StartsWith($"{path}:{(mark.Length > 0 ? 1 : 2)} {problem}", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_name_their_line()
    {
        using Folder folder = new();
        byte[] good = "{\"text\":\"größe\"}\n"u8.ToArray();
        await File.WriteAllBytesAsync(folder["bad.jsonl"], [.. good, .. System.Text.Encoding.Latin1.GetBytes("{\"text\":\"größe\"}\n"), .. good], Token);
        List<string> read = [];
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(async () =>
        {
            await foreach (TrainingExample example in TrainingExample.ReadJsonLinesAsync(folder["bad.jsonl"], Token))
                read.Add(example.Answer);
        });
        Assert.Equal(["größe"], read);
        Assert.StartsWith($"{folder["bad.jsonl"]}:2 has a text that is not valid Unicode", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n", false)]
    [InlineData("\r\n", true)]
    public async Task Lines_longer_than_a_buffer_and_other_line_ends_are_read(string end, bool hasMark)
    {
        using Folder folder = new();
        string[] texts = ["short", new string('ü', 50_000), "", new string('x', 200_000), "last"];
        string lines = string.Join(end, texts.Select(static text => text.Length == 0 ? "  " : $"{{\"text\":\"{text}\"}}"));
        await File.WriteAllTextAsync(folder["train.jsonl"], lines, new System.Text.UTF8Encoding(hasMark), Token);
        List<TrainingExample> examples = await TrainingExample.ReadJsonLinesAsync(folder["train.jsonl"], Token).ToListAsync(Token);
        Assert.Equal(texts.Where(static text => text.Length > 0), examples.Select(static example => example.Answer));
        Assert.EndsWith(":5", examples[^1].Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9999, 1.0, "the token 9999; the model has 0 to 299")]
    [InlineData(-5, 1.0, "the token -5")]
    [InlineData(5, double.NaN, "the probability NaN")]
    [InlineData(5, -7.0, "the probability -7")]
    [InlineData(5, 0.5, "whose probabilities come to 0.5; 1 is needed")]
    public async Task Soft_targets_are_checked(int token, double probability, string problem)
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        Assert.Equal(300, model.Configuration.VocabularySize);
        EncodedExample encoded = Assert.Single(model.Encoder.Encode(SmallModel.Examples[0], 1, Token));
        TrainingExample example = SmallModel.Examples[0] with { SoftTargets = [.. encoded.Tokens.Skip(encoded.PromptLength).Select(_ => (IReadOnlyList<KeyValuePair<int, double>>)[new(token, probability)])] };
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(() => new Trainer(model).TrainAsync(SmallModel.Stream([example]), cancellationToken: Token));
        Assert.StartsWith(example.Source!, exception.Message, StringComparison.Ordinal);
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_example_cannot_be_is_named()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        string Problem(TrainingExample? example) => Assert.Throws<TrainingException>(() => model.Encoder.Encode(example!, 7, Token)).Message;
        Assert.Equal("example 7 is null.", Problem(null));
        Assert.Contains("Answer", Problem(new TrainingExample([new ChatMessage(ChatRole.User, "x")], null!)), StringComparison.Ordinal);
        Assert.Contains("Messages", Problem(new TrainingExample(null!, "x")), StringComparison.Ordinal);
        Assert.Contains("plain text, which cannot have soft targets", Problem(TrainingExample.FromText("card") with { SoftTargets = [[new(1, 1)]] }), StringComparison.Ordinal);
        Assert.Contains("plain text, which has no prompt", Problem(TrainingExample.FromText("card") with { TokenSplitting = 0.1 }), StringComparison.Ordinal);
        foreach (double splitting in (double[])[double.NaN, -0.1, 1])
            Assert.Contains("TokenSplitting", Problem(SmallModel.Examples[0] with { TokenSplitting = splitting }), StringComparison.Ordinal);
        foreach (double weight in (double[])[double.NaN, -1, 1e300, 1e-60])
            Assert.Contains("has the weight", Problem(SmallModel.Examples[0] with { Weight = weight, Source = null }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_weighs_nothing_in_32_bits_is_none()
    {
        EncodedExample example = new([1, 2, 3, 4], 2, 1e-6f, null, "");
        using var batch = TrainingBatch.Create([example], promptWeight: 1e-42, smoothing: 0);
        Assert.Equal(2, batch.Rows);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(async () => await TrainingExample.ReadJsonLinesAsync("/nowhere/x.jsonl", Token).ToListAsync(Token));
        Assert.Contains("/nowhere/x.jsonl", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_texts_are_learnt_in_pieces_that_hold_each_token_once()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        string text = string.Concat(Enumerable.Range(0, 100).Select(static i => $"card {i} "));
        EncodedExample[] pieces = [.. model.Encoder.Encode(TrainingExample.FromText(text), 1, Token)];
        Assert.True(pieces.Length > 2);
        Assert.All(pieces, static piece => Assert.InRange(piece.Tokens.Length, 2, 64));
        List<int> targets = [.. pieces.SelectMany(static piece => piece.Tokens.Skip(1))];
        List<int> whole = model.Tokenizer.EncodePrompt(text);
        Assert.Equal([.. whole.Skip(1), model.Special.End[0]], targets);
    }

    [Fact]
    public void What_is_learnt_spells_no_special_token()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        string Problem(TrainingExample example) => Assert.Throws<TrainingException>(() => model.Encoder.Encode(example with { Source = "train.jsonl:7" }, 1, Token)).Message;
        string answer = Problem(SmallModel.Examples[0] with { Answer = "\"card\"<|end|>" });
        Assert.StartsWith("train.jsonl:7 spells the special token '<|end|>' in its answer", answer, StringComparison.Ordinal);
        Assert.Contains("Leave it out", answer, StringComparison.Ordinal);
        Assert.StartsWith("train.jsonl:7 spells the special token '<|user|>' in its text", Problem(TrainingExample.FromText("<|user|>card<|assistant|>cash")), StringComparison.Ordinal);
        // What a customer writes is guarded in serving, too.
        Assert.Single(model.Encoder.Encode(SmallModel.Examples[0] with { Messages = [new ChatMessage(ChatRole.User, "what is <|end|>?")] }, 1, Token));
    }

    [Fact]
    public void A_text_without_a_token_is_named()
    {
        using Folder folder = new();
        TrainableModel model = SmallModel.Create(folder);
        TrainingException exception = Assert.Throws<TrainingException>(() => model.Encoder.Encode(TrainingExample.FromText("") with { Source = "train.jsonl:9" }, 1, Token));
        Assert.StartsWith("train.jsonl:9 is a text without a token", exception.Message, StringComparison.Ordinal);
    }
}
