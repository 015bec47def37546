using AiSdk.Generators.Helpers;

namespace AiSdk.Generators.Models;

/// <summary>What a function gives back, and how.</summary>
internal enum ReturnKind
{
    /// <summary><c>Task&lt;T&gt;</c></summary>
    Value,

    /// <summary><c>Task&lt;AiResult&lt;T&gt;&gt;</c></summary>
    Result,

    /// <summary><c>Task&lt;string&gt;</c></summary>
    Text,

    /// <summary><c>Task&lt;AiResult&lt;string&gt;&gt;</c></summary>
    TextResult,

    /// <summary><c>IAsyncEnumerable&lt;string&gt;</c></summary>
    TextStream,

    /// <summary><c>IAsyncEnumerable&lt;T&gt;</c>: the elements of a list.</summary>
    ElementStream,

    /// <summary><c>IAsyncEnumerable&lt;Partial&lt;T&gt;&gt;</c></summary>
    PartialStream,
}

/// <summary>An AI function.</summary>
internal sealed record FunctionModel
{
    /// <summary>The method's name, escaped.</summary>
    public required string Name { get; init; }

    /// <summary>Interface and method, for people.</summary>
    public required string DisplayName { get; init; }

    /// <summary>Namespace, interface, method and parameter types.</summary>
    public required string Id { get; init; }

    /// <summary>The property with the function's descriptor.</summary>
    public required string InfoName { get; init; }

    /// <summary>Everything before the parameter list: <c>public global::…Task&lt;int&gt; FooAsync</c>.</summary>
    public required string Signature { get; init; }

    /// <summary>The parameters as they are declared.</summary>
    public required EquatableArray<string> ParameterDeclarations { get; init; }

    /// <summary>Constraints after the parameter list, or empty.</summary>
    public string Constraints { get; init; } = "";

    /// <summary>Why the function cannot be compiled, or null. Then only its declaration counts, and its body throws.</summary>
    public string? Failure { get; init; }

    /// <summary>What it gives back.</summary>
    public ReturnKind Returns { get; init; }

    /// <summary>Whether it does so in a ValueTask.</summary>
    public bool IsValueTask { get; init; }

    /// <summary>The value's type as it is written, with its nullable annotation.</summary>
    public string ValueType { get; init; } = "string";

    /// <summary>The value's type, or null for text.</summary>
    public TypeUse? Output { get; init; }

    /// <summary>The names of parameters that may not be null.</summary>
    public EquatableArray<string> NullChecked { get; init; }

    /// <summary>The names of all parameters, which local variables may not have.</summary>
    public EquatableArray<string> ParameterNames { get; init; }

    /// <summary>The CancellationToken parameter, or null.</summary>
    public string? CancellationToken { get; init; }

    /// <summary>The ChatOptions parameter, or null.</summary>
    public string? ChatOptions { get; init; }

    /// <summary>The prompts, in order.</summary>
    public EquatableArray<PromptModel> Prompts { get; init; }

    /// <summary>The examples, in order.</summary>
    public EquatableArray<ExampleModel> Examples { get; init; }

    /// <summary>The parameters that user prompts use: what an example gives.</summary>
    public EquatableArray<ExampleParameter> ExampleParameters { get; init; }

    /// <summary>The parameters that a prompt may show, in order.</summary>
    public EquatableArray<PromptParameterModel> PromptParameters { get; init; }

    /// <summary>The key of the chat client to use, or null for the class's own.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Settings as assignments: <c>Temperature = 0F</c>.</summary>
    public EquatableArray<OptionModel> Options { get; init; }

    /// <summary>Whether repairs may lose something.</summary>
    public bool AllowsLoss { get; init; }

    /// <summary>How the model is asked again, or null.</summary>
    public ReaskModel? Reask { get; init; }

    /// <summary>Whether and how the model reasons first, or null.</summary>
    public ReasoningModel? Reasoning { get; init; }

    /// <summary>How often it is asked for a vote, or null.</summary>
    public ConsistencyModel? Consistency { get; init; }

    /// <summary>How it looks for mistakes in its reply, or null.</summary>
    public CritiqueModel? Critique { get; init; }

    /// <summary>The mode in which the reply is asked for, or null where the options say it.</summary>
    public string? OutputMode { get; init; }

    /// <summary>The variable that stands for {{output_format}}, or null if no prompt says it.</summary>
    public string? OutputFormat { get; init; }

    /// <summary>The generated classes whose tools are offered, as C#.</summary>
    public EquatableArray<string> ToolSources { get; init; }

    /// <summary>The parameters with tools from elsewhere.</summary>
    public EquatableArray<string> ToolParameters { get; init; }

    /// <summary>How far a call may go with its tools; null if it has none.</summary>
    public ToolLimitsModel? ToolLimits { get; init; }

    /// <summary>The guards: those that are classes, in order, then the stubs.</summary>
    public EquatableArray<GuardModel> Guards { get; init; }

    /// <summary>How parameters are filled that the caller left out.</summary>
    public EquatableArray<RetrievalModel> Retrievals { get; init; }

    /// <summary>All parameters, of a function that awaits guards or retrievers.</summary>
    public EquatableArray<ExampleParameter> Parameters { get; init; }

    /// <summary>The parameters that an input stub is given.</summary>
    public EquatableArray<ExampleParameter> StubParameters { get; init; }

    /// <summary>The return type, of a function that awaits guards or retrievers.</summary>
    public string ReturnType { get; init; } = "";

    /// <summary>What its stream gives or its task holds, of a function that awaits guards or retrievers.</summary>
    public string ItemType { get; init; } = "";

    /// <summary>The declaring file, without folder.</summary>
    public string SourceFile { get; init; } = "";

    /// <summary>The declaring line, from 1.</summary>
    public int SourceLine { get; init; }
}

/// <summary>How far a call may go with its tools.</summary>
internal sealed record ToolLimitsModel(int Steps, int Calls, int Tokens, int Seconds);

/// <summary>How the model is asked again.</summary>
/// <param name="Attempts">How often.</param>
/// <param name="TokenBudget">For how many tokens.</param>
internal sealed record ReaskModel(int Attempts, int TokenBudget);

/// <summary>How the model reasons first.</summary>
/// <param name="Instruction">What it is to think about: the description of the field.</param>
/// <param name="Source">The member of ReasoningSource.</param>
internal sealed record ReasoningModel(string Instruction, string Source);

/// <summary>How replies are voted on.</summary>
/// <param name="Samples">How many.</param>
/// <param name="MaxConcurrency">How many at the same time.</param>
/// <param name="TokenBudget">For how many tokens, 0 for any number.</param>
internal sealed record ConsistencyModel(int Samples, int MaxConcurrency, int TokenBudget);

/// <summary>How the model looks for mistakes in its reply.</summary>
/// <param name="Rounds">How often.</param>
/// <param name="TokenBudget">For how many tokens.</param>
/// <param name="Criteria">What it looks for, or null.</param>
internal sealed record CritiqueModel(int Rounds, int TokenBudget, string? Criteria);

/// <summary>A property of ChatOptions that the function sets.</summary>
/// <param name="Property">The property.</param>
/// <param name="Value">Its value as C#.</param>
/// <param name="Json">Its value as JSON.</param>
internal sealed record OptionModel(string Property, string Value, string Json);

/// <summary>A few-shot example.</summary>
/// <param name="Input">As written.</param>
/// <param name="Output">As written.</param>
/// <param name="Arguments">The arguments as C#, one for each of the function's example parameters.</param>
/// <param name="Reply">What the assistant's message says: the output, in the wrapper where the type has one.</param>
/// <param name="Reasoning">What the model should have thought, or null.</param>
internal sealed record ExampleModel(string Input, string Output, EquatableArray<ExampleArgument> Arguments, string Reply, string? Reasoning = null);

/// <summary>An example's argument.</summary>
/// <param name="Json">The value's JSON, or the text itself where <paramref name="Type"/> is null.</param>
/// <param name="Type">The type that reads it.</param>
/// <param name="Passages">The passages that it is; null for any other value.</param>
internal sealed record ExampleArgument(string Json, TypeUse? Type, EquatableArray<ExamplePassage>? Passages = null);

/// <summary>A passage that an example shows.</summary>
internal sealed record ExamplePassage(string Id, string Text, string? Source, EquatableArray<string> Headings);

/// <summary>A parameter of a prompt method.</summary>
/// <param name="Type">Its type as C#.</param>
/// <param name="Name">Its name, escaped.</param>
internal sealed record ExampleParameter(string Type, string Name);
