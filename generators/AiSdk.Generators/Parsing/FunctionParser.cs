using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AiSdk.Generators.Parsing;

/// <summary>Turns a method of an interface into a <see cref="FunctionModel"/>.</summary>
/// <param name="compilation">The compilation.</param>
/// <param name="outputTypes">Collects the types of replies.</param>
/// <param name="argumentTypes">Collects the types of arguments.</param>
/// <param name="problems">Collects what is wrong.</param>
internal sealed class FunctionParser(
    Compilation compilation, OutputTypeParser outputTypes, ArgumentTypeParser argumentTypes, List<Problem> problems, CancellationToken cancellationToken)
{
    private const int MaxReasks = 10;
    private const int DefaultTokenBudget = 4000;

    /// <summary>Parses a method.</summary>
    /// <param name="method">The method.</param>
    /// <param name="interfaceName">The interface for people.</param>
    /// <param name="infoName">The name of its descriptor.</param>
    /// <param name="isExplicit">Whether it must be implemented explicitly, because another method has its signature.</param>
    public FunctionModel Parse(IMethodSymbol method, string interfaceName, string infoName, bool isExplicit)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Location? location = method.Locations.FirstOrDefault();
        FileLinePositionSpan position = location?.GetLineSpan() ?? default;
        FunctionModel function = new()
        {
            Name = CSharp.Identifier(method.Name),
            DisplayName = $"{interfaceName}.{method.Name}",
            Id = $"{method.ContainingType.ToDisplayString()}.{method.Name}({string.Join(", ", method.Parameters.Select(static p => p.Type.ToDisplayString()))})",
            InfoName = infoName,
            Signature = Signatures.Method(method, isExplicit),
            ParameterDeclarations = method.Parameters.Select(p => Signatures.Parameter(p, withDefault: !isExplicit)).ToEquatableArray(),
            Constraints = isExplicit ? Signatures.ExplicitConstraints(method.TypeParameters) : Signatures.Constraints(method.TypeParameters),
            ParameterNames = method.Parameters.Select(static p => p.Name).ToEquatableArray(),
            SourceFile = Path.GetFileName(position.Path ?? ""),
            SourceLine = position.StartLinePosition.Line + 1,
        };

        int before = problems.Count;
        FunctionModel? compiled = Compile(method, function, location);
        if (compiled is not null && problems.Count == before)
            return compiled;
        return function with { Failure = $"{function.DisplayName} could not be compiled: {problems[before].Message}." };
    }

    private FunctionModel? Compile(IMethodSymbol method, FunctionModel function, Location? location)
    {
        if (method.IsGenericMethod)
            return Fail(ProblemKind.GenericMethod, "a generic method has no one schema; make one function per type", location);
        if (method.Parameters.FirstOrDefault(static p => p.RefKind is RefKind.Ref or RefKind.Out) is { } byReference)
            return Fail(ProblemKind.UnsupportedParameter, $"the parameter '{byReference.Name}' is passed by reference, which a call to a model cannot be", location);
        if (Returns(method, location) is not { } returns)
            return null;

        List<ParameterInfo> parameters = [.. method.Parameters.Select(ParameterInfo.Of)];
        foreach (IGrouping<ParameterKind, ParameterInfo> several in parameters
            .Where(static p => p.Kind is ParameterKind.Options or ParameterKind.CancellationToken or ParameterKind.History).GroupBy(static p => p.Kind).Where(static g => g.Count() > 1))
            return Fail(ProblemKind.UnsupportedParameter, $"there are {several.Count()} parameters of type {several.First().Symbol.Type.Display()}, but only one can count", location);
        foreach (ParameterInfo parameter in parameters.Where(static p => p.Kind == ParameterKind.Data))
        {
            if (argumentTypes.Parse(parameter.Symbol.Type, out string? reason) is null)
                return Fail(ProblemKind.UnsupportedParameter, $"the parameter '{parameter.Symbol.Name}' cannot be shown to a model: {reason}", parameter.Symbol.Locations.FirstOrDefault());
        }

        PromptBinder binder = new(compilation, parameters, argumentTypes, hasOutput: returns.Output is not null);
        List<PromptModel> prompts = [];
        HashSet<string> usedByUser = new(StringComparer.Ordinal);
        foreach (AttributeData attribute in method.GetAttributes())
        {
            bool isSystem = attribute.AttributeClass.Is("AiSdk", "SystemPromptAttribute");
            if (!isSystem && !attribute.AttributeClass.Is("AiSdk", "UserPromptAttribute"))
                continue;
            Location? at = attribute.ApplicationSyntaxReference is { } syntax ? Location.Create(syntax.SyntaxTree, syntax.Span) : location;
            if (attribute.Text() is not { } template)
                return Fail(ProblemKind.MissingPrompt, "a prompt's text is null", at);
            HashSet<string> usedBefore = new(binder.Used, StringComparer.Ordinal);
            if (!isSystem)
                binder.Used.Clear();
            prompts.Add(binder.Bind(isSystem ? "system" : "user", template, out IReadOnlyList<TemplateProblem> wrong));
            foreach (TemplateProblem problem in wrong)
                problems.Add(new Problem(problem.Kind, $"{problem.Message} (at character {problem.Position} of the prompt)", at, problem.Position, problem.Length));
            if (!isSystem)
                usedByUser.UnionWith(binder.Used);
            binder.Used.UnionWith(usedBefore);
        }
        if (prompts.Count == 0)
            return Fail(ProblemKind.MissingPrompt, "it has no prompt; add [UserPrompt(\"…\")]", location);

        prompts = WithUnmentioned(prompts, parameters, binder.Used);
        List<ParameterInfo> exampleParameters = [.. parameters.Where(p => p.Kind == ParameterKind.Data && usedByUser.Contains(p.Symbol.Name))];
        function = function with
        {
            Returns = returns.Kind,
            IsValueTask = returns.IsValueTask,
            ValueType = returns.ValueType,
            Output = returns.Output,
            Prompts = prompts.ToEquatableArray(),
            OutputFormat = binder.OutputFormat,
            NullChecked = parameters.Where(static p => p.Symbol.Type.IsReferenceType && !p.Symbol.Type.MayBeNull()).Select(static p => CSharp.Identifier(p.Symbol.Name)).ToEquatableArray(),
            CancellationToken = Name(ParameterKind.CancellationToken),
            ChatOptions = Name(ParameterKind.Options),
            ExampleParameters = exampleParameters.Select(static p => new ExampleParameter(CSharp.TypeName(p.Symbol.Type), CSharp.Identifier(p.Symbol.Name))).ToEquatableArray(),
        };
        if (Examples(method, function, exampleParameters) is not { } examples)
            return null;
        function = function with { Examples = examples.ToEquatableArray() };
        return WithOutputRules(method, WithOptions(method, function));

        string? Name(ParameterKind kind) => parameters.FirstOrDefault(p => p.Kind == kind) is { } found ? CSharp.Identifier(found.Symbol.Name) : null;
    }

    /// <summary>Puts media that no template mentions at the end of the last user message, and history before the first one.</summary>
    private static List<PromptModel> WithUnmentioned(List<PromptModel> prompts, List<ParameterInfo> parameters, HashSet<string> used)
    {
        foreach (ParameterInfo parameter in parameters.Where(p => !used.Contains(p.Symbol.Name)))
        {
            string name = CSharp.Identifier(parameter.Symbol.Name);
            if (parameter.Kind == ParameterKind.Media)
            {
                // Behind a {{role}} the message might be another's; then the media are a message of their own.
                if (prompts.FindLastIndex(static p => p.Role == "user" && !p.ChangesRole) is >= 0 and int last)
                    prompts[last] = prompts[last] with { Nodes = prompts[last].Nodes.Append(new BoundMedia(name)).ToEquatableArray() };
                else
                    prompts.Add(new PromptModel("user", "", new BoundNode[] { new BoundMedia(name) }.ToEquatableArray()) { IsImplied = true });
            }
            else if (parameter.Kind == ParameterKind.History)
            {
                int first = prompts.FindIndex(static p => p.Role == "user");
                PromptModel history = new("user", "", new BoundNode[] { new BoundHistory(name, parameter.IsTrusted) }.ToEquatableArray()) { IsImplied = true };
                prompts.Insert(first < 0 ? prompts.Count : first, history);
            }
        }
        return prompts;
    }

    private sealed record ReturnInfo(ReturnKind Kind, bool IsValueTask, string ValueType, TypeUse? Output);

    private ReturnInfo? Returns(IMethodSymbol method, Location? location)
    {
        const string Supported = "use Task<T>, ValueTask<T>, Task<AiResult<T>>, Task<string>, IAsyncEnumerable<string>, IAsyncEnumerable<T> or IAsyncEnumerable<Partial<T>>";
        ITypeSymbol type = method.ReturnType;
        bool isValueTask = false;
        if (method.ReturnsByRef || method.ReturnsByRefReadonly)
            return Unsupported("it returns by reference");
        if (type.Is("System.Collections.Generic", "IAsyncEnumerable", 1))
        {
            ITypeSymbol item = ((INamedTypeSymbol)type).TypeArguments[0];
            if (item.SpecialType == SpecialType.System_String)
                return new ReturnInfo(ReturnKind.TextStream, false, "string", null);
            if (item.Is("AiSdk", "AiResult", 1))
                return Unsupported("a stream has no one result");
            return item.Is("AiSdk", "Partial", 1) ? Partials(((INamedTypeSymbol)item).TypeArguments[0]) : Elements(item);
        }
        isValueTask = type.Is("System.Threading.Tasks", "ValueTask", 1);
        if (!isValueTask && !type.Is("System.Threading.Tasks", "Task", 1))
        {
            bool isTask = type.Is("System.Threading.Tasks", "Task") || type.Is("System.Threading.Tasks", "ValueTask") || type.SpecialType == SpecialType.System_Void;
            return Unsupported(isTask ? "it returns nothing" : $"{type.Display()} cannot be awaited");
        }

        ITypeSymbol value = ((INamedTypeSymbol)type).TypeArguments[0];
        bool isResult = value.Is("AiSdk", "AiResult", 1);
        if (isResult)
            value = ((INamedTypeSymbol)value).TypeArguments[0];
        if (value.SpecialType == SpecialType.System_String)
            return new ReturnInfo(isResult ? ReturnKind.TextResult : ReturnKind.Text, isValueTask, CSharp.TypeName(value), null);
        return Typed(value, isResult ? ReturnKind.Result : ReturnKind.Value);

        ReturnInfo? Typed(ITypeSymbol output, ReturnKind kind)
        {
            if (outputTypes.Parse(output, out string? reason) is { } use)
                return new ReturnInfo(kind, isValueTask, CSharp.TypeName(output), use);
            problems.Add(new Problem(ProblemKind.UnsupportedOutputType, $"its return type cannot be read from a reply: {reason}", location));
            return null;
        }

        ReturnInfo? Elements(ITypeSymbol element) =>
            compilation.GetTypeByMetadataName("System.Collections.Generic.IReadOnlyList`1")?.Construct([element], [element.NullableAnnotation]) is { } list
                ? Typed(list.WithNullableAnnotation(NullableAnnotation.NotAnnotated), ReturnKind.ElementStream)
                : Unsupported("lists are not known here");

        ReturnInfo? Partials(ITypeSymbol whole)
        {
            if (compilation is not CSharpCompilation { LanguageVersion: >= LanguageVersion.CSharp14 })
                return Unsupported("the properties of Partial<T> need C# 14");
            if (whole.EffectiveAccessibility() == Accessibility.Private)
                return Unsupported($"the properties of Partial<{whole.Display()}> cannot be written, because {whole.Display()} is private or protected");
            return Typed(whole, ReturnKind.PartialStream) switch
            {
                { Output: { IsNullable: false } use } partials when outputTypes[use.Type].Kind is OutputTypeKind.Object or OutputTypeKind.Union => partials,
                null => null,
                _ => Unsupported($"Partial<T> wants an object, which {whole.Display()} is not; for the elements of a list use IAsyncEnumerable<T>"),
            };
        }

        ReturnInfo? Unsupported(string what)
        {
            problems.Add(new Problem(ProblemKind.UnsupportedReturnType, $"{what}; {Supported}", location));
            return null;
        }
    }

    private List<ExampleModel>? Examples(IMethodSymbol method, FunctionModel function, List<ParameterInfo> parameters)
    {
        List<ExampleModel> examples = [];
        foreach (AttributeData attribute in method.GetAttributes())
        {
            if (!attribute.AttributeClass.Is("AiSdk", "ExampleAttribute"))
                continue;
            Location? at = attribute.ApplicationSyntaxReference is { } syntax ? Location.Create(syntax.SyntaxTree, syntax.Span) : null;
            if (attribute.ConstructorArguments is not [{ Value: string input }, { Value: string output }])
                return FailExample("an example's input or output is null", at);
            if (!function.Prompts.Any(static p => p.Role == "user") || function.Prompts.Any(static p => p.Role == "user" && !p.IsText && !p.Nodes.All(static n => n is BoundHistory)))
                return FailExample("examples need user prompts of plain text, without {{media}}, {{role}} or {{history}}", at);

            string reply = output;
            if (function.Output is { } type)
            {
                if (!Json.TryParse(output, out string? error, out _))
                    return FailExample($"the example's output is {error}: {output}", at);
                reply = Wrapping.IsWrapped(outputTypes[type.Type], type.IsNullable) ? $"{{\"value\":{output}}}" : output;
            }
            if (Arguments(input, parameters, at) is not { } arguments)
                return null;
            examples.Add(new ExampleModel(input, output, arguments.ToEquatableArray(), reply));
        }
        return examples;
    }

    private List<ExampleArgument>? Arguments(string input, List<ParameterInfo> parameters, Location? at)
    {
        if (parameters is [{ Symbol.Type.SpecialType: SpecialType.System_String }])
            return [new ExampleArgument(input, null)];
        if (!Json.TryParse(input, out string? error, out IReadOnlyList<KeyValuePair<string, string>> properties))
        {
            FailExample($"the example's input is {error}; with several parameters in the user prompt it must be a JSON object with a property for each: {input}", at);
            return null;
        }
        List<ExampleArgument> arguments = [];
        foreach (ParameterInfo parameter in parameters)
        {
            string? json = properties.FirstOrDefault(p => p.Key == parameter.Symbol.Name).Value;
            if (json is null && !parameter.Symbol.Type.MayBeNull())
            {
                FailExample($"the example's input has no property '{parameter.Symbol.Name}', which the user prompt uses", at);
                return null;
            }
            if (outputTypes.Parse(parameter.Symbol.Type, out string? reason) is not { } use)
            {
                FailExample($"the parameter '{parameter.Symbol.Name}' cannot be read from an example: {reason}", at);
                return null;
            }
            arguments.Add(new ExampleArgument(json ?? "null", use));
        }
        if (properties.FirstOrDefault(p => parameters.All(parameter => parameter.Symbol.Name != p.Key)) is { Key: { } unknown })
        {
            FailExample($"the example's input has a property '{unknown}', but the user prompt uses no such parameter", at);
            return null;
        }
        return arguments;
    }

    private static FunctionModel WithOptions(IMethodSymbol method, FunctionModel function)
    {
        if (method.Attribute("AiSdk", "ModelOptionsAttribute") is not { } attribute)
            return function;
        List<OptionModel> options = [];
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            string? value = argument.Value switch
            {
                { Kind: TypedConstantKind.Array, IsNull: false } array => $"[{string.Join(", ", array.Values.Select(static v => CSharp.Literal(v.Value as string ?? "")))}]",
                { IsNull: true } => null,
                { Value: double number } => CSharp.Constant((float)number, argument.Value.Type!),
                { Kind: TypedConstantKind.Primitive } other => CSharp.Constant(other.Value, other.Type!),
                _ => null,
            };
            if (value is not null)
                options.Add(new OptionModel(argument.Key, value));
        }
        return function with { ClientKey = attribute.Text(), Options = options.ToEquatableArray() };
    }

    /// <summary>What the method, else its interface, says of replies that do not fit, and of how to ask for them.</summary>
    private FunctionModel? WithOutputRules(IMethodSymbol method, FunctionModel function)
    {
        if (function.Output is null)
            return function;
        ReaskModel? reask = null;
        if (Attribute("ReaskAttribute") is { } declared)
        {
            int attempts = declared.Named("Attempts") is int named ? named : declared.ConstructorArguments is [{ Value: int count }] ? count : 1;
            int budget = declared.Named("TokenBudget") is int tokens ? tokens : DefaultTokenBudget;
            if (attempts is < 0 or > MaxReasks || budget < 1)
                return Fail(ProblemKind.InvalidOptions, $"[Reask] wants 0 to {MaxReasks} attempts and a budget of 1 token or more, not {attempts} and {budget}", Location.Create(declared.ApplicationSyntaxReference!.SyntaxTree, declared.ApplicationSyntaxReference.Span));
            bool isStream = function.Returns is ReturnKind.ElementStream or ReturnKind.PartialStream;
            if (isStream && attempts > 0 && method.Has("AiSdk", "ReaskAttribute"))
                return Fail(ProblemKind.InvalidOptions, "[Reask] and a stream do not go together: what has been shown cannot be asked for again", Location.Create(declared.ApplicationSyntaxReference!.SyntaxTree, declared.ApplicationSyntaxReference.Span));
            reask = attempts == 0 || isStream ? null : new ReaskModel(attempts, budget);
        }
        // The enum's members in the order of its values.
        string? mode = Attribute("StructuredOutputAttribute") is { ConstructorArguments: [{ Value: int value }] } ? value switch { 1 => "JsonSchema", 2 => "ToolCall", 3 => "Prompt", _ => null } : null;
        return function with { AllowsLoss = Attribute("AllowLossAttribute") is not null, Reask = reask, OutputMode = mode };

        AttributeData? Attribute(string name) => method.Attribute("AiSdk", name) ?? method.ContainingType.Attribute("AiSdk", name);
    }

    private FunctionModel? Fail(ProblemKind kind, string message, Location? location)
    {
        problems.Add(new Problem(kind, message, location));
        return null;
    }

    private List<ExampleModel>? FailExample(string message, Location? location)
    {
        problems.Add(new Problem(ProblemKind.InvalidExample, message, location));
        return null;
    }
}
