using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>A model's way to write calls: what is around them, and what they must be.</summary>
internal sealed class ToolCallSyntax
{
    private static readonly string[] s_marks = ["<tool_call>", "</tool_call>", "<|python_tag|>", "[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "<|tool_call|>", "<|/tool_call|>"];

    private ToolCallSyntax(ToolCallFormat format, string? opening, string? closing, string argumentsName, bool isList, TokenTable tokens, bool isNamed = false)
    {
        IsNamed = isNamed;
        Format = format;
        Opening = opening;
        Closing = closing;
        ArgumentsName = argumentsName;
        IsList = isList;
        Dictionary<int, string> marks = [];
        for (int token = 0; token < tokens.Count; token++)
        {
            if (tokens.Text(token) is null && tokens.Text(token, withSpecial: true) is { } text && s_marks.Contains(text))
                marks.Add(token, text);
        }
        Marks = marks.ToFrozenDictionary();
    }

    /// <summary>The format, not Auto.</summary>
    public ToolCallFormat Format { get; }

    /// <summary>What begins a call within a reply; null where the whole reply is the call.</summary>
    public string? Opening { get; }

    /// <summary>What ends it, where something does.</summary>
    public string? Closing { get; }

    /// <summary>The property of the arguments.</summary>
    public string ArgumentsName { get; }

    /// <summary>Whether calls come as a list.</summary>
    public bool IsList { get; }

    /// <summary>Whether the name stands before the arguments and not in them, so that a schema does not describe a call.</summary>
    public bool IsNamed { get; }

    /// <summary>Special tokens that are part of calls, and so must be seen in the reply's text.</summary>
    public FrozenDictionary<int, string> Marks { get; }

    /// <summary>Whether a reply may be a call without anything around it.</summary>
    public bool MayBeBare => Format is ToolCallFormat.Llama or ToolCallFormat.Json;

    /// <summary>What a reply begins with that has to be a call.</summary>
    public string RequiredBeginning => Format switch
    {
        ToolCallFormat.Hermes => "<tool_call>\n",
        ToolCallFormat.Mistral or ToolCallFormat.Phi => Opening!,
        _ => "",
    };

    /// <summary>Finds out what a model's template shows.</summary>
    /// <param name="wanted">What the application says.</param>
    /// <param name="templates">The model's templates.</param>
    /// <param name="tokens">The model's tokens.</param>
    public static ToolCallSyntax Of(ToolCallFormat wanted, IReadOnlyCollection<string> templates, TokenTable tokens)
    {
        ToolCallFormat format = wanted != ToolCallFormat.Auto ? wanted : templates.Select(Shown).FirstOrDefault(static shown => shown != ToolCallFormat.Json, ToolCallFormat.Json);
        return format switch
        {
            ToolCallFormat.Hermes => new(format, "<tool_call>", "</tool_call>", "arguments", isList: false, tokens),
            ToolCallFormat.Llama => new(format, "<|python_tag|>", null, "parameters", isList: false, tokens),
            ToolCallFormat.Mistral => new(format, "[TOOL_CALLS]", null, "arguments", isList: true, tokens, isNamed: templates.Any(static template => template.Contains("[ARGS]", StringComparison.Ordinal))),
            ToolCallFormat.Phi => new(format, "<|tool_call|>", "<|/tool_call|>", "arguments", isList: true, tokens),
            _ => new(ToolCallFormat.Json, null, null, "arguments", isList: false, tokens),
        };
    }

    /// <summary>The schema of a call of one of some tools.</summary>
    /// <param name="tools">The tools, at least one.</param>
    public JsonElement Schema(IReadOnlyList<AIFunctionDeclaration> tools)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            if (IsList)
            {
                writer.WriteString("type", "array");
                writer.WriteNumber("minItems", 1);
                writer.WriteStartObject("items");
            }
            writer.WriteStartArray("anyOf");
            for (int i = 0; i < tools.Count; i++)
                WriteCall(writer, tools[i], i);
            writer.WriteEndArray();
            if (IsList)
                writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private void WriteCall(Utf8JsonWriter writer, AIFunctionDeclaration tool, int index)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        writer.WriteStartObject("name");
        writer.WriteString("const", tool.Name);
        writer.WriteEndObject();
        writer.WriteStartObject(ArgumentsName);
        JsonElement schema = tool.JsonSchema;
        bool isObject = schema.ValueKind == JsonValueKind.Object;
        // An id of its own, so that what it refers to is looked for in it.
        if (!isObject || !schema.TryGetProperty("$id", out _))
            writer.WriteString("$id", $"urn:tool:{index}");
        if (isObject)
        {
            foreach (JsonProperty keyword in schema.EnumerateObject())
                keyword.WriteTo(writer);
        }
        if (!isObject || !schema.TryGetProperty("type", out _))
            writer.WriteString("type", "object");
        // Arguments that the function does not have would be dropped.
        if (!isObject || !schema.TryGetProperty("additionalProperties", out _))
            writer.WriteBoolean("additionalProperties", false);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartArray("required");
        writer.WriteStringValue("name");
        writer.WriteStringValue(ArgumentsName);
        writer.WriteEndArray();
        writer.WriteBoolean("additionalProperties", false);
        writer.WriteEndObject();
    }

    private static ToolCallFormat Shown(string template) =>
        template.Contains("<tool_call>", StringComparison.Ordinal) ? ToolCallFormat.Hermes
        : template.Contains("[TOOL_CALLS]", StringComparison.Ordinal) ? ToolCallFormat.Mistral
        : template.Contains("<|tool_call|>", StringComparison.Ordinal) || template.Contains("<|tool|>", StringComparison.Ordinal) ? ToolCallFormat.Phi
        : template.Contains("<|python_tag|>", StringComparison.Ordinal) ? ToolCallFormat.Llama
        : ToolCallFormat.Json;
}
