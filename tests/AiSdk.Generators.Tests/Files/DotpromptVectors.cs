using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AiSdk.Generators.Tests;

/// <summary>A case of the Dotprompt specification's own tests.</summary>
/// <param name="Name">File, group and description.</param>
/// <param name="Template">The prompt file.</param>
/// <param name="Partials">The partials by name.</param>
/// <param name="Input">The arguments.</param>
/// <param name="Context">The context variables.</param>
/// <param name="Messages">The history.</param>
/// <param name="Defaults">What stands for arguments that are missing.</param>
/// <param name="Expected">What must come of it.</param>
/// <param name="Siblings">The arguments of all cases of the group: what a parameter may be.</param>
internal sealed record DotpromptVector(
    string Name, string Template, IReadOnlyDictionary<string, string> Partials, JsonObject Input, JsonObject Context, JsonArray? Messages, JsonObject? Defaults, JsonObject Expected, JsonArray Siblings)
{
    /// <summary>All cases of a folder's files.</summary>
    public static IEnumerable<DotpromptVector> Read(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            YamlStream stream = [];
            using StreamReader reader = new(path);
            stream.Load(reader);
            foreach (JsonNode? group in (JsonArray)Json(stream.Documents[0].RootNode)!)
            {
                JsonArray tests = group!["tests"]!.AsArray();
                JsonArray siblings = [.. tests.Select(static test => Object(test!["data"]?["input"])).Concat(tests.Select(static test => Object(test!["data"]?["context"])))];
                foreach (JsonNode? test in tests)
                {
                    yield return new DotpromptVector(
                        $"{Path.GetFileNameWithoutExtension(path)}/{group["name"]}: {test!["desc"]}",
                        group["template"]!.GetValue<string>(),
                        Object(group["partials"]).Concat(Object(group["resolverPartials"])).ToDictionary(static partial => partial.Key, static partial => partial.Value!.GetValue<string>()),
                        Object(test["data"]?["input"]), Object(test["data"]?["context"]), (test["data"]?["messages"] ?? group["data"]?["messages"])?.DeepClone().AsArray(),
                        test["options"]?["input"]?["default"]?.DeepClone().AsObject(), Object(test["expect"]), siblings);
                }
            }
        }
    }

    private static JsonObject Object(JsonNode? node) => node is null ? [] : node.DeepClone().AsObject();

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(static entry => new KeyValuePair<string, JsonNode?>(((YamlScalarNode)entry.Key).Value!, Json(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => scalar.Value switch
        {
            "" or "null" or "~" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            { } text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
            { } text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => JsonValue.Create(number),
            { } text => JsonValue.Create(text),
            null => null,
        },
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new JsonException(node.NodeType.ToString()),
    };
}
