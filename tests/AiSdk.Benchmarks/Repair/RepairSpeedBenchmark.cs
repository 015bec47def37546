using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiSdk.Benchmarks;

/// <summary>The state of an order of the speed benchmark.</summary>
public enum OrderState
{
    Open,
    Paid,
    Shipped,
}

/// <summary>An order of the speed benchmark.</summary>
public sealed record OrderLine(int Id, string Customer, string Note, decimal Total, OrderState State, IReadOnlyList<string> Tags);

/// <summary>The value of the speed benchmark's replies.</summary>
public sealed record OrderList(IReadOnlyList<OrderLine> Orders);

/// <summary>Has the reader that the compiler makes.</summary>
[AiFunctions]
public interface IOrderDesk
{
    [UserPrompt("List the orders in this message:\n{{message}}")]
    Task<OrderList> ReadAsync(string message, CancellationToken cancellationToken = default);
}

/// <summary>What an expert gives to System.Text.Json.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(OrderList))]
public sealed partial class OrderContext : JsonSerializerContext;

/// <summary>Repair's speed on generated replies, and that it stays linear on hostile ones.</summary>
internal static class RepairSpeedBenchmark
{
    private static readonly OutputShape _shape = OutputShape.FromJsonSchema(JsonElement.Parse("""
        {"type":"object","properties":{"orders":{"type":"array","items":{"type":"object","properties":{"id":{"type":"integer"},"customer":{"type":"string"},
        "note":{"type":"string"},"total":{"type":"number"},"state":{"enum":["Open","Paid","Shipped"]},"tags":{"type":"array","items":{"type":"string"}}},
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
                Report.Ratio($"repair.{kind}_{name.Replace(" ", "", StringComparison.Ordinal)}_mb_s", speed, (size, kind) == (100_000, "damaged") ? ">= 50" : null);
            }
        }
        double worst = 0;
        foreach (string unit in HostileReplies.Units)
        {
            // Linear is twice the time for twice the length.
            double half = Hostile(unit, 5_000_000);
            double seconds = Hostile(unit, 10_000_000);
            worst = Math.Max(worst, seconds);
            rows.Add([$"10 MB of {Printable(unit)} ({seconds / half:0.0} times the time of 5 MB)", $"{seconds * 1e6:0}", $"{10 / seconds:0}"]);
        }
        Report.Ratio("repair.hostile_10mb_worst_s", worst, "< 2");
        Console.WriteLine();
        Report.Table(["reply", "µs", "MB/s"], rows);
        StrictRead();
        return 0;
    }

    private static string Printable(string unit) => string.Concat(unit.Select(static c => c is < ' ' or > '~' ? $"\\u{(int)c:x4}" : $"{c}"));

    private static double Hostile(string unit, int length)
    {
        string reply = new StringBuilder(length + 100).Insert(0, unit, length / unit.Length).ToString();
        return Math.Max(Time(() => StructuredOutput.Parse(reply, _shape), 1), Time(() => StructuredOutput.ParsePartial(reply, _shape), 1));
    }

    private static void StrictRead()
    {
        List<string[]> rows = [];
        OutputReader<OrderList> generated = OrderDesk.ReadAsyncInfo.Reader;
        foreach ((string name, int size) in new[] { ("1 KB", 1_000), ("100 KB", 100_000), ("10 MB", 10_000_000) })
        {
            byte[] reply = Encoding.UTF8.GetBytes(Reply(size, "clean"));
            OrderList? result = null;
            IReadOnlyList<Measurement> results = Measure.SideBySide(
            [
                ("AiSdk", () =>
                {
                    Utf8JsonReader reader = new(reply);
                    reader.Read();
                    result = generated(ref reader);
                    reader.Read();
                }),
                ("System.Text.Json", () => result = JsonSerializer.Deserialize(reply, OrderContext.Default.OrderList)!),
            ]);
            double ours = results[0].Nanoseconds / 1e9;
            double theirs = results[1].Nanoseconds / 1e9;
            rows.Add([name, $"{reply.Length / ours / 1e6:0}", $"{reply.Length / theirs / 1e6:0}"]);
            Report.Ratio($"repair.strict_{name.Replace(" ", "", StringComparison.Ordinal)}_vs_stj", theirs / ours);
        }
        Console.WriteLine();
        Report.Table(["strict read of clean replies, MB/s", "AiSdk, generated reader", "System.Text.Json, source-generated"], rows);
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
            reply.Append($"{quote}total{quote}: {(kind == "damaged" ? "1,234.50" : "1234.5")}, {quote}state{quote}: {quote}{(kind == "damaged" ? "paid" : "Paid")}{quote}, ");
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
