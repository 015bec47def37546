using System.Collections.Immutable;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AiSdk.Generators.Parsing;

/// <summary>Turns an annotated interface into an <see cref="InterfaceModel"/> and the list of what is wrong with it.</summary>
internal static class InterfaceParser
{
    /// <summary>Parses an interface.</summary>
    /// <param name="type">The interface.</param>
    /// <param name="compilation">Its compilation.</param>
    /// <param name="cancellationToken">Stops parsing.</param>
    public static ParseResult<InterfaceModel> Parse(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        List<Problem> problems = [];
        Location? location = type.Locations.FirstOrDefault();
        string className = ClassName(type.Name);
        List<INamedTypeSymbol> containers = [];
        for (INamedTypeSymbol? container = type.ContainingType; container is not null; container = container.ContainingType)
            containers.Insert(0, container);

        string? failure = null;
        if (containers.FirstOrDefault(c => !IsPartial(c, cancellationToken)) is { } closed)
            failure = $"{type.Name} lies in {closed.Name}, which is not partial: the generated class has to lie there too";
        else if (type.IsFileLocal || containers.Any(static c => c.IsFileLocal))
            failure = $"{type.Name} is local to its file, where a generated class cannot lie";
        else if (ExistingType(type, className) is { } existing && !IsPartial(existing, cancellationToken))
            failure = $"there already is a type {className}, and it is not partial";
        if (failure is not null)
            problems.Add(new Problem(ProblemKind.InterfaceCannotBeImplemented, failure, location));

        ISymbol scope = type.ContainingType is { } outer ? outer : compilation.Assembly;
        bool isGeneric = type.IsGenericType || containers.Any(static c => c.IsGenericType);
        OutputTypeParser outputTypes = new(compilation, scope, mayUseAccessors: !isGeneric, cancellationToken);
        ArgumentTypeParser argumentTypes = new(compilation, scope, cancellationToken);
        FunctionParser functionParser = new(compilation, outputTypes, argumentTypes, problems, cancellationToken);

        List<FunctionModel> functions = [];
        List<string> otherMembers = [];
        List<ISymbol> members = [.. new[] { type }.Concat(type.AllInterfaces).SelectMany(static i => i.GetMembers())];
        HashSet<string> memberNames = new(members.Select(static m => m.Name), StringComparer.Ordinal);
        HashSet<string> names = new(memberNames, StringComparer.Ordinal);
        Dictionary<string, string> signatures = new(StringComparer.Ordinal);
        foreach (ISymbol member in failure is null ? members : [])
        {
            if (!member.IsAbstract || IsImplementedByInterface(member, type))
                continue;
            if (member is not IMethodSymbol { MethodKind: MethodKind.Ordinary, IsStatic: false } method)
            {
                if (member is not IMethodSymbol || member.IsStatic && member is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.UserDefinedOperator or MethodKind.Conversion })
                {
                    string message = $"{type.Name}.{member.Name} is no AI function: only methods are.";
                    problems.Add(new Problem(ProblemKind.MemberIsNoFunction, message, member.Locations.FirstOrDefault()));
                    otherMembers.Add(Signatures.Stub(member, message));
                }
                continue;
            }

            string signature = $"{method.Name}`{method.Arity}({string.Join(",", method.Parameters.Select(static p => (p.RefKind == RefKind.None ? "" : "&") + p.Type.ToDisplayString()))})";
            string returnType = method.ReturnType.ToDisplayString();
            bool isExplicit = signatures.TryGetValue(signature, out string? known);
            if (isExplicit && known == returnType)
                continue;
            signatures[signature] = returnType;
            functions.Add(functionParser.Parse(method, type.Name, InfoName(method.Name, names), isExplicit));
        }

        string typeParameters = type.TypeParameters.Length == 0 ? "" : $"<{string.Join(", ", type.TypeParameters.Select(static t => CSharp.Identifier(t.Name)))}>";
        string @namespace = type.ContainingNamespace.IsGlobalNamespace ? "" : string.Join(".", type.ContainingNamespace.ToDisplayString().Split('.').Select(static part => part.StartsWith("@", StringComparison.Ordinal) ? part : CSharp.Identifier(part)));
        bool isNameable = containers.All(static c => c is { DeclaredAccessibility: Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal, IsGenericType: false })
            && type.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal;
        bool isPublic = containers.All(static c => c.DeclaredAccessibility == Accessibility.Public) && type.DeclaredAccessibility == Accessibility.Public;
        string containing = containers.Count == 0
            ? (@namespace.Length == 0 ? "global::" : $"global::{@namespace}.")
            : CSharp.TypeName(containers[containers.Count - 1]) + ".";

        InterfaceModel model = new()
        {
            Namespace = @namespace,
            ContainingTypes = containers.Select(Declaration).ToEquatableArray(),
            InterfaceType = CSharp.TypeName(type),
            ClassName = CSharp.Identifier(className),
            TypeParameters = typeParameters,
            Constraints = Signatures.Constraints(type.TypeParameters),
            Accessibility = CSharp.Accessibility(type.DeclaredAccessibility),
            RegistrationName = isNameable ? string.Concat(containers.Select(static c => c.Name)) + className : null,
            ClassType = $"{containing}{CSharp.Identifier(className)}{typeParameters}",
            RegistrationAccessibility = isPublic ? "public" : "internal",
            HintName = HintName(type),
            Failure = failure,
            Functions = functions.ToEquatableArray(),
            OtherMembers = otherMembers.ToEquatableArray(),
            OutputTypes = outputTypes.Types,
            ArgumentTypes = argumentTypes.Types,
            MemberNames = names.OrderBy(static n => n, StringComparer.Ordinal).ToEquatableArray(),
        };
        return new ParseResult<InterfaceModel>(model, [.. problems]);
    }

    /// <summary>The interface's name without its <c>I</c>; one that has none gets <c>Client</c> at its end, so that the names differ.</summary>
    private static string ClassName(string interfaceName) =>
        interfaceName.Length > 1 && interfaceName[0] == 'I' && char.IsUpper(interfaceName[1]) ? interfaceName.Substring(1) : interfaceName + "Client";

    private static INamedTypeSymbol? ExistingType(INamedTypeSymbol type, string className)
    {
        ImmutableArray<INamedTypeSymbol> types = type.ContainingType?.GetTypeMembers(className, type.Arity) ?? type.ContainingNamespace.GetTypeMembers(className, type.Arity);
        return types.FirstOrDefault(t => SymbolEqualityComparer.Default.Equals(t.ContainingAssembly, type.ContainingAssembly));
    }

    private static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellationToken) => type.DeclaringSyntaxReferences.Any(reference =>
        reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static bool IsImplementedByInterface(ISymbol member, INamedTypeSymbol type) => new[] { type }.Concat(type.AllInterfaces).Any(i => i.GetMembers().Any(other => other switch
    {
        IMethodSymbol method => method.ExplicitInterfaceImplementations.Any(m => SymbolEqualityComparer.Default.Equals(m, member)),
        IPropertySymbol property => property.ExplicitInterfaceImplementations.Any(p => SymbolEqualityComparer.Default.Equals(p, member)),
        IEventSymbol @event => @event.ExplicitInterfaceImplementations.Any(e => SymbolEqualityComparer.Default.Equals(e, member)),
        _ => false,
    }));

    private static string InfoName(string methodName, HashSet<string> names)
    {
        string name = methodName + "Info";
        for (int number = 2; !names.Add(name); number++)
            name = $"{methodName}Info{number}";
        return name;
    }

    private static string Declaration(INamedTypeSymbol type)
    {
        string kind = type switch
        {
            { TypeKind: TypeKind.Interface } => "interface",
            { TypeKind: TypeKind.Struct, IsRecord: true } => "record struct",
            { TypeKind: TypeKind.Struct } => "struct",
            { IsRecord: true } => "record",
            _ => "class",
        };
        string typeParameters = type.TypeParameters.Length == 0 ? "" : $"<{string.Join(", ", type.TypeParameters.Select(static t => CSharp.Identifier(t.Name)))}>";
        return $"partial {kind} {CSharp.Identifier(type.Name)}{typeParameters}";
    }

    private static string HintName(INamedTypeSymbol type)
    {
        string name = type.MetadataName;
        for (INamedTypeSymbol? container = type.ContainingType; container is not null; container = container.ContainingType)
            name = container.MetadataName + "+" + name;
        if (!type.ContainingNamespace.IsGlobalNamespace)
            name = type.ContainingNamespace.ToDisplayString().Replace("@", "") + "." + name;
        // A backtick or plus is no character of a hint name; the underscores that replace them tell Foo`1 from Foo_1 by their number.
        return name.Replace("`", "__").Replace("+", "-") + ".g.cs";
    }
}
