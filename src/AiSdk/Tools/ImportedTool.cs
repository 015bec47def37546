using System.Text.Json;
using AiSdk.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>
/// A tool that was declared elsewhere, as JSON: in OpenAI's form, MCP's, or with the type names of Python. Its arguments are checked as those of compiled tools are, before it is called.
/// </summary>
/// <remarks>Safe for concurrent calls where what it calls is.</remarks>
public sealed class ImportedTool : AiTool<JsonElement>
{
    private readonly Func<JsonElement, CancellationToken, ValueTask<object?>> _call;

    private ImportedTool(ToolInfo info, string declaredName, OutputShape shape, Func<JsonElement, CancellationToken, ValueTask<object?>> call, IToolJournal? journal)
        : base(info, static (ref Utf8JsonReader reader) => JsonElement.ParseValue(ref reader), (arguments, validator) => ShapeValidator.Validate(arguments, shape, validator), journal)
    {
        DeclaredName = declaredName;
        _call = call;
    }

    /// <summary>The name as it was declared. <see cref="AITool.Name"/> has <c>_</c> where endpoints do not take a character.</summary>
    public string DeclaredName { get; }

    /// <summary>Imports a declaration.</summary>
    /// <param name="declaration">
    /// An object with <c>name</c>, <c>description</c> and <c>parameters</c> or <c>inputSchema</c>, by itself or in <c>function</c>. The schema's types may be those of Python (<c>dict</c>, <c>float</c>, <c>tuple</c>,
    /// <c>any</c> and others); it is turned into JSON Schema, and objects take no properties that it does not name.
    /// </param>
    /// <param name="call">What a call does, given arguments that fit.</param>
    /// <param name="effect">What a call does to the world; other than <see cref="ToolEffect.Read"/>, the tool needs approval.</param>
    /// <param name="journal">Remembers the calls of a tool with an effect; <see langword="null"/> for the one among the services, else one in memory.</param>
    /// <exception cref="ArgumentException">The declaration has no name, or its schema says something that cannot be checked; the message says where.</exception>
    public static AIFunction Create(
        JsonElement declaration, Func<JsonElement, CancellationToken, ValueTask<object?>> call, ToolEffect effect = ToolEffect.Read, IToolJournal? journal = null)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (declaration.ValueKind == JsonValueKind.Object && declaration.TryGetProperty("function"u8, out JsonElement inner))
            declaration = inner;
        if (declaration.ValueKind != JsonValueKind.Object || !declaration.TryGetProperty("name"u8, out JsonElement named) || named.ValueKind != JsonValueKind.String || named.GetString() is not { Length: > 0 } name)
            throw new ArgumentException("The declaration of a tool is an object with the property 'name', a text.", nameof(declaration));
        string description = declaration.TryGetProperty("description"u8, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        JsonElement schema = declaration.TryGetProperty("parameters"u8, out JsonElement parameters) || declaration.TryGetProperty("inputSchema"u8, out parameters)
            ? ToolSchema.Normalize(parameters)
            : ToolSchema.Empty;
        OutputShape shape;
        try
        {
            shape = OutputShape.FromJsonSchema(schema);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"The parameters of the tool '{name}' cannot be checked: {e.Message}", nameof(declaration), e);
        }
        ImportedTool tool = new(new ToolInfo(ToolSchema.Name(name), description, effect, schema.GetRawText()), name, shape, call, journal);
        return effect == ToolEffect.Read ? tool : new ApprovalRequiredAIFunction(tool);
    }

    /// <inheritdoc/>
    protected override ValueTask<object?> CallAsync(JsonElement arguments, ToolContext context, CancellationToken cancellationToken) => _call(arguments, cancellationToken);
}
