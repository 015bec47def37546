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
    public async Task Data_that_do_not_parse_name_file_and_line(string line, string problem)
    {
        using Folder folder = new();
        string path = folder["bad.jsonl"];
        await File.WriteAllTextAsync(path, "{\"text\":\"good\"}\n" + line + "\n", Token);
        TrainingException exception = await Assert.ThrowsAsync<TrainingException>(async () => await TrainingExample.ReadJsonLinesAsync(path, Token).ToListAsync(Token));
        Assert.StartsWith($"{path}:2 {problem}", exception.Message, StringComparison.Ordinal);
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
}
