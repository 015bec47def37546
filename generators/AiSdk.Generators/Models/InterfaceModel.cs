using AiSdk.Generators.Helpers;

namespace AiSdk.Generators.Models;

/// <summary>An interface of AI functions: all that its generated file is made from. Equal models give equal files.</summary>
internal sealed record InterfaceModel
{
    /// <summary>The ids of warnings that the declarations give where they are used.</summary>
    public EquatableArray<string> Suppressed { get; init; }

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

    /// <summary>The class of the registration method.</summary>
    public required string RegistrationClass { get; init; }

    /// <summary>The class as the registration method can name it, <c>global::Demo.Desk&lt;T&gt;</c>.</summary>
    public required string ClassType { get; init; }

    /// <summary>The accessibility of the registration method.</summary>
    public required string RegistrationAccessibility { get; init; }

    /// <summary>The generated file's name.</summary>
    public required string HintName { get; init; }

    /// <summary>Whether some of its types do not say what may be null, so that the compiler's warnings of null would be about them and not about the generated code.</summary>
    public required bool IsOblivious { get; init; }

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

    /// <summary>The names that nothing else in the class may have: those of members, parameters, type parameters and descriptors.</summary>
    public required EquatableArray<string> MemberNames { get; init; }
}
