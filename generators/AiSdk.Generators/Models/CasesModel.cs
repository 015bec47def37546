using AiSdk.Generators.Helpers;

namespace AiSdk.Generators.Models;

/// <summary>The functions of an interface that are evaluated on cases in files: what is known without the files.</summary>
internal sealed record CasesModel
{
    /// <summary>The namespace, or empty for the global one.</summary>
    public required string Namespace { get; init; }

    /// <summary>The declarations of the types around it, outermost first.</summary>
    public required EquatableArray<string> ContainingTypes { get; init; }

    /// <summary>The interface as it can be written anywhere.</summary>
    public required string InterfaceType { get; init; }

    /// <summary>The generated class's name.</summary>
    public required string ClassName { get; init; }

    /// <summary>The accessibility keyword.</summary>
    public required string Accessibility { get; init; }

    /// <summary>The generated file's name.</summary>
    public required string HintName { get; init; }

    /// <summary>Whether AiSdk.Evaluation is referenced: without it the cases are checked, and nothing is generated.</summary>
    public required bool HasEvaluation { get; init; }

    /// <summary>Whether some of the types do not say what may be null.</summary>
    public required bool IsOblivious { get; init; }

    /// <summary>The functions with cases.</summary>
    public required EquatableArray<CasesFunctionModel> Functions { get; init; }

    /// <summary>The types of arguments and values.</summary>
    public required EquatableArray<TypeModel> Types { get; init; }
}

/// <summary>A function with cases.</summary>
internal sealed record CasesFunctionModel
{
    /// <summary>Interface and method, for people.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The generated property.</summary>
    public required string MemberName { get; init; }

    /// <summary>The path of the file as written.</summary>
    public required string Path { get; init; }

    /// <summary>The arguments as an object, by its index.</summary>
    public required int Arguments { get; init; }

    /// <summary>The value's type as C#.</summary>
    public required string ValueType { get; init; }

    /// <summary>The value's type, or null for text.</summary>
    public required TypeUse? Output { get; init; }

    /// <summary>The value's type for people.</summary>
    public required string ValueName { get; init; }
}

/// <summary>The same with what stands in the files.</summary>
/// <param name="Declared">The functions.</param>
/// <param name="Files">The cases of each of them, in their order.</param>
internal sealed record CasesInFilesModel(CasesModel Declared, EquatableArray<CaseFileModel> Files);

/// <summary>The cases of a function.</summary>
/// <param name="FileName">The file, without folder.</param>
/// <param name="Lines">The cases, each as JSON with id, input, expected and tags.</param>
/// <param name="Failure">Why they cannot be used, or null.</param>
internal sealed record CaseFileModel(string FileName, EquatableArray<string> Lines, string? Failure);
