using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Finds the functions of an interface that have <c>[Cases]</c>, without looking at the files: these change more often than declarations.</summary>
internal static class CasesParser
{
    private const string EvalCase = "AiSdk.Evaluation.EvalCase`2";
    private const string FunctionSuffix = "Async";

    /// <summary>Parses an interface; null if none of its functions has cases.</summary>
    /// <param name="type">The interface.</param>
    /// <param name="compilation">Its compilation.</param>
    /// <param name="cancellationToken">Stops parsing.</param>
    public static ParsedCases? Parse(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        List<(IMethodSymbol Method, AttributeData Attribute)> declared = [.. Declared(type)];
        if (declared.Count == 0)
            return null;
        List<Problem> problems = [];
        InterfaceModel header = InterfaceParser.Header(type, compilation, cancellationToken);
        bool hasEvaluation = compilation.GetTypeByMetadataName(EvalCase) is not null;
        ISymbol scope = type.ContainingType is { } outer ? outer : compilation.Assembly;
        OutputTypeParser types = new(compilation, scope, mayUseAccessors: true, cancellationToken);
        string className = InterfaceParser.ClassName(type.Name) + "Cases";
        HashSet<string> names = new(StringComparer.Ordinal) { className, "Readers" };
        List<CasesFunctionModel> functions = [];
        List<(IMethodSymbol, AttributeData)> kept = [];
        foreach ((IMethodSymbol method, AttributeData attribute) in declared)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ProblemSite at = new(method, SitePart.Attribute, attribute);
            if (!hasEvaluation)
                problems.Add(new Problem(ProblemKind.EvaluationNotReferenced, $"the cases of {type.Name}.{method.Name} are checked, but no class gives them: reference AiSdk.Evaluation, in which EvalCase is", at) { IsHarmless = true });
            if (header.Failure is not null || Function(type, method, attribute, types, names, compilation, problems, at) is not { } function)
                continue;
            functions.Add(function);
            kept.Add((method, attribute));
        }
        CasesModel model = new()
        {
            Namespace = header.Namespace,
            ContainingTypes = header.ContainingTypes,
            InterfaceType = header.InterfaceType,
            ClassName = className,
            Accessibility = CSharp.Accessibility(type.DeclaredAccessibility),
            HintName = InterfaceParser.HintName(type, ".Cases.g.cs"),
            HasEvaluation = hasEvaluation,
            IsOblivious = types.MetOblivious,
            Functions = functions.ToEquatableArray(),
            Types = types.Types,
        };
        return new ParsedCases(model, problems, kept);
    }

    private static IEnumerable<(IMethodSymbol, AttributeData)> Declared(INamedTypeSymbol type)
    {
        // An inherited function's cases are its own interface's matter where that generates a class.
        foreach (INamedTypeSymbol level in new[] { type }.Concat(type.AllInterfaces.Where(static i => !i.Has("AiSdk", "AiFunctionsAttribute"))))
        {
            foreach (ISymbol member in level.GetMembers())
            {
                if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary } method && method.Attribute("AiSdk", "CasesAttribute") is { } attribute)
                    yield return (method, attribute);
            }
        }
    }

    private static CasesFunctionModel? Function(
        INamedTypeSymbol type, IMethodSymbol method, AttributeData attribute, OutputTypeParser types, HashSet<string> names, Compilation compilation, List<Problem> problems, ProblemSite at)
    {
        string name = $"{type.Name}.{method.Name}";
        if (attribute.Text() is not { Length: > 0 } path)
            return Fail("the file of cases is not named");
        if (!path.EndsWith(PromptFiles.CasesExtension, StringComparison.OrdinalIgnoreCase))
            return Fail($"the name of a file of cases ends in '{PromptFiles.CasesExtension}', so that an edit of it does not touch what examples and prompts are made of; '{path}' does not");
        for (INamedTypeSymbol? level = type; level is not null; level = level.ContainingType)
        {
            if (level.IsGenericType)
                return Fail($"{level.Name} is generic, so that its cases have no one type");
        }
        if (method.IsGenericMethod || ValueType(method, compilation) is not { } value)
            return Fail($"{name} gives nothing that could be compared with what is expected");

        List<IParameterSymbol> given = [];
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            ParameterKind kind = ParameterInfo.Of(parameter).Kind;
            if (kind is ParameterKind.CancellationToken or ParameterKind.Options)
                continue;
            bool canBeGiven = kind == ParameterKind.Data && types.Parse(parameter.Type, out _) is not null;
            if (canBeGiven)
                given.Add(parameter);
            else if (!parameter.IsOptional)
                return Fail($"a case cannot give the parameter '{parameter.Name}' of {name}: a line of JSON has no {parameter.Type.Display()}");
        }
        if (given.Count == 0)
            return Fail($"{name} takes nothing that a case could give");
        string stem = method.Name.Length > FunctionSuffix.Length && method.Name.EndsWith(FunctionSuffix, StringComparison.Ordinal) ? method.Name.Substring(0, method.Name.Length - FunctionSuffix.Length) : method.Name;
        string member = CSharp.Unique(stem, names);
        if (types.ParseArguments(type, CSharp.Unique(member + "Input", names), given, out OutputTypeProblem? problem) is not { } arguments)
            return Fail($"a case cannot give the parameter '{problem!.Member?.Name}' of {name}: {problem.Message}");
        TypeUse? output = value.SpecialType == SpecialType.System_String ? null : types.Parse(value, out problem);
        if (value.SpecialType != SpecialType.System_String && output is null)
            return Fail($"what {name} gives cannot be read from JSON: {problem!.Message}");
        return new CasesFunctionModel
        {
            DisplayName = name,
            MemberName = CSharp.Identifier(member),
            Path = path,
            Arguments = arguments,
            ValueType = CSharp.TypeName(value),
            ValueName = value.Display(),
            Output = output,
        };

        CasesFunctionModel? Fail(string message)
        {
            problems.Add(new Problem(ProblemKind.InvalidCases, message, at) { IsHarmless = true });
            return null;
        }
    }

    /// <summary>The type of what the function gives, whatever it comes in.</summary>
    private static ITypeSymbol? ValueType(IMethodSymbol method, Compilation compilation)
    {
        if (method.ReturnType is not INamedTypeSymbol { TypeArguments: [ITypeSymbol value] } type)
            return null;
        if (type.Is("System.Collections.Generic", "IAsyncEnumerable", 1))
        {
            if (value.SpecialType == SpecialType.System_String)
                return value;
            return value.Is("AiSdk", "Partial", 1)
                ? ((INamedTypeSymbol)value).TypeArguments[0]
                : compilation.GetTypeByMetadataName("System.Collections.Generic.IReadOnlyList`1")?.Construct([value], [value.NullableAnnotation]).WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        }
        if (!type.Is("System.Threading.Tasks", "Task", 1) && !type.Is("System.Threading.Tasks", "ValueTask", 1))
            return null;
        return value.Is("AiSdk", "AiResult", 1) ? ((INamedTypeSymbol)value).TypeArguments[0] : value;
    }
}

/// <summary>What parsing gives: the model for the generator, the rest for the analyzer.</summary>
/// <param name="Model">The functions with cases.</param>
/// <param name="Problems">What is wrong with the declarations.</param>
/// <param name="Methods">The methods and their attributes, in the order of the model's functions.</param>
internal sealed record ParsedCases(CasesModel Model, IReadOnlyList<Problem> Problems, IReadOnlyList<(IMethodSymbol Method, AttributeData Attribute)> Methods);
