using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Reads the guards of a function: those of its interface, then its own, in the order in which they are written.</summary>
/// <param name="method">The function.</param>
/// <param name="returns">What it gives back.</param>
/// <param name="half">The user's part of the generated class, or null.</param>
/// <param name="stubStem">What the names of its stubs begin with, <c>GuardRoute</c>.</param>
/// <param name="problems">Collects what is wrong.</param>
internal sealed class GuardParser(IMethodSymbol method, ReturnKind returns, INamedTypeSymbol? half, string stubStem, List<Problem> problems)
{
    /// <summary>The guards of a method as attributes: those that name a class, of the interface and of the method, then its stubs.</summary>
    public static IEnumerable<AttributeData> Attributes(IMethodSymbol method) =>
        method.ContainingType.GetAttributes().Concat(method.GetAttributes()).Where(static a => IsInput(a) || IsOutput(a))
            .Concat(method.GetAttributes().Where(IsStub));

    /// <summary>Whether the attribute names a class that checks arguments.</summary>
    public static bool IsInput(AttributeData attribute) => attribute.AttributeClass.Is("AiSdk", "InputGuardAttribute", 1);

    /// <summary>Whether the attribute names a class that checks replies.</summary>
    public static bool IsOutput(AttributeData attribute) => attribute.AttributeClass.Is("AiSdk", "OutputGuardAttribute", 1);

    /// <summary>Whether the attribute asks for a stub.</summary>
    public static bool IsStub(AttributeData attribute) => attribute.AttributeClass.Is("AiSdk", "GuardAttribute");

    /// <summary>Whether a stub checks arguments.</summary>
    public static bool IsInputStub(AttributeData attribute) => attribute.ConstructorArguments is not [{ Value: 1 }];

    /// <summary>Reads them.</summary>
    public EquatableArray<GuardModel> Parse()
    {
        List<GuardModel> guards = [];
        foreach (AttributeData attribute in Attributes(method))
        {
            if (attribute.Named("TimeoutMilliseconds") is < 0)
                Fail(attribute, $"a guard cannot be given {attribute.Named("TimeoutMilliseconds")} milliseconds; leave TimeoutMilliseconds out for no limit");
            string settings = Settings(attribute);
            if (!IsStub(attribute))
                AddClass(guards, attribute, settings);
            else
                AddStub(guards, attribute, settings);
        }
        return guards.ToEquatableArray();
    }

    private void AddClass(List<GuardModel> guards, AttributeData attribute, string settings)
    {
        if (attribute.AttributeClass!.TypeArguments[0] is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Interface } type || type.TypeKind == TypeKind.Error)
            return;
        if (attribute.Named("CallsModel") is not true && type.BasesAndSelf().Any(static t => t.Is("AiSdk", "ModelGuard")))
        {
            Fail(attribute, $"{type.Display()} calls a model, which costs money and time on each call: say so with CallsModel = true");
            return;
        }
        bool canCreate = type is { TypeKind: TypeKind.Class, IsAbstract: false } && type.InstanceConstructors.Any(static c => c.Parameters.Length == 0 && c.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal);
        guards.Add(new GuardModel(IsInput(attribute), CSharp.TypeName(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)), canCreate, null, settings));
    }

    private void AddStub(List<GuardModel> guards, AttributeData attribute, string settings)
    {
        bool isInput = IsInputStub(attribute);
        if (!isInput && returns is ReturnKind.ElementStream or ReturnKind.PartialStream)
        {
            Fail(attribute, "a stub sees the whole value, which a stream of elements or parts shows piece by piece; use [OutputGuard<T>], or return Task<T>");
            return;
        }
        string name = $"{stubStem}{(isInput ? "Input" : "Output")}Async";
        if (guards.Any(guard => guard.Stub == name))
        {
            Fail(attribute, $"it asks for the stub {name} twice");
            return;
        }
        if (half?.GetMembers(name).OfType<IMethodSymbol>().Any() != true)
        {
            problems.Add(new Problem(ProblemKind.MissingGuardStub, $"its stub {name} is not written; add it to the partial class: {Declaration(name, isInput)}", new(method, SitePart.Attribute, attribute)) { Name = name, Replacement = Declaration(name, isInput) });
            return;
        }
        guards.Add(new GuardModel(isInput, null, false, name, settings));
    }

    private string Declaration(string name, bool isInput)
    {
        string value = returns is ReturnKind.Value or ReturnKind.Result && method.ReturnType is INamedTypeSymbol { TypeArguments: [var given] } ? (given.Is("AiSdk", "AiResult", 1) ? ((INamedTypeSymbol)given).TypeArguments[0] : given).ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat) : "string";
        IEnumerable<string> parameters = isInput
            ? method.Parameters.Where(static p => IsShownToStub(p.Type)).Select(static p => $"{p.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} {CSharp.Identifier(p.Name)}")
            : [$"{value} reply"];
        return $"private partial ValueTask<GuardVerdict> {name}({string.Join(", ", parameters.Append("GuardContext context"))})";
    }

    /// <summary>Whether a stub gets an argument of the type.</summary>
    public static bool IsShownToStub(ITypeSymbol type) => !type.Is("System.Threading", "CancellationToken") && !type.Is("Microsoft.Extensions.AI", "ChatOptions");

    private static string Settings(AttributeData attribute)
    {
        int timeout = attribute.Named("TimeoutMilliseconds") is int milliseconds ? milliseconds : 0;
        bool isOpen = attribute.Named("OnFailure") is 1;
        bool callsModel = attribute.Named("CallsModel") is true;
        return timeout == 0 && !isOpen && !callsModel
            ? "default"
            : $"new({CSharp.Literal(timeout)}, global::AiSdk.GuardFailureMode.{(isOpen ? "Open" : "Closed")}, {(callsModel ? "true" : "false")})";
    }

    // A problem of the interface's attribute shows at each of its functions' names: the attribute is not the function's.
    private void Fail(AttributeData attribute, string message) =>
        problems.Add(new Problem(ProblemKind.InvalidGuard, message, new(method, SitePart.Attribute, attribute)));
}
