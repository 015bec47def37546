using System.Globalization;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AiSdk.Generators.Parsing;

/// <summary>Turns a type with <c>[AiTool]</c> methods, or an interface of AI functions, into a <see cref="ToolsModel"/> and the list of what is wrong with it.</summary>
internal static class ToolsParser
{
    /// <summary>The methods that a type declares as tools, in order of declaration.</summary>
    public static IEnumerable<IMethodSymbol> Methods(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Where(static m => m.MethodKind is MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation && m.Has("AiSdk", "AiToolAttribute"));

    /// <summary>The tools of a type with those that it inherits, its own first; of a method that is overridden or hidden only the last declaration.</summary>
    public static IEnumerable<IMethodSymbol> AllMethods(INamedTypeSymbol type)
    {
        List<IMethodSymbol> nearer = [];
        foreach (INamedTypeSymbol level in type.TypeKind == TypeKind.Interface ? new[] { type }.Concat(type.AllInterfaces) : type.BasesAndSelf().OfType<INamedTypeSymbol>())
        {
            foreach (IMethodSymbol method in Methods(level).Where(method => SymbolEqualityComparer.Default.Equals(level, type) || !nearer.Any(other => Replaces(other, method))))
                yield return method;
            nearer.AddRange(level.GetMembers().OfType<IMethodSymbol>());
        }
    }

    // An override without [AiTool] is the tool all the same: it is what a call of the inherited one runs.
    private static bool Replaces(IMethodSymbol nearer, IMethodSymbol method) =>
        nearer.Name == method.Name && (!nearer.IsOverride || nearer.Has("AiSdk", "AiToolAttribute")) && nearer.Parameters.Select(static p => p.Type).SequenceEqual<ITypeSymbol>(method.Parameters.Select(static p => p.Type), SymbolEqualityComparer.Default);

    /// <summary>What a model calls a tool by.</summary>
    public static string NameOf(IMethodSymbol method) => method.Attribute("AiSdk", "AiToolAttribute")?.Text() ?? DefaultName(method);

    /// <summary>The generated class of a type's tools, as it can be written anywhere.</summary>
    public static string ToolsClass(INamedTypeSymbol type)
    {
        string @namespace = Namespace(type);
        return "global::" + (@namespace.Length == 0 ? "" : @namespace + ".") + ClassName(type);
    }

    /// <summary>Why the tools of a type cannot be offered, or null if they can.</summary>
    public static string? WhyNotOffered(ITypeSymbol type, Compilation compilation)
    {
        if (type is not INamedTypeSymbol named || !Methods(named).Any())
        {
            return type is INamedTypeSymbol heir && AllMethods(heir).FirstOrDefault()?.ContainingType is { } from
                ? $"{type.Display()} has no tools of its own, but inherits those of {from.Display()}; offer that type, and register {type.Display()} as its implementation"
                : $"{type.Display()} has no tools; put [AiTool] on its methods";
        }
        if (Uncallable(named) is { } reason)
            return $"{type.Display()} has no tools: {reason}";
        // Of another assembly the class must be there already, and be for others to use.
        bool isHere = SymbolEqualityComparer.Default.Equals(named.ContainingAssembly, compilation.Assembly);
        string metadataName = ToolsClass(named).Substring("global::".Length).Replace("@", "");
        return isHere || compilation.GetTypeByMetadataName(metadataName) is { } tools && compilation.IsSymbolAccessibleWithin(tools, compilation.Assembly)
            ? null
            : $"{type.Display()} has no {named.Name}AiTools that can be reached from here: the library that declares it must be compiled with this package too, and the type be public";
    }

    /// <summary>Parses a type with tools. The model has the tools that can be called; the others are among the problems.</summary>
    public static ParseResult<ToolsModel> Parse(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        List<Problem> problems = [];
        Types types = new(compilation, cancellationToken);
        List<ToolModel> tools = [];
        List<IMethodSymbol> methods = [.. AllMethods(type)];
        string? whole = Uncallable(type);
        foreach (IMethodSymbol method in methods)
        {
            cancellationToken.ThrowIfCancellationRequested();
            AttributeData attribute = method.Attribute("AiSdk", "AiToolAttribute")!;
            bool isInherited = !SymbolEqualityComparer.Default.Equals(method.ContainingType, type);
            // What is wrong with it is said where it is declared.
            if (isInherited && (Uncallable(method, compilation) is not null || !IsName(NameOf(method))))
                continue;
            if ((whole ?? Uncallable(method, compilation)) is { } reason)
            {
                problems.Add(new Problem(ProblemKind.ToolCannotBeCalled, $"{type.Name}.{method.Name} is no tool: {reason}", new(method)));
                continue;
            }
            string name = NameOf(method);
            if (!IsName(name))
            {
                problems.Add(new Problem(ProblemKind.InvalidToolName, $"'{name}' is no name for a tool: endpoints take 1 to 64 ASCII letters, digits, '_' and '-'", new(method, SitePart.Attribute, attribute)));
                continue;
            }
            if (tools.Any(other => other.Name == name))
            {
                problems.Add(new Problem(ProblemKind.InvalidToolName, $"two tools of {type.Name} are called '{name}', which a model cannot tell apart; give one of them a name of its own: [AiTool(\"…\")]", new(isInherited ? type : method)));
                continue;
            }
            if (types.Tool(type, method, name, isInherited ? [] : problems) is { } tool)
                tools.Add(tool with { Effect = attribute.Named("Effect") switch { 1 => "Write", 2 => "Destructive", _ => "Read" } });
        }
        ToolsModel model = new()
        {
            Failure = whole,
            Namespace = Namespace(type),
            TargetType = CSharp.TypeName(type),
            DisplayName = type.Name,
            ClassName = ClassName(type),
            Accessibility = type.EffectiveAccessibility() == Accessibility.Public ? "public" : "internal",
            HintName = InterfaceParser.HintName(type, ".AiTools.g.cs"),
            IsStatic = type.IsStatic || (tools.Count > 0 && tools.All(static t => t.IsStatic)),
            HasStaticExtensions = compilation is CSharpCompilation { LanguageVersion: >= LanguageVersion.CSharp14 },
            CanBeCreated = type is { TypeKind: TypeKind.Class, IsAbstract: false, IsStatic: false } && type.InstanceConstructors.Any(c => c.Parameters.Length == 0 && compilation.IsSymbolAccessibleWithin(c, compilation.Assembly)),
            IsOblivious = types.IsOblivious,
            Suppressed = Warnings.Of(methods.Concat<ISymbol>([type])),
            Tools = tools.ToEquatableArray(),
            InputTypes = types.Inputs.Types,
            ResultTypes = types.Results.Types,
        };
        return new ParseResult<ToolsModel>(model, [.. problems], []);
    }

    /// <summary>Parses an interface of AI functions: those whose parameters a model can write and whose value can be shown to it are tools.</summary>
    /// <param name="type">The interface.</param>
    /// <param name="compilation">The compilation.</param>
    /// <param name="cancellationToken">Stops parsing.</param>
    public static ToolsModel? ParseFunctions(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        InterfaceModel functions = InterfaceParser.Header(type, compilation, cancellationToken);
        if (functions.Failure is not null)
            return null;
        Types types = new(compilation, cancellationToken);
        List<ToolModel> tools = [];
        HashSet<string> names = new(functions.MemberNames, StringComparer.Ordinal) { functions.ClassName.TrimStart('@') };
        foreach (IMethodSymbol method in new[] { type }.Concat(type.AllInterfaces).SelectMany(static i => i.GetMembers()).OfType<IMethodSymbol>())
        {
            string name = DefaultName(method);
            if (method is not { MethodKind: MethodKind.Ordinary, IsStatic: false, IsAbstract: true } || !method.GetAttributes().Any(static a => a.AttributeClass?.Name is "UserPromptAttribute" or "SystemPromptAttribute" or "PromptAttribute"))
                continue;
            if (tools.Any(t => t.Name == name) || !names.Add(name + "Tool"))
                continue;
            if (name.All(static c => c < 128) && name.Length <= 64 && Uncallable(method, compilation) is null && types.Tool(type, method, name, []) is { } tool)
                tools.Add(FunctionParser.EffectiveTool(method) is null ? tool : tool with { Effect = "Write", AsksItself = true });
        }
        return new ToolsModel
        {
            Namespace = functions.Namespace,
            ContainingTypes = functions.ContainingTypes,
            TargetType = functions.InterfaceType,
            DisplayName = type.Name,
            ClassName = functions.ClassName,
            Accessibility = functions.Accessibility,
            HintName = InterfaceParser.HintName(type, ".AsTools.g.cs"),
            AreFunctions = true,
            ToolsName = CSharp.Unique("Tools", names),
            IsOblivious = types.IsOblivious,
            Suppressed = Warnings.Of(new[] { type }.Concat(type.AllInterfaces).SelectMany(static i => i.GetMembers()).Concat([type])),
            Tools = tools.ToEquatableArray(),
            InputTypes = types.Inputs.Types,
            ResultTypes = types.Results.Types,
        };
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(static c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-');

    /// <summary>The method's name without <c>Async</c> where it gives a task or a stream, as AIFunctionFactory has it.</summary>
    private static string DefaultName(IMethodSymbol method) =>
        method.Name.Length > 5 && method.Name.EndsWith("Async", StringComparison.Ordinal) && method.ReturnType is INamedTypeSymbol { Name: "Task" or "ValueTask" or "IAsyncEnumerable" }
            ? method.Name.Substring(0, method.Name.Length - 5)
            : method.Name;

    private static string? Uncallable(INamedTypeSymbol type)
    {
        if (type.IsFileLocal || type.EffectiveAccessibility() == Accessibility.Private)
            return $"{type.Name} is private, protected or local to its file, where generated code cannot reach it";
        for (INamedTypeSymbol? level = type; level is not null; level = level.ContainingType)
        {
            if (level.IsGenericType)
                return $"{level.Name} is generic, so that its tools have no one schema";
        }
        return type.TypeKind is TypeKind.Class or TypeKind.Interface ? null : $"{type.Name} is no class or interface";
    }

    private static string? Uncallable(IMethodSymbol method, Compilation compilation)
    {
        if (method.MethodKind == MethodKind.ExplicitInterfaceImplementation)
            return $"it can be called by {method.ExplicitInterfaceImplementations[0].ContainingType.Name} only; put [AiTool] on that interface's method";
        if (method.IsGenericMethod)
            return "a generic method has no one schema";
        if (method.IsStatic && (method.IsAbstract || method.IsVirtual))
            return $"a static {(method.IsAbstract ? "abstract" : "virtual")} method can be called by way of a type parameter only";
        if (method.Attribute("System", "ObsoleteAttribute") is { ConstructorArguments: [_, { Value: true }] })
            return "it is obsolete, so that calling it is an error";
        if (!compilation.IsSymbolAccessibleWithin(method, compilation.Assembly))
            return $"it is {CSharp.Accessibility(method.DeclaredAccessibility)}; make it public or internal";
        if (method.ReturnsByRef || method.ReturnsByRefReadonly || method.ReturnType.IsRefLikeType)
            return "it returns by reference";
        return method.Parameters.FirstOrDefault(static p => p.RefKind is not (RefKind.None or RefKind.In)) is { } byReference ? $"its parameter '{byReference.Name}' is passed by reference" : null;
    }

    private static string Namespace(INamedTypeSymbol type) => type.ContainingNamespace.IsGlobalNamespace
        ? ""
        : string.Join(".", type.ContainingNamespace.ToDisplayString().Split('.').Select(static part => part.StartsWith("@", StringComparison.Ordinal) ? part : CSharp.Identifier(part)));

    private static string ClassName(INamedTypeSymbol type)
    {
        string name = type.Name;
        for (INamedTypeSymbol? container = type.ContainingType; container is not null; container = container.ContainingType)
            name = $"{container.Name}_{name}";
        // A_T beside T in A: the latter's is A_T_.
        while (type.ContainingType is not null && type.ContainingNamespace.GetTypeMembers(name).Length > 0)
            name += "_";
        return name + "AiTools";
    }

    /// <summary>Collects the types that the tools of one file take and give.</summary>
    private sealed class Types(Compilation compilation, CancellationToken cancellationToken)
    {
        private readonly Documentation _documentation = new(compilation, cancellationToken);

        // What else is in the generated class, and what it inherits.
        private readonly HashSet<string> _names = new(StringComparer.Ordinal) { "Tools", "Input", "Output", "Validation", "CallAsync", "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString" };

        public OutputTypeParser Inputs { get; } = new(compilation, compilation.Assembly, mayUseAccessors: true, cancellationToken) { TakesAnyJson = true };

        public ArgumentTypeParser Results { get; } = new(compilation, compilation.Assembly, cancellationToken);

        public bool IsOblivious => Inputs.MetOblivious || Results.MetOblivious;

        public ToolModel? Tool(INamedTypeSymbol type, IMethodSymbol method, string name, List<Problem> problems)
        {
            string stem = DefaultName(method);
            // No keyword begins with a capital.
            string memberName = MemberName(char.ToUpperInvariant(stem[0]) + stem.Substring(1));
            List<IParameterSymbol> given = [];
            List<string> parameters = [];
            bool hasEffect = method.Attribute("AiSdk", "AiToolAttribute")?.Named("Effect") is int and not 0;
            foreach (IParameterSymbol parameter in method.Parameters)
            {
                if (Context(parameter, hasEffect, out string? problem) is { } expression)
                {
                    parameters.Add(expression);
                }
                else if (problem is not null)
                {
                    problems.Add(new Problem(ProblemKind.UnboundToolParameter, problem, new(parameter)));
                    return null;
                }
                else
                {
                    given.Add(parameter);
                    parameters.Add("arguments." + CSharp.Identifier(parameter.Name));
                }
            }
            if (Inputs.ParseArguments(type, memberName + "Arguments", given, out OutputTypeProblem? failure) is not { } arguments)
            {
                IParameterSymbol? wrong = failure!.Member as IParameterSymbol;
                problems.Add(new Problem(
                    ProblemKind.UnboundToolParameter,
                    $"the parameter '{wrong?.Name}' cannot be written by a model: {failure.Message}{(wrong?.Type.SpecialType == SpecialType.System_Object ? "" : "; if it is a service, mark it [FromServices]")}",
                    new(failure.Member ?? method, SitePart.Type)));
                return null;
            }
            if (Result(method, out ToolCallKind call, out ToolResultKind kind, out ArgumentUse use, out string member) is { } unwritable)
            {
                problems.Add(new Problem(ProblemKind.UnwritableToolResult, $"what {method.Name} gives cannot be shown to a model: {unwritable}", new(method, SitePart.Type)));
                return null;
            }
            return new ToolModel
            {
                Name = name,
                Description = _documentation.Of(method) ?? "",
                Effect = "Read",
                Method = CSharp.Identifier(method.Name),
                MemberName = memberName,
                IsStatic = method.IsStatic,
                Arguments = arguments,
                Parameters = parameters.ToEquatableArray(),
                Call = call,
                Result = kind,
                ResultType = use,
                ResultMember = member,
            };
        }

        /// <summary>A name for which the class, its arguments and its descriptor are free.</summary>
        private string MemberName(string stem)
        {
            string name = stem;
            for (int i = 2; Names().Any(_names.Contains); i++)
                name = $"{stem}_{i.ToString(CultureInfo.InvariantCulture)}";
            _names.UnionWith(Names());
            return name;

            string[] Names() => [name, name + "Arguments", "InfoOf" + name];
        }

        /// <summary>What a parameter is called with that is not the model's to give.</summary>
        private static string? Context(IParameterSymbol parameter, bool hasEffect, out string? problem)
        {
            const string Extensions = "global::Microsoft.Extensions.DependencyInjection.";
            problem = null;
            string type = CSharp.NonNullableTypeName(parameter.Type);
            bool isOptional = parameter.Type.MayBeNull();
            if (parameter.Type.Is("System.Threading", "CancellationToken"))
                return "cancellationToken";
            if (parameter.Type.Is("System", "IServiceProvider"))
                return isOptional ? "context.ServicesOrNull" : "context.Services";
            if (parameter.Type.Is("Microsoft.Extensions.AI", "AIFunctionArguments"))
                return "context.Arguments";
            if (parameter.Type.Is("Microsoft.Extensions.AI", "ChatOptions"))
                return isOptional ? "null" : "new global::Microsoft.Extensions.AI.ChatOptions()";
            if (parameter.Has("AiSdk", "IdempotencyKeyAttribute"))
            {
                if (parameter.Type.SpecialType != SpecialType.System_String)
                    problem = $"the parameter '{parameter.Name}' has [IdempotencyKey], but is no string";
                else if (!hasEffect)
                    problem = $"the parameter '{parameter.Name}' has [IdempotencyKey], but the tool only reads; give it an effect: [AiTool(Effect = ToolEffect.Write)]";
                return problem is null ? "context.Key" : null;
            }
            foreach (AttributeData attribute in parameter.GetAttributes())
            {
                if (attribute.AttributeClass?.Name == "FromKeyedServicesAttribute")
                {
                    string key = attribute.ConstructorArguments is [{ IsNull: false } constant] ? CSharp.Constant(constant.Value, constant.Type!) : "null";
                    return isOptional
                        ? $"{Extensions}ServiceProviderKeyedServiceExtensions.GetKeyedService<{type}>(context.Services, {key})"
                        : $"{Extensions}ServiceProviderKeyedServiceExtensions.GetRequiredKeyedService<{type}>(context.Services, {key})";
                }
                if (attribute.AttributeClass?.Name == "FromServicesAttribute")
                {
                    return isOptional
                        ? $"({type}?)context.ServicesOrNull?.GetService(typeof({type}))"
                        : $"{Extensions}ServiceProviderServiceExtensions.GetRequiredService<{type}>(context.Services)";
                }
            }
            return null;
        }

        /// <summary>What the method gives, and how; why it cannot be shown, or null.</summary>
        private string? Result(IMethodSymbol method, out ToolCallKind call, out ToolResultKind kind, out ArgumentUse use, out string member)
        {
            use = default;
            member = "";
            kind = ToolResultKind.None;
            ITypeSymbol type = method.ReturnType;
            call = ToolCallKind.Sync;
            if (type.SpecialType == SpecialType.System_Void)
                return null;
            if (type.Is("System.Threading.Tasks", "Task") || type.Is("System.Threading.Tasks", "ValueTask"))
            {
                call = ToolCallKind.Awaited;
                return null;
            }
            if (type.Is("System.Threading.Tasks", "Task", 1) || type.Is("System.Threading.Tasks", "ValueTask", 1))
            {
                call = ToolCallKind.Awaited;
                type = ((INamedTypeSymbol)type).TypeArguments[0];
            }
            else if (type.Is("System.Collections.Generic", "IAsyncEnumerable", 1))
            {
                ITypeSymbol item = ((INamedTypeSymbol)type).TypeArguments[0];
                bool isText = item.SpecialType == SpecialType.System_String && method.ContainingType.Has("AiSdk", "AiFunctionsAttribute");
                call = isText ? ToolCallKind.Joined : ToolCallKind.Collected;
                type = isText ? item : compilation.GetTypeByMetadataName("System.Collections.Generic.IReadOnlyList`1")!.Construct([item], [item.NullableAnnotation]).WithNullableAnnotation(NullableAnnotation.NotAnnotated);
            }
            if (type.Is("AiSdk", "AiResult", 1))
            {
                member = ".Value";
                type = ((INamedTypeSymbol)type).TypeArguments[0];
            }
            if (type.SpecialType == SpecialType.System_String || type.Is("System.Text.Json", "JsonElement") || IsContent(type) || (type.ElementType() is { } content && IsContent(content)))
            {
                kind = ToolResultKind.AsIs;
                return null;
            }
            kind = ToolResultKind.Json;
            if (Results.Parse(type, out string? failure) is not { } parsed)
                return failure;
            use = parsed;
            return null;
        }

        private static bool IsContent(ITypeSymbol type) => type.BasesAndSelf().Any(static t => t.Is("Microsoft.Extensions.AI", "AIContent"));
    }
}
