using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AiSdk.Benchmarks;

/// <summary>A reply of 100 KB that comes in pieces of four characters, and is shown at each change.</summary>
internal static class StreamingBenchmark
{
    private const int Piece = 4;
    private const int Deliveries = 530;

    // Parsing the buffer again at each piece takes minutes: every n-th piece is done and counted n times.
    private const int Sampled = 250;

    public static int Run(string[] args)
    {
        AiFunctionInfo<DeliveryList> function = DeliveryDesk.ReadAsyncInfo;
        OutputShape shape = function.Output!.Shape;
        string clean = Reply(damaged: false);
        string damaged = Reply(damaged: true);
        DeliveryList book = ReadStrictly(clean, function.Reader);
        StructuredOutputResult repaired = StructuredOutput.Parse(damaged, shape);
        if (!repaired.Success || ReadStrictly(repaired.Json, function.Reader).Deliveries.Count != book.Deliveries.Count)
            throw new InvalidOperationException($"the damaged reply is not repaired to the clean one: {string.Join("; ", repaired.Errors)}");
        foreach (string reply in (ReadOnlySpan<string>)[clean, damaged])
        {
            PartialReader reader = Stream(reply, shape, out int _);
            if (!reader.IsClosed || reader.Finish(clean) is not null)
                throw new InvalidOperationException("the stream does not show the reply");
        }

        IReadOnlyList<Measurement> results = Measure.SideBySide(
            ("clean, strict read of the whole", () => ReadStrictly(clean, function.Reader)),
            ("clean, streamed", () => Stream(clean, shape, out int _)),
            ("damaged, repair and read of the whole", () => ReadStrictly(StructuredOutput.Parse(damaged, shape).Json!, function.Reader)),
            ("damaged, streamed", () => Stream(damaged, shape, out int _)));
        double again = Again(clean, shape);
        Report.Table(
            [$"reply of {clean.Length} characters in pieces of {Piece}", "µs", "KB", "ns per piece"],
            [.. results.Select(r => new[] { r.Name, $"{r.Nanoseconds / 1000:0}", $"{r.Bytes / 1000:0}", $"{r.Nanoseconds / (clean.Length / Piece):0}" }),
                ["clean, parsed again at each piece (sampled)", $"{again / 1000:0}", "", $"{again / (clean.Length / Piece):0}"]]);
        Report.Ratio("streaming.vs_oneshot", results[1].Nanoseconds / results[0].Nanoseconds, "<= 8");
        Report.Ratio("streaming.damaged_vs_oneshot", results[3].Nanoseconds / results[2].Nanoseconds, "<= 8");
        Report.Ratio("streaming.vs_parsing_again", again / results[1].Nanoseconds);
        return 0;
    }

    private static PartialReader Stream(string reply, OutputShape shape, out int shown)
    {
        PartialReader reader = new(shape, isWrapped: false);
        shown = 0;
        Partial<DeliveryList>? last = null;
        for (int i = 0; i < reply.Length; i += Piece)
        {
            if (reader.Append(reply.AsSpan(i, Math.Min(Piece, reply.Length - i))))
            {
                last = reader.Snapshot<DeliveryList>();
                shown++;
            }
        }
        GC.KeepAlive(last);
        return reader;
    }

    /// <summary>The time of parsing all that has come at each piece, in nanoseconds.</summary>
    private static double Again(string reply, OutputShape shape)
    {
        double ticks = 0;
        for (int i = Piece * Sampled; i < reply.Length; i += Piece * Sampled)
        {
            string begun = reply[..i];
            long started = System.Diagnostics.Stopwatch.GetTimestamp();
            StructuredOutput.Parse(begun, shape);
            ticks += System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        }
        return ticks * Sampled;
    }

    private static DeliveryList ReadStrictly(string reply, OutputReader<DeliveryList> read)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(reply.Length));
        Utf8JsonReader reader = new(buffer.AsSpan(0, Encoding.UTF8.GetBytes(reply, buffer)));
        reader.Read();
        DeliveryList book = read(ref reader);
        reader.Read();
        ArrayPool<byte>.Shared.Return(buffer);
        return book;
    }

    private static string Reply(bool damaged)
    {
        StringBuilder reply = new();
        string q = damaged ? "'" : "\"";
        reply.Append(damaged ? "Here you are:\n```json\n" : "").Append($"{{{q}deliveries{q}: [");
        for (int i = 0; i < Deliveries; i++)
        {
            reply.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}\n  {{{q}id{q}: {i}, {q}customer{q}: {q}Customer number {i}{q}, ");
            reply.Append($"{q}note{q}: {q}They asked for it to be delivered in the morning,\\nthen left at the neighbour's \\u201cgreen\\u201d door.{q}, ".Replace("neighbour's", damaged ? "neighbour\\'s" : "neighbour's", StringComparison.Ordinal));
            reply.Append(CultureInfo.InvariantCulture, $"{q}total{q}: {i * 7 % 1000}.5, {q}state{q}: {q}{(i % 2 == 0 ? "Paid" : "Open")}{q}, {q}gift{q}: {(i % 3 == 0 ? "true" : "false")}{(damaged ? "," : "")}}}");
        }
        return reply.Append(damaged ? ",]}\n```\nAnything else?" : "]}").ToString();
    }
}
