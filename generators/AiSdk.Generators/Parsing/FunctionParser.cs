using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AiSdk.Generators.Parsing;

/// <summary>Turns a method of an interface into a <see cref="FunctionModel"/>.</summary>
/// <param name="compilation">The compilation.</param>
/// <param name="files">The files that declarations may name.</param>
/// <param name="outputTypes">Collects the types of replies.</param>
/// <param name="argumentTypes">Collects the types of arguments.</param>
/// <param name="problems">Collects what is wrong.</param>
/// <param name="functions">Collects what the analyzers ask of the functions.</param>
/// <param name="half">The user's part of the generated class, or null.</param>
internal sealed partial class FunctionParser(
    Compilation compilation, PromptFiles files, OutputTypeParser outputTypes, ArgumentTypeParser argumentTypes, List<Problem> problems, List<FunctionFacts> functions, INamedTypeSymbol? half, CancellationToken cancellationToken)
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
        FileLinePositionSpan position = method.Locations.FirstOrDefault()?.GetLineSpan() ?? default;
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
        FunctionFacts facts = new(method);
        functions.Add(facts);
        FunctionModel? compiled = Compile(method, function, facts);
        facts.Model = compiled is not null && FirstFailure(before) is null
            ? compiled
            : function with { Failure = $"{function.DisplayName} could not be compiled: {FirstFailure(before)!.Text}." };
        return facts.Model;
    }

    private Problem? FirstFailure(int before) => problems.Skip(before).FirstOrDefault(static problem => !problem.IsHarmless);

    /// <summary>Goes on after a problem wherever what follows does not hang on it: who is typing wants to see all of them.</summary>
    private FunctionModel? Compile(IMethodSymbol method, FunctionModel function, FunctionFacts facts)
    {
        if (method.IsGenericMethod)
            return Fail(ProblemKind.GenericMethod, "a generic method has no one schema; make one function per type", new(method));
        int before = problems.Count;
        ReturnInfo? returns = Returns(method, facts);
        List<ParameterInfo> parameters = Parameters(method, facts);

        PromptBinder binder = new(compilation, files, parameters, argumentTypes, hasOutput: returns is null or { Output: not null });
        List<PromptModel> prompts = [];
        HashSet<string> usedByUser = new(StringComparer.Ordinal);
        bool hasPrompt = false;
        bool isFromFile = false;
        IReadOnlyList<OptionModel> settings = [];
        foreach (AttributeData attribute in method.GetAttributes())
        {
            if (attribute.AttributeClass.Is("AiSdk", "PromptAttribute"))
            {
                hasPrompt = isFromFile = true;
                settings = BindPromptFile(attribute, binder, prompts, usedByUser, returns?.Output, isText: returns is { Output: null }, facts);
                continue;
            }
            bool isSystem = attribute.AttributeClass.Is("AiSdk", "SystemPromptAttribute");
            if (!isSystem && !attribute.AttributeClass.Is("AiSdk", "UserPromptAttribute"))
                continue;
            hasPrompt = true;
            if (attribute.Text() is not { } template)
            {
                Fail(ProblemKind.MissingPrompt, "a prompt's text is null", new(method, SitePart.Attribute, attribute));
                continue;
            }
            HashSet<string> usedBefore = new(binder.Used, StringComparer.Ordinal);
            if (!isSystem)
                binder.Used.Clear();
            prompts.Add(binder.Bind(isSystem ? "system" : "user", template, new ProblemSite(method, SitePart.Text, attribute), out PromptFacts prompt, out IReadOnlyList<TemplateProblem> wrong));
            facts.Prompts.Add(prompt);
            foreach (TemplateProblem problem in wrong)
                problems.Add(Problem(problem, ProblemSite.InPrompt(method, attribute, 0, 0)));
            if (!isSystem)
                usedByUser.UnionWith(binder.Used);
            binder.Used.UnionWith(usedBefore);
        }
        facts.Used.UnionWith(binder.Used);
        facts.Files.UnionWith(binder.Partials);
        facts.Partials.AddRange(binder.PartialFacts);
        if (!hasPrompt)
            Fail(ProblemKind.MissingPrompt, "it has no prompt; add [UserPrompt(\"…\")]", new(method));
        if (returns is null || FirstFailure(before) is not null)
            return null;

        prompts = WithUnmentioned(prompts, parameters, binder.Used, isFromFile);
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
            PromptParameters = PromptParameters(parameters).ToEquatableArray(),
            ExampleParameters = exampleParameters.Select(static p => new ExampleParameter(CSharp.TypeName(p.Symbol.Type), CSharp.Identifier(p.Symbol.Name))).ToEquatableArray(),
        };
        function = WithReasoning(method, function);
        ExampleParser examples = new(method, function, facts.ValueType, exampleParameters, outputTypes, files, problems);
        function = WithOptions(method, settings, WithGuards(method, WithRetrieval(method, function with { Examples = examples.Parse(facts.Files).ToEquatableArray() }, facts)));
        return WithTools(method, parameters, function) is { } withTools && WithOutputRules(method, withTools) is { } withRules ? WithDeliberation(method, withRules) : null;

        string? Name(ParameterKind kind) => parameters.FirstOrDefault(p => p.Kind == kind) is { } found ? CSharp.Identifier(found.Symbol.Name) : null;
    }

    private List<ParameterInfo> Parameters(IMethodSymbol method, FunctionFacts facts)
    {
        List<ParameterInfo> parameters = [.. method.Parameters.Select(ParameterInfo.Of)];
        facts.Parameters = parameters;
        foreach (IParameterSymbol byReference in method.Parameters.Where(static p => p.RefKind is RefKind.Ref or RefKind.Out))
            Fail(ProblemKind.UnsupportedParameter, $"the parameter '{byReference.Name}' is passed by reference, which a call to a model cannot be", new(byReference, SitePart.Type));
        foreach (IGrouping<ParameterKind, ParameterInfo> several in parameters
            .Where(static p => p.Kind is ParameterKind.Options or ParameterKind.CancellationToken or ParameterKind.History).GroupBy(static p => p.Kind).Where(static g => g.Count() > 1))
            Fail(ProblemKind.SeveralParameters, $"there are {several.Count()} parameters of type {several.First().Symbol.Type.Display()}, but only one can count", new(several.ElementAt(1).Symbol));
        for (int i = 0; i < parameters.Count; i++)
        {
            IParameterSymbol symbol = parameters[i].Symbol;
            if (parameters[i].Kind != ParameterKind.Data || argumentTypes.Parse(symbol.Type, out string? reason) is not null)
                continue;
            Fail(ProblemKind.UnsupportedParameter, $"the parameter '{symbol.Name}' cannot be shown to a model: {reason}", new(symbol, SitePart.Type));
            parameters[i] = parameters[i] with { IsUnsupported = true };
        }
        return parameters;
    }

    private IEnumerable<PromptParameterModel> PromptParameters(List<ParameterInfo> parameters)
    {
        foreach (ParameterInfo parameter in parameters)
        {
            PromptParameterKind? kind = parameter.Kind switch
            {
                ParameterKind.Data => PromptParameterKind.Data,
                ParameterKind.Media => PromptParameterKind.Media,
                ParameterKind.History => PromptParameterKind.History,
                _ => null,
            };
            if (kind is not { } known)
                continue;
            ITypeSymbol type = parameter.Symbol.Type;
            int index = known == PromptParameterKind.Data && argumentTypes.Parse(type, out _) is { } use ? use.Type : -1;
            ITypeSymbol underlying = type.Underlying(out _);
            yield return new PromptParameterModel(
                parameter.Symbol.Name, known, index, parameter.IsTrusted, underlying.Is("System.Collections.Immutable", "ImmutableArray", 1), underlying.Is("AiSdk", "Passages"));
        }
    }

    /// <summary>
    /// Puts media that no template mentions at the end of the last user message, and history before the first one; in a prompt file before the last one, as
    /// Dotprompt does, whose earlier messages are examples.
    /// </summary>
    private static List<PromptModel> WithUnmentioned(List<PromptModel> prompts, List<ParameterInfo> parameters, HashSet<string> used, bool isFromFile)
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
                int first = !isFromFile ? prompts.FindIndex(static p => p.Role == "user") : prompts is [.., { Role: "user" }] ? prompts.Count - 1 : -1;
                PromptModel history = new("user", "", new BoundNode[] { new BoundHistory(name, parameter.IsTrusted) }.ToEquatableArray()) { IsImplied = true };
                prompts.Insert(first < 0 ? prompts.Count : first, history);
            }
        }
        return prompts;
    }

    private sealed record ReturnInfo(ReturnKind Kind, bool IsValueTask, string ValueType, TypeUse? Output);

    private ReturnInfo? Returns(IMethodSymbol method, FunctionFacts facts)
    {
        const string Supported = "use Task<T>, ValueTask<T>, Task<AiResult<T>>, Task<string>, IAsyncEnumerable<string>, IAsyncEnumerable<T> or IAsyncEnumerable<Partial<T>>";
        ITypeSymbol type = method.ReturnType;
        bool isValueTask = false;
        if (method.ReturnsByRef || method.ReturnsByRefReadonly)
            return Unsupported("it returns by reference", $"Task<{type.Display()}>");
        if (type.Is("System.Collections.Generic", "IAsyncEnumerable", 1))
        {
            ITypeSymbol item = ((INamedTypeSymbol)type).TypeArguments[0];
            if (item.SpecialType == SpecialType.System_String)
            {
                facts.ValueType = item;
                return new ReturnInfo(ReturnKind.TextStream, false, "string", null);
            }
            if (item.Is("AiSdk", "AiResult", 1))
                return Unsupported("a stream has no one result", $"Task<{item.Display()}>");
            return item.Is("AiSdk", "Partial", 1) ? Partials(((INamedTypeSymbol)item).TypeArguments[0]) : Elements(item);
        }
        isValueTask = type.Is("System.Threading.Tasks", "ValueTask", 1);
        if (!isValueTask && !type.Is("System.Threading.Tasks", "Task", 1))
        {
            bool isTask = type.Is("System.Threading.Tasks", "Task") || type.Is("System.Threading.Tasks", "ValueTask") || type.SpecialType == SpecialType.System_Void;
            return Unsupported(isTask ? "it returns nothing" : $"{type.Display()} cannot be awaited", isTask ? "Task<string>" : $"Task<{type.Display()}>");
        }

        ITypeSymbol value = ((INamedTypeSymbol)type).TypeArguments[0];
        bool isResult = value.Is("AiSdk", "AiResult", 1);
        if (isResult)
            value = ((INamedTypeSymbol)value).TypeArguments[0];
        facts.ValueType = value;
        if (value.SpecialType == SpecialType.System_String)
            return new ReturnInfo(isResult ? ReturnKind.TextResult : ReturnKind.Text, isValueTask, CSharp.TypeName(value), null);
        return Typed(value, isResult ? ReturnKind.Result : ReturnKind.Value);

        ReturnInfo? Typed(ITypeSymbol output, ReturnKind kind)
        {
            facts.ValueType = output;
            facts.Output = outputTypes.Parse(output, out OutputTypeProblem? problem);
            if (facts.Output is { } use)
                return new ReturnInfo(kind, isValueTask, CSharp.TypeName(output), use);
            problems.Add(new Problem(problem!.Kind, $"its return type cannot be read from a reply: {problem.Message}", new(method, SitePart.Type)) { Related = problem.Member, Candidates = problem.Candidates });
            return null;
        }

        ReturnInfo? Elements(ITypeSymbol element) =>
            compilation.GetTypeByMetadataName("System.Collections.Generic.IReadOnlyList`1")?.Construct([element], [element.NullableAnnotation]) is { } list
                ? Typed(list.WithNullableAnnotation(NullableAnnotation.NotAnnotated), ReturnKind.ElementStream)
                : Unsupported("lists are not known here");

        ReturnInfo? Partials(ITypeSymbol whole)
        {
            if (compilation is not CSharpCompilation { LanguageVersion: >= LanguageVersion.CSharp14 })
                return Unsupported("the properties of Partial<T> need C# 14", $"Task<{whole.Display()}>");
            if (whole.EffectiveAccessibility() == Accessibility.Private)
                return Unsupported($"the properties of Partial<{whole.Display()}> cannot be written, because {whole.Display()} is private or protected", $"Task<{whole.Display()}>");
            return Typed(whole, ReturnKind.PartialStream) switch
            {
                { Output: { IsNullable: false } use } partials when outputTypes[use.Type].Kind is OutputTypeKind.Object or OutputTypeKind.Union => partials,
                null => null,
                _ => Unsupported($"Partial<T> wants an object, which {whole.Display()} is not; for the elements of a list use IAsyncEnumerable<T>", $"Task<{whole.Display()}>"),
            };
        }

        ReturnInfo? Unsupported(string what, string? closest = null)
        {
            string advice = closest is null ? Supported : $"the closest that a function can give is {closest}; {Supported}";
            problems.Add(new Problem(ProblemKind.UnsupportedReturnType, $"{what}; {advice}", new(method, SitePart.Type)));
            return null;
        }
    }

    /// <summary>What <c>[ModelOptions]</c> says, else front matter.</summary>
    private FunctionModel WithOptions(IMethodSymbol method, IReadOnlyList<OptionModel> settings, FunctionModel function)
    {
        if (method.Attribute("AiSdk", "ModelOptionsAttribute") is not { } attribute)
            return function with { Options = settings.ToEquatableArray() };
        List<OptionModel> options = [];
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (Wanted(argument.Key, argument.Value) is { } wanted)
                Fail(ProblemKind.InvalidOptions, $"[ModelOptions] wants {argument.Key} to be {wanted}", new(method, SitePart.Attribute, attribute));
            // A matter of the compiler's, not of the model's.
            if (argument.Key == "MaxPromptTokens")
                continue;
            string? value = argument.Value switch
            {
                { Kind: TypedConstantKind.Array, IsNull: false } array => $"[{string.Join(", ", array.Values.Select(static v => CSharp.Literal(v.Value as string ?? "")))}]",
                { IsNull: true } => null,
                { Value: double number } => CSharp.Constant((float)number, argument.Value.Type!),
                { Kind: TypedConstantKind.Primitive } other => CSharp.Constant(other.Value, other.Type!),
                _ => null,
            };
            if (value is not null)
                options.Add(new OptionModel(argument.Key, value, OptionJson(argument.Value)));
        }
        options.AddRange(settings.Where(setting => options.All(option => option.Property != setting.Property)));
        return function with { ClientKey = attribute.Text(), Options = options.ToEquatableArray() };
    }

    /// <summary>What a setting has to be, where it is not: the same as front matter demands.</summary>
    private static string? Wanted(string property, TypedConstant value) => (property, value.Kind == TypedConstantKind.Array ? null : value.Value) switch
    {
        ("Temperature", double number) when !(number is >= 0 and <= double.MaxValue) => "a number of 0 or more",
        ("TopP", double number) when !(number is >= 0 and <= 1) => "a number from 0 to 1",
        ("TopK" or "MaxOutputTokens" or "MaxPromptTokens", int and < 1) => "a whole number of 1 or more",
        _ => null,
    };

    private static string OptionJson(TypedConstant value) => value switch
    {
        { Kind: TypedConstantKind.Array } array => $"[{string.Join(", ", array.Values.Select(OptionJson))}]",
        { Value: string text } => Json.Quote(text),
        { Value: double number } => ((float)number).ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        { Value: IFormattable number } => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => "null",
    };

    private FunctionModel WithGuards(IMethodSymbol method, FunctionModel function)
    {
        // The number tells the stubs of overloads apart, as it does their descriptors.
        string number = function.InfoName.Substring(method.Name.Length + "Info".Length);
        string stem = method.Name.EndsWith("Async", StringComparison.Ordinal) && method.Name.Length > "Async".Length ? method.Name.Substring(0, method.Name.Length - "Async".Length) : method.Name;
        EquatableArray<GuardModel> guards = new GuardParser(method, function.Returns, half, $"Guard{stem}{number}", problems).Parse();
        return guards.Count == 0 ? function : WithParts(method, function) with
        {
            Guards = guards,
            StubParameters = method.Parameters.Where(static p => GuardParser.IsShownToStub(p.Type)).Select(Parameter).ToEquatableArray(),
        };
    }

    /// <summary>What a body is made of that awaits something before the model is asked.</summary>
    private static FunctionModel WithParts(IMethodSymbol method, FunctionModel function) => function with
    {
        Parameters = method.Parameters.Select(Parameter).ToEquatableArray(),
        ReturnType = CSharp.TypeName(method.ReturnType),
        ItemType = CSharp.TypeName(((INamedTypeSymbol)method.ReturnType).TypeArguments[0]),
    };

    private static ExampleParameter Parameter(IParameterSymbol parameter) => new(CSharp.TypeName(parameter.Type), CSharp.Identifier(parameter.Name));

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
                return Fail(ProblemKind.InvalidOptions, $"[Reask] wants 0 to {MaxReasks} attempts and a budget of 1 token or more, not {attempts} and {budget}", new(method, SitePart.Attribute, declared));
            bool isStream = function.Returns is ReturnKind.ElementStream or ReturnKind.PartialStream;
            if (isStream && attempts > 0 && method.Has("AiSdk", "ReaskAttribute"))
                return Fail(ProblemKind.InvalidOptions, "[Reask] and a stream do not go together: what has been shown cannot be asked for again", new(method, SitePart.Attribute, declared));
            reask = attempts == 0 || isStream ? null : new ReaskModel(attempts, budget);
        }
        // The enum's members in the order of its values.
        string? mode = Attribute("StructuredOutputAttribute") is { ConstructorArguments: [{ Value: int value }] } ? value switch { 1 => "JsonSchema", 2 => "ToolCall", 3 => "Prompt", _ => null } : null;
        return function with { AllowsLoss = Attribute("AllowLossAttribute") is not null, Reask = reask, OutputMode = mode };

        AttributeData? Attribute(string name) => method.Attribute("AiSdk", name) ?? method.ContainingType.Attribute("AiSdk", name);
    }

    private FunctionModel? Fail(ProblemKind kind, string message, ProblemSite site)
    {
        problems.Add(new Problem(kind, message, site));
        return null;
    }
}
