using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.IntegrationTests.Tools;

/// <summary>What this program does when <see cref="CrashTests"/> starts it as another process: one call of a tool with an effect, and at a given moment the end, without a chance to tidy up.</summary>
public sealed class CrashChild
{
    public const string Variable = "AISDK_CRASH_CHILD";

    // By itself it does nothing: CrashTests starts it, in another process. A test that is left out would be counted as skipped.
    [Fact]
    public Task One_call_of_a_tool_that_may_not_come_to_its_end()
    {
        string[]? parts = Environment.GetEnvironmentVariable(Variable)?.Split('|');
        return parts is null ? Task.CompletedTask : RunAsync(parts[0], parts[1]);
    }

    private static async Task RunAsync(string folder, string moment)
    {
        AIFunction tool = new Payments(folder, moment).AsAiTools(new DyingJournal(new FileToolJournal(Path.Combine(folder, "journal")), moment))[0];
        // Here it has been approved.
        DieAt("approved", moment);
        using (ToolOperation.Begin("ticket-17"))
            await File.WriteAllTextAsync(Path.Combine(folder, "answer"), $"{await tool.GetService<AiTool>()!.InvokeJsonAsync("""{"to":"Ann","cents":500}"""u8.ToArray())}");
    }

    internal static void DieAt(string here, string moment)
    {
        if (here != moment)
            return;
        // SIGKILL, as kill -9 sends it.
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    internal sealed class Payments(string folder, string moment)
    {
        /// <summary>Pays.</summary>
        [AiTool("pay", Effect = ToolEffect.Write)]
        public string Pay(string to, int cents, [IdempotencyKey] string key)
        {
            File.AppendAllText(Path.Combine(folder, "effects"), $"{to} {cents} {key}\n", Encoding.UTF8);
            DieAt("effected", moment);
            return $"Paid {cents} to {to}.";
        }
    }

    internal sealed class DyingJournal(IToolJournal journal, string moment) : IToolJournal
    {
        public async ValueTask<ToolJournalEntry> BeginAsync(string key, string tool, CancellationToken cancellationToken)
        {
            DieAt("claiming", moment);
            ToolJournalEntry entry = await journal.BeginAsync(key, tool, cancellationToken);
            DieAt("begun", moment);
            return entry;
        }

        public async ValueTask EndAsync(string key, ToolJournalEntry entry, CancellationToken cancellationToken)
        {
            await journal.EndAsync(key, entry, cancellationToken);
            DieAt("ended", moment);
        }
    }
}
