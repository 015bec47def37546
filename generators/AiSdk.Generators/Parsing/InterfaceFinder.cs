using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Goes through a compilation's own source.</summary>
internal static class InterfaceFinder
{
    /// <summary>All types that are declared in a compilation.</summary>
    public static IEnumerable<INamedTypeSymbol> Types(Compilation compilation)
    {
        Stack<INamespaceOrTypeSymbol> open = new([compilation.Assembly.GlobalNamespace]);
        while (open.Count > 0)
        {
            INamespaceOrTypeSymbol symbol = open.Pop();
            foreach (INamespaceOrTypeSymbol member in symbol.GetMembers().OfType<INamespaceOrTypeSymbol>())
                open.Push(member);
            if (symbol is INamedTypeSymbol type)
                yield return type;
        }
    }

    /// <summary>All interfaces of AI functions in a compilation, parsed.</summary>
    public static IEnumerable<ParseResult<InterfaceModel>> Parsed(Compilation compilation, PromptFiles files, CancellationToken cancellationToken)
    {
        foreach (INamedTypeSymbol type in Types(compilation))
        {
            if (type.TypeKind == TypeKind.Interface && type.Attribute("AiSdk", "AiFunctionsAttribute") is { } attribute && InterfaceParser.IsFirst(type, attribute))
                yield return InterfaceParser.Parse(type, compilation, files, cancellationToken);
        }
    }
}
