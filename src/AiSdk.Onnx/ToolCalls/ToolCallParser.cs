using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>Takes the calls out of a reply. Damaged JSON is mended as in typed replies; what is no call stays text. Thread-safe.</summary>
internal static partial class ToolCallParser
{
    private static readonly OutputShape s_any = new() { Kind = OutputShapeKind.Any, Name = "call" };
    private static readonly JsonElement s_nothing = JsonElement.Parse("{}");

    /// <summary>Reads a reply.</summary>
    /// <param name="reply">The whole reply, with the special tokens that are part of calls.</param>
    /// <param name="syntax">How the model writes calls.</param>
    /// <param name="names">The tools' names: JSON alone is a call only if it names one of them.</param>
    /// <param name="isCut">Whether the token limit has cut the reply: then nothing is mended, as half a call could be another one.</param>
    /// <param name="isWhole">Whether the reply is calls from its beginning or none at all.</param>
    /// <returns>The text before the calls, as it stands in the reply, the calls, and the text behind them.</returns>
    public static (string Before, List<FunctionCallContent> Calls, string After) Parse(string reply, ToolCallSyntax syntax, IReadOnlyCollection<string> names, bool isCut, bool isWhole = false)
    {
        List<FunctionCallContent> calls = [];
        int opening = syntax.Opening is null ? -1 : reply.IndexOf(syntax.Opening, StringComparison.Ordinal);
        if (opening < 0 || (isWhole && opening > 0))
        {
            if (!syntax.MayBeBare || Bare(reply) is not { } bare)
                return (reply, calls, "");
            foreach (JsonElement call in Values(bare, isCut))
                Add(call, isCut, calls);
            return calls.Count > 0 && calls.TrueForAll(call => names.Contains(call.Name)) ? ("", calls, "") : (reply, [], "");
        }
        string before = reply[..opening];
        StringBuilder after = new();
        while (opening >= 0)
        {
            int start = opening + syntax.Opening!.Length;
            int closing = syntax.Closing is null ? -1 : reply.IndexOf(syntax.Closing, start, StringComparison.Ordinal);
            int next = reply.IndexOf(syntax.Opening, start, StringComparison.Ordinal);
            int end = closing >= 0 && (next < 0 || closing < next) ? closing : next >= 0 ? next : reply.Length;
            int known = calls.Count;
            AddContent(reply[start..end].Trim(), isCut, calls);
            // What is no call stays to be seen.
            if (calls.Count == known)
                after.Append(reply.AsSpan(opening, end - opening));
            int behind = end == closing ? end + syntax.Closing!.Length : end;
            after.Append(reply.AsSpan(behind, (next < 0 ? reply.Length : next) - behind).Trim());
            opening = next;
        }
        return (before, calls, after.ToString());
    }

    private static void AddContent(string content, bool isCut, List<FunctionCallContent> calls)
    {
        if (content.StartsWith('{') || content.StartsWith('['))
        {
            foreach (JsonElement call in Values(content, isCut))
                Add(call, isCut, calls);
        }
        else if (content.IndexOf('{', StringComparison.Ordinal) is > 0 and int brace && IsHead(content.AsSpan(0, brace), out string name, out string? id))
        {
            Add(name, id, Value(content[brace..], isCut), calls);
        }
        else if (PythonCall().Match(content) is { Success: true } python)
        {
            Add(python.Groups["name"].Value, null, Pairs(PythonArgument().Matches(python.Groups["arguments"].Value)), calls);
        }
        else if (XmlFunction().Match(content) is { Success: true } function)
        {
            Add(function.Groups["name"].Value, null, Pairs(XmlParameter().Matches(content)), calls);
        }
        else if (XmlKey().Matches(content) is { Count: > 0 } keys)
        {
            Add(content[..keys[0].Index].Trim(), null, Pairs(keys), calls);
        }
    }

    /// <summary>Whether a text is what Mistral's models write before the arguments: <c>name[CALL_ID]id[ARGS]</c>.</summary>
    private static bool IsHead(ReadOnlySpan<char> text, out string name, out string? id)
    {
        text = text.Trim();
        if (text.EndsWith("[ARGS]"))
            text = text[..^"[ARGS]".Length];
        int mark = text.IndexOf("[CALL_ID]");
        id = mark < 0 ? null : text[(mark + "[CALL_ID]".Length)..].Trim().ToString();
        name = (mark < 0 ? text : text[..mark]).Trim().ToString();
        return name.Length > 0 && name.All(static c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.');
    }

    private static void Add(JsonElement call, bool isCut, List<FunctionCallContent> calls)
    {
        if (call.ValueKind == JsonValueKind.Object && call.TryGetProperty("function", out JsonElement function) && function.ValueKind == JsonValueKind.Object)
            (call, function) = (function, call);
        else
            function = call;
        if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
            return;
        JsonElement arguments = s_nothing;
        foreach (string property in (ReadOnlySpan<string>)["arguments", "parameters", "args"])
        {
            if (call.TryGetProperty(property, out arguments))
                break;
            arguments = s_nothing;
        }
        string? id = function.TryGetProperty("id", out JsonElement given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        Add(name.GetString()!, id, arguments.ValueKind == JsonValueKind.String ? Value(arguments.GetString()!, isCut) : arguments, calls);
    }

    private static void Add(string name, string? id, JsonElement? arguments, List<FunctionCallContent> calls)
    {
        if (name.Length == 0)
            return;
        id = string.IsNullOrEmpty(id) ? $"call_{Guid.NewGuid():N}" : id;
        if (arguments is { ValueKind: JsonValueKind.Object } given)
            calls.Add(new FunctionCallContent(id, name, given.EnumerateObject().DistinctBy(static p => p.Name).ToDictionary(static p => p.Name, static p => (object?)p.Value, StringComparer.Ordinal)));
        else
            calls.Add(new FunctionCallContent(id, name) { Exception = new JsonException($"The arguments of the call of '{name}' are no JSON object.") });
    }

    // A fence around the whole reply is none of its content.
    private static string? Bare(string reply)
    {
        string text = reply.Trim();
        if (text.StartsWith("```", StringComparison.Ordinal) && text.EndsWith("```", StringComparison.Ordinal) && text.IndexOf('\n', StringComparison.Ordinal) is > 0 and int line && line < text.Length - 3)
            text = text[line..^3].Trim();
        return text.StartsWith('{') || text.StartsWith('[') ? text : null;
    }

    /// <summary>The values that JSON says: those of a list, or one; several lines may have one each.</summary>
    private static IEnumerable<JsonElement> Values(string json, bool isCut)
    {
        JsonElement? whole = Strict(json);
        if (whole is null)
        {
            List<JsonElement> lines = [];
            foreach (string line in json.Split(['\n', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                if (Strict(line) is not { ValueKind: JsonValueKind.Object } one)
                {
                    lines.Clear();
                    break;
                }
                lines.Add(one);
            }
            if (lines.Count > 0)
                return lines;
            whole = Value(json, isCut);
        }
        return whole switch
        {
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().ToArray(),
            { } one => [one],
            null => [],
        };
    }

    private static JsonElement? Value(string json, bool isCut) => Strict(json) ?? (!isCut && StructuredOutput.Parse(json, s_any).Json is { } mended ? Strict(mended) : null);

    private static JsonElement? Strict(string json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Names and values as one object; a value that is no JSON is text.</summary>
    private static JsonElement Pairs(MatchCollection pairs)
    {
        Dictionary<string, object?> values = new(StringComparer.Ordinal);
        foreach (Match pair in pairs)
        {
            string value = pair.Groups["value"].Value.Trim();
            values[pair.Groups["key"].Value.Trim()] = Strict(value) ?? (object)value;
        }
        return JsonSerializer.SerializeToElement(values, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)));
    }

    [GeneratedRegex(@"^(?<name>[\w.]+)\.call\((?<arguments>.*)\)$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex PythonCall();

    [GeneratedRegex("""(?<key>\w+)\s*=\s*(?<value>"(?:[^"\\]|\\.)*"|[^,"]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex PythonArgument();

    [GeneratedRegex(@"<function=(?<name>[^>]+)>", RegexOptions.CultureInvariant)]
    private static partial Regex XmlFunction();

    [GeneratedRegex(@"<parameter=(?<key>[^>]+)>(?<value>[^<]*(?:<(?!/parameter>)[^<]*)*)</parameter>", RegexOptions.CultureInvariant)]
    private static partial Regex XmlParameter();

    [GeneratedRegex(@"<arg_key>(?<key>[^<]*)</arg_key>\s*<arg_value>(?<value>[^<]*(?:<(?!/arg_value>)[^<]*)*)</arg_value>", RegexOptions.CultureInvariant)]
    private static partial Regex XmlKey();
}
