using AiSdk.Generators.Helpers;

namespace AiSdk.Generators.Models;

/// <summary>A type with tools, or an interface whose AI functions are offered as tools: all that its generated file is made from.</summary>
internal sealed record ToolsModel
{
    /// <summary>Why nothing can be generated at all, or null.</summary>
    public string? Failure { get; init; }

    /// <summary>The namespace, or empty for the global one.</summary>
    public required string Namespace { get; init; }

    /// <summary>The declarations of the types around the generated class, outermost first; none where it lies in the namespace.</summary>
    public EquatableArray<string> ContainingTypes { get; init; }

    /// <summary>The type as it can be written anywhere.</summary>
    public required string TargetType { get; init; }

    /// <summary>The type's name for people.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The generated class, or the client's half.</summary>
    public required string ClassName { get; init; }

    /// <summary>The accessibility keyword.</summary>
    public required string Accessibility { get; init; }

    /// <summary>The generated file's name.</summary>
    public required string HintName { get; init; }

    /// <summary>Whether the tools are the AI functions of an interface, so that what is generated is a half of its client.</summary>
    public bool AreFunctions { get; init; }

    /// <summary>The class in it that has the tools themselves.</summary>
    public string ToolsName { get; init; } = "Tools";

    /// <summary>Whether all tools are static, so that no instance is needed.</summary>
    public bool IsStatic { get; init; }

    /// <summary>Whether static methods can be made to look like the type's own: C# 14.</summary>
    public bool HasStaticExtensions { get; init; }

    /// <summary>Whether an instance can be created without arguments.</summary>
    public bool CanBeCreated { get; init; }

    /// <summary>Whether some of the types do not say what may be null.</summary>
    public required bool IsOblivious { get; init; }

    /// <summary>The ids of warnings that the declarations give where they are used.</summary>
    public EquatableArray<string> Suppressed { get; init; }

    /// <summary>The tools, in order of declaration.</summary>
    public required EquatableArray<ToolModel> Tools { get; init; }

    /// <summary>The types of arguments that a model gives, and the arguments of each tool.</summary>
    public required EquatableArray<TypeModel> InputTypes { get; init; }

    /// <summary>The types of results.</summary>
    public required EquatableArray<ArgumentTypeModel> ResultTypes { get; init; }
}

/// <summary>What a tool gives.</summary>
internal enum ToolResultKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Text, or something that the chat client knows what to do with.</summary>
    AsIs,

    /// <summary>A value that is written as JSON.</summary>
    Json,
}

/// <summary>How a method gives its result.</summary>
internal enum ToolCallKind
{
    /// <summary>At once.</summary>
    Sync,

    /// <summary>In a task.</summary>
    Awaited,

    /// <summary>As a sequence that comes bit by bit, of which the list is given.</summary>
    Collected,

    /// <summary>As pieces of text, of which the whole is given.</summary>
    Joined,
}

/// <summary>A tool.</summary>
internal sealed record ToolModel
{
    /// <summary>What the model calls it by.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, or empty.</summary>
    public required string Description { get; init; }

    /// <summary>The member of ToolEffect.</summary>
    public required string Effect { get; init; }

    /// <summary>Whether it is a function whose own tools ask for approval, so that it does not.</summary>
    public bool AsksItself { get; init; }

    /// <summary>The method, escaped.</summary>
    public required string Method { get; init; }

    /// <summary>The stem of what is generated for it: <c>GetOrder</c>.</summary>
    public required string MemberName { get; init; }

    /// <summary>Whether it needs no instance.</summary>
    public required bool IsStatic { get; init; }

    /// <summary>The type with the arguments that the model gives, or null if it gives none.</summary>
    public required int Arguments { get; init; }

    /// <summary>What the method is called with, as C#: <c>arguments.id</c>.</summary>
    public required EquatableArray<string> Parameters { get; init; }

    /// <summary>How the result comes.</summary>
    public required ToolCallKind Call { get; init; }

    /// <summary>What it is.</summary>
    public required ToolResultKind Result { get; init; }

    /// <summary>Of a value that is written: its type.</summary>
    public ArgumentUse ResultType { get; init; }

    /// <summary>The property that holds the value, <c>.Value</c>, or empty.</summary>
    public string ResultMember { get; init; } = "";
}
