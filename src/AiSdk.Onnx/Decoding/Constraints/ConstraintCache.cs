using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>The constraints of the response formats that a model has been asked for, so that each schema is compiled once. Thread-safe.</summary>
internal sealed class ConstraintCache
{
    // Formats that are made anew for each call are known again by their schema's text; so many of them and no more.
    private const int MaxTexts = 64;

    private static readonly JsonElement s_anyObject = JsonElement.Parse("""{"type":"object"}""");
    private static readonly JsonElement s_anyArguments = JsonElement.Parse("""{"type":"object","additionalProperties":true}""");

    private readonly ConditionalWeakTable<ChatResponseFormatJson, Constraint> _byFormat = [];
    private readonly ConcurrentDictionary<string, Compilation> _byText = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<Constraint, ConditionalWeakTable<Constraint, Pair>> _withCalls = [];

    /// <summary>Whether options ask for any format.</summary>
    public static bool Asks(ChatOptions? options) =>
        options is not null && (options.ResponseFormat is ChatResponseFormatJson || options.AdditionalProperties?.ContainsKey(OnnxChatOptionsExtensions.RegexKey) == true || options.AdditionalProperties?.ContainsKey(OnnxChatOptionsExtensions.ChoicesKey) == true);

    /// <summary>What a reply to a call with some options must be; <see langword="null"/> where it may be any text.</summary>
    /// <exception cref="ConstraintException">What the options ask for is wrong, cannot be enforced, or is satisfied by no value.</exception>
    /// <exception cref="ArgumentException">The options ask for two formats, or for one in the wrong way.</exception>
    public Constraint? Of(ChatOptions? options, CancellationToken cancellationToken = default)
    {
        object? pattern = null;
        object? choices = null;
        options?.AdditionalProperties?.TryGetValue(OnnxChatOptionsExtensions.RegexKey, out pattern);
        options?.AdditionalProperties?.TryGetValue(OnnxChatOptionsExtensions.ChoicesKey, out choices);
        if (pattern is null && choices is null)
            return Of(options?.ResponseFormat, cancellationToken);
        if ((pattern is not null && choices is not null) || options!.ResponseFormat is ChatResponseFormatJson)
            throw new ArgumentException("The options ask for two formats of the reply: of ResponseFormat as JSON, AdditionalProperties[\"regex\"] and AdditionalProperties[\"choices\"] only one may be set.", nameof(options));
        if (pattern is not null)
        {
            if (pattern is not string expression)
                throw new ArgumentException($"ChatOptions.AdditionalProperties[\"regex\"] is a {pattern.GetType()}, not a string. Set it with WithRegex.", nameof(options));
            return Compiled($"regex {expression}", token => Constraint.FromRegex(expression, token), cancellationToken);
        }
        if (choices is not IEnumerable<string> texts)
            throw new ArgumentException($"ChatOptions.AdditionalProperties[\"choices\"] is a {choices!.GetType()}, not a list of strings. Set it with WithChoices.", nameof(options));
        string[] list = [.. texts];
        return Compiled($"choices {JsonSerializer.Serialize(list, ChoicesContext.Default.StringArray)}", _ => Constraint.FromChoices(list), cancellationToken);
    }

    /// <summary>What follows the opening of a call.</summary>
    /// <exception cref="ConstraintException">The parameters of a tool cannot be enforced.</exception>
    public Constraint Of(ToolCallSyntax syntax, IReadOnlyList<AIFunctionDeclaration> tools, CancellationToken cancellationToken = default)
    {
        string key = syntax.IsNamed ? string.Concat(tools.Select(static tool => $"call {tool.Name} {tool.JsonSchema.GetRawText()}\n")) : syntax.Schema(tools).GetRawText();
        return Compiled(key, token => new ToolCallGrammar(syntax, tools).Call(token), cancellationToken);
    }

    /// <summary>What follows the opening of a call; tools whose parameters cannot be enforced take any object.</summary>
    /// <param name="syntax">How calls are written.</param>
    /// <param name="tools">The tools.</param>
    /// <param name="note">The tools that take any object, and why; null where there are none.</param>
    /// <param name="cancellationToken">Ends the compilation.</param>
    /// <exception cref="ConstraintException">The parameters can be enforced one by one, but not all together.</exception>
    public Constraint OfMost(ToolCallSyntax syntax, IReadOnlyList<AIFunctionDeclaration> tools, out string? note, CancellationToken cancellationToken)
    {
        note = null;
        try
        {
            return Of(syntax, tools, cancellationToken);
        }
        catch (ConstraintException) when (!cancellationToken.IsCancellationRequested)
        {
            List<AIFunctionDeclaration> open = [];
            List<string> reasons = [];
            foreach (AIFunctionDeclaration tool in tools)
            {
                try
                {
                    JsonElement arguments = ToolCallSyntax.ArgumentsSchema(tool);
                    Of(arguments, cancellationToken);
                    open.Add(tool);
                }
                catch (ConstraintException error)
                {
                    reasons.Add($"'{tool.Name}' ({error.Message})");
                    open.Add(AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, s_anyArguments));
                }
            }
            if (reasons.Count == 0)
                throw;
            note = $"The arguments of these tools are objects, but not kept to their parameters: {string.Join(", ", reasons)}.";
            return Of(syntax, open, cancellationToken);
        }
    }

    /// <summary>What a reply must be that is in the format of some options or else calls of tools; <see langword="null"/> where such calls are not told from the format.</summary>
    /// <param name="options">The options.</param>
    /// <param name="format">What a reply in their format must be.</param>
    /// <param name="syntax">How calls are written.</param>
    /// <param name="tools">The tools.</param>
    /// <param name="call">What follows the opening of a call.</param>
    /// <exception cref="ConstraintException">Something is nested too deeply.</exception>
    public Constraint? Of(ChatOptions options, Constraint format, ToolCallSyntax syntax, IReadOnlyList<AIFunctionDeclaration> tools, Constraint call) =>
        _withCalls.GetOrCreateValue(format).GetValue(call, _ =>
        {
            ToolCallGrammar grammar = new(syntax, tools);
            return new Pair(grammar.IsAmbiguous(format, (options.ResponseFormat as ChatResponseFormatJson)?.Schema) ? null : grammar.Or(format, call));
        }).Either;

    /// <summary>What a reply in a format must be; <see langword="null"/> where it may be any text.</summary>
    /// <exception cref="ConstraintException">The format's schema is wrong, asks for what cannot be enforced, or is satisfied by no value.</exception>
    public Constraint? Of(ChatResponseFormat? format, CancellationToken cancellationToken = default)
    {
        if (format is not ChatResponseFormatJson json)
            return null;
        if (_byFormat.TryGetValue(json, out Constraint? known))
            return known;
        Constraint constraint = Of(json.Schema ?? s_anyObject, cancellationToken);
        _byFormat.AddOrUpdate(json, constraint);
        return constraint;
    }

    /// <summary>Values of a schema.</summary>
    /// <exception cref="ConstraintException">The schema is wrong, asks for what cannot be enforced, or is satisfied by no value.</exception>
    public Constraint Of(JsonElement schema, CancellationToken cancellationToken = default) =>
        Compiled(schema.GetRawText(), token => Constraint.FromJsonSchema(schema, cancellationToken: token), cancellationToken);

    private Constraint Compiled(string text, Func<CancellationToken, Constraint> compile, CancellationToken cancellationToken)
    {
        if (_byText.Count >= MaxTexts)
            _byText.Clear();
        return _byText.GetOrAdd(text, static _ => new Compilation()).Result(compile, cancellationToken);
    }

    /// <summary>A compilation that is done once, however many ask for it at the same time; what was refused stays refused, and what was cancelled is begun anew by the next.</summary>
    private sealed class Compilation
    {
        private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

        private readonly object _turn = new();
        private Constraint? _constraint;
        private ConstraintException? _refusal;

        public Constraint Result(Func<CancellationToken, Constraint> compile, CancellationToken cancellationToken)
        {
            if (Volatile.Read(ref _constraint) is { } known)
                return known;
            while (!Monitor.TryEnter(_turn, s_look))
                cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (_refusal is { } refusal)
                    throw new ConstraintException(refusal.Keyword, refusal.Pointer, refusal.Reason);
                return _constraint ??= compile(cancellationToken);
            }
            catch (ConstraintException error)
            {
                _refusal ??= error;
                throw;
            }
            finally
            {
                Monitor.Exit(_turn);
            }
        }
    }

    private sealed record Pair(Constraint? Either);
}

/// <summary>Serializes a list of choices without reflection.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class ChoicesContext : JsonSerializerContext;
