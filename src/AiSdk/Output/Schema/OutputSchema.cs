using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>A return type as models are told of it: JSON Schema, compact text, and the <see cref="OutputShape"/> both were made from.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed class OutputSchema
{
    // A level of a reply takes two of its schema, and a definition two more.
    internal const int MaxSchemaDepth = (2 * CompilerServices.OutputReader.MaxDepth) + 8;

    /// <summary>The property of the wrapper.</summary>
    internal const string Wrapper = "value";

    /// <summary>The property before it, in which the model reasons.</summary>
    internal const string ReasoningName = "reasoning";

    // As the compiler writes it: nothing inside of the value is indented so little.
    private const string ReasoningLine = "\n  reasoning: string;";

    private static readonly JsonSerializerOptions _schemaOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxSchemaDepth };

    private readonly Func<OutputShape> _createShape;
    private OutputShape? _shape;
    private ChatResponseFormatJson? _responseFormat;
    private AIFunctionDeclaration? _tool;
    private ProviderSchema?[]? _dialects;

    /// <summary>Called by generated code.</summary>
    /// <param name="name">The schema's name: letters, digits, <c>_</c> and <c>-</c>, at most 64.</param>
    /// <param name="jsonSchema">The JSON Schema, draft 2020-12.</param>
    /// <param name="typeScript">The compact rendering.</param>
    /// <param name="isWrapped">Whether the value is wrapped in <c>{"value": …}</c>.</param>
    /// <param name="shape">Makes the shape, once, when it is first asked for.</param>
    /// <param name="description">What the type is for.</param>
    /// <param name="hasReasoning">Whether the wrapper has a field for the model's reasoning.</param>
    public OutputSchema(string name, string jsonSchema, string typeScript, bool isWrapped, Func<OutputShape> shape, string? description = null, bool hasReasoning = false)
    {
        Name = name;
        JsonSchema = jsonSchema;
        TypeScript = typeScript;
        IsWrapped = isWrapped;
        Description = description;
        HasReasoning = hasReasoning;
        _createShape = shape;
    }

    /// <summary>The schema's name as it is sent.</summary>
    public string Name { get; }

    /// <summary>What the type is for, or <see langword="null"/>.</summary>
    public string? Description { get; }

    /// <summary>
    /// The JSON Schema (draft 2020-12), valid for OpenAI's strict mode where the type allows it: objects are closed, all properties required, nullable
    /// types are type arrays, and the root is an object (see <see cref="IsWrapped"/>).
    /// </summary>
    public string JsonSchema { get; }

    /// <summary>The same in the manner of a TypeScript type, for prompts: a fraction of the schema's tokens.</summary>
    public string TypeScript { get; }

    /// <summary>Whether the value is sent as <c>{"value": …}</c>, because endpoints want an object at the root. Replies may leave the wrapper away where that is unambiguous.</summary>
    public bool IsWrapped { get; }

    /// <summary>Whether the model is asked to reason first: the value is sent as <c>{"reasoning": "…", "value": …}</c> then.</summary>
    public bool HasReasoning { get; }

    /// <summary>The type's description, from which the others were made.</summary>
    public OutputShape Shape => _shape ??= _createShape();

    /// <summary>
    /// What a prompt says of the type in <see cref="StructuredOutputMode.Prompt"/>: stands for <c>{{output_format}}</c>, or behind the last user message
    /// where no template says that.
    /// </summary>
    public string Instructions => field ??= $"Reply with JSON of this type, and with nothing else:\n{TypeScript}";

    /// <summary>The response format that is put in <see cref="ChatOptions.ResponseFormat"/>.</summary>
    public ChatResponseFormatJson ResponseFormat => _responseFormat ??= ChatResponseFormat.ForJsonSchema(Schema(), Name, Description);

    /// <summary>The same without the wrapper.</summary>
    internal ChatResponseFormatJson UnwrappedFormat => IsWrapped && !HasReasoning ? field ??= ChatResponseFormat.ForJsonSchema(Unwrapped(), Name, Description) : ResponseFormat;

    /// <summary>The tool that the model must call in <see cref="StructuredOutputMode.ToolCall"/>: its parameters are the schema, its name is <see cref="Name"/>.</summary>
    public AIFunctionDeclaration Tool => _tool ??= AIFunctionFactory.CreateDeclaration(Name, Description is null ? "Takes the reply." : $"Takes the reply: {Description}", Schema());

    /// <summary>The schema in a provider's dialect.</summary>
    internal ProviderSchema For(ProviderProfile dialect)
    {
        // Two calls at once may both make it; either one is right.
        ProviderSchema?[] dialects = _dialects ??= new ProviderSchema?[SchemaProfile.All.Length];
        return dialects[(int)dialect] ??= new ProviderSchema(this, Schema(), SchemaProfile.All[(int)dialect]);
    }

    /// <summary>The same without the field for reasoning: for models that reason beside their reply.</summary>
    internal OutputSchema WithoutReasoning => !HasReasoning ? this : field ??= new OutputSchema(Name, SchemaWithoutReasoning(), TypeScriptWithoutReasoning(), isWrapped: true, () => Shape, Description);

    private string SchemaWithoutReasoning()
    {
        JsonObject schema = JsonNode.Parse(JsonSchema, documentOptions: new JsonDocumentOptions { MaxDepth = MaxSchemaDepth })!.AsObject();
        schema["properties"]!.AsObject().Remove(ReasoningName);
        schema["required"] = new JsonArray(Wrapper);
        return schema.ToJsonString(_schemaOptions);
    }

    private string TypeScriptWithoutReasoning()
    {
        int field = TypeScript.LastIndexOf(ReasoningLine, StringComparison.Ordinal);
        // The line before it is its comment.
        int comment = TypeScript.LastIndexOf('\n', field - 1);
        return TypeScript.Remove(comment, field + ReasoningLine.Length - comment);
    }

    private JsonElement Unwrapped()
    {
        JsonElement schema = Schema();
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            foreach (JsonProperty keyword in schema.GetProperty("properties").GetProperty(Wrapper).EnumerateObject())
                keyword.WriteTo(writer);
            if (schema.TryGetProperty("$defs", out JsonElement definitions))
            {
                writer.WritePropertyName("$defs");
                definitions.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return JsonElement.Parse(buffer.WrittenSpan, new JsonDocumentOptions { MaxDepth = MaxSchemaDepth });
    }

    private JsonElement Schema() => JsonElement.Parse(JsonSchema, new JsonDocumentOptions { MaxDepth = MaxSchemaDepth });
}
