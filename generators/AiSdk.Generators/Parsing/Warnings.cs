using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>What the compiler says of the use of a declaration, under an id that the declaration chooses: that it is experimental, or obsolete. Whoever declares a function or a tool with it has accepted that; generated code only repeats it.</summary>
internal static class Warnings
{
    /// <summary>The ids that the use of some declarations gives, ordered; of their types, as far as their signatures and the properties behind these name them.</summary>
    public static EquatableArray<string> Of(IEnumerable<ISymbol> symbols)
    {
        SortedSet<string> ids = new(StringComparer.Ordinal);
        HashSet<ISymbol> seen = new(SymbolEqualityComparer.Default);
        Stack<ISymbol> open = new(symbols);
        while (open.Count > 0)
        {
            ISymbol symbol = open.Pop();
            if (!seen.Add(symbol))
                continue;
            foreach (AttributeData attribute in symbol.GetAttributes())
            {
                if (attribute.AttributeClass.Is("System.Diagnostics.CodeAnalysis", "ExperimentalAttribute") && attribute.ConstructorArguments is [{ Value: string experimental }])
                    ids.Add(experimental);
                else if (attribute.AttributeClass.Is("System", "ObsoleteAttribute") && attribute.Named("DiagnosticId") is string obsolete)
                    ids.Add(obsolete);
            }
            foreach (ISymbol next in Next(symbol))
                open.Push(next);
        }
        ids.RemoveWhere(static id => id.Length == 0 || !id.All(static c => char.IsLetterOrDigit(c) || c == '_'));
        return ids.ToEquatableArray();
    }

    private static IEnumerable<ISymbol> Next(ISymbol symbol)
    {
        switch (symbol)
        {
            case IMethodSymbol method:
                return method.Parameters.Select(static p => (ISymbol)p.Type).Concat([method.ReturnType, method.ContainingType]);
            case IPropertySymbol property:
                return [property.Type];
            case IArrayTypeSymbol array:
                return [array.ElementType];
            case INamedTypeSymbol type:
                IEnumerable<ISymbol> around = type.TypeArguments.Concat<ISymbol>(type.ContainingType is { } container ? [container] : []);
                return IsOfThePlatform(type) ? around : around.Concat(type.GetMembers().Where(static m => m is IPropertySymbol { IsStatic: false } or INamedTypeSymbol or IFieldSymbol { IsStatic: true })).Concat(type.BaseType is { } from ? [from] : []);
            default:
                return [];
        }
    }

    // Their graphs are large, and what of them is experimental is in no value.
    private static bool IsOfThePlatform(INamedTypeSymbol type)
    {
        INamespaceSymbol? @namespace = type.ContainingNamespace;
        while (@namespace is { ContainingNamespace: { IsGlobalNamespace: false } outer })
            @namespace = outer;
        return @namespace is { Name: "System" or "Microsoft" };
    }
}
