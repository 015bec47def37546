using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>A return type's schema as a provider gets it. Made once for each type and dialect.</summary>
internal sealed class ProviderSchema
{
    /// <summary>Rewrites a schema.</summary>
    public ProviderSchema(OutputSchema output, JsonElement schema, SchemaProfile rules)
    {
        Schema = SchemaRewriter.Rewrite(schema, rules, out IReadOnlyList<string> moved);
        Moved = moved;
        Refused = SchemaLimits.Check(schema, rules);
        IsStrict = rules == SchemaProfile.All[(int)ProviderProfile.OpenAIStrict] && Refused.Count == 0;
        Format = ChatResponseFormat.ForJsonSchema(Schema, output.Name, output.Description);
        Tool = new ReplyTool(output.Tool, Schema, IsStrict);
    }

    /// <summary>The schema.</summary>
    public JsonElement Schema { get; }

    /// <summary>The response format.</summary>
    public ChatResponseFormatJson Format { get; }

    /// <summary>The tool whose arguments are the reply.</summary>
    public AIFunctionDeclaration Tool { get; }

    /// <summary>Whether the endpoint is to be asked to enforce it.</summary>
    public bool IsStrict { get; }

    /// <summary>What was taken out and is checked by reading only: <c>$.title: minLength, maxLength</c>.</summary>
    public IReadOnlyList<string> Moved { get; }

    /// <summary>What of the schema the provider refuses; rewriting does not help.</summary>
    public IReadOnlyList<string> Refused { get; }

    /// <summary>Whether it was logged what was moved and is refused.</summary>
    public bool IsTold { get; set; }

    private sealed class ReplyTool(AIFunctionDeclaration tool, JsonElement schema, bool isStrict) : AIFunctionDeclaration
    {
        public override string Name => tool.Name;

        public override string Description => tool.Description;

        public override JsonElement JsonSchema => schema;

        public override IReadOnlyDictionary<string, object?> AdditionalProperties { get; } = isStrict ? new Dictionary<string, object?> { ["strict"] = true } : tool.AdditionalProperties;
    }
}
