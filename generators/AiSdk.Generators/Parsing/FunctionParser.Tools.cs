using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>The tools that a function offers its model.</summary>
internal sealed partial class FunctionParser
{
    private const int DefaultSteps = 10;
    private const int DefaultCalls = 30;

    /// <summary>What the method and its interface say of tools.</summary>
    public static IEnumerable<AttributeData> ToolAttributes(IMethodSymbol method) =>
        method.GetAttributes().Concat(method.ContainingType.GetAttributes()).Where(static a => a.AttributeClass.Is("AiSdk", "ToolsAttribute", 1) || a.AttributeClass.Is("AiSdk", "ToolsAttribute"));

    private FunctionModel? WithTools(IMethodSymbol method, List<ParameterInfo> parameters, FunctionModel function)
    {
        List<string> sources = [];
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach (AttributeData attribute in ToolAttributes(method))
        {
            ITypeSymbol? type = attribute.AttributeClass!.Arity == 1 ? attribute.AttributeClass.TypeArguments[0] : attribute.ConstructorArguments.FirstOrDefault().Value as ITypeSymbol;
            ISymbol site = method.GetAttributes().Contains(attribute) ? method : method.ContainingType;
            // While it is being typed the name may mean nothing yet, which the C# compiler says.
            if (type is null or IErrorTypeSymbol)
                return null;
            if (ToolsParser.WhyNotOffered(type, compilation) is { } reason)
                return Fail(ProblemKind.NoTools, reason, new(site, SitePart.Attribute, attribute));
            string source = ToolsParser.ToolsClass((INamedTypeSymbol)type);
            if (sources.Contains(source))
                continue;
            sources.Add(source);
            foreach (string name in ToolsParser.AllMethods((INamedTypeSymbol)type).Select(ToolsParser.NameOf).Distinct(StringComparer.Ordinal))
            {
                if (owners.TryGetValue(name, out string? owner))
                    return Fail(ProblemKind.SameToolNames, $"{owner} and {type.Display()} both have a tool '{name}', of which a model could call only one; give one of them a name of its own: [AiTool(\"…\")]", new(site, SitePart.Attribute, attribute));
                owners.Add(name, type.Display());
            }
        }
        List<string> given = [.. parameters.Where(static p => p.Kind == ParameterKind.Tools).Select(static p => CSharp.Identifier(p.Symbol.Name))];
        if (sources.Count == 0 && given.Count == 0)
            return function;

        AttributeData? limits = method.Attribute("AiSdk", "ToolLimitsAttribute") ?? method.ContainingType.Attribute("AiSdk", "ToolLimitsAttribute");
        ToolLimitsModel model = new(Number("Steps", DefaultSteps), Number("Calls", DefaultCalls), Number("Tokens", 0), Number("Seconds", 0));
        if (model.Steps is < 2 or > 100 || model.Calls is < 1 or > 1000 || model.Tokens < 0 || model.Seconds < 0)
        {
            return Fail(
                ProblemKind.InvalidOptions, $"[ToolLimits] wants 2 to 100 steps, 1 to 1000 calls, and no negative tokens or seconds, not {model.Steps}, {model.Calls}, {model.Tokens} and {model.Seconds}",
                new(limits is not null && method.GetAttributes().Contains(limits) ? method : method.ContainingType, SitePart.Attribute, limits));
        }
        return function with { ToolSources = sources.ToEquatableArray(), ToolParameters = given.ToEquatableArray(), ToolLimits = model };

        int Number(string name, int otherwise) => limits?.Named(name) is int number ? number : otherwise;
    }
}
