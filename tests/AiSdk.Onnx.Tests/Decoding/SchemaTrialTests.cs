using AiSdk.Tests;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class SchemaTrialTests
{
    [Fact]
    public async Task A_model_that_writes_anything_writes_what_each_of_many_schemas_wants()
    {
        using var client = new OnnxChatClient(TestData.Path("models", "tiny-gpt2"));
        SchemaTrial trial = new();
        await trial.RunAsync(client, Random.Shared.Next(1_000_000), 400, TestContext.Current.CancellationToken);
        Assert.True(trial.Wrong.IsEmpty, string.Join("\n\n", trial.Wrong.Take(8)));
        Assert.True(trial.Refused.IsEmpty, string.Join('\n', trial.Refused.Take(8)));
        Assert.True(trial.Ended > 300, $"{trial.Ended} ended, {trial.Cut} were cut");
    }
}
