using System.Text.Json;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Onnx.Tests.ChatTemplates;

/// <summary>Real templates of published models, compared to the character with what Jinja2 in transformers' configuration gives.</summary>
/// <remarks>
/// Where the vectors' two engines differ the expectation is Jinja2's, and it is met there as well: there is no documented deviation among them.
/// </remarks>
public sealed class VectorTests
{
    [Fact]
    public void Model_templates_render_as_in_transformers()
    {
        List<string> failures = [];
        int agreed = 0, differing = 0;
        foreach (string file in Directory.EnumerateFiles(TestData.Path("data", "chat-templates"), "*.json").Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement root = document.RootElement;
            ChatTemplate? shared = root.TryGetProperty("template", out JsonElement source) ? ChatTemplate.Parse(source.GetString()!, Path.GetFileName(file)) : null;
            foreach (JsonElement vector in root.GetProperty("cases").EnumerateArray())
            {
                string name = $"{Path.GetFileName(file)}: {vector.GetProperty("name").GetString()}";
                ChatTemplate template = shared ?? ChatTemplate.Parse(vector.GetProperty("template").GetString()!, name);
                Dictionary<string, object?> variables = shared is null ? Variables(vector.GetProperty("context")) : Variables(root, vector);
                if (vector.TryGetProperty("verified_by", out JsonElement verified) && verified.GetString() != "both")
                    differing++;
                else
                    agreed++;
                Check(name, template, variables, vector, failures);
                if (vector.TryGetProperty("expected_tools_undefined", out JsonElement withoutTools))
                {
                    variables.Remove("tools");
                    Check(name + " (tools undefined)", template, variables, withoutTools, failures);
                }
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {agreed + differing} vectors differ:\n{string.Join('\n', failures.Take(20))}");
        Assert.True(agreed + differing > 0, "the folder has no vectors");
        TestContext.Current.SendDiagnosticMessage($"{agreed} vectors on which both engines agree, {differing} on which they differ");
    }

    /// <summary>Renders and compares with <c>expected</c> or <c>expected_error</c>.</summary>
    private static void Check(string name, ChatTemplate template, Dictionary<string, object?> variables, JsonElement expectation, List<string> failures)
    {
        string? expected = expectation.TryGetProperty("expected", out JsonElement text) ? text.GetString() : null;
        try
        {
            string actual = template.Render(variables, FixedTime.Instance, TestContext.Current.CancellationToken);
            if (actual != expected)
                failures.Add($"{name}\n  expected {Around(expected ?? "an error", actual)}\n  actual   {Around(actual, expected ?? "")}");
        }
        catch (ChatTemplateException exception)
        {
            bool isRight = false;
            if (expectation.TryGetProperty("expected_error", out JsonElement error))
            {
                isRight = error.GetProperty("kind").GetString() == "raise_exception"
                    ? exception.IsRaisedByTemplate && exception.Message == error.GetProperty("message").GetString()
                    : !exception.IsRaisedByTemplate;
            }
            if (!isRight)
                failures.Add($"{name}\n  expected {Around(expected ?? "another error", "")}\n  actual   {exception.Message}");
        }
    }

    private static string Around(string text, string other)
    {
        int at = text.AsSpan().CommonPrefixLength(other);
        int from = Math.Max(0, at - 40);
        return $"[{at}] {JsonSerializer.Serialize(text.Substring(from, Math.Min(120, text.Length - from)))}";
    }

    private static Dictionary<string, object?> Variables(JsonElement root, JsonElement vector)
    {
        Dictionary<string, object?> variables = new(StringComparer.Ordinal)
        {
            ["messages"] = TemplateValues.From(vector.GetProperty("messages")),
            ["add_generation_prompt"] = vector.GetProperty("add_generation_prompt").GetBoolean(),
            ["tools"] = vector.TryGetProperty("tools", out JsonElement tools) ? TemplateValues.From(tools) : null,
            ["documents"] = null,
            ["bos_token"] = root.GetProperty("bos_token").GetString(),
            ["eos_token"] = root.GetProperty("eos_token").GetString(),
        };
        if (vector.TryGetProperty("extra", out JsonElement extra) && extra.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in extra.EnumerateObject())
                variables[property.Name] = TemplateValues.From(property.Value);
        }
        return variables;
    }

    private static Dictionary<string, object?> Variables(JsonElement context) =>
        context.EnumerateObject().ToDictionary(property => property.Name, property => TemplateValues.From(property.Value), StringComparer.Ordinal);
}
