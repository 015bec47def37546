using System.Collections.Immutable;
using System.Globalization;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AiSdk.Generators.Parsing;

/// <summary>Turns an annotated interface into an <see cref="InterfaceModel"/> and the list of what is wrong with it.</summary>
internal static class InterfaceParser
{
    /// <summary>Members of every object: a public method of the same name would hide one of them.</summary>
    private static readonly HashSet<string> _objectMembers = new(StringComparer.Ordinal) { "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString" };

    /// <summary>
    /// Whether the attribute is the one that stands for its interface: while code is being copied or split, there may be several interfaces of one name, or
    /// several attributes on parts of one interface, but there can be only one class.
    /// </summary>
    public static bool IsFirst(INamedTypeSymbol type, AttributeData attribute)
    {
        foreach (INamedTypeSymbol namesake in Siblings(type, type.Name).Where(t => t.Arity == type.Arity && t.TypeKind == TypeKind.Interface))
        {
            if (namesake.Attribute("AiSdk", "AiFunctionsAttribute") is { } first)
                return SymbolEqualityComparer.Default.Equals(namesake, type) && attribute.ApplicationSyntaxReference?.Span == first.ApplicationSyntaxReference?.Span
                    && attribute.ApplicationSyntaxReference?.SyntaxTree == first.ApplicationSyntaxReference?.SyntaxTree;
        }
        return true;
    }

    /// <summary>Parses an interface.</summary>
    /// <param name="type">The interface.</param>
    /// <param name="compilation">Its compilation.</param>
    /// <param name="files">The files that it may name.</param>
    /// <param name="cancellationToken">Stops parsing.</param>
    public static ParseResult<InterfaceModel> Parse(INamedTypeSymbol type, Compilation compilation, PromptFiles files, CancellationToken cancellationToken)
    {
        List<Problem> problems = [];
        List<FunctionFacts> facts = [];
        InterfaceModel header = Header(type, compilation, cancellationToken);
        string className = ClassName(type.Name);
        if (header.Failure is { } failure)
            problems.Add(new Problem(ProblemKind.InterfaceCannotBeImplemented, failure, new(type)));

        ISymbol scope = type.ContainingType is { } outer ? outer : compilation.Assembly;
        bool isGeneric = type.IsGenericType || Containers(type).Any(static c => c.IsGenericType);
        OutputTypeParser outputTypes = new(compilation, scope, mayUseAccessors: !isGeneric, cancellationToken);
        ArgumentTypeParser argumentTypes = new(compilation, scope, cancellationToken);
        FunctionParser functionParser = new(compilation, files, outputTypes, argumentTypes, problems, facts, UsersHalf(type, className), cancellationToken);

        List<FunctionModel> functions = [];
        List<string> otherMembers = [];
        List<ISymbol> members = [.. new[] { type }.Concat(type.AllInterfaces).SelectMany(static i => i.GetMembers())];
        HashSet<string> names = new(header.MemberNames, StringComparer.Ordinal);
        Dictionary<string, string> signatures = new(StringComparer.Ordinal);
        foreach (ISymbol member in header.Failure is null ? members : [])
        {
            // A nested type can be abstract too.
            if (!member.IsAbstract || member is INamedTypeSymbol || IsImplementedByInterface(member, type))
                continue;
            if (member is not IMethodSymbol { MethodKind: MethodKind.Ordinary, IsStatic: false } method)
            {
                if (member is not IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove })
                {
                    string message = $"{type.Name}.{member.Name} is no AI function: only methods are.";
                    problems.Add(new Problem(ProblemKind.MemberIsNoFunction, message, new(member)));
                    otherMembers.Add(Signatures.Stub(member, message));
                }
                continue;
            }

            bool isExplicit = method.Name == className || _objectMembers.Contains(method.Name);
            if (!isExplicit)
            {
                string key = Signatures.Key(method);
                string exact = Signatures.Exact(method);
                isExplicit = signatures.TryGetValue(key, out string? known);
                if (isExplicit && known == exact)
                    continue;
                if (!isExplicit)
                    signatures.Add(key, exact);
            }
            functions.Add(functionParser.Parse(method, type.Name, InfoName(method.Name, names), isExplicit));
        }

        InterfaceModel model = header with
        {
            IsOblivious = outputTypes.MetOblivious || argumentTypes.MetOblivious,
            Functions = functions.ToEquatableArray(),
            OtherMembers = otherMembers.ToEquatableArray(),
            OutputTypes = outputTypes.Types,
            ArgumentTypes = argumentTypes.Types,
            MemberNames = names.OrderBy(static n => n, StringComparer.Ordinal).ToEquatableArray(),
        };
        return new ParseResult<InterfaceModel>(model, [.. problems], [.. facts]);
    }

    /// <summary>What is known of an interface and its class without looking at its functions.</summary>
    public static InterfaceModel Header(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        string className = ClassName(type.Name);
        List<INamedTypeSymbol> containers = Containers(type);

        INamedTypeSymbol? half = UsersHalf(type, className);
        string? failure = null;
        if (containers.FirstOrDefault(c => !IsPartial(c, cancellationToken)) is { } closed)
            failure = $"{type.Name} lies in {closed.Name}, which is not partial: the generated class has to lie there too";
        else if (type.IsFileLocal || containers.Any(static c => c.IsFileLocal))
            failure = $"{type.Name} is local to its file, where a generated class cannot lie";
        else if (half is not null && !(half is { TypeKind: TypeKind.Class, IsRecord: false, IsStatic: false, IsAbstract: false } && IsPartial(half, cancellationToken)))
            failure = $"there already is a type {className}, and it is no partial class";
        else if (containers.SelectMany(static c => c.TypeParameters).Any(static t => t.Variance != VarianceKind.None))
            failure = $"{type.Name} lies in an interface with an 'in' or 'out' type parameter, where a class cannot lie";
        else if (type.TypeParameters.Any(t => t.Name == className))
            failure = $"a type parameter of {type.Name} has the name of the generated class, {className}";
        else if (className == type.Name + "Client" && Siblings(type, "I" + className).Any(t => t.Arity == type.Arity && t.Has("AiSdk", "AiFunctionsAttribute")))
            failure = $"the class for I{className} is called {className} too";
        List<ISymbol> members = [.. new[] { type }.Concat(type.AllInterfaces).SelectMany(static i => i.GetMembers())];
        // An interface with static abstract members is no type argument.
        bool hasStaticAbstract = failure is null && members.Any(member => member is { IsAbstract: true, IsStatic: true } and not INamedTypeSymbol && !IsImplementedByInterface(member, type));
        string typeParameters = type.TypeParameters.Length == 0 ? "" : $"<{string.Join(", ", type.TypeParameters.Select(static t => CSharp.Identifier(t.Name)))}>";
        string @namespace = type.ContainingNamespace.IsGlobalNamespace ? "" : string.Join(".", type.ContainingNamespace.ToDisplayString().Split('.').Select(static part => part.StartsWith("@", StringComparison.Ordinal) ? part : CSharp.Identifier(part)));
        bool isNameable = containers.All(static c => c is { DeclaredAccessibility: Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal, IsGenericType: false })
            && type.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal
            && !hasStaticAbstract;
        bool isPublic = containers.All(static c => c.DeclaredAccessibility == Accessibility.Public) && type.DeclaredAccessibility == Accessibility.Public;
        string containing = containers.Count == 0
            ? (@namespace.Length == 0 ? "global::" : $"global::{@namespace}.")
            : CSharp.TypeName(containers[containers.Count - 1]) + ".";
        return new InterfaceModel
        {
            Namespace = @namespace,
            ContainingTypes = containers.Select(Declaration).ToEquatableArray(),
            InterfaceType = CSharp.TypeName(type),
            ClassName = CSharp.Identifier(className),
            TypeParameters = typeParameters,
            Constraints = Signatures.Constraints(type.TypeParameters),
            Accessibility = CSharp.Accessibility(half is not null && StatesAccessibility(half, cancellationToken) ? half.DeclaredAccessibility : type.DeclaredAccessibility),
            RegistrationName = isNameable ? string.Concat(containers.Select(static c => c.Name)) + className : null,
            RegistrationClass = RegistrationClass(type, containers, className),
            ClassType = $"{containing}{CSharp.Identifier(className)}{typeParameters}",
            RegistrationAccessibility = isPublic ? "public" : "internal",
            HintName = HintName(type, ".g.cs"),
            IsOblivious = false,
            Failure = failure,
            Suppressed = Warnings.Of(new[] { type }.Concat(type.AllInterfaces).SelectMany(static i => i.GetMembers()).Concat([type])),
            Functions = default,
            OtherMembers = default,
            OutputTypes = default,
            ArgumentTypes = default,
            MemberNames = Names(type, half, containers, members).Distinct(StringComparer.Ordinal).OrderBy(static n => n, StringComparer.Ordinal).ToEquatableArray(),
        };
    }

    private static List<INamedTypeSymbol> Containers(INamedTypeSymbol type)
    {
        List<INamedTypeSymbol> containers = [];
        for (INamedTypeSymbol? container = type.ContainingType; container is not null; container = container.ContainingType)
            containers.Insert(0, container);
        return containers;
    }

    /// <summary>The interface's name without its <c>I</c>; one that has none gets <c>Client</c> at its end, so that the names differ.</summary>
    public static string ClassName(string interfaceName) =>
        interfaceName.Length > 1 && interfaceName[0] == 'I' && char.IsUpper(interfaceName[1]) ? interfaceName.Substring(1) : interfaceName + "Client";

    /// <summary>The part of the generated class that the user wrote, or null.</summary>
    private static INamedTypeSymbol? UsersHalf(INamedTypeSymbol type, string className) =>
        Siblings(type, className).FirstOrDefault(t => t.Arity == type.Arity && SymbolEqualityComparer.Default.Equals(t.ContainingAssembly, type.ContainingAssembly));

    private static ImmutableArray<INamedTypeSymbol> Siblings(INamedTypeSymbol type, string name) =>
        type.ContainingType?.GetTypeMembers(name) ?? type.ContainingNamespace.GetTypeMembers(name);

    /// <summary>What nothing else in the class may be called: members of the interface and of the user's half, type parameters, and parameters, which would hide it.</summary>
    private static IEnumerable<string> Names(INamedTypeSymbol type, INamedTypeSymbol? half, List<INamedTypeSymbol> containers, List<ISymbol> members) =>
        members.Select(static m => m.Name)
            .Concat(members.OfType<IMethodSymbol>().SelectMany(static m => m.Parameters).Select(static p => p.Name))
            .Concat(containers.Append(type).SelectMany(static t => t.TypeParameters).Select(static t => t.Name))
            .Concat(half is null ? [] : WrittenMembers(half));

    /// <summary>The members that the user wrote: analyzers see what the generator wrote, too, which must not make its names others.</summary>
    private static IEnumerable<string> WrittenMembers(INamedTypeSymbol half)
    {
        List<SyntaxNode> written = [.. half.DeclaringSyntaxReferences.Select(static r => r.GetSyntax()).Where(static n => n is TypeDeclarationSyntax type && !IsGenerated(type))];
        return written.Count == half.DeclaringSyntaxReferences.Length
            ? half.MemberNames
            : half.GetMembers().Where(m => m.DeclaringSyntaxReferences.Any(r => written.Any(w => w.SyntaxTree == r.SyntaxTree && w.Span.Contains(r.Span)))).Select(static m => m.Name);
    }

    private static bool IsGenerated(TypeDeclarationSyntax type) => type.AttributeLists.SelectMany(static list => list.Attributes).Any(static a => a.Name.ToString() == "global::System.CodeDom.Compiler.GeneratedCode");

    private static string RegistrationClass(INamedTypeSymbol type, List<INamedTypeSymbol> containers, string className)
    {
        // Underscore and arity tell Outer.IDesk from IOuterDesk, and IDesk<T> from IDesk.
        string stem = string.Join("_", containers.Select(static c => c.Name).Append(className)) + (type.Arity == 0 ? "" : "_" + type.Arity.ToString(CultureInfo.InvariantCulture));
        string name = stem + "ServiceCollectionExtensions";
        for (int number = 2; type.ContainingNamespace.GetTypeMembers(name).Length > 0; number++)
            name = $"{stem}ServiceCollectionExtensions{number}";
        return name;
    }

    private static bool StatesAccessibility(INamedTypeSymbol type, CancellationToken cancellationToken) => type.DeclaringSyntaxReferences.Any(reference =>
        reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax declaration
        && declaration.Modifiers.Any(static m => m.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword or SyntaxKind.ProtectedKeyword or SyntaxKind.PrivateKeyword));

    private static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellationToken) => type.DeclaringSyntaxReferences.Any(reference =>
        reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>Whether the interface, or one that it inherits from, implements an inherited member itself.</summary>
    public static bool IsImplementedByInterface(ISymbol member, INamedTypeSymbol type) => new[] { type }.Concat(type.AllInterfaces).Any(i => i.GetMembers().Any(other => other switch
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

    /// <summary>The name of a file that is generated for a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="extension">What tells it from other files for the type.</param>
    public static string HintName(INamedTypeSymbol type, string extension)
    {
        string name = type.MetadataName;
        for (INamedTypeSymbol? container = type.ContainingType; container is not null; container = container.ContainingType)
            name = container.MetadataName + "+" + name;
        if (!type.ContainingNamespace.IsGlobalNamespace)
            name = type.ContainingNamespace.ToDisplayString().Replace("@", "") + "." + name;
        // The compiler compares hint names without regard to case.
        bool isAlone = true;
        for (ISymbol symbol = type; isAlone && symbol is not INamespaceSymbol { IsGlobalNamespace: true }; symbol = symbol.ContainingSymbol)
            isAlone = !((INamespaceOrTypeSymbol)symbol.ContainingSymbol).GetMembers().Any(other => other.Name != symbol.Name && string.Equals(other.Name, symbol.Name, StringComparison.OrdinalIgnoreCase));
        return name + (isAlone ? "" : "-" + string.Concat(name.Select(static c => char.IsUpper(c) ? '1' : '0'))) + extension;
    }
}
