using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>A process has one GenAI library: what another one is needed for, and the environment, is tested in a process of its own.</summary>
[Collection(GenAIStub.Collection)]
public sealed class GenAIProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_environment_names_the_library()
    {
        // Without the real one, the stub shows that the environment is followed; only the real one gives the reference outputs, and what replies of a real model must be.
        string? real = RealGenAILibrary.Named;
        string folder = Path.GetDirectoryName(GenAIStub.Path)!;
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "AiSdk.Onnx.Tests" + (OperatingSystem.IsWindows() ? ".exe" : "")), ["-class", typeof(NamedLibraryTests).FullName!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Type[] onReal = [typeof(ReferenceOutputTests), typeof(OnnxChatClientTests), typeof(ConstrainedReplyTests), typeof(ToolCallConstraintTests), typeof(LogProbabilityTests), typeof(SoakTests)];
        foreach (Type tests in real is null ? [] : onReal)
        {
            start.ArgumentList.Add("-class");
            start.ArgumentList.Add(tests.FullName!);
        }
        start.Environment[GenAILibrary.Variable] = real ?? folder;
        start.Environment[RealGenAILibrary.ChildVariable] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(Token);
        string output = await process.StandardOutput.ReadToEndAsync(Token) + await errors;
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, output);
        int total = int.Parse(Regex.Match(output, @"Total: (\d+),").Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.True(real is null ? total == 1 : total > onReal.Length, output);
        Assert.Contains("Skipped: 0,", output, StringComparison.Ordinal);
    }
}

/// <summary>Runs in both processes.</summary>
public sealed class NamedLibraryTests
{
    [Fact]
    public async Task Auto_follows_the_environment()
    {
        using var client = new OnnxChatClient(TestData.Path("models", "stories260K"));
        var model = (OnnxModel)client.GetService(typeof(OnnxModel))!;
        Assert.Equal(RealGenAILibrary.IsChild ? OnnxEngine.GenAI : OnnxEngine.OnnxRuntime, model.Engine);
        Assert.NotEmpty((await client.GetResponseAsync(TestModels.User("Once upon"), new() { MaxOutputTokens = 10 }, TestContext.Current.CancellationToken)).Text);
    }
}
