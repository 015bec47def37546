using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AiSdk.Benchmarks;
using CsCheck;
using Xunit;

namespace AiSdk.Tests;

public sealed class RepairFuzzTests
{
    private static readonly OutputShape _shape = OutputShape.FromJsonSchema(JsonElement.Parse("""
        {"$defs":{"Item":{"type":"object","properties":{"title":{"type":"string"},"count":{"type":"integer"},"price":{"type":"number"},"kind":{"enum":["small","very large"]},
        "done":{"type":"boolean"},"words":{"type":"array","items":{"type":"string"}},"inner":{"anyOf":[{"$ref":"#/$defs/Item"},{"type":"null"}]}},
        "required":["title","count","price","kind","done","words","inner"],"additionalProperties":false}},"$ref":"#/$defs/Item"}
        """));

    private static readonly Gen<string> _text = OneOf(
        "hello", "two words", "it's", "a, b", "x: y", "1,000", "true", "", "naïve ☕", "say \"hi\" now", "c:\\dir", "line\nbreak", "[1]", "{x}", "https://a.b/c?d=e#f", "a // b", "# c");

    private static readonly Gen<string> _flat = Gen.Select(_text, Gen.Int, Gen.Int[-100_000, 100_000], Gen.Bool, Gen.Bool, _text.Array[0, 3], static (title, count, cents, large, done, words) =>
        $"\"title\": {Quote(title)}, \"count\": {count}, \"price\": {(cents / 100m).ToString(CultureInfo.InvariantCulture)}, \"kind\": \"{(large ? "very large" : "small")}\", "
        + $"\"done\": {(done ? "true" : "false")}, \"words\": [{string.Join(", ", words.Select(Quote))}], \"inner\": ");

    private static readonly Gen<string> _json = Gen.Select(_flat, _flat, Gen.Bool, static (outer, inner, nested) => $"{{{outer}{(nested ? $"{{{inner}null}}" : "null")}}}");

    private static readonly Dictionary<string, Func<string, string>> _damage = new(StringComparer.Ordinal)
    {
        ["none"] = static s => s,
        ["fence"] = static s => $"```json\n{s}\n```",
        ["bare fence"] = static s => $"```\n{s}\n```",
        ["prose around"] = static s => $"Sure, here it is:\n{s}\nLet me know!",
        ["thinking"] = static s => $"<think>perhaps {{\"title\": 1}}?</think>\n{s}",
        ["trailing comma"] = static s => s[..^1] + ",}",
        ["cut end"] = static s => s[..^1],
        ["python literals"] = static s => s.Replace(": true", ": True", StringComparison.Ordinal).Replace(": false", ": False", StringComparison.Ordinal).Replace(": null", ": None", StringComparison.Ordinal),
        ["unquoted keys"] = static s => Keys(s, static k => k),
        ["single-quoted keys"] = static s => Keys(s, static k => $"'{k}'"),
        ["smart-quoted keys"] = static s => Keys(s, static k => $"“{k}”"),
        ["capital keys"] = static s => Keys(s, static k => $"\"{k.ToUpperInvariant()}\""),
        ["comment"] = static s => "{ // note: \"x\"\n" + s[1..],
        ["block comment"] = static s => s[..^1] + "/* done, } */}",
        ["hash comment"] = static s => "{ # it's \"x\"\n" + s[1..],
        ["envelope"] = static s => $"{{\"result\": {s}}}",
        ["list of one"] = static s => $"[{s}]",
        ["json in a string"] = Quote,
        ["missing comma"] = static s => s.Replace(", \"kind\"", " \"kind\"", StringComparison.Ordinal),
        ["missing comma, new line"] = static s => s.Replace(", \"done\"", "\n\"done\"", StringComparison.Ordinal),
        ["semicolon"] = static s => s.Replace(", \"count\"", "; \"count\"", StringComparison.Ordinal),
        ["equals"] = static s => Keys(s, static k => $"\"{k}\"").Replace("\"count\":", "\"count\" =", StringComparison.Ordinal),
        ["double comma"] = static s => s.Replace(", \"price\"", ",, \"price\"", StringComparison.Ordinal),
        ["enum's case"] = static s => s.Replace("\"kind\": \"very large\"", "\"kind\": \"Very_Large\"", StringComparison.Ordinal),
        ["number in quotes"] = static s => System.Text.RegularExpressions.Regex.Replace(s, "\"count\": (-?[0-9]+)", "\"count\": \"$1\""),
        ["boolean in quotes"] = static s => s.Replace("\"done\": true", "\"done\": \"yes\"", StringComparison.Ordinal),
        ["byte order mark"] = static s => "\uFEFF" + s,
        ["raw line breaks"] = static s => s.Replace("\\n", "\n", StringComparison.Ordinal),
        ["harmony"] = static s => $"<|channel|>analysis<|message|>hm<|end|><|channel|>final<|message|>{s}<|return|>",
        ["no spaces"] = static s => s.Replace("\", \"", "\",\"", StringComparison.Ordinal),
    };

    [Fact]
    public void Single_damage_is_undone() => _json.Sample(
        json =>
        {
            foreach ((string name, Func<string, string> damage) in _damage)
            {
                StructuredOutputResult result = StructuredOutput.Parse(damage(json), _shape);
                Assert.True(result.Success && ReplyCases.Same(JsonElement.Parse(json), JsonElement.Parse(result.Json)), $"{name}: {damage(json)}\n-> {result.Json ?? string.Join("; ", result.Errors)}");
            }
        },
        iter: 300);

    [Fact]
    public void Pairs_of_damage_are_undone()
    {
        // A wrapper goes around what is damaged inside; two cuts of the same end are no pair.
        HashSet<string> wrappers = ["fence", "bare fence", "prose around", "thinking", "envelope", "list of one", "json in a string", "byte order mark", "harmony"];
        HashSet<string> ends = ["trailing comma", "cut end", "block comment"];
        int all = 0;
        int right = 0;
        System.Collections.Concurrent.ConcurrentDictionary<string, int> wrong = new(StringComparer.Ordinal);
        _json.Sample(
            json =>
            {
                foreach ((string first, Func<string, string> inner) in _damage)
                {
                    foreach ((string second, Func<string, string> outer) in _damage)
                    {
                        if (first == second || wrappers.Contains(first) || ends.Contains(first) && (ends.Contains(second) || wrappers.Contains(second) && first == "cut end"))
                            continue;
                        StructuredOutputResult result = StructuredOutput.Parse(outer(inner(json)), _shape);
                        bool same = result.Json is { } found && ReplyCases.Same(JsonElement.Parse(json), JsonElement.Parse(found));
                        Interlocked.Increment(ref all);
                        if (same)
                            Interlocked.Increment(ref right);
                        else if (result.Success)
                            wrong.AddOrUpdate($"{first}, {second}", 1, static (_, n) => n + 1);
                    }
                }
            },
            iter: 40);
        Assert.True(right >= 0.98 * all, $"{right} of {all}");
        Assert.True(wrong.Values.Sum() <= 0.002 * all, $"silently wrong of {all}: {string.Join("; ", wrong)}");
    }

    [Fact]
    public void Any_text_is_read_without_an_exception_and_what_comes_out_is_JSON() => Gen.OneOf(
        Gen.String, OneOf("{", "}", "[", "]", "\"", "'", "`", "```", ":", ",", "\\", "\n", " ", "title", "count", "1", "null", "//", "/*", "“", "\uD800", "\\u", "<think>", "json", "-").Array[0, 40].Select(static parts => string.Concat(parts))).Sample(
        static text => Check(text), iter: 20_000);

    [Fact]
    public void Any_prefix_and_any_mutation_is_read_without_an_exception() => Gen.Select(_json, Gen.Int[0, 400], Gen.Char, Gen.Bool).Sample(
        static (json, at, c, cut) =>
        {
            at = Math.Min(at, json.Length - 1);
            Check(cut ? json[..at] : json[..at] + c + json[(at + 1)..]);
        },
        iter: 5_000);

    [Theory]
    [InlineData("[")]
    [InlineData("\"")]
    [InlineData("{\"a\":")]
    [InlineData("\\")]
    [InlineData("{")]
    [InlineData("`")]
    [InlineData("[,")]
    [InlineData("{\"inner\":")]
    [InlineData("{} ")]
    [InlineData("```\n")]
    public void Time_is_linear(string unit)
    {
        string reply = new StringBuilder().Insert(0, unit, 2_000_000 / unit.Length).ToString();
        long started = Stopwatch.GetTimestamp();
        StructuredOutputResult result = StructuredOutput.Parse(reply, _shape);
        Assert.False(result.Success);
        // Generous for a busy machine; what is not linear takes minutes.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(8), $"{Stopwatch.GetElapsedTime(started)}");
    }

    private static void Check(string reply)
    {
        StructuredOutputResult result = StructuredOutput.Parse(reply, _shape, new StructuredOutputOptions { AllowLoss = true });
        if (result.Json is { } json)
            JsonElement.Parse(json);
        else
            Assert.NotEmpty(result.Errors);
    }

    private static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private static string Keys(string json, Func<string, string> write)
    {
        foreach (string key in (ReadOnlySpan<string>)["title", "count", "price", "kind", "done", "words", "inner"])
            json = json.Replace($"\"{key}\":", $"{write(key)}:", StringComparison.Ordinal);
        return json;
    }
}
