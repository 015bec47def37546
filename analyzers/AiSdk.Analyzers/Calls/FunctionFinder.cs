using System.Collections.Concurrent;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AiSdk.Analyzers.Calls;

/// <summary>Tells which of a compilation's calls are of AI functions. What a type has of them is looked up once, since every call of any method is asked about.</summary>
internal sealed class FunctionFinder
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _annotated = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, HashSet<IMethodSymbol>> _inherited = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, ILookup<string, IMethodSymbol>> _implemented = new(SymbolEqualityComparer.Default);

    /// <summary>
    /// The method of the interface that is called, be it through the annotated interface, through one that inherits from it, or through the generated class; else null. A method that the annotated
    /// interface has from one without the attribute is a function where it is called through the annotated one.
    /// </summary>
    public IMethodSymbol? Declaration(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        if (method.IsStatic)
            return null;
        INamedTypeSymbol type = method.ContainingType;
        return type.TypeKind switch
        {
            TypeKind.Interface => method.IsAbstract && (IsAnnotated(type) || IsInherited(method, call.Instance?.Type)) ? method : null,
            TypeKind.Class => Implemented(method, type),
            _ => null,
        };
    }

    private bool IsAnnotated(INamedTypeSymbol type) => _annotated.GetOrAdd(type, static t => t.Has("AiSdk", "AiFunctionsAttribute"));

    private bool IsInherited(IMethodSymbol method, ITypeSymbol? receiver) =>
        receiver is not null && !SymbolEqualityComparer.Default.Equals(receiver, method.ContainingType)
        && _inherited.GetOrAdd(receiver, r => new HashSet<IMethodSymbol>(Interfaces(r).Where(IsAnnotated).SelectMany(Inherited), SymbolEqualityComparer.Default)).Contains(method);

    /// <summary>The methods of the generated class's interfaces by name; none for any other class.</summary>
    private ILookup<string, IMethodSymbol> Implemented(INamedTypeSymbol type) => _implemented.GetOrAdd(
        type,
        t => (t.Attribute("System.CodeDom.Compiler", "GeneratedCodeAttribute").Text() == "AiSdk.Generators" ? t.AllInterfaces.Where(IsAnnotated) : [])
            .SelectMany(annotated => annotated.GetMembers().OfType<IMethodSymbol>().Where(static m => m.IsAbstract).Concat(Inherited(annotated)))
            .ToLookup(static m => m.Name, StringComparer.Ordinal));

    private IMethodSymbol? Implemented(IMethodSymbol method, INamedTypeSymbol type)
    {
        IMethodSymbol? alike = null;
        foreach (IMethodSymbol candidate in Implemented(type)[method.Name])
        {
            if (SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(candidate), method.OriginalDefinition))
                return candidate;
            if (candidate.Parameters.Length == method.Parameters.Length)
                alike ??= candidate;
        }
        return alike;
    }

    /// <summary>The functions that an annotated interface has from interfaces without the attribute: what it implements itself is none.</summary>
    private IEnumerable<IMethodSymbol> Inherited(INamedTypeSymbol annotated) => annotated.AllInterfaces.Where(i => !IsAnnotated(i))
        .SelectMany(static i => i.GetMembers().OfType<IMethodSymbol>())
        .Where(method => method is { IsAbstract: true, IsStatic: false } && !InterfaceParser.IsImplementedByInterface(method, annotated));

    private static IEnumerable<INamedTypeSymbol> Interfaces(ITypeSymbol receiver) => receiver switch
    {
        ITypeParameterSymbol parameter => parameter.ConstraintTypes.SelectMany(Interfaces),
        INamedTypeSymbol { TypeKind: TypeKind.Interface } type => type.AllInterfaces.Insert(0, type),
        _ => receiver.AllInterfaces,
    };
}
