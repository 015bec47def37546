using System.CommandLine;
using AiSdk.Evaluation;

namespace AiSdk.Cli;

/// <summary>The commands.</summary>
internal static class CommandLine
{
    /// <summary>The exit code where a command could not do its work.</summary>
    public const int Failed = 2;

    /// <summary>Runs a command.</summary>
    /// <returns>0; 1 on a significant regression; 2 on an error.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        InvocationConfiguration configuration = new() { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        ParseResult parsed = Root(output).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
                await error.WriteLineAsync(problem.Message).ConfigureAwait(false);
            return Failed;
        }
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Stopped.").ConfigureAwait(false);
            return Failed;
        }
    }

    private static RootCommand Root(TextWriter output) => new("Evaluations, local models and the lock file of AiSdk.")
    {
        EvalCommand.Create(output),
        ModelCommand.Create(output),
        LockCommand.Create(output),
    };
}
