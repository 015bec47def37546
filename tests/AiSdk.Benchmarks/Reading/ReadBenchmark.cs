using System.Text;
using System.Text.Json;

namespace AiSdk.Benchmarks;

/// <summary>Reading a well-formed reply, UTF-8 to value.</summary>
internal static class ReadBenchmark
{
    public static int Run(string[] args)
    {
        byte[] reply = Encoding.UTF8.GetBytes(TicketReply.Json);
        OutputReader<Ticket> generated = TicketDesk.ExtractAsyncInfo.Reader;
        Ticket result = TicketReply.Expected;
        // All three also look whether anything follows the value.
        (string Name, Action Read)[] readers =
        [
            ("AiSdk, generated reader", () =>
            {
                Utf8JsonReader reader = new(reply);
                reader.Read();
                result = generated(ref reader);
                reader.Read();
            }),
            ("hand-written reader", () =>
            {
                Utf8JsonReader reader = new(reply);
                reader.Read();
                result = HandWrittenReader.ReadTicket(ref reader);
                reader.Read();
            }),
            ("System.Text.Json, source-generated", () => result = JsonSerializer.Deserialize(reply, TicketContext.Default.Ticket)!),
        ];
        foreach ((string name, Action read) in readers)
        {
            read();
            TicketReply.Check(result, name);
        }
        IReadOnlyList<Measurement> results = Measure.SideBySide(readers);

        Report.Table(
            [$"strict read of {reply.Length} bytes", "ns", "bytes", "MB/s"],
            results.Select(r => new[] { r.Name, $"{r.Nanoseconds:0}", $"{r.Bytes:0}", $"{reply.Length / r.Nanoseconds * 1000:0}" }));
        Report.Ratio("read.vs_stj", results[2].Nanoseconds / results[0].Nanoseconds, ">= 2");
        Report.Ratio("read.vs_handwritten", results[0].Nanoseconds / results[1].Nanoseconds);
        return 0;
    }
}
