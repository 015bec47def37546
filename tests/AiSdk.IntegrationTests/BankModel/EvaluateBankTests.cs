using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>samples/EvaluateBank as a user starts it.</summary>
public sealed class EvaluateBankTests
{
    [Fact]
    public async Task It_says_which_model_is_evaluated_and_what_that_knows()
    {
        string program = DotNet.Sample("EvaluateBank");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("evaluate-bank-");
        try
        {
            string output = await DotNet.RunAsync(folder.FullName, program, "--run", "run");
            Assert.Contains("Model: bank, embedded in this program, running on this machine. It knows messages to a bank, in English, and nothing else.", output, StringComparison.Ordinal);
            Assert.Contains("exact:", output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
