using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>Examples are checked against the types that they are examples of, as the generated readers would read them.</summary>
public sealed class ExampleTests
{
    private const string Types = """
        using System.Text.Json.Serialization; using System.Collections.Immutable; using System.Numerics;
        namespace Demo;
        public enum Kind { Delivery, [JsonStringEnumMemberName("card \"ä\"")] Card }
        public record Line(decimal Price, Kind Kind);
        public record Order(string Id, [property: JsonPropertyName("the count")] int Count = 1, string? Note = null) { public List<Line>? Lines { get; init; } }
        public record Pair(int A, int B);
        public record Node(string Name, Node? Next, Node[] Children);
        [JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")] [JsonDerivedType(typeof(Circle), "circle")] [JsonDerivedType(typeof(Box), "box")] public abstract record Shape;
        public record Circle(double Radius) : Shape;
        public record Box(Shape? Inner) : Shape;
        [JsonDerivedType(typeof(Ball), 1)] [JsonDerivedType(typeof(Cube), 2)] public abstract class Solid;
        public class Ball : Solid { public int Size { get; set; } = 1; }
        public class Cube : Solid { public required Solid[] Parts { get; init; } }
        """;

    private static readonly (string Type, string Json)[] _fitting =
    [
        ("bool", "true"), ("bool?", " null "), ("string?[]", "[\"a\",null]"), ("char", "\"\\u00e4\""),
        ("sbyte", "-128"), ("byte", "255"), ("short", "-32768"), ("ushort", "65535"), ("int", "-0"), ("uint", "4294967295"), ("long", "-9223372036854775808"), ("ulong", "18446744073709551615"),
        ("nint", "-1"), ("nuint", "1"), ("Int128", "-170141183460469231731687303715884105728"), ("UInt128", "340282366920938463463374607431768211455"), ("BigInteger", "1234567890123456789012345678901234567890123"),
        ("int", "1.0"), ("uint", "1e3"), ("sbyte", "-12.80e1"), ("BigInteger", "2e3"), ("ulong", "-0.0"), ("double", "0e-400"), ("Half", "2.99e-8"),
        ("double", "-1.5e300"), ("float", "3.4e38"), ("Half", "65519.9"), ("decimal", "79228162514264337593543950335"), ("decimal", "1.000000000000000000000000000000000000"), ("decimal", "1e-28"),
        ("DateOnly", "\"2024-02-29\""), ("TimeOnly", "\"14:05\""), ("TimeOnly", "\"14:05:09.1234567\""), ("TimeSpan", "\"-1.02:03:04.5\""), ("TimeSpan", "\"23:59:59\""),
        ("DateTime", "\"2026-03-31\""), ("DateTime", "\"2026-03-31T14:05\""), ("DateTime", "\"2026-03-31T14:05:09.123456700Z\""), ("DateTime", "\"2026-03-31T14:05:09+02:00\""),
        ("DateTimeOffset", "\"2026-03-31T14:05:09.5-14:00\""), ("DateTimeOffset", "\"2026-03-31T14:05Z\""),
        ("Guid", "\"6B29FC40-ca47-1067-b31d-00dd010662da\""), ("Uri", "\"https://example.com/ä?q=1\""), ("Uri", "\"/a/b\""), ("Uri", "\"a b\""),
        ("Kind", "\"card \\\"\\u00e4\\\"\""), ("Kind?", "null"), ("Kind[][]", "[[],[\"Delivery\"]]"), ("ImmutableArray<int>", "[1]"), ("Dictionary<string, Kind?>", "{\"\":null,\"x\":\"Delivery\"}"),
        ("Order", "{\"id\":\"1\"}"), ("Order", "{\"lines\":[{\"price\":1.10,\"kind\":\"Delivery\"}],\"note\":null,\"the count\":2,\"id\":\"1\"}"), ("Order?", "null"),
        ("Node", "{\"name\":\"a\",\"next\":{\"name\":\"b\",\"next\":null,\"children\":[]},\"children\":[]}"),
        ("Shape", "{\"radius\":2,\"kind\":\"circle\"}"), ("Shape", "{\"inner\":{\"kind\":\"circle\",\"radius\":1},\"kind\":\"box\"}"), ("Shape?", "null"),
        ("Solid", "{\"$type\":2,\"parts\":[{\"$type\":1},{\"size\":3,\"$type\":\"1\"}]}"),
    ];

    private static readonly (string Type, string Json, string Misfit)[] _misfitting =
    [
        ("bool", "\"true\"", "bool: at $ (character 0): expected true or false, found the string \"true\""),
        ("int", " null", "int: at $ (character 1): expected a whole number from -2147483648 to 2147483647, found null"),
        ("int", "1.5", "int: at $ (character 0): expected a whole number from -2147483648 to 2147483647, found the number 1.5"),
        ("byte", "2.56e2", "byte: at $ (character 0): expected a whole number from 0 to 255, found the number 2.56e2"),
        ("double", "1e-400", "double: at $ (character 0): expected a number within the range of double, found the number 1e-400"),
        ("float", "1e-46", "float: at $ (character 0): expected a number within the range of float, found the number 1e-46"),
        ("Half", "2.98e-8", "Half: at $ (character 0): expected a number within the range of Half, found the number 2.98e-8"),
        ("sbyte", "128", "sbyte: at $ (character 0): expected a whole number from -128 to 127, found the number 128"),
        ("ulong", "18446744073709551616", "ulong: at $ (character 0): expected a whole number from 0 to 18446744073709551615, found the number 18446744073709551616"),
        ("Int128", "170141183460469231731687303715884105728", "Int128: at $ (character 0): expected a whole number from -170141183460469231731687303715884105728 to 170141183460469231731687303715884105727, found the number 170141183460469231731687303715884105728"),
        ("BigInteger", "1.5", "BigInteger: at $ (character 0): expected a whole number of at most 100000 digits, found the number 1.5"),
        ("double", "1e400", "double: at $ (character 0): expected a number within the range of double, found the number 1e400"),
        ("float", "1e39", "float: at $ (character 0): expected a number within the range of float, found the number 1e39"),
        ("Half", "65520", "Half: at $ (character 0): expected a number within the range of Half, found the number 65520"),
        ("decimal", "79228162514264337593543950336", "decimal: at $ (character 0): expected a number of at most 28 digits, found the number 79228162514264337593543950336"),
        ("decimal", "1e-29", "decimal: at $ (character 0): expected a number of at most 28 digits, found the number 1e-29"),
        ("char", "\"ab\"", "char: at $ (character 0): expected a string of one character, found the string \"ab\""),
        ("DateOnly", "\"2025-02-29\"", "DateOnly: at $ (character 0): expected a date like \"2026-03-31\", found the string \"2025-02-29\""),
        ("TimeOnly", "\"24:00\"", "TimeOnly: at $ (character 0): expected a time of day like \"14:05:09\", found the string \"24:00\""),
        ("DateTime", "\"2026-03-31 14:05\"", "DateTime: at $ (character 0): expected a date and time like \"2026-03-31T14:05:09Z\", found the string \"2026-03-31 14:05\""),
        ("DateTimeOffset", "\"2026-03-31T14:05:09\"", "DateTimeOffset: at $ (character 0): expected a date and time with its offset like \"2026-03-31T14:05:09+02:00\", found the string \"2026-03-31T14:05:09\""),
        ("TimeSpan", "\"24:00:00\"", "TimeSpan: at $ (character 0): expected a duration like \"1.02:03:04\" (days.hours:minutes:seconds), found the string \"24:00:00\""),
        ("Guid", "\"6b29fc40ca471067b31d00dd010662da\"", "Guid: at $ (character 0): expected a GUID like \"6b29fc40-ca47-1067-b31d-00dd010662da\", found the string \"6b29fc40ca471067b31d00dd010662da\""),
        ("Uri", "\"http://[\"", "Uri: at $ (character 0): expected a URI, found the string \"http://[\""),
        ("Kind", "\"Delivry\"", "Kind: at $ (character 0): expected one of Delivery, card \"ä\", found the string \"Delivry\""),
        ("Kind", "\"delivery\"", "Kind: at $ (character 0): expected one of Delivery, card \"ä\", found the string \"delivery\""),
        ("Kind?", "0", "Kind?: at $ (character 0): expected one of Delivery, card \"ä\", found the number 0"),
        ("int?[]", "[1, null, \"2\"]", "int?[]: at $[2] (character 10): expected a whole number from -2147483648 to 2147483647, found the string \"2\""),
        ("string[]", "{}", "string[]: at $ (character 0): expected a list, found an object"),
        ("string[]", "[null]", "string[]: at $[0] (character 1): expected a string, found null"),
        ("Dictionary<string, int>", "{\"a b\": true}", "Dictionary<string, int>: at $['a b'] (character 8): expected a whole number from -2147483648 to 2147483647, found true"),
        ("Dictionary<string, int>", "{\"a\":1,\"\\u0061\":2}", "Dictionary<string, int>: at $.a (character 7): expected each name once, found it again"),
        ("Order", "[]", "Order: at $ (character 0): expected an object (Order), found a list"),
        ("Order", "{\"note\":\"x\"}", "Order: at $ (character 0): expected the required property 'id' of Order, found none"),
        ("Pair", "{}", "Pair: at $ (character 0): expected the required properties 'a', 'b' of Pair, found none of them"),
        ("Order", "{\"id\":null}", "Order: at $.id (character 6): expected a string, found null"),
        ("Order", "{\"id\":\"1\",\"count\":2}", "Order: at $.count (character 10): expected a property of Order, found 'count', which it does not have"),
        ("Order", "{\"id\":\"1\",\"id\":\"2\"}", "Order: at $.id (character 10): expected each property once, found it again"),
        ("Order[]", "[{\"id\":\"1\",\"lines\":[{\"price\":1,\"kind\":\"x\"}]}]", "Order[]: at $[0].lines[0].kind (character 38): expected one of Delivery, card \"ä\", found the string \"x\""),
        ("Shape", "{\"radius\":2}", "Shape: at $ (character 0): expected an object with the property 'kind' (circle, box), found an object"),
        ("Shape", "{\"kind\":\"square\"}", "Shape: at $.kind (character 8): expected one of circle, box, found the string \"square\""),
        ("Shape", "{\"kind\":\"circle\",\"inner\":null}", "Shape: at $.inner (character 17): expected a property of Circle, found 'inner', which it does not have"),
        ("Shape", "{\"kind\":\"circle\",\"radius\":1,\"kind\":\"circle\"}", "Shape: at $.kind (character 28): expected each property once, found it again"),
        ("Solid", "{\"$type\":3}", "Solid: at $['$type'] (character 9): expected one of 1, 2, found the number 3"),
        ("Solid", "{\"$type\":2,\"parts\":[{\"$type\":1,\"size\":\"1\"}]}", "Solid: at $.parts[0].size (character 38): expected a whole number from -2147483648 to 2147483647, found the string \"1\""),
    ];

    private static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>Calls a function for each example; what the example belongs to is its reply or its argument.</summary>
    private static async Task<string[]> CallEachAsync(IEnumerable<string> members, IEnumerable<string> calls, params string[] replies)
    {
        LiveCall call = await Live.CallAsync(
            $"{Types}\n[AiFunctions] public interface IDesk\n{{\n{string.Join("\n", members)}\n}}",
            $$"""
            Desk desk = new(client);
            Func<Task>[] calls = [{{string.Join(",\n", calls.Select(static c => $"() => desk.{c}"))}}];
            List<string> results = [];
            foreach (Func<Task> call in calls)
            {
                try
                {
                    await call();
                    results.Add("");
                }
                catch (Exception e)
                {
                    results.Add(e.GetType().Name + ": " + e.Message);
                }
            }
            return results.ToArray();
            """,
            replies);
        return (string[])call.Value!;
    }

    [Fact]
    public async Task Fitting_outputs_compile_and_are_read()
    {
        string[] results = await CallEachAsync(
            _fitting.Select(static (e, i) => $"[UserPrompt(\"{{{{x}}}}\")] [Example(\"a\", {Literal(e.Json)})] Task<{e.Type}> F{i}Async(string x);"),
            _fitting.Select(static (_, i) => $"F{i}Async(\"x\")"),
            // A bare object would be taken for the wrapper that a union has at the root.
            [.. _fitting.Select(static e => e.Type is "Shape" or "Solid" ? $"{{\"value\":{e.Json}}}" : e.Json)]);
        Assert.Equal(_fitting.Select(static _ => ""), results);
    }

    [Fact]
    public async Task Fitting_arguments_compile_and_are_read()
    {
        string[] results = await CallEachAsync(
            _fitting.Select(static (e, i) => $"[UserPrompt(\"{{{{json x}}}} {{{{y}}}}\")] [Example({Literal($"{{\"x\":{e.Json},\"y\":\"\"}}")}, \"free text\")] Task<string> F{i}Async({e.Type}? x, string y);"
                .Replace("??", "?", StringComparison.Ordinal)),
            _fitting.Select(static (e, i) => $"F{i}Async(null, \"\")"));
        Assert.Equal(_fitting.Select(static _ => ""), results);
    }

    [Fact]
    public async Task Outputs_that_do_not_fit_are_refused()
    {
        string[] results = await CallEachAsync(
            _misfitting.Select(static (e, i) => $"[UserPrompt(\"{{{{x}}}}\")] [Example(\"a\", {Literal(e.Json)})] {(i % 2 == 0 ? $"Task<{e.Type}>" : $"ValueTask<AiResult<{e.Type}>>")} F{i}Async(string x);"),
            _misfitting.Select(static (_, i) => $"F{i}Async(\"x\"){(i % 2 == 0 ? "" : ".AsTask()")}"));
        Assert.Equal(_misfitting.Select(static (e, i) => $"NotSupportedException: IDesk.F{i}Async could not be compiled: the example's output does not fit {Placed(e.Misfit, 0, "output")}."), results);
    }

    [Fact]
    public async Task Arguments_that_do_not_fit_are_refused()
    {
        // The places are those in the input as it is written, with the argument inside.
        const string Before = "{\"the_x\":";
        string[] results = await CallEachAsync(
            _misfitting.Select(static (e, i) => $"[UserPrompt(\"{{{{json the_x}}}}\")] [Example({Literal(Before + e.Json + "}")}, \"1\")] Task<int> F{i}Async({e.Type} the_x);"),
            _misfitting.Select(static (_, i) => $"F{i}Async(default!)"));
        Assert.Equal(
            _misfitting.Select(static (e, i) => $"NotSupportedException: IDesk.F{i}Async could not be compiled: the example's argument 'the_x' does not fit {Placed(e.Misfit, Before.Length, "input").Replace(": at $", ": at $.the_x", StringComparison.Ordinal)}."),
            results);
    }

    /// <summary>A misfit as the exception tells it: the place in the text comes last.</summary>
    private static string Placed(string misfit, int offset, string text)
    {
        Match place = Regex.Match(misfit, @" \(character (\d+)\)");
        int position = int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture) + offset;
        return $"{misfit.Remove(place.Index, place.Length)} (at character {position.ToString(CultureInfo.InvariantCulture)} of the {text})";
    }

    [Theory]
    [InlineData("[\"x\"]", "the example's input is a list; with several parameters in the user prompt it must be a JSON object with a property for each (at character 0 of the input)")]
    [InlineData("{\"x\":1,\"y\":2,\"\\u0078\":3}", "the example's input has the property 'x' twice, and only one of its values could be kept (at character 13 of the input)")]
    [InlineData("{\"x\":1,\"y\":\"\\ud800\"}", "the example's input is not valid JSON; with several parameters in the user prompt it must be a JSON object with a property for each: {\"x\":1,\"y\":\"\\ud800\"} (at character 18 of the input)")]
    public async Task An_input_is_an_object_with_each_parameter_once(string input, string reason)
    {
        string[] results = await CallEachAsync([$"[UserPrompt(\"{{{{x}}}}{{{{y}}}}\")] [Example({Literal(input)}, \"\")] Task<string> FAsync(int x, int? y);"], ["FAsync(1, null)"]);
        Assert.Equal([$"NotSupportedException: IDesk.FAsync could not be compiled: {reason}."], results);
    }

    [Theory]
    [InlineData("{\"p\":7}", 5)]
    [InlineData("{\"p\":[{\"id\":\"a\"}]}", 6)]
    [InlineData("{\"p\":[{\"id\":\" \",\"text\":\"x\"}]}", 6)]
    [InlineData("{\"p\":[{\"id\":\"a\",\"text\":\"x\",\"score\":1}]}", 6)]
    [InlineData("{\"p\":[{\"id\":\"a\",\"text\":\"x\"},{\"id\":\"a\",\"text\":\"y\"}]}", 28)]
    public async Task Passages_of_an_input_have_what_a_prompt_shows_of_them(string input, int position)
    {
        string[] results = await CallEachAsync([$"[UserPrompt(\"{{{{p}}}}\")] [Example({Literal(input)}, \"\")] Task<string> FAsync(Passages? p);"], ["FAsync(null)"]);
        string result = Assert.Single(results);
        Assert.Contains("the example's argument 'p' wants a list of passages like {", result, StringComparison.Ordinal);
        Assert.EndsWith($"and this is none (at character {position} of the input).", result, StringComparison.Ordinal);
    }

    private static readonly string[] _readTypes =
    [
        "bool", "char", "sbyte", "byte", "short", "ushort", "int", "uint", "long", "ulong", "nint", "nuint", "Int128", "UInt128", "BigInteger", "float", "double", "Half", "decimal", "DateOnly", "TimeOnly",
        "DateTime", "DateTimeOffset", "TimeSpan", "Guid", "Uri", "Kind", "int?", "string?[]", "Dictionary<string, Kind?>", "List<Dictionary<string, bool[]>>", "Pair", "Order", "Order?", "Node", "Shape", "Solid[]",
    ];

    private static readonly string[] _junk = ["null", "true", "false", "0", "-1", "1.5", "\"\"", "\"x\"", "[]", "{}", "[null]", "{\"a\":1}", "", "nul", "01", "[1,]", "\"\\x\"", "\"\\ud800\"", "1 2"];

    private static readonly string[] _numbers =
    [
        "0", "-0", "1", "-1", "127", "128", "-129", "255", "256", "32768", "-32768", "65504", "65519.99", "65520", "2147483647", "2147483648", "-2147483649", "4294967295", "4294967296", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "18446744073709551616", "170141183460469231731687303715884105727", "-170141183460469231731687303715884105729", "340282366920938463463374607431768211456",
        "79228162514264337593543950335", "79228162514264337593543950336", "7.9228162514264337593543950335", "0.00000000000000000000000000010", "12.50", "1e2", "1E-28", "1e-29", "1.5e28", "8e28", "0e50",
        "1.0", "-0.0", "2e3", "1.50e1", "12.80e1", "0.1e1", "0e-400", "-0e400", "3e-8", "2.98e-8", "2.98023223876953125e-8", "2.98023223876953126e-8", "5e-324", "2e-324", "1e-45", "7e-46", "79228162514264337593543950335.0", "1e27",
        "1e-400", "1e308", "1.8e308", "3.4028235e38", "3.5e38", "1234567890123456789012345678901234567890123456789",
    ];

    private static readonly string[] _texts =
    [
        "", "a", "ä", "\\n", "\\u0041", "\U0001F600", "ab", "2026-03-31", "2024-02-29", "2025-02-29", "0001-01-01", "9999-12-31", "14:05", "14:05:09", "14:05:09.5", "14:05:09.1234567", "23:59:59.99999999", "24:00:00",
        "1.02:03:04", "-1.02:03:04.1234567", "10675199.02:48:05.4775807", "10675199.02:48:05.4775808", "1:2:3", "1:02", "2026-03-31T14:05", "2026-03-31T14:05Z", "2026-03-31T14:05:09", "2026-03-31T14:05:09Z",
        "2026-03-31T14:05:09+02:00", "2026-03-31T14:05:09-14:00", "2026-03-31T14:05:09+14:01", "2026-03-31T14:05:09+02", "2026-03-31T14:05:09.1234567Z", "2026-03-31T14:05:09.12345670000Z", "2026-03-31T14:05:09.12345678Z",
        "2026-03-31T14:05:09.1234567000000000+01:30", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2026-03-31T24:00:00", "2026-03-31T23:59:60Z", "2026-03-31T14:05:09-00:00", "2026-03-31T14:05:09.", "2026-03-31T14:05:09.Z",
        "6b29fc40-ca47-1067-b31d-00dd010662da", "6B29FC40-CA47-1067-B31D-00DD010662DA", "{6b29fc40-ca47-1067-b31d-00dd010662da}", "https://example.com/a?b=c#d", "/a/b", "a b", "http://[", "http://", "mailto:a@b", "//x",
    ];

    /// <summary>JSON that mostly fits a type, and where it does not, only just.</summary>
    private static string RandomJson(TypeUse use, OutputTypeParser types, Random random, int depth = 0)
    {
        if (random.Next(20 + (10 * depth)) == 0)
            return Pick(_junk);
        if (use.IsNullable && (depth > 3 || random.Next(4) == 0))
            return "null";
        TypeModel type = types[use.Type];
        switch (type.Kind)
        {
            case OutputTypeKind.Scalar:
                return type.Scalar!.JsonType switch
                {
                    "boolean" => random.Next(2) == 0 ? "true" : "false",
                    "string" => $"\"{Edited(Pick(_texts))}\"",
                    _ => Edited(Pick(_numbers)),
                };
            case OutputTypeKind.Enum:
                return Edited(Json.Quote(type.Values[random.Next(type.Values.Count)].JsonName));
            case OutputTypeKind.List:
                return $"[{string.Join(", ", Enumerable.Range(0, depth > 3 ? 0 : random.Next(4)).Select(_ => RandomJson(type.Element, types, random, depth + 1)))}]";
            case OutputTypeKind.Dictionary:
                return Object(Enumerable.Range(0, random.Next(4)).Select(i => $"\"{(random.Next(20) == 0 ? "\\u0061" : (char)('a' + i))}\": {RandomJson(type.Element, types, random, depth + 1)}"));
            case OutputTypeKind.Union:
                VariantModel variant = type.Variants[random.Next(type.Variants.Count)];
                string discriminator = random.Next(30) == 0 ? Pick(_junk) : Edited(random.Next(10) == 0 ? Json.Quote(variant.DiscriminatorText) : variant.DiscriminatorJson);
                return Object(Properties(types[variant.Type]).Append($"{Json.Quote(type.Discriminator)}: {discriminator}"));
            default:
                return Object(Properties(type));
        }

        IEnumerable<string> Properties(TypeModel model) => model.Properties
            .Where(property => random.Next(property.IsRequired ? 30 : 3) > 0)
            .Select(property => $"{Json.Quote(property.JsonName)}: {RandomJson(property.Type, types, random, depth + 1)}");

        string Object(IEnumerable<string> members)
        {
            List<string> all = [.. members];
            if (all.Count > 0 && random.Next(40) == 0)
                all.Add(all[random.Next(all.Count)]);
            if (random.Next(40) == 0)
                all.Add("\"more\": 1");
            return $"{{{string.Join(", ", all.OrderBy(_ => random.Next()))}}}";
        }

        string Pick(string[] values) => values[random.Next(values.Length)];

        string Edited(string text)
        {
            if (text.Length == 0 || random.Next(4 + (10 * depth)) > 0)
                return text;
            int at = random.Next(text.Length);
            string character = "0123456789-+.:TZe a/\\"[random.Next(21)].ToString();
            return random.Next(3) switch
            {
                0 => text.Remove(at, 1),
                1 => text.Insert(at, character),
                _ => text.Remove(at, 1).Insert(at, character),
            };
        }
    }

    [Fact]
    public async Task An_example_fits_exactly_where_the_generated_reader_reads_it()
    {
        string source = $"{Types}\n[AiFunctions] public interface IDesk\n{{\n{string.Concat(_readTypes.Select(static (type, i) => $"[UserPrompt(\"x\")] Task<{type}> F{i}Async();\n"))}}}";
        LiveCall call = await Live.CallAsync(source, $$"""
            static string? Read<T>(AiFunctionInfo<T> info, byte[] json)
            {
                System.Text.Json.Utf8JsonReader reader = new(json);
                try
                {
                    reader.Read();
                    info.Reader(ref reader);
                    return reader.Read() ? "it was not read to its end" : null;
                }
                catch (Exception e)
                {
                    return e.Message;
                }
            }
            return new Func<byte[], string?>[] { {{string.Join(", ", _readTypes.Select(static (_, i) => $"json => Read(Desk.F{i}AsyncInfo, json)"))}} };
            """);
        var readers = (Func<byte[], string?>[])call.Value!;

        CSharpCompilation compilation = GeneratorHarness.Compile(source);
        INamedTypeSymbol desk = compilation.GetTypeByMetadataName("Demo.IDesk")!;
        OutputTypeParser types = new(compilation, compilation.Assembly, mayUseAccessors: true, TestContext.Current.CancellationToken);
        List<TypeUse> uses = [.. desk.GetMembers().OfType<IMethodSymbol>().Select(method => types.Parse(((INamedTypeSymbol)method.ReturnType).TypeArguments[0], out _)!.Value)];
        Assert.Equal(_readTypes.Length, uses.Count);

        UTF8Encoding utf8 = new(false, throwOnInvalidBytes: true);
        int[] fitting = new int[uses.Count], misfitting = new int[uses.Count];
        Gen.Select(Gen.Int[0, uses.Count - 1], Gen.Int, (type, seed) => (Type: type, Text: RandomJson(uses[type], types, new Random(seed)))).Sample(
            example =>
            {
                string? misfit = Json.Parse(example.Text, out int wrong) is { } value ? ExampleChecker.Misfit(value, uses[example.Type], types.Known, "$")?.ToString() : $"no JSON at {wrong}";
                string? refused;
                try
                {
                    refused = readers[example.Type](utf8.GetBytes(example.Text));
                }
                catch (EncoderFallbackException e)
                {
                    refused = e.Message;
                }
                Assert.True(misfit is null == refused is null, $"{_readTypes[example.Type]}: {example.Text}\nchecker: {misfit ?? "fits"}\nreader: {refused ?? "reads it"}");
                (misfit is null ? fitting : misfitting)[example.Type]++;
            },
            iter: 100_000, threads: 1, print: static example => $"{_readTypes[example.Type]}: {example.Text}");
        Assert.All(_readTypes, (type, i) => Assert.True(fitting[i] > 20 && misfitting[i] > 20, $"{type}: {fitting[i]} examples fitted, {misfitting[i]} did not"));
    }
}
