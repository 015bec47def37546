using System.Text.Json;
using AiSdk.CompilerServices;

namespace AiSdk;

/// <summary>What the compiler knows of one AI function: the generated class has one for each of its methods.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public class AiFunctionInfo
{
    /// <summary>Called by generated code.</summary>
    /// <param name="name">Interface and method, for people.</param>
    /// <param name="id">The function's identity.</param>
    /// <param name="promptHash">The hash of prompts, examples and schema.</param>
    /// <param name="prompts">The prompt templates.</param>
    /// <param name="examples">The few-shot examples.</param>
    /// <param name="sourceFile">The file in which the function is declared.</param>
    /// <param name="sourceLine">The line on which it is declared.</param>
    /// <param name="output">The type of the reply, or <see langword="null"/> for text.</param>
    /// <param name="allowsLoss">Whether repairs may lose something.</param>
    /// <param name="reask">Whether the model is asked again.</param>
    /// <param name="outputMode">How the model is asked for the type.</param>
    /// <param name="placesOutputFormat">Whether a template says <c>{{output_format}}</c>.</param>
    /// <param name="toolLimits">How far a call may go with its tools.</param>
    /// <param name="reasoning">Whether and where the model reasons first.</param>
    /// <param name="consistency">Whether replies are voted on.</param>
    /// <param name="critique">Whether the model looks for mistakes in its reply.</param>
    public AiFunctionInfo(
        string name, string id, string promptHash, PromptTemplate[] prompts, PromptExample[] examples, string sourceFile, int sourceLine, OutputSchema? output = null,
        bool allowsLoss = false, ReaskPolicy? reask = null, StructuredOutputMode outputMode = StructuredOutputMode.Auto, bool placesOutputFormat = false, ToolLimits? toolLimits = null,
        ReasoningPolicy? reasoning = null, ConsistencyPolicy? consistency = null, CritiquePolicy? critique = null)
    {
        // One constructor rather than a setter for each: the first call of a process compiles them all.
        Name = name;
        Id = id;
        PromptHash = promptHash;
        Prompts = prompts;
        Examples = examples;
        SourceFile = sourceFile;
        SourceLine = sourceLine;
        Output = output;
        AllowsLoss = allowsLoss;
        Reask = reask;
        OutputMode = outputMode;
        PlacesOutputFormat = placesOutputFormat;
        ToolLimits = toolLimits;
        Reasoning = reasoning;
        Consistency = consistency;
        Critique = critique;
    }

    /// <summary>Interface and method, for people: <c>ISupportDesk.RouteAsync</c>.</summary>
    public string Name { get; }

    /// <summary>The function's identity: namespace, interface, method and parameter types, <c>Contoso.ISupportDesk.RouteAsync(string, string, System.Threading.CancellationToken)</c>.</summary>
    public string Id { get; }

    /// <summary>
    /// The first 16 hexadecimal digits of the SHA-256 of prompts, examples and schema. It changes when, and only when, what is sent to the model changes
    /// other than by the arguments.
    /// </summary>
    public string PromptHash { get; }

    /// <summary>The prompt templates, in the order in which they are sent.</summary>
    public IReadOnlyList<PromptTemplate> Prompts { get; }

    /// <summary>The few-shot examples as declared.</summary>
    public IReadOnlyList<PromptExample> Examples { get; }

    /// <summary>The type that the reply must have, with its schema; <see langword="null"/> where the function returns text.</summary>
    public OutputSchema? Output { get; }

    /// <summary>Whether a reply may be accepted from which something was lost in repair: <see cref="AllowLossAttribute"/>.</summary>
    public bool AllowsLoss { get; }

    /// <summary>How often and how far the model is asked again when its reply does not fit, or <see langword="null"/> if it is not: <see cref="ReaskAttribute"/>.</summary>
    public ReaskPolicy? Reask { get; }

    /// <summary>How the model is asked for the type; <see cref="StructuredOutputMode.Auto"/> leaves it to <see cref="AiFunctionsOptions.OutputMode"/>.</summary>
    public StructuredOutputMode OutputMode { get; }

    /// <summary>Whether a template says where the type's description stands: <c>{{output_format}}</c>.</summary>
    public bool PlacesOutputFormat { get; }

    /// <summary>How far a call may go with the tools that the function offers; <see langword="null"/> if it offers none.</summary>
    public ToolLimits? ToolLimits { get; }

    /// <summary>Where the model reasons before it replies, or <see langword="null"/> if it is not asked to: <see cref="ReasoningAttribute"/>.</summary>
    public ReasoningPolicy? Reasoning { get; }

    /// <summary>How often the model is asked for a vote, or <see langword="null"/> if there is none: <see cref="SelfConsistencyAttribute"/>.</summary>
    public ConsistencyPolicy? Consistency { get; }

    /// <summary>How the model looks for mistakes in its reply, or <see langword="null"/> if it does not: <see cref="SelfCritiqueAttribute"/>.</summary>
    public CritiquePolicy? Critique { get; }

    /// <summary>The file (without folder) in which the function is declared.</summary>
    public string SourceFile { get; }

    /// <summary>The line, from 1, on which the function is declared.</summary>
    public int SourceLine { get; }

    /// <summary>The prompt templates as they are sent in a mode: with the description of the type in them in <see cref="StructuredOutputMode.Prompt"/>, without it in the others.</summary>
    /// <param name="mode">The mode; <see cref="StructuredOutputMode.Auto"/> is taken for <see cref="StructuredOutputMode.JsonSchema"/>.</param>
    public IReadOnlyList<PromptTemplate> PromptsFor(StructuredOutputMode mode) => Output is null ? Prompts : OutputRequest.Prompts(this, mode);

    /// <inheritdoc/>
    public override string ToString() => Id;

    /// <summary>The same function with other prompts.</summary>
    internal virtual AiFunctionInfo With(string promptHash, PromptTemplate[] prompts, bool placesOutputFormat) =>
        new(Name, Id, promptHash, prompts, [.. Examples], SourceFile, SourceLine, Output, AllowsLoss, Reask, OutputMode, placesOutputFormat, ToolLimits, Reasoning, Consistency, Critique);
}

/// <summary>The same, with the generated reader of its reply.</summary>
/// <typeparam name="T">What a reply becomes.</typeparam>
public sealed class AiFunctionInfo<T> : AiFunctionInfo
{
    /// <inheritdoc cref="AiFunctionInfo(string, string, string, PromptTemplate[], PromptExample[], string, int, OutputSchema?, bool, ReaskPolicy?, StructuredOutputMode, bool, ToolLimits?, ReasoningPolicy?, ConsistencyPolicy?, CritiquePolicy?)"/>
    /// <param name="reader">Reads a reply.</param>
    /// <param name="validator">Checks what was read, or <see langword="null"/> where its type has no rules.</param>
    /// <param name="comparison">Compares values, where they are voted on.</param>
#pragma warning disable CS1573 // The other parameters are inherited.
    public AiFunctionInfo(
        string name, string id, string promptHash, PromptTemplate[] prompts, PromptExample[] examples, string sourceFile, int sourceLine, OutputSchema output, OutputReader<T> reader,
        OutputValidation<T>? validator = null,
        bool allowsLoss = false, ReaskPolicy? reask = null, StructuredOutputMode outputMode = StructuredOutputMode.Auto, bool placesOutputFormat = false, ToolLimits? toolLimits = null,
        ReasoningPolicy? reasoning = null, ConsistencyPolicy? consistency = null, CritiquePolicy? critique = null, OutputComparison<T>? comparison = null)
        : base(name, id, promptHash, prompts, examples, sourceFile, sourceLine, output, allowsLoss, reask, outputMode, placesOutputFormat, toolLimits, reasoning, consistency, critique)
    {
        Reader = reader;
        Validator = validator;
        Comparison = comparison;
    }
#pragma warning restore CS1573

    /// <summary>Reads a reply, positioned on its first token.</summary>
    public OutputReader<T> Reader { get; }

    /// <summary>Checks a value that was read against the annotations of its type; <see langword="null"/> where those state no rules.</summary>
    public OutputValidation<T>? Validator { get; }

    internal OutputComparison<T>? Comparison { get; }

    internal override AiFunctionInfo With(string promptHash, PromptTemplate[] prompts, bool placesOutputFormat) =>
        new AiFunctionInfo<T>(Name, Id, promptHash, prompts, [.. Examples], SourceFile, SourceLine, Output!, Reader, Validator, AllowsLoss, Reask, OutputMode, placesOutputFormat, ToolLimits,
            Reasoning, Consistency, Critique, Comparison);
}

/// <summary>Reads one value of a reply; the reader stands on the value's first token, and afterwards on its last.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="reader">The JSON of the reply.</param>
public delegate T OutputReader<out T>(ref Utf8JsonReader reader);
