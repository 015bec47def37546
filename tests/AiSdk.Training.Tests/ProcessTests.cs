using System.Diagnostics;
using AiSdk.Onnx;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Training.Tests;

/// <summary>What needs a process of its own: to be killed, to be listened to, to have the real GenAI library.</summary>
public sealed class ProcessTests
{
    private const string Prompt = "Once upon a time, there was a little";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_killed_at_any_moment_leaves_what_the_next_goes_on_from()
    {
        using Folder folder = new();
        TrainableModel whole = SmallModel.Create(folder);
        await new Trainer(whole, ChildProcesses.KilledOptions(null)).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        int killed = 0;
        // With a checkpoint after each step it spends much of its time writing them.
        foreach (int step in (int[])[1, 7, 20])
        {
            using Process process = ChildProcesses.Start(nameof(ChildProcesses.Trains), folder.Path);
            while (!process.HasExited && LastStep(folder) < step)
                await Task.Delay(1, Token);
            // SIGKILL: nothing in the process has a say.
            process.Kill();
            await process.WaitForExitAsync(Token);
            killed += process.ExitCode != 0 ? 1 : 0;
        }
        Assert.Equal(3, killed);
        Assert.False(File.Exists(folder["weights"]));
        using Process last = ChildProcesses.Start(nameof(ChildProcesses.Trains), folder.Path);
        string output = await last.StandardOutput.ReadToEndAsync(Token);
        await last.WaitForExitAsync(Token);
        Assert.True(last.ExitCode == 0, output);
        string[] lines = await File.ReadAllLinesAsync(folder["weights"], Token);
        Assert.Equal(string.Join(' ', SmallModel.Bits(whole)), lines[1]);
        Assert.InRange(int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture), 20, 1000);
    }

    [Fact]
    public async Task A_base_that_takes_adapters_is_loaded_in_silence()
    {
        using Folder folder = new();
        SmallModel.Create(folder).Save(folder["model"], new ExportOptions { AdapterTargets = LlamaLayout.Projections });
        using Process process = ChildProcesses.Start(nameof(ChildProcesses.Loads), folder["model"]);
        Task<string> errors = process.StandardError.ReadToEndAsync(Token);
        string output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, output);
        Assert.Equal("", await errors);
    }

    [Fact]
    public async Task The_real_GenAI_library_uses_a_saved_adapter()
    {
        string? library = Environment.GetEnvironmentVariable(GenAILibrary.Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(library), $"The native library of ONNX Runtime GenAI is not here; {GenAILibrary.Variable} would name it.");
        string stories = TestData.Path("models", "stories260K");
        using Folder folder = new();
        var model = TrainableModel.Load(stories);
        TrainingExample[] lesson = [TrainingExample.FromText("Once upon a time, there was a little red pen in a shop.")];
        LoraAdapter adapter = (await new Trainer(model, new TrainerOptions { Steps = 60, LearningRate = 1e-2, WarmupSteps = 4, Threads = 1, Lora = new LoraOptions { Rank = 4, Alpha = 6 } }).TrainAsync(SmallModel.Stream(lesson), cancellationToken: Token)).Adapter!;
        model.Save(folder["base"], new ExportOptions { AdapterTargets = adapter.Targets });
        adapter.Save(folder["base/pen.onnx_adapter"]);
        string[] expected = [.. await ChildProcesses.RepliesAsync(folder["base"], OnnxEngine.OnnxRuntime, Prompt, Token)];
        Assert.StartsWith(" red pen", expected[1], StringComparison.Ordinal);

        using Process process = ChildProcesses.Start(nameof(ChildProcesses.Replies), folder["base"], library);
        string output = await process.StandardOutput.ReadToEndAsync(Token) + await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, output);
        Assert.Equal(expected, await File.ReadAllLinesAsync(folder["base/replies.txt"], Token));

        // One of another model is refused when it is loaded, not at the first request.
        TrainingResult other = await new Trainer(SmallModel.Create(folder), new TrainerOptions { Steps = 1, Threads = 1, Lora = new LoraOptions { Rank = 2 } }).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        other.Adapter!.Save(folder["base/pen.onnx_adapter"]);
        using Process refusing = ChildProcesses.Start(nameof(ChildProcesses.Refuses), folder["base"], library);
        output = await refusing.StandardOutput.ReadToEndAsync(Token) + await refusing.StandardError.ReadToEndAsync(Token);
        await refusing.WaitForExitAsync(Token);
        Assert.True(refusing.ExitCode == 0, output);
        Assert.Contains("'pen' (is it one for another model?)", await File.ReadAllTextAsync(folder["base/refusal.txt"], Token), StringComparison.Ordinal);
    }

    private static int LastStep(Folder folder) => !Directory.Exists(folder["checkpoints"]) ? 0
        : Directory.GetFiles(folder["checkpoints"], "*.bin").Select(static file => int.Parse(Path.GetFileNameWithoutExtension(file).AsSpan("checkpoint-".Length), System.Globalization.CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();
}

/// <summary>What <see cref="ProcessTests"/> lets other processes do. Where they are run by themselves they do nothing: what is left out would be counted as skipped.</summary>
public sealed class ChildProcesses
{
    private const string FolderVariable = "AISDK_TRAINING_TEST_FOLDER";
    private const string Prompt = "Once upon a time, there was a little";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static bool IsChild => Environment.GetEnvironmentVariable(FolderVariable) is not null;

    private static string Folder => Environment.GetEnvironmentVariable(FolderVariable)!;

    [Fact]
    public async Task Trains()
    {
        if (!IsChild)
            return;
        var model = TrainableModel.Create(SmallModel.Sizes, Path.Combine(Folder, "tokenizer"));
        TrainingResult result = await new Trainer(model, KilledOptions(Path.Combine(Folder, "checkpoints"))).TrainAsync(SmallModel.Stream(), cancellationToken: Token);
        await File.WriteAllLinesAsync(Path.Combine(Folder, "weights"), [$"{result.ResumedAt}", string.Join(' ', SmallModel.Bits(model))], Token);
    }

    [Fact]
    public void Loads()
    {
        if (IsChild)
            OnnxModel.Load(Folder, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime }).Dispose();
    }

    [Fact]
    public async Task Replies()
    {
        if (IsChild)
            await File.WriteAllLinesAsync(Path.Combine(Folder, "replies.txt"), await RepliesAsync(Folder, OnnxEngine.GenAI, Prompt, Token), Token);
    }

    [Fact]
    public void Refuses()
    {
        if (IsChild)
            File.WriteAllText(Path.Combine(Folder, "refusal.txt"), Assert.Throws<OnnxModelException>(() => OnnxModel.Load(Folder, new OnnxModelOptions { Engine = OnnxEngine.GenAI, Adapters = { ["pen"] = "pen.onnx_adapter" } })).Message);
    }

    internal static TrainerOptions KilledOptions(string? checkpoints)
    {
        TrainerOptions options = TrainerTests.Everything(checkpoints);
        options.CheckpointEvery = 1;
        options.Epochs = 40;
        return options;
    }

    /// <summary>What the base says, with its adapter, and without it again.</summary>
    internal static async Task<List<string>> RepliesAsync(string folder, OnnxEngine engine, string prompt, CancellationToken cancellationToken)
    {
        using OnnxChatClient client = new(folder, new OnnxModelOptions { Engine = engine, Adapters = { ["pen"] = "pen.onnx_adapter" } });
        List<string> replies = [];
        foreach (string? adapter in (string?[])[null, "pen", null])
            replies.Add((await client.GetResponseAsync(prompt, new ChatOptions { MaxOutputTokens = 16, Temperature = 0 }.WithAdapter(adapter), cancellationToken)).Text);
        return replies;
    }

    internal static Process Start(string name, string folder, string? library = null)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "AiSdk.Training.Tests" + (OperatingSystem.IsWindows() ? ".exe" : "")), ["-method", $"{typeof(ChildProcesses).FullName}.{name}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[FolderVariable] = folder;
        start.Environment[GenAILibrary.Variable] = library;
        return Process.Start(start)!;
    }
}
