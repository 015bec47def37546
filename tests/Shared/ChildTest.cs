using System.Diagnostics;

namespace AiSdk.Tests;

/// <summary>A test of this program, run in a process of its own that may be killed.</summary>
internal static class ChildTest
{
    /// <summary>Starts the program again, for one test.</summary>
    /// <param name="type">The class of the test.</param>
    /// <param name="method">The test.</param>
    /// <param name="variable">The environment variable that tells it what to do.</param>
    /// <param name="value">What that says.</param>
    public static Process Start(Type type, string method, string variable, string value)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Started by dotnet, the program is the first argument.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ChildTest).Assembly.Location);
        foreach (string argument in (string[])["-noColor", "-method", $"{type.FullName}.{method}"])
            start.ArgumentList.Add(argument);
        start.Environment[variable] = value;
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end of a process, and gives its exit code.</summary>
    public static async Task<int> RunAsync(Process started, CancellationToken cancellationToken)
    {
        using Process process = started;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        try
        {
            await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
