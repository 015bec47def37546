using AiSdk.Generators.Helpers;

namespace AiSdk.Generators.Models;

/// <summary>An interface of AI functions: all that its generated file is made from. Equal models give equal files.</summary>
internal sealed record InterfaceModel
{
    /// <summary>The namespace, or empty for the global one.</summary>
    public required string Namespace { get; init; }

    /// <summary>The declarations of the types around it, outermost first: <c>partial class Outer&lt;T&gt;</c>.</summary>
    public required EquatableArray<string> ContainingTypes { get; init; }

    /// <summary>The interface as it can be written anywhere, <c>global::Demo.IDesk&lt;T&gt;</c>.</summary>
    public required string InterfaceType { get; init; }

    /// <summary>The class's name without type parameters, escaped.</summary>
    public required string ClassName { get; init; }

    /// <summary>The class's type parameters, <c>&lt;T&gt;</c>, or empty.</summary>
    public required string TypeParameters { get; init; }

    /// <summary>Their constraints, each with a leading blank, or empty.</summary>
    public required string Constraints { get; init; }

    /// <summary>The accessibility keyword.</summary>
    public required string Accessibility { get; init; }

    /// <summary>What <c>Add</c> is followed by in the registration method, or null where the interface cannot be named outside its container.</summary>
    public required string? RegistrationName { get; init; }

    /// <summary>The class as the registration method can name it, <c>global::Demo.Desk&lt;T&gt;</c>.</summary>
    public required string ClassType { get; init; }

    /// <summary>The accessibility of the registration method.</summary>
    public required string RegistrationAccessibility { get; init; }

    /// <summary>The generated file's name.</summary>
    public required string HintName { get; init; }

    /// <summary>Why no class can be generated at all, or null.</summary>
    public string? Failure { get; init; }

    /// <summary>The functions, in order of declaration, inherited ones last.</summary>
    public required EquatableArray<FunctionModel> Functions { get; init; }

    /// <summary>Whole declarations of members that are no functions; their bodies throw.</summary>
    public required EquatableArray<string> OtherMembers { get; init; }

    /// <summary>The types that replies are read into; they name each other by index.</summary>
    public required EquatableArray<TypeModel> OutputTypes { get; init; }

    /// <summary>The types of arguments that are written as JSON.</summary>
    public required EquatableArray<ArgumentTypeModel> ArgumentTypes { get; init; }

    /// <summary>The names of the interface's members, which nothing else in the class may have.</summary>
    public required EquatableArray<string> MemberNames { get; init; }
}
