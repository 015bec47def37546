using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace AiSdk.Cli;

/// <summary><c>aisdk lock</c>: the build's target that writes the lock file, by a shorter name.</summary>
internal static class LockCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string?> project = new("PROJECT") { Description = "The project, or its folder; the current folder unless said.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> json = new("--json") { Description = "Writes JSON." };
        Command command = new("lock", "Writes aisdk.lock.json: what each function sends and reads is accepted as it is now.") { project, json };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            string target = arguments.GetValue(project) ?? Directory.GetCurrentDirectory();
            if (!File.Exists(target) && !Directory.Exists(target))
                throw new CommandException($"There is no project '{target}'.");
            ProcessStartInfo start = new("dotnet", ["build", target, "-t:AiSdkLock", "-nologo", "-v:m"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start) ?? throw new CommandException("dotnet cannot be started.");
            Task<string> told = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            string text = $"{await told.ConfigureAwait(false)}{await errors.ConfigureAwait(false)}".Trim();
            string folder = File.Exists(target) ? Path.GetDirectoryName(Path.GetFullPath(target))! : Path.GetFullPath(target);
            if (arguments.GetValue(json))
                Terminal.Write(output, new JsonObject { ["success"] = process.ExitCode == 0, ["file"] = Path.Combine(folder, "aisdk.lock.json"), ["output"] = text });
            else
                await output.WriteLineAsync(text).ConfigureAwait(false);
            return process.ExitCode == 0 ? 0 : CommandLine.Failed;
        });
        return command;
    }
}
