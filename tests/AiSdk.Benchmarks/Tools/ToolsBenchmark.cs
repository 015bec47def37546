using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace AiSdk.Benchmarks;

/// <summary>The tools that are compared: as the generator, as AIFunctionFactory and as a person makes them.</summary>
internal static class RateTools
{
    /// <summary>Rates a payment.</summary>
    /// <param name="customer">Who pays.</param>
    /// <param name="amount">How much, in cents.</param>
    /// <param name="urgent">Whether it is urgent.</param>
    [AiTool]
    [Description("Rates a payment.")]
    public static int Rate(string customer, int amount, bool urgent = false) => (customer.Length * amount) + (urgent ? 1 : 0);
}

/// <summary>What System.Text.Json's generator makes, which AIFunctionFactory is given so that it need not reflect on types.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class RateContext : JsonSerializerContext;

/// <summary>A call of a tool: the arguments as the model wrote them, to the result.</summary>
internal static class ToolsBenchmark
{
    public static int Run(string[] args)
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"customer":"Ann Example","amount":12050,"urgent":true}""");
        AiTool tool = (AiTool)RateTools.AsAiTools()[0];
        AIFunction factory = AIFunctionFactory.Create(RateTools.Rate, new AIFunctionFactoryOptions { SerializerOptions = RateContext.Default.Options });
        AIFunctionArguments parsed = Parse(json);
        object? result = null;
        (string Name, Action Call)[] calls =
        [
            ("AiSdk, generated tool, from JSON", () => result = Get(tool.InvokeJsonAsync(json))),
            ("AIFunctionFactory, from JSON", () => result = Get(factory.InvokeAsync(Parse(json)))),
            ("hand-written, from JSON", () => result = HandWritten(json)),
            ("AiSdk, generated tool, from parsed arguments", () => result = Get(tool.InvokeAsync(parsed))),
            ("AIFunctionFactory, from parsed arguments", () => result = Get(factory.InvokeAsync(parsed))),
        ];
        foreach ((string name, Action call) in calls)
        {
            call();
            if (result?.ToString() != "132551")
                throw new InvalidOperationException($"{name} gave {result}.");
        }
        IReadOnlyList<Measurement> results = Measure.SideBySide(calls);
        Report.Table([$"call of a tool with {json.Length} bytes of arguments", "ns", "bytes"], results.Select(static r => new[] { r.Name, $"{r.Nanoseconds:0}", $"{r.Bytes:0}" }));
        Report.Ratio("tools.vs_factory", results[1].Nanoseconds / results[0].Nanoseconds, ">= 4");
        Report.Ratio("tools.vs_factory_parsed", results[4].Nanoseconds / results[3].Nanoseconds, ">= 4");
        Report.Ratio("tools.vs_handwritten", results[0].Nanoseconds / results[2].Nanoseconds);
        return 0;
    }

    private static object? Get(ValueTask<object?> call) => call.IsCompletedSuccessfully ? call.Result : call.AsTask().GetAwaiter().GetResult();

    /// <summary>What a chat client makes of the arguments: a dictionary of pieces of JSON.</summary>
    private static AIFunctionArguments Parse(byte[] json)
    {
        AIFunctionArguments arguments = [];
        foreach ((string name, JsonElement value) in JsonSerializer.Deserialize(json, RateContext.Default.DictionaryStringJsonElement)!)
            arguments.Add(name, value);
        return arguments;
    }

    private static object HandWritten(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        string? customer = null;
        int? amount = null;
        bool urgent = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("customer"u8))
            {
                reader.Read();
                customer = reader.GetString();
            }
            else if (reader.ValueTextEquals("amount"u8))
            {
                reader.Read();
                amount = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("urgent"u8))
            {
                reader.Read();
                urgent = reader.GetBoolean();
            }
            else
            {
                throw new ArgumentException("unknown argument", nameof(json));
            }
        }
        return RateTools.Rate(customer ?? throw new ArgumentException("no customer", nameof(json)), amount ?? throw new ArgumentException("no amount", nameof(json)), urgent)
            .ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
