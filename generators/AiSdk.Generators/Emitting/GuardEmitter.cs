using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes the guards of functions: what they are, where the arguments and the reply go through them, and their stubs.</summary>
internal static class GuardEmitter
{
    private static readonly string[] _collections =
    [
        "Generic.List<", "Generic.IList<", "Generic.IReadOnlyList<", "Generic.ICollection<", "Generic.IReadOnlyCollection<", "Generic.IEnumerable<", "Generic.HashSet<", "Immutable.ImmutableArray<", "Immutable.ImmutableList<",
    ];

    // Those that hold the numbers of cards, accounts and documents.
    private static readonly string[] _longNumbers = ["long", "ulong", "decimal", "global::System.Int128", "global::System.UInt128", "global::System.Numerics.BigInteger"];

    private const string Services = "global::AiSdk.CompilerServices.";
    private const string Verdict = "global::System.Threading.Tasks.ValueTask<global::AiSdk.GuardVerdict>";

    /// <summary>Whether the function has guards.</summary>
    public static bool IsGuarded(FunctionModel function) => function.Guards.Count > 0;

    /// <summary>Whether the function's body is a method of its own, which awaits its guards and retrievers.</summary>
    public static bool IsAwaited(FunctionModel function) => IsGuarded(function) || function.Retrievals.Count > 0;

    /// <summary>The types of arguments that guards see as JSON.</summary>
    public static IEnumerable<int> JsonTypes(FunctionModel function, EquatableArray<ArgumentTypeModel> types) => IsGuarded(function) && HasInputs(function)
        ? function.PromptParameters.Where(p => FormOf(p, function, types) == Form.Json).Select(static p => p.Type)
        : [];

    /// <summary>Writes the field with a function's guards.</summary>
    public static void EmitField(SourceWriter writer, FunctionModel function, ClassNames names)
    {
        if (IsGuarded(function))
            writer.WriteLine($"private readonly {Services}FunctionGuards {names.Guards(function)};");
    }

    /// <summary>Fills the field in the constructor.</summary>
    public static void EmitCreation(SourceWriter writer, FunctionModel function, string className, ClassNames names)
    {
        if (!IsGuarded(function))
            return;
        List<string> calls = [];
        foreach (GuardModel guard in function.Guards.Where(static g => g.Type is not null))
        {
            string create = guard.CanCreate ? $"static () => new {guard.Type}()" : "null";
            calls.Add($".{(guard.IsInput ? "Input" : "Output")}<{guard.Type}>({create}{(guard.Settings == "default" ? "" : ", " + guard.Settings)})");
        }
        writer.WriteLine($"this.{names.Guards(function)} = new {Services}FunctionGuards({CSharp.Literal(className)}, options){(calls.Count == 0 ? ";" : "")}");
        for (int i = 0; i < calls.Count; i++)
            writer.WriteLine($"    {calls[i]}{(i == calls.Count - 1 ? ";" : "")}");
    }

    /// <summary>Ends the public method with a call of the one that awaits the guards and retrievers, and begins that.</summary>
    /// <returns>The name of its CancellationToken.</returns>
    public static string EmitEntry(SourceWriter writer, FunctionModel function, ClassNames names)
    {
        string arguments = string.Join(", ", function.Parameters.Select(static p => p.Name));
        writer.WriteLine($"return this.{names.Guarded(function)}({arguments});");
        writer.CloseBlock();
        writer.WriteLine();
        string? token = function.CancellationToken;
        List<string> parameters = [.. function.Parameters.Select(p => $"{(p.Name == token && IsStream(function) ? "[global::System.Runtime.CompilerServices.EnumeratorCancellation] " : "")}{p.Type} {p.Name}")];
        if (token is null && IsStream(function))
        {
            token = "cancellation";
            while (function.ParameterNames.Contains(token))
                token += "_";
            parameters.Add($"[global::System.Runtime.CompilerServices.EnumeratorCancellation] global::System.Threading.CancellationToken {token} = default");
        }
        writer.OpenBlock($"private async {function.ReturnType} {names.Guarded(function)}({string.Join(", ", parameters)})");
        return token ?? "default";
    }

    /// <summary>Sends the arguments through the guards.</summary>
    /// <returns>The variable of the guards.</returns>
    public static string EmitInput(SourceWriter writer, FunctionModel function, string token, EquatableArray<ArgumentTypeModel> types, PromptEmitter emitter, ClassNames names)
    {
        string guards = emitter.Unique("guards");
        writer.WriteLine($"{Services}GuardRun {guards} = this.{names.Caller(function.ClientKey)}.Guard({function.InfoName}, this.{names.Guards(function)}, {token});");
        if (HasInputs(function))
        {
            foreach (PromptParameterModel parameter in function.PromptParameters.Where(static p => !p.IsPassages))
                EmitArgument(writer, parameter, function, types, guards, emitter, names);
        }
        foreach (GuardModel stub in function.Guards.Where(static g => g is { IsInput: true, Stub: not null }))
        {
            List<string> texts = [.. function.Parameters.Where(static p => p.Type is "string" or "string?").Select(static p => p.Name)];
            string parameter = emitter.Unique("parameter");
            string text = emitter.Unique("rewritten");
            string context = emitter.Unique("context");
            string arguments = string.Join(", ", function.StubParameters.Select(static p => p.Name).Append(context));
            writer.WriteLine($"(string? {parameter}, string? {text}) = await {guards}.CheckArgumentsAsync({CSharp.Literal(stub.Stub!)}, {stub.Settings}, [{string.Join(", ", texts.Select(static t => CSharp.Literal(t.TrimStart('@'))))}], {context} => this.{stub.Stub}({arguments})).ConfigureAwait(false);");
            foreach (string name in texts)
            {
                writer.WriteLine($"if ({parameter} == {CSharp.Literal(name.TrimStart('@'))})");
                writer.WriteLine($"    {name} = {text}!;");
            }
        }
        foreach (GuardModel stub in function.Guards.Where(static g => g is { IsInput: false, Stub: not null }))
            writer.WriteLine($"{guards}.{(function.Output is null ? "CheckReply" : $"CheckValue<{function.ValueType}>")}({CSharp.Literal(stub.Stub!)}, {stub.Settings}, this.{stub.Stub});");
        return guards;
    }

    /// <summary>Fills the passages that the caller left out, with what the guards left of the query, and sends all passages through the guards.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="function">The function.</param>
    /// <param name="token">The variable of the CancellationToken.</param>
    /// <param name="guards">The variable of the guards, or null.</param>
    /// <param name="names">The names in the class.</param>
    public static void EmitPassages(SourceWriter writer, FunctionModel function, string token, string? guards, ClassNames names)
    {
        foreach (RetrievalModel retrieval in function.Retrievals)
        {
            writer.WriteLine($"{retrieval.Parameter} ??= await this.{names.Caller(function.ClientKey)}.RetrieveAsync({function.InfoName}, {CSharp.Literal(retrieval.Retriever)}, {retrieval.Query}, {CSharp.Literal(retrieval.Top)}, {CSharp.Literal(retrieval.TokenBudget)}, {token}).ConfigureAwait(false);");
        }
        if (guards is null || !HasInputs(function))
            return;
        foreach (PromptParameterModel parameter in function.PromptParameters.Where(static p => p is { IsPassages: true, IsTrusted: false }))
        {
            string name = CSharp.Identifier(parameter.Name);
            if (TypeOf(parameter, function).EndsWith("?", StringComparison.Ordinal) && function.Retrievals.All(retrieval => retrieval.Parameter != name))
                writer.WriteLine($"if ({name} is not null)");
            writer.WriteLine($"{name} = await {guards}.CheckPassagesAsync({CSharp.Literal(parameter.Name)}, {name}).ConfigureAwait(false);");
        }
    }

    /// <summary>Awaits the call.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="function">The function.</param>
    /// <param name="call">The call, as C#.</param>
    /// <param name="emitter">Knows the names that are taken.</param>
    public static void EmitReturn(SourceWriter writer, FunctionModel function, string call, PromptEmitter emitter)
    {
        if (!IsStream(function))
        {
            writer.WriteLine($"return await {call}.ConfigureAwait(false);");
            return;
        }
        string item = emitter.Unique("item");
        writer.WriteLine($"await foreach ({function.ItemType} {item} in {call}.ConfigureAwait(false))");
        writer.WriteLine($"    yield return {item};");
    }

    /// <summary>Declares the stubs.</summary>
    public static void EmitStubs(SourceWriter writer, FunctionModel function)
    {
        foreach (GuardModel stub in function.Guards.Where(static g => g.Stub is not null))
        {
            string parameters = stub.IsInput
                ? string.Join("", function.StubParameters.Select(static p => $"{p.Type} {p.Name}, "))
                : $"{(function.Output is null ? "string" : function.ValueType)} reply, ";
            writer.WriteLine($"/// <summary>Guards the {(stub.IsInput ? "arguments" : "reply")} of <c>{CSharp.XmlText(function.DisplayName)}</c>: written in the other part of the class.</summary>");
            writer.WriteLine($"private partial {Verdict} {stub.Stub}({parameters}global::AiSdk.GuardContext context);");
            writer.WriteLine();
        }
    }

    private enum Form
    {
        None,
        Text,
        Texts,
        Messages,
        Number,
        Json,
    }

    private static bool IsStream(FunctionModel function) => function.Returns is ReturnKind.TextStream or ReturnKind.ElementStream or ReturnKind.PartialStream;

    private static bool HasInputs(FunctionModel function) => function.Guards.Any(static g => g is { IsInput: true, Type: not null });

    private static void EmitArgument(
        SourceWriter writer, PromptParameterModel parameter, FunctionModel function, EquatableArray<ArgumentTypeModel> types, string guards, PromptEmitter emitter, ClassNames names)
    {
        string name = CSharp.Identifier(parameter.Name);
        string literal = CSharp.Literal(parameter.Name);
        string there = parameter.IsImmutableArray ? $"if ({name} is {{ IsDefault: false }})" : $"if ({name} is not null)";
        bool mayBeMissing = parameter.IsImmutableArray || TypeOf(parameter, function).EndsWith("?", StringComparison.Ordinal);
        switch (FormOf(parameter, function, types))
        {
            case Form.Text:
                writer.WriteLine($"{name} = await {guards}.CheckAsync({literal}, {name}).ConfigureAwait(false);");
                break;
            case Form.Texts:
                Conditional($"{name} = [.. await {guards}.CheckTextsAsync({literal}, {name}).ConfigureAwait(false)];");
                break;
            case Form.Messages:
                Conditional($"{name} = [.. await {guards}.CheckMessagesAsync({literal}, {name}).ConfigureAwait(false)];");
                break;
            case Form.Number:
                writer.WriteLine($"await {guards}.CheckNumberAsync({literal}, {name}).ConfigureAwait(false);");
                break;
            case Form.Json:
                string json = emitter.Unique("json");
                writer.WriteLine($"if ({name} is {(parameter.IsImmutableArray ? "{ IsDefault: false }" : "{ }")} {json})");
                writer.WriteLine($"    await {guards}.CheckJsonAsync({literal}, {Services}PromptText.Json({json}, {names.Arguments}.Write{types[parameter.Type].MemberName})).ConfigureAwait(false);");
                break;
        }

        void Conditional(string statement)
        {
            if (mayBeMissing)
                writer.WriteLine(there);
            writer.WriteLine((mayBeMissing ? "    " : "") + statement);
        }
    }

    private static Form FormOf(PromptParameterModel parameter, FunctionModel function, EquatableArray<ArgumentTypeModel> types)
    {
        if (parameter.IsTrusted || parameter.IsPassages || parameter.Kind == PromptParameterKind.Media)
            return Form.None;
        string type = TypeOf(parameter, function);
        if (parameter.Kind == PromptParameterKind.History)
            return Form.Messages;
        if (parameter.Type >= 0 && _longNumbers.Contains(type.TrimEnd('?'), StringComparer.Ordinal))
            return Form.Number;
        if (parameter.Type < 0 || !CarriesText(parameter.Type, types))
            return Form.None;
        if (type is "string" or "string?")
            return Form.Text;
        ArgumentTypeModel model = types[parameter.Type];
        return model.Kind == ArgumentTypeKind.List && types[model.Element.Type].Kind == ArgumentTypeKind.String && !model.Element.MayBeNull && IsCollectionExpression(type) ? Form.Texts : Form.Json;
    }

    private static string TypeOf(PromptParameterModel parameter, FunctionModel function) =>
        function.Parameters.First(p => p.Name == CSharp.Identifier(parameter.Name)).Type;

    /// <summary>Whether a collection expression can make a value of the type.</summary>
    private static bool IsCollectionExpression(string type)
    {
        string name = type.TrimEnd('?');
        return name.EndsWith("[]", StringComparison.Ordinal) || _collections.Any(known => name.StartsWith("global::System.Collections." + known, StringComparison.Ordinal));
    }

    private static bool CarriesText(int type, EquatableArray<ArgumentTypeModel> types)
    {
        HashSet<int> seen = [];
        Stack<int> open = new([type]);
        while (open.Count > 0)
        {
            int index = open.Pop();
            if (!seen.Add(index))
                continue;
            ArgumentTypeModel model = types[index];
            if (model.Kind is ArgumentTypeKind.String or ArgumentTypeKind.Uri or ArgumentTypeKind.Dictionary)
                return true;
            foreach (ArgumentPropertyModel property in model.Properties)
                open.Push(property.Type.Type);
            foreach (ArgumentVariantModel variant in model.Variants)
                open.Push(variant.Type);
            if (model.Kind == ArgumentTypeKind.List)
                open.Push(model.Element.Type);
        }
        return false;
    }
}
