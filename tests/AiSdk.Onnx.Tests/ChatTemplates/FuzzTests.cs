using System.Diagnostics;
using System.Text.Json;
using AiSdk.Tests;
using CsCheck;
using Xunit;

namespace AiSdk.Onnx.Tests.ChatTemplates;

/// <summary>Damaged templates end in text or in a <see cref="ChatTemplateException"/>, in bounded time, and in nothing else.</summary>
public sealed class FuzzTests
{
    private static readonly string[] s_parts =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", "~", "*", "**", "/", "//", "%", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|", "=", "==", "!=", "<", ">=",
        " if ", " else ", " endif ", " for ", " in ", " endfor ", " set ", " macro ", " endmacro ", " not ", " and ", " or ", " is ", " defined ", " loop ", "'", "\"", "\\", "\n", " ",
        "0", "-1", "1.5", "9223372036854775807", "none", "true", "messages", "x", "namespace(", "range(", " | tojson", " | length", " | map('", " | selectattr('role')", " | sort", " | unique", " | list",
        " | groupby('role')", " | int", " | round(2)", " | indent", ".split(", ".items()", ".strip()", ".format(", "[::-1]", "[1:]", "{% break %}", "{% raw %}", "{% call x() %}", "{% filter upper %}", "é", "😀", "\0",
    ];

    [Fact]
    public void Mutated_real_templates_only_throw_their_own_exception()
    {
        string[] templates = [.. Directory.EnumerateFiles(TestData.Path("data", "chat-templates"), "*.json").Order(StringComparer.Ordinal).SelectMany(Templates)];
        Gen<(string Template, (int At, int Length, int Part)[] Edits)> mutations = Gen.Select(
            OneOf(templates), Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[0, 12], Gen.Int[0, s_parts.Length - 1]).Array[1, 4]);
        Check(mutations.Select(mutation => mutation.Edits.Aggregate(mutation.Template, Apply)), 4000);
    }

    [Fact]
    public void Random_expressions_only_throw_their_own_exception() =>
        Check(OneOf(s_parts).Array[1, 12].Select(parts => "{{ messages" + string.Concat(parts) + " }}"), 20_000);

    [Fact]
    public void Random_templates_only_throw_their_own_exception() =>
        Check(OneOf(s_parts).Array[1, 30].Select(string.Concat), 10_000);

    private static void Check(Gen<string> sources, int count)
    {
        var variables = (IReadOnlyDictionary<string, object?>)TemplateValues.Parse("""
            {"messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hi"}, {"role": "assistant", "content": null,
              "tool_calls": [{"type": "function", "function": {"name": "f", "arguments": {"a": [1, 2.5, true, null]}}}]}],
             "add_generation_prompt": true, "bos_token": "<s>", "eos_token": "</s>", "tools": null, "x": 3}
            """)!;
        sources.Sample(source =>
        {
            Stopwatch watch = Stopwatch.StartNew();
            try
            {
                ChatTemplate.Parse(source, "fuzz").Render(variables, FixedTime.Instance);
            }
            catch (ChatTemplateException)
            {
            }
            return watch.Elapsed < TimeSpan.FromSeconds(20);
        }, iter: count);
    }

    private static Gen<string> OneOf(string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static string Apply(string template, (int At, int Length, int Part) edit)
    {
        int at = edit.At % (template.Length + 1);
        return template[..at] + s_parts[edit.Part] + template[Math.Min(template.Length, at + edit.Length)..];
    }

    private static List<string> Templates(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.TryGetProperty("template", out JsonElement template)
            ? [template.GetString()!]
            : [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(vector => vector.GetProperty("template").GetString()!)];
    }
}
