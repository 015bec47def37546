using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.AI;

namespace AiSdk.Benchmarks;

/// <summary>The cost of a typed call without the model.</summary>
internal static class OverheadBenchmark
{
    private const int FreshProcesses = 7;

    private static readonly Dictionary<string, Func<IChatClient, Task<Ticket?>>> _ways = new(StringComparer.Ordinal)
    {
        ["AiSdk"] = static async client => await new TicketDesk(client).ExtractAsync(TicketReply.Message).ConfigureAwait(false),
        ["hand-written ideal"] = static async client => await Contestants.IdealAsync(client, TicketReply.Message).ConfigureAwait(false),
        ["MEAI, expert"] = static async client => await Contestants.ExpertAsync(client, TicketReply.Message).ConfigureAwait(false),
        ["MEAI GetResponseAsync<T>, context"] = static async client => await Contestants.MeaiContextAsync(client, TicketReply.Message).ConfigureAwait(false),
        ["MEAI GetResponseAsync<T>, reflection"] = static async client => await Contestants.MeaiReflectionAsync(client, TicketReply.Message).ConfigureAwait(false),
    };

    public static int Run(string[] args)
    {
        if (args is ["--first-call", string way])
            return FirstCall(way);

        StubChatClient client = new(TicketReply.Json);
        TicketDesk desk = new(client);
        foreach ((string name, Func<IChatClient, Task<Ticket?>> call) in _ways)
            TicketReply.Check(call(client).Result!, name);

        IReadOnlyList<Measurement> results = Measure.SideBySide(
            ("AiSdk", () => desk.ExtractAsync(TicketReply.Message).GetAwaiter().GetResult()),
            ("hand-written ideal", () => Contestants.IdealAsync(client, TicketReply.Message).GetAwaiter().GetResult()),
            ("MEAI, expert", () => Contestants.ExpertAsync(client, TicketReply.Message).GetAwaiter().GetResult()),
            ("MEAI GetResponseAsync<T>, context", () => Contestants.MeaiContextAsync(client, TicketReply.Message).GetAwaiter().GetResult()),
            ("MEAI GetResponseAsync<T>, reflection", () => Contestants.MeaiReflectionAsync(client, TicketReply.Message).GetAwaiter().GetResult()),
            ("stub alone (floor)", () => Contestants.FloorAsync(client).GetAwaiter().GetResult()));
        Dictionary<string, double> firstCalls = FirstCalls();
        Report.Table(
            ["typed call, 6-field record, stub client", "ns", "bytes", "first call ms"],
            results.Select(r => new[] { r.Name, $"{r.Nanoseconds:0}", $"{r.Bytes:0}", firstCalls.TryGetValue(r.Name, out double first) ? $"{first:0.0}" : "" }));

        Measurement ours = results[0], ideal = results[1], expert = results[2];
        double meai = Math.Min(results[3].Nanoseconds, results[4].Nanoseconds);
        Report.Ratio("overhead.vs_meai", meai / ours.Nanoseconds, ">= 80");
        Report.Ratio("overhead.vs_expert", expert.Nanoseconds / ours.Nanoseconds, ">= 1.6");
        Report.Ratio("overhead.vs_ideal", ours.Nanoseconds / ideal.Nanoseconds, "<= 1.5");
        Report.Ratio("overhead.bytes_vs_ideal", ours.Bytes / ideal.Bytes, "<= 1.5");
        Report.Ratio("overhead.first_call_ms", firstCalls["AiSdk"], "<= 20");
        return 0;
    }

    /// <summary>Runs in a process of its own: the time of the first call, from the client's construction to the value.</summary>
    private static int FirstCall(string way)
    {
        StubChatClient client = new(TicketReply.Json);
        long started = Stopwatch.GetTimestamp();
        Ticket ticket = _ways[way](client).GetAwaiter().GetResult()!;
        double milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        TicketReply.Check(ticket, way);
        Console.WriteLine(milliseconds.ToString("R", CultureInfo.InvariantCulture));
        return 0;
    }

    private static Dictionary<string, double> FirstCalls()
    {
        Dictionary<string, List<double>> times = _ways.Keys.ToDictionary(static way => way, static _ => new List<double>());
        for (int i = 0; i < FreshProcesses; i++)
        {
            foreach (string way in _ways.Keys)
                times[way].Add(double.Parse(ChildProcess.Run(Environment.ProcessPath!, [.. ChildProcess.Self, "overhead", "--first-call", way]), CultureInfo.InvariantCulture));
        }
        return times.ToDictionary(static t => t.Key, static t => Measure.Median(t.Value));
    }
}
