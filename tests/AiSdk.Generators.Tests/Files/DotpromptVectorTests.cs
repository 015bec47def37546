using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AiSdk.Prompts;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

using JsonNode = System.Text.Json.Nodes.JsonNode;

namespace AiSdk.Generators.Tests;

/// <summary>The Dotprompt specification's own tests, through the generator, the compiler and a call: one project for all of them.</summary>
public sealed class DotpromptVectorTests
{
    /// <summary>What does not apply to templates that are compiled against C# types, with the reason.</summary>
    private static readonly Dictionary<string, string> _notApplicable = new(StringComparer.Ordinal)
    {
        ["picoschema/named_schema_override_description: returns as expected"] = "a named schema is looked up by a program at run time; here the name is that of a C# type (NamedSchemaTest)",
        ["picoschema/nested_named_schema: returns as expected"] = "as above",
    };

    /// <summary>Schemas that no C# return type has, so that only their JSON Schema is compared.</summary>
    private static readonly HashSet<string> _withoutType = new(StringComparer.Ordinal)
    {
        "picoschema/any_field: returns as expected", // object cannot be read: AISDK0202
        "picoschema/wildcard_fields_with_other_fields: returns as expected", // a record with further entries
    };

    [Fact]
    public async Task Every_case_that_applies_gives_the_messages_of_the_specification()
    {
        string folder = TestData.Path("data", "dotprompt");
        DotpromptVector[] vectors = [.. DotpromptVector.Read(folder).Where(static v => !_notApplicable.ContainsKey(v.Name))];
        CaseResult[] results = await RunAsync(vectors);

        Assert.All(vectors.Zip(results), static one =>
        {
            (DotpromptVector vector, CaseResult result) = one;
            Assert.True(result.Error.Length == 0, $"{vector.Name}: {result.Error}");
            JsonArray expected = [.. vector.Expected["messages"]!.AsArray().Select(static message => message!.DeepClone())];
            // An empty prompt is an error here, so that a line stands in those files.
            if (expected.Count == 0)
                expected.Add(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["text"] = DotpromptConsumer.Body }) });
            Assert.Equal($"{vector.Name}\n{Normal(expected)}", $"{vector.Name}\n{Normal(result.Messages)}");
            if (vector.Expected["config"]?["temperature"] is { } temperature)
                Assert.Equal(temperature.GetValue<long>(), result.Options!.Temperature);
            if (vector.Expected["model"] is { } model)
                Assert.Equal(model.GetValue<string>(), result.Options!.ModelId);
        });
        Assert.True(vectors.Length > 90, $"{vectors.Length} cases");
    }

    [Fact]
    public void Schemas_become_the_json_schemas_of_the_specification()
    {
        string folder = TestData.Path("data", "dotprompt");
        int compared = 0;
        foreach (DotpromptVector vector in DotpromptVector.Read(folder).Where(static v => v.Name.StartsWith("picoschema/", StringComparison.Ordinal) && !_notApplicable.ContainsKey(v.Name)))
        {
            PromptFile file = PromptFile.Parse(vector.Template);
            Assert.Empty(file.Errors);
            foreach ((string part, FrontMatterNode? schema) in new[] { ("output", file.Header.OutputSchema), ("input", file.Header.InputSchema) })
            {
                if (vector.Expected[part]?["schema"] is not { } expected)
                    continue;
                Assert.Equal(Sorted(expected), Sorted(Json(schema!)));
                compared++;
            }
        }
        Assert.True(compared > 15, $"{compared} schemas");
    }

    [Fact]
    public void What_does_not_apply_is_there()
    {
        string[] names = [.. DotpromptVector.Read(TestData.Path("data", "dotprompt")).Select(static v => v.Name)];
        Assert.All(_notApplicable.Keys.Concat(_withoutType), name => Assert.Contains(name, names));
    }

    private static async Task<CaseResult[]> RunAsync(DotpromptVector[] vectors)
    {
        DotpromptConsumer[] consumers = [.. vectors.Select(static (v, i) => DotpromptConsumer.Of(v, i, hasType: !_withoutType.Contains(v.Name)))];
        LiveCall call = await Live.CallAsync(
            string.Concat(consumers.Select(static c => c.Source)),
            $$"""
            Func<Task>[] calls = [{{string.Join(",\n", consumers.Select(static c => c.Call))}}];
            List<string> errors = [];
            foreach (Func<Task> one in calls)
            {
                string error = "";
                try { await one(); }
                catch (AiOutputException) { }
                catch (Exception e) { error = e.GetType().Name + ": " + e.Message; }
                errors.Add(error);
            }
            return errors.ToArray();
            """,
            [.. consumers.SelectMany(static c => c.Files)], "ok");
        string[] errors = (string[])call.Value!;
        int made = 0;
        return [.. vectors.Select((vector, i) =>
        {
            if (errors[i].Length > 0)
                return new CaseResult(errors[i], [], null);
            CaseResult result = new("", Messages(call.Client.Calls[made], vector), call.Client.Options[made]);
            made++;
            return result;
        })];
    }

    /// <summary>Messages in the specification's form.</summary>
    private static JsonArray Messages(IReadOnlyList<ChatMessage> messages, DotpromptVector vector) => [.. messages.Select(message =>
    {
        JsonArray content = [];
        foreach (AIContent part in message.Contents)
        {
            // A section's name stands at its text, where the specification has a part of its own before it.
            if (part.AdditionalProperties?["purpose"] is string purpose)
                content.Add(new JsonObject { ["metadata"] = new JsonObject { ["pending"] = true, ["purpose"] = purpose } });
            content.Add(part switch
            {
                TextContent text => new JsonObject { ["text"] = text.Text },
                UriContent uri => new JsonObject { ["media"] = vector.Input.ContainsKey("contentType")
                    ? new JsonObject { ["contentType"] = uri.MediaType, ["url"] = uri.Uri.OriginalString }
                    // A media type is a must in Microsoft.Extensions.AI; it is taken from the address.
                    : new JsonObject { ["url"] = uri.Uri.OriginalString } },
                _ => new JsonObject(),
            });
        }
        JsonObject result = new() { ["role"] = message.Role == ChatRole.Assistant ? "model" : message.Role.Value, ["content"] = content };
        // The caller's own messages are sent as they are: that they are from before, their being the caller's says.
        if (message.AdditionalProperties?.ContainsKey("history") == true && vector.Template.Contains("{{history}}", StringComparison.Ordinal))
            result["metadata"] = new JsonObject { ["purpose"] = "history" };
        return result;
    })];

    private static string Normal(JsonArray messages) => string.Join("\n", messages.Select(static message => Sorted(message!)));

    private static string Sorted(JsonNode node)
    {
        StringBuilder text = new();
        Write(node);
        return text.ToString();

        void Write(JsonNode? value)
        {
            switch (value)
            {
                case JsonObject map:
                    text.Append('{').AppendJoin(',', map.OrderBy(static p => p.Key, StringComparer.Ordinal).Select(static p => $"{p.Key}:{(p.Value is null ? "null" : Sorted(p.Value))}")).Append('}');
                    break;
                case JsonArray list:
                    // The order of required names says nothing.
                    text.Append('[').AppendJoin(',', list.Select(static item => item is null ? "null" : Sorted(item))).Append(']');
                    break;
                default:
                    text.Append(value?.ToJsonString() ?? "null");
                    break;
            }
        }
    }

    private static JsonNode Json(FrontMatterNode node) => node.Kind switch
    {
        FrontMatterKind.Map => new JsonObject(node.Entries.Select(static entry => new KeyValuePair<string, JsonNode?>(entry.Key, Json(entry.Value)))),
        FrontMatterKind.List => new JsonArray([.. node.Items.Select(static item => item is { IsNull: true, Kind: FrontMatterKind.Plain } ? null : Json(item))]),
        FrontMatterKind.Plain when node.Text is "true" or "false" => JsonValue.Create(node.Text == "true"),
        FrontMatterKind.Plain when long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
        _ => JsonValue.Create(node.Text),
    };

    private sealed record CaseResult(string Error, JsonArray Messages, ChatOptions? Options);
}
