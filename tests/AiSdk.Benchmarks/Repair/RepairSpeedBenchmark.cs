using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace AiSdk.Benchmarks;

/// <summary>Repair's speed on generated replies, and that it stays linear on hostile ones.</summary>
internal static class RepairSpeedBenchmark
{
    private static readonly OutputShape _shape = OutputShape.FromJsonSchema(JsonElement.Parse("""
        {"type":"object","properties":{"orders":{"type":"array","items":{"type":"object","properties":{"id":{"type":"integer"},"customer":{"type":"string"},
        "note":{"type":"string"},"total":{"type":"number"},"state":{"enum":["open","paid","shipped"]},"tags":{"type":"array","items":{"type":"string"}}},
        "required":["id","customer","note","total","state","tags"],"additionalProperties":false}}},"required":["orders"],"additionalProperties":false}
        """));

    public static int Run(string[] args)
    {
        List<string[]> rows = [];
        foreach ((string name, int size) in new[] { ("1 KB", 1_000), ("100 KB", 100_000), ("10 MB", 10_000_000) })
        {
            foreach (string kind in new[] { "clean", "fenced", "damaged" })
            {
                string reply = Reply(size, kind);
                double seconds = Time(() => Check(StructuredOutput.Parse(reply, _shape)), size > 1_000_000 ? 3 : Math.Max(20, 20_000_000 / size));
                double speed = reply.Length / seconds / 1e6;
                rows.Add([$"{name}, {kind}", $"{seconds * 1e6:0}", $"{speed:0}"]);
                Report.Ratio($"repair.{kind}_{name.Replace(" ", "", StringComparison.Ordinal)}_mb_per_s", speed, (size, kind) == (100_000, "damaged") ? ">= 50" : null);
            }
        }
        foreach ((string name, string unit) in new[] { ("[", "["), ("\"", "\""), ("{\"a\":", "{\"a\":"), ("backslash", "\\"), ("quote and backslash", "{\"a\":\"\\"), ("backtick", "`"), ("comma", "[,"), ("brace", "{") })
        {
            string hostile = new StringBuilder(10_000_000).Insert(0, unit, 10_000_000 / unit.Length).ToString();
            double seconds = Time(() => StructuredOutput.Parse(hostile, _shape), 1);
            rows.Add([$"10 MB of {name}", $"{seconds * 1e6:0}", $"{hostile.Length / seconds / 1e6:0}"]);
            Report.Ratio($"repair.hostile_{name.Replace(' ', '_')}_s", seconds, "<= 2");
        }
        Console.WriteLine();
        Report.Table(["reply", "µs", "MB/s"], rows);
        return 0;
    }

    private static string Reply(int size, string kind)
    {
        StringBuilder reply = new(size + 500);
        string quote = kind == "damaged" ? "'" : "\"";
        reply.Append(kind switch { "fenced" => "Here you are:\n```json\n", "damaged" => "Sure! // as asked\n", _ => "" });
        reply.Append("{\"orders\": [");
        for (int i = 0; reply.Length < size; i++)
        {
            if (i > 0)
                reply.Append(", ");
            reply.Append($"{{{quote}id{quote}: {i}, {quote}customer{quote}: {quote}Customer number {i}{quote}, ");
            reply.Append(kind == "damaged" ? "note: \"she said \"well done\" to us\", " : "\"note\": \"she said \\\"well done\\\" to us\", ");
            reply.Append($"{quote}total{quote}: {(kind == "damaged" ? "1,234.50" : "1234.5")}, {quote}state{quote}: {quote}{(kind == "damaged" ? "Paid" : "paid")}{quote}, ");
            reply.Append($"{quote}tags{quote}: [{quote}new{quote}, {quote}urgent{quote}{(kind == "damaged" ? "," : "")}]}}");
        }
        reply.Append(kind == "damaged" ? "]" : "]}");
        return reply.Append(kind == "fenced" ? "\n```\nAnything else?" : "").ToString();
    }

    private static void Check(StructuredOutputResult result)
    {
        if (!result.Success)
            throw new InvalidOperationException($"the speed test's reply is not recovered: {result.Errors[0]}");
    }

    private static double Time(Action action, int count)
    {
        if (count > 1)
        {
            long warm = Stopwatch.GetTimestamp();
            do
                action();
            while (Stopwatch.GetElapsedTime(warm).TotalMilliseconds < 700);
        }
        double[] times = new double[Math.Min(count, 5)];
        int each = Math.Max(1, count / times.Length);
        for (int round = 0; round < times.Length; round++)
        {
            long started = Stopwatch.GetTimestamp();
            for (int i = 0; i < each; i++)
                action();
            times[round] = Stopwatch.GetElapsedTime(started).TotalSeconds / each;
        }
        return Measure.Median(times);
    }
}
