using System.Diagnostics;

namespace AiSdk.Benchmarks;

/// <summary>Runs programs and reads what they print.</summary>
internal static class ChildProcess
{
    /// <summary>The arguments that make <see cref="Environment.ProcessPath"/> run this program: its DLL, if that is the dotnet host.</summary>
    public static IReadOnlyList<string> Self =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "AiSdk.Benchmarks.dll")] : [];

    /// <summary>The program's standard output.</summary>
    /// <exception cref="InvalidOperationException">The program failed.</exception>
    public static string Run(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed with {process.ExitCode}:\n{output}\n{errors.Result}");
    }
}
