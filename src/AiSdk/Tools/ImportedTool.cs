using System.Text.Json;
using AiSdk.CompilerServices;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>
/// A tool that was declared elsewhere, as JSON: in OpenAI's form, MCP's, or with the type names of Python. Its arguments are checked as those of compiled tools are, before it is called.
/// </summary>
/// <remarks>
/// What such a tool does to the world is known only where somebody says it. Where nobody does, it counts as <see cref="ToolEffect.Write"/>: it needs approval, and is not run twice for one key. What a server
/// says of its own tools (<see cref="DeclaredEffect"/>) is taken by itself only where that is more than this. Safe for concurrent calls where what it calls is.
/// </remarks>
public sealed class ImportedTool : AiTool<JsonElement>
{
    private readonly Func<JsonElement, ToolContext, CancellationToken, ValueTask<object?>> _call;

    private readonly string? _source;

    private ImportedTool(ToolInfo info, string declaredName, string? source, OutputShape shape, Func<JsonElement, ToolContext, CancellationToken, ValueTask<object?>> call, IToolJournal? journal)
        : base(info, static (ref Utf8JsonReader reader) => JsonElement.ParseValue(ref reader), (arguments, validator) => ShapeValidator.Validate(arguments, shape, validator), journal)
    {
        DeclaredName = declaredName;
        _source = source;
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
    /// <param name="effect">
    /// What a call does to the world; other than <see cref="ToolEffect.Read"/>, the tool needs approval. <see langword="null"/> where you do not know it: <see cref="ToolEffect.Write"/>, or
    /// <see cref="ToolEffect.Destructive"/> where the declaration says so. Of a server that you trust: <see cref="DeclaredEffect"/>.
    /// </param>
    /// <param name="journal">Remembers the calls of a tool with an effect; <see langword="null"/> for the one among the services, else one in memory.</param>
    /// <param name="source">Where it is from, such as the server's name: tools of one name from two servers have effects of their own, which the journal must tell apart.</param>
    /// <exception cref="ArgumentException">The declaration has no name, or its schema says something that cannot be checked; the message says where.</exception>
    public static AIFunction Create(
        JsonElement declaration, Func<JsonElement, CancellationToken, ValueTask<object?>> call, ToolEffect? effect = null, IToolJournal? journal = null, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(call);
        declaration = Declaration(declaration);
        if (declaration.ValueKind != JsonValueKind.Object || !declaration.TryGetProperty("name"u8, out JsonElement named) || named.ValueKind != JsonValueKind.String || named.GetString() is not { Length: > 0 } name)
            throw new ArgumentException("The declaration of a tool is an object with the property 'name', a text.", nameof(declaration));
        string description = declaration.TryGetProperty("description"u8, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        JsonElement schema = declaration.TryGetProperty("parameters"u8, out JsonElement parameters) || declaration.TryGetProperty("inputSchema"u8, out parameters)
            ? ToolSchema.Normalize(parameters)
            : ToolSchema.Empty;
        // A hint may say more than what is assumed; that it says less is for the host to believe.
        ToolEffect known = effect ?? (DeclaredEffect(declaration) == ToolEffect.Destructive ? ToolEffect.Destructive : ToolEffect.Write);
        return Import(name, description, schema, (arguments, _, cancellationToken) => call(arguments, cancellationToken), known, journal, source, nameof(declaration));
    }

    /// <summary>Imports a function, such as a tool of an MCP client: with its arguments checked, and approval where it may have an effect.</summary>
    /// <param name="function">The function.</param>
    /// <param name="effect">
    /// What a call does to the world; other than <see cref="ToolEffect.Read"/>, the tool needs approval. <see langword="null"/> where you do not know it: that of a compiled tool, of any other
    /// <see cref="ToolEffect.Write"/>.
    /// </param>
    /// <param name="journal">Remembers the calls of a tool with an effect; <see langword="null"/> for the one among the services, else one in memory.</param>
    /// <param name="source">Where it is from, such as the server's name: tools of one name from two servers have effects of their own, which the journal must tell apart.</param>
    /// <remarks>A result that is MCP's <c>isError</c> is an error of the tool, as an <see cref="AiToolException"/> is.</remarks>
    /// <exception cref="ArgumentException">The function's schema says something that cannot be checked; the message says where.</exception>
    public static AIFunction FromFunction(AIFunction function, ToolEffect? effect = null, IToolJournal? journal = null, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        JsonElement schema = function.JsonSchema.ValueKind == JsonValueKind.Object ? ToolSchema.Normalize(function.JsonSchema) : ToolSchema.Empty;
        return Import(function.Name, function.Description, schema, CallAsync, effect ?? function.GetService<AiTool>()?.Effect ?? ToolEffect.Write, journal, source, nameof(function));

        async ValueTask<object?> CallAsync(JsonElement arguments, ToolContext context, CancellationToken cancellationToken)
        {
            AIFunctionArguments given = new(arguments.EnumerateObject().ToDictionary(static property => property.Name, static property => (object?)property.Value, StringComparer.Ordinal)) { Services = context.ServicesOrNull };
            // As text, for the model, for guards and for the journal alike.
            return await function.InvokeAsync(given, cancellationToken).ConfigureAwait(false) switch
            {
                JsonElement { ValueKind: JsonValueKind.Object } answer when answer.TryGetProperty("isError"u8, out JsonElement isError) && isError.ValueKind == JsonValueKind.True => throw new AiToolException(Texts(answer)),
                TextContent text => text.Text,
                IEnumerable<AIContent> contents when contents.All(static content => content is TextContent) => string.Join('\n', contents),
                var result => result,
            };
        }
    }

    /// <summary>
    /// What a declaration says of itself by MCP's hints in <c>annotations</c>: <see cref="ToolEffect.Read"/> for <c>readOnlyHint</c>, <see cref="ToolEffect.Destructive"/> for <c>destructiveHint</c>,
    /// <see cref="ToolEffect.Write"/> where it says nothing.
    /// </summary>
    /// <remarks>These are words of who declares the tool. Give them to <see cref="Create"/> where you trust that one as you trust your own code.</remarks>
    /// <param name="declaration">The declaration, as <see cref="Create"/> takes it.</param>
    public static ToolEffect DeclaredEffect(JsonElement declaration)
    {
        declaration = Declaration(declaration);
        if (declaration.ValueKind != JsonValueKind.Object || !declaration.TryGetProperty("annotations"u8, out JsonElement hints) || hints.ValueKind != JsonValueKind.Object)
            return ToolEffect.Write;
        // One that claims both is taken at its worse word.
        if (Says("destructiveHint"u8))
            return ToolEffect.Destructive;
        return Says("readOnlyHint"u8) ? ToolEffect.Read : ToolEffect.Write;

        bool Says(ReadOnlySpan<byte> hint) => hints.TryGetProperty(hint, out JsonElement value) && value.ValueKind == JsonValueKind.True;
    }

    /// <summary>What an answer of MCP says: the texts of its contents, or all of it where it has none.</summary>
    private static string Texts(JsonElement answer)
    {
        string[] texts = !answer.TryGetProperty("content"u8, out JsonElement contents) || contents.ValueKind != JsonValueKind.Array ? []
            : [.. contents.EnumerateArray().Where(static content => content.ValueKind == JsonValueKind.Object && content.TryGetProperty("text"u8, out JsonElement text) && text.ValueKind == JsonValueKind.String).Select(static content => content.GetProperty("text"u8).GetString()!)];
        return texts.Length > 0 ? string.Join('\n', texts) : answer.GetRawText();
    }

    private static JsonElement Declaration(JsonElement declaration) =>
        declaration.ValueKind == JsonValueKind.Object && declaration.TryGetProperty("function"u8, out JsonElement inner) ? inner : declaration;

    private static AIFunction Import(
        string name, string description, JsonElement schema, Func<JsonElement, ToolContext, CancellationToken, ValueTask<object?>> call, ToolEffect effect, IToolJournal? journal, string? source, string parameter)
    {
        OutputShape shape;
        try
        {
            shape = OutputShape.FromJsonSchema(schema);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"The parameters of the tool '{name}' cannot be checked: {e.Message}", parameter, e);
        }
        ImportedTool tool = new(new ToolInfo(ToolSchema.Name(name), description, effect, schema.GetRawText()), name, source, shape, call, journal);
        return effect == ToolEffect.Read ? tool : new ApprovalRequiredAIFunction(tool);
    }

    /// <inheritdoc/>
    private protected override string QualifiedName => _source is null ? DeclaredName : $"{_source}/{DeclaredName}";

    /// <inheritdoc/>
    protected override ValueTask<object?> CallAsync(JsonElement arguments, ToolContext context, CancellationToken cancellationToken) => _call(arguments, context, cancellationToken);
}
