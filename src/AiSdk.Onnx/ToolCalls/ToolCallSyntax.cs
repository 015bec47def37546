using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>A model's way to write calls: what is around them, and what they must be.</summary>
internal sealed class ToolCallSyntax
{
    // No more than there are bytes for them.
    private static readonly string[] s_marks = ["<tool_call>", "</tool_call>", "<|python_tag|>", "[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "<|tool_call|>", "<|/tool_call|>"];

    private ToolCallSyntax(ToolCallFormat format, string? opening, string? closing, string argumentsName, bool isList, TokenTable tokens, bool isNamed = false, bool hasIds = false)
    {
        IsNamed = isNamed;
        HasIds = hasIds;
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

    /// <summary>Whether the name stands before the arguments and not in them: <c>name[ARGS]{…}</c>.</summary>
    public bool IsNamed { get; }

    /// <summary>Whether an id may stand behind that name: <c>name[CALL_ID]123456789[ARGS]{…}</c>.</summary>
    public bool HasIds { get; }

    /// <summary>Special tokens that are part of calls, and so must be seen in the reply's text.</summary>
    public FrozenDictionary<int, string> Marks { get; }

    /// <summary>The bytes that stand for the special tokens of calls in constraints.</summary>
    public IEnumerable<KeyValuePair<int, byte>> MarkBytes => Marks.Select(static mark => KeyValuePair.Create(mark.Key, MarkByte(mark.Value)));

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
            ToolCallFormat.Mistral => new(format, "[TOOL_CALLS]", null, "arguments", isList: true, tokens, isNamed: Show(templates, "[ARGS]"), hasIds: Show(templates, "[CALL_ID]")),
            ToolCallFormat.Phi => new(format, "<|tool_call|>", "<|/tool_call|>", "arguments", isList: true, tokens),
            _ => new(ToolCallFormat.Json, null, null, "arguments", isList: false, tokens),
        };
    }

    /// <summary>The bytes of a text of calls in constraints: special tokens are one each.</summary>
    public byte[] Bytes(string text)
    {
        List<byte> bytes = [];
        for (int at = 0; at < text.Length;)
        {
            string? mark = Marks.Values.FirstOrDefault(mark => text.AsSpan(at).StartsWith(mark));
            int next = mark is not null ? at + mark.Length : at + (char.IsSurrogatePair(text, at) ? 2 : 1);
            if (mark is not null)
                bytes.Add(MarkByte(mark));
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(text[at..next]));
            at = next;
        }
        return [.. bytes];
    }

    /// <summary>The schema of a tool's arguments.</summary>
    public static JsonElement ArgumentsSchema(AIFunctionDeclaration tool)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
            WriteArguments(writer, tool, 0);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <summary>The schema of a call of one of some tools; not where calls are <see cref="IsNamed"/>.</summary>
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
        writer.WritePropertyName(ArgumentsName);
        WriteArguments(writer, tool, index);
        writer.WriteEndObject();
        writer.WriteStartArray("required");
        writer.WriteStringValue("name");
        writer.WriteStringValue(ArgumentsName);
        writer.WriteEndArray();
        writer.WriteBoolean("additionalProperties", false);
        writer.WriteEndObject();
    }

    private static void WriteArguments(Utf8JsonWriter writer, AIFunctionDeclaration tool, int index)
    {
        writer.WriteStartObject();
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
    }

    private static byte MarkByte(string mark) => (byte)(TokenTrie.FirstMark + Array.IndexOf(s_marks, mark));

    private static bool Show(IReadOnlyCollection<string> templates, string text) => templates.Any(template => template.Contains(text, StringComparison.Ordinal));

    private static ToolCallFormat Shown(string template) =>
        template.Contains("<tool_call>", StringComparison.Ordinal) ? ToolCallFormat.Hermes
        : template.Contains("[TOOL_CALLS]", StringComparison.Ordinal) ? ToolCallFormat.Mistral
        : template.Contains("<|tool_call|>", StringComparison.Ordinal) || template.Contains("<|tool|>", StringComparison.Ordinal) ? ToolCallFormat.Phi
        : template.Contains("<|python_tag|>", StringComparison.Ordinal) ? ToolCallFormat.Llama
        : ToolCallFormat.Json;
}
