using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>Makes the constraints of calls.</summary>
/// <param name="syntax">How the model writes calls.</param>
/// <param name="tools">The tools, at least one.</param>
internal sealed class ToolCallGrammar(ToolCallSyntax syntax, IReadOnlyList<AIFunctionDeclaration> tools)
{
    private const string ArgumentsMark = "[ARGS]";
    private const string IdMark = "[CALL_ID]";

    // Mistral's templates refuse others.
    private static readonly Dfa s_id = RegexCompiler.Match("[a-zA-Z0-9]{9}");

    /// <summary>What follows the opening of a call.</summary>
    /// <exception cref="ConstraintException">The parameters of a tool cannot be enforced.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Constraint Call(CancellationToken cancellationToken = default) => syntax.IsNamed ? Named(cancellationToken) : Constraint.FromJsonSchema(syntax.Schema(tools), cancellationToken: cancellationToken);

    /// <summary>Whether a reply in a format could be taken for a call; then both together tell nothing.</summary>
    /// <param name="format">The format.</param>
    /// <param name="schema">Its schema, where it has one.</param>
    public bool IsAmbiguous(Constraint format, JsonElement? schema)
    {
        if (!syntax.MayBeBare || !"{[` \n\r\t"u8.ToArray().Any(format.MayBeginWith))
            return false;
        if (schema is null)
            return true;
        try
        {
            Constraint.FromJsonSchema(LikeCall(schema.Value));
            return true;
        }
        catch (ConstraintException error)
        {
            // Whether what is not understood can be a call is not known either.
            return error.Reason != GrammarCompiler.NoValue;
        }
    }

    /// <summary>A whole reply that is in a format or else one or several calls, and nothing besides.</summary>
    /// <param name="format">The format.</param>
    /// <param name="call">What follows the opening of a call.</param>
    /// <exception cref="ConstraintException">Something is nested too deeply.</exception>
    public Constraint Or(Constraint format, Constraint call)
    {
        List<Alternative> alternatives = [.. format.Root.Alternatives];
        if (syntax.MayBeBare)
            alternatives.AddRange(call.Root.Alternatives);
        if (syntax.Opening is { } opening)
        {
            string[] openings = syntax.Format switch
            {
                ToolCallFormat.Hermes => [opening, $"{opening}\n"],
                ToolCallFormat.Mistral when !syntax.IsNamed => [opening, $"{opening} "],
                _ => [opening],
            };
            LeadAlternative lead = new(Texts(openings), [.. openings.Select(_ => call.Root)]);
            lead.Behind = Behind(openings, call);
            alternatives.Add(lead);
        }
        return Constraint.Of(alternatives);
    }

    /// <summary>What ends a call, or begins the next one.</summary>
    private LeadAlternative? Behind(string[] openings, Constraint call)
    {
        string[] closings = syntax.Format switch
        {
            ToolCallFormat.Hermes => [syntax.Closing!, $"\n{syntax.Closing}"],
            ToolCallFormat.Phi => ["", syntax.Closing!],
            ToolCallFormat.Mistral when syntax.IsNamed => [""],
            _ => [],
        };
        if (closings.Length == 0)
            return null;
        // A list holds all calls.
        string[] next = syntax.IsList && !syntax.IsNamed ? []
            : [.. closings.SelectMany(closing => openings.SelectMany(opening => (string[])(syntax.Format == ToolCallFormat.Hermes ? [$"{closing}{opening}", $"{closing}\n{opening}"] : [$"{closing}{opening}"])))];
        LeadAlternative behind = new(Texts([.. closings, .. next]), [.. closings.Select(static _ => (ValueNode?)null), .. next.Select(_ => call.Root)]);
        if (next.Length > 0)
            behind.Behind = behind;
        return behind;
    }

    /// <summary>The schema of values of a schema in which the parser of replies sees a call.</summary>
    private JsonElement LikeCall(JsonElement schema)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("$defs");
            writer.WriteStartObject("name");
            writer.WriteStartArray("enum");
            foreach (AIFunctionDeclaration tool in tools)
                writer.WriteStringValue(tool.Name);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WritePropertyName("call");
            writer.WriteRawValue("""{"type":"object","anyOf":[{"properties":{"name":{"$ref":"#/$defs/name"}},"required":["name"]},{"properties":{"function":{"type":"object","properties":{"name":{"$ref":"#/$defs/name"}},"required":["name"]}},"required":["function"]}]}""");
            writer.WriteEndObject();
            writer.WritePropertyName("anyOf");
            writer.WriteRawValue("""[{"$ref":"#/$defs/call"},{"type":"array","contains":{"$ref":"#/$defs/call"}}]""");
            writer.WriteStartArray("allOf");
            if (schema.ValueKind == JsonValueKind.Object)
            {
                writer.WriteStartObject();
                // An id of its own, so that what it refers to is looked for in it.
                if (!schema.TryGetProperty("$id", out _))
                    writer.WriteString("$id", "urn:format");
                foreach (JsonProperty keyword in schema.EnumerateObject())
                    keyword.WriteTo(writer);
                writer.WriteEndObject();
            }
            else
            {
                schema.WriteTo(writer);
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private Constraint Named(CancellationToken cancellationToken)
    {
        List<string> texts = [];
        List<ValueNode> values = [];
        foreach (AIFunctionDeclaration tool in tools)
        {
            ValueNode arguments = Arguments(tool, cancellationToken);
            texts.Add(tool.Name + ArgumentsMark);
            values.Add(arguments);
            if (!syntax.HasIds)
                continue;
            texts.Add(tool.Name + IdMark);
            ValueNode behindId = Node(new LeadAlternative(Texts([ArgumentsMark]), [arguments]));
            values.Add(Node(new LeadAlternative(s_id, [behindId])));
        }
        return Constraint.Of(new LeadAlternative(Texts([.. texts]), [.. values]));
    }

    private static ValueNode Arguments(AIFunctionDeclaration tool, CancellationToken cancellationToken)
    {
        try
        {
            return Constraint.FromJsonSchema(ToolCallSyntax.ArgumentsSchema(tool), cancellationToken: cancellationToken).Root;
        }
        catch (ConstraintException error)
        {
            throw new ConstraintException(error.Keyword, $"{tool.Name}{error.Pointer}", error.Reason);
        }
    }

    private static ValueNode Node(LeadAlternative lead) => new() { Alternatives = [lead], MinimumDepth = lead.MinimumDepth };

    private Dfa Texts(string[] texts) => Dfa.Of([.. texts.Select(syntax.Bytes)]);
}
