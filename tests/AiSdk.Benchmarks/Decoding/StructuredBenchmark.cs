using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AiSdk.Onnx;
using Microsoft.Extensions.AI;

namespace AiSdk.Benchmarks;

/// <summary>Structured calls of a local model, end to end: what each way to save work gains over the plain loop that reads the whole prompt and runs the model for each token.</summary>
/// <remarks>
/// Each call has another input behind the same head, as calls of one function have. The replies of all ways must be the same. The calls take turns, so that the machine's
/// moods hit all of them alike; sessions do not spin while others work.
/// </remarks>
internal static class StructuredBenchmark
{
    private const int Calls = 7;
    private const string Category = """{"enum":["billing","technical","sales","account","shipping","other"]}""";

    /// <summary>A record of some fifty tokens.</summary>
    internal const string Ticket = """
        {"type":"object","properties":{"category":{"enum":["billing","technical","sales","account","shipping","other"]},"priority":{"enum":["low","normal","high","critical"]},
        "customerName":{"type":"string","maxLength":16},"isExistingCustomer":{"type":"boolean"},"orderNumber":{"type":"integer","minimum":0,"maximum":999999},
        "summary":{"type":"string","maxLength":40}},"required":["category","priority","customerName","isExistingCustomer","orderNumber","summary"],"additionalProperties":false}
        """;

    private static readonly (string Name, OnnxModelOptions Options)[] _ways =
    [
        ("plain loop", new() { PrefixCacheBytes = 0, JumpForward = false, PromptLookup = false }),
        ("+ prefix", new() { JumpForward = false, PromptLookup = false }),
        ("+ jump-forward", new() { PromptLookup = false }),
        ("+ prompt lookup", new()),
    ];

    public static int Run(string[] args)
    {
        if (Arguments.Value(args, "--model") is { } folder)
            return Measured(folder, "");
        if (RandomModel.Tokenizer(args) is not { } tokenizer)
        {
            Console.Error.WriteLine("""
                Usage: structured [--model FOLDER | --tokenizer FILE] [--bits 32|8|4]
                  --model FOLDER    a model folder; without it, models of 50 million random parameters are written, in 32, 8 and 4 bits
                  --tokenizer FILE  GPT-2's tokenizer.json (or .gz) for those; by default that of the test material (AISDK_TESTDATA, else ../shared)
                """);
            return 2;
        }
        foreach (int bits in RandomModel.Widths)
        {
            if (Arguments.Value(args, "--bits") is { } only && only != bits.ToString(CultureInfo.InvariantCulture))
                continue;
            if (RandomModel.Use(bits, tokenizer, made => Measured(made, RandomModel.Suffix(bits))) is not 0 and int failed)
                return failed;
        }
        return 0;
    }

    private static int Measured(string folder, string suffix)
    {
        OnnxChatClient[] clients;
        try
        {
            clients = [.. _ways.Select(way =>
            {
                way.Options.AllowSpinning = false;
                return new OnnxChatClient(folder, way.Options);
            })];
        }
        catch (OnnxModelException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
        try
        {
            bool isSame = true;
            foreach ((string name, string schema, string target) in (ReadOnlySpan<(string, string, string)>)[("enum", Category, ">= 6"), ("record", Ticket, ">= 2.2")])
            {
                ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema)), MaxOutputTokens = 300 };
                List<double>[] times = [.. clients.Select(static _ => new List<double>())];
                UsageDetails usage = new();
                string shown = "";
                for (int call = -1; call < Calls; call++)
                {
                    string? expected = null;
                    for (int i = 0; i < clients.Length; i++)
                    {
                        long started = Stopwatch.GetTimestamp();
                        ChatResponse response = clients[i].GetResponseAsync(Head + Input(call), options).GetAwaiter().GetResult();
                        // The first call compiles, and reads the head.
                        if (call >= 0)
                            times[i].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                        isSame &= (expected ??= response.Text) == response.Text;
                        usage = response.Usage!;
                        shown = response.Text;
                    }
                }
                double plain = Measure.Median(times[0]);
                Report.Table(
                    [$"{name}, {usage.InputTokenCount} tokens in, {usage.OutputTokenCount} out{suffix.Replace('_', ' ')}", "ms", "times faster"],
                    clients.Select((_, i) => (string[])[_ways[i].Name, $"{Measure.Median(times[i]):0.0}", $"{plain / Measure.Median(times[i]):0.00}"]));
                Console.WriteLine($"  the last reply: {shown}");
                Report.Ratio($"structured.{name}{suffix}", plain / Measure.Median(times[^1]), target);
            }
            Report.Ratio($"structured.same_output{suffix}", isSame ? 1 : 0, "1");
        }
        finally
        {
            foreach (OnnxChatClient client in clients)
                client.Dispose();
        }
        return 0;
    }

    // About 60 tokens, another text each time.
    private static string Input(int call)
    {
        string[] things = ["a kettle", "two chairs", "the blue lamp", "a garden hose", "our printer", "the coffee mill", "a rain coat", "the wall clock"];
        return $"Letter {4_711 + call}: Hello, I am customer {17 * (call + 3)}, and I ordered {things[call + 1]} from your shop {call + 4} days ago. So far it has not come, and nobody answers the phone. Where is the parcel? Thank you.\nReply: ";
    }

    private const string Head = """
        You sort the letters that come to the support desk of a shop which sells things for house and garden, over the counter and by post. Read the letter that stands at the end, and reply with JSON.
        The categories mean: billing is all that has to do with invoices, payments, refunds, discounts and wrong amounts. Technical is what does not work, is broken, lacks a part or cannot be put together.
        Sales is a question before somebody buys: whether a thing is there, what it costs, how large it is, which of two is better. Account is what has to do with passwords, addresses, names and newsletters.
        Shipping is what has not come, came late, came to the wrong place or came damaged on its way. Other is everything else; take it when you are in doubt, and never invent a category of your own.
        The priority is critical where somebody may be hurt, high where money is lost or a date is near, normal for most letters, and low for praise, ideas and what has no need of an answer. The name of the customer is the one
        at the end of the letter, without titles; leave it empty if there is none. Somebody is a customer already if the letter names an order, an invoice or something that was bought. The number of the order is
        that of the letter; write 0 if there is none. The summary says in a few words what the customer wants from us, not how the customer feels about it, and names the thing that the letter is about.
        An example: the letter "Dear shop, the lawn mower that I bought in May (order 20713) does not start any more. When can you send somebody? Yours, Ms Ann Miller" is technical, its priority is normal,
        the name is Ann Miller, the order is 20713, and the summary is "repair of a lawn mower". Another one: "Is the large green tent still there?" is sales, low, has no name and no order.

        """;
}
