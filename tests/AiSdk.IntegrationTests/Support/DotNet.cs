using System.Diagnostics;
using System.Text;

namespace AiSdk.IntegrationTests;

/// <summary>Runs the SDK as a developer does, but so that it can neither hang nor leave a process behind.</summary>
internal static class DotNet
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    /// <summary>The root of the repository.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>A sample's program, as it was built with these tests.</summary>
    public static string Sample(string name) => Path.Combine(RepositoryRoot, "samples", name, "bin", Configuration, "net10.0", name + ".dll");

    /// <summary>Runs <c>dotnet</c> and gives what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed, or did not end in time.</exception>
    public static Task<string> RunAsync(string folder, params string[] arguments) => RunAsync(folder, [0], arguments);

    /// <summary>The same, where other exit codes than 0 may be right, too.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code, or did not end in time.</exception>
    public static async Task<string> RunAsync(string folder, int[] exitCodes, params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // The build that runs this test hands its own settings down.
        foreach (string inherited in start.Environment.Keys.Where(static key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(inherited);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        StringBuilder output = new();
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using CancellationTokenSource limit = new(_limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} did not end within {_limit}:\n{Text(output)}");
        }
        return exitCodes.Contains(process.ExitCode)
            ? Text(output)
            : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed with exit code {process.ExitCode}:\n{Text(output)}");
    }

    private static void Append(StringBuilder output, string? line)
    {
        lock (output)
            output.Append(line).Append('\n');
    }

    private static string Text(StringBuilder output)
    {
        lock (output)
            return output.ToString();
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AiSdk.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("the tests run outside the repository");
    }
}
