using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes the methods: arguments → messages → caller.</summary>
internal static class FunctionEmitter
{
    private const string ChatMessage = "global::Microsoft.Extensions.AI.ChatMessage";
    // The one setting that ChatOptions has no property for.
    private const string Adapter = "Adapter";
    private const string ChatOptions = "global::Microsoft.Extensions.AI.ChatOptions";

    /// <summary>Writes a method and what belongs to it.</summary>
    public static void Emit(SourceWriter writer, FunctionModel function, InterfaceModel model, ClassNames names)
    {
        writer.WriteLine("/// <inheritdoc/>");
        DocumentationEmitter.Emit(writer, function, model);
        writer.OpenBlock($"{function.Signature}({string.Join(", ", function.ParameterDeclarations)}){function.Constraints}");
        if (function.Failure is { } reason)
        {
            writer.WriteLine($"throw new global::System.NotSupportedException({CSharp.Literal(reason)});");
            writer.CloseBlock();
            writer.WriteLine();
            return;
        }

        foreach (string parameter in function.NullChecked)
            writer.WriteLine($"global::System.ArgumentNullException.ThrowIfNull({parameter});");
        if (function.NullChecked.Count > 0)
            writer.WriteLine();

        PromptEmitter prompts = new(writer, model.ArgumentTypes, names.Arguments, function.ParameterNames.Concat(names.All));
        string? guards = null;
        string token = function.CancellationToken ?? "default";
        if (GuardEmitter.IsAwaited(function))
        {
            token = GuardEmitter.EmitEntry(writer, function, names);
            if (GuardEmitter.IsGuarded(function))
                guards = GuardEmitter.EmitInput(writer, function, token, model.ArgumentTypes, prompts, names);
            GuardEmitter.EmitPassages(writer, function, token, guards, names);
            writer.WriteLine();
        }
        string? options = null;
        if (function.OutputFormat is { } format)
        {
            // How the type is asked for depends on the model, which the options may name.
            options = EmitOptions(writer, function, prompts);
            writer.WriteLine($"string? {format} = this.{names.Caller(function.ClientKey)}.OutputFormat({function.InfoName}, {options});");
        }
        string messages = EmitMessages(writer, function, prompts, names);
        options ??= EmitOptions(writer, function, prompts);
        string info = EmitOverride(writer, function, messages, options, prompts, names);
        if (function.ToolLimits is not null)
        {
            string tools = string.Join(", ", function.ToolSources.Select(source => $".. {source}.Resolve(this.{names.Caller(function.ClientKey)}.Services)").Concat(function.ToolParameters.Select(static p => $".. {p}")));
            writer.WriteLine($"{options} = global::AiSdk.CompilerServices.AiCaller.WithTools({options}, [{tools}]);");
        }
        EmitCall(writer, function, info, messages, options, token, guards, prompts, names);
        writer.CloseBlock();
        writer.WriteLine();
        GuardEmitter.EmitStubs(writer, function);
        if (function.Examples.Count > 0)
            EmitExamples(writer, function, model, names);
    }

    private static string EmitMessages(SourceWriter writer, FunctionModel function, PromptEmitter emitter, ClassNames names)
    {
        string messages = emitter.Unique("messages");
        bool hasExamples = function.Examples.Count > 0;
        int firstUser = function.Prompts.ToList().FindIndex(static p => p.Role == "user");
        // A message of nothing but {{output_format}} may be empty, and endpoints refuse that; the builder leaves it out.
        bool mayBeEmpty = function.Prompts.Any(static prompt => prompt.MayBeBlank) || function.OutputFormat is { } format && function.Prompts.Any(prompt => prompt.Nodes.All(node => node is BoundValue value && value.Expression == format || node is BoundText text && string.IsNullOrWhiteSpace(text.Text)));
        if (!mayBeEmpty && function.Prompts.All(static prompt => prompt.IsText))
        {
            List<string> items = [];
            for (int i = 0; i < function.Prompts.Count; i++)
            {
                PromptModel prompt = function.Prompts[i];
                if (i == firstUser)
                    items.AddRange(ExampleTurns(function, names).Select(static turn => $"new({turn.Role}, {turn.Text})"));
                string text = hasExamples && prompt.Role == "user" ? ExamplePrompt(function, i, names) : emitter.Text(prompt.Nodes);
                items.Add($"new({PromptEmitter.Role(prompt.Role)}, {text})");
            }
            writer.WriteLine($"{ChatMessage}[] {messages} =");
            writer.WriteLine("[");
            writer.Indent();
            foreach (string item in items)
                writer.WriteLine(item + ",");
            writer.Unindent();
            writer.WriteLine("];");
            return messages;
        }

        string builder = emitter.Unique("prompt");
        writer.WriteLine($"global::AiSdk.CompilerServices.PromptBuilder {builder} = new();");
        for (int i = 0; i < function.Prompts.Count; i++)
        {
            PromptModel prompt = function.Prompts[i];
            bool isHistory = prompt.Nodes.All(static node => node is BoundHistory) && prompt.Nodes.Count > 0;
            foreach ((string role, string text) in i == firstUser ? ExampleTurns(function, names) : [])
            {
                writer.WriteLine($"{builder}.Role({role});");
                writer.WriteLine($"{builder}.Text({text});");
            }
            if (!isHistory && prompt.Nodes is not [BoundRole, ..])
                writer.WriteLine($"{builder}.Role({PromptEmitter.Role(prompt.Role)});");
            if (hasExamples && prompt.Role == "user" && !isHistory)
                writer.WriteLine($"{builder}.Text({ExamplePrompt(function, i, names)});");
            else
                emitter.Build(builder, prompt.Nodes);
        }
        writer.WriteLine($"{ChatMessage}[] {messages} = {builder}.ToMessages();");
        return messages;
    }

    private static string EmitOptions(SourceWriter writer, FunctionModel function, PromptEmitter emitter)
    {
        List<OptionModel> settings = [.. function.Options];
        string? format = function.Output is null ? null : $"{function.InfoName}.Output!.ResponseFormat";
        string options = emitter.Unique("chatOptions");
        string type = function.Output is null ? ChatOptions + "?" : ChatOptions;
        if (function.ChatOptions is null && settings.Count == 0 && format is null)
        {
            writer.WriteLine($"{type} {options} = null;");
            return options;
        }
        if (function.ChatOptions is null)
        {
            if (format is not null)
                settings.Add(new OptionModel("ResponseFormat", format, ""));
            writer.WriteLine($"{type} {options} = new() {{ {string.Join(", ", settings.Select(static s => s.Property == Adapter ? $"AdditionalProperties = new() {{ [\"adapter\"] = {s.Value} }}" : $"{s.Property} = {s.Value}"))} }};");
            return options;
        }
        // The caller's settings win, and the caller's object stays as it was.
        writer.WriteLine($"{type} {options} = {function.ChatOptions}?.Clone() ?? new();");
        foreach (OptionModel setting in settings)
            writer.WriteLine(setting.Property == Adapter ? $"({options}.AdditionalProperties ??= new()).TryAdd(\"adapter\", {setting.Value});" : $"{options}.{setting.Property} ??= {setting.Value};");
        if (format is not null)
            writer.WriteLine($"{options}.ResponseFormat = {format};");
        return options;
    }

    /// <summary>Lets a prompt file take the place of what was compiled. Without a prompt directory this is one question.</summary>
    private static string EmitOverride(SourceWriter writer, FunctionModel function, string messages, string options, PromptEmitter emitter, ClassNames names)
    {
        string info = emitter.Unique("function");
        string overrides = emitter.Unique("overrides");
        List<string> arguments = [info, messages, options, function.ChatOptions ?? "null"];
        if (function.Output is not null)
            arguments.Add($"this.{names.Caller(function.ClientKey)}");
        string values = string.Join(", ", function.PromptParameters.Select(p => OverrideEmitter.Argument(p, emitter.Unique)));
        writer.WriteLine($"var {info} = {function.InfoName};");
        writer.WriteLine($"if (this.{names.Overrides} is {{ }} {overrides})");
        writer.WriteLine($"    ({info}, {messages}, {options}) = {overrides}.{(function.Output is null ? "ApplyText" : "Apply")}({string.Join(", ", arguments)}, [{values}]);");
        return info;
    }

    private static void EmitCall(SourceWriter writer, FunctionModel function, string info, string messages, string options, string token, string? guards, PromptEmitter emitter, ClassNames names)
    {
        string method = function.Returns switch
        {
            ReturnKind.Value => "GetValueAsync",
            ReturnKind.Result => "GetResultAsync",
            ReturnKind.Text => "GetTextAsync",
            ReturnKind.TextResult => "GetTextResultAsync",
            ReturnKind.ElementStream => "StreamElementsAsync",
            ReturnKind.PartialStream => "StreamPartialsAsync",
            _ => "StreamTextAsync",
        };
        List<string> passages = [.. function.PromptParameters.Where(static p => p.IsPassages).Select(static p => CSharp.Identifier(p.Name))];
        string with = (passages.Count == 0 ? "" : $".With({string.Join(", ", passages)})") + (guards is null ? "" : $".With({guards})");
        string call = $"this.{names.Caller(function.ClientKey)}{with}.{method}({info}, {messages}, {options}, {token})";
        if (GuardEmitter.IsAwaited(function))
        {
            GuardEmitter.EmitReturn(writer, function, call, emitter);
            return;
        }
        if (function.Output is null && function.ValueType == "string?")
            call += "!";
        writer.WriteLine(function.IsValueTask ? $"return new({call});" : $"return {call};");
    }

    /// <summary>User prompts of functions with examples are methods of their own, since examples are rendered with them too.</summary>
    private static void EmitExamples(SourceWriter writer, FunctionModel function, InterfaceModel model, ClassNames names)
    {
        string parameters = string.Join(", ", function.ExampleParameters.Select(static p => $"{p.Type} {p.Name}").Concat(function.OutputFormat is { } format ? [$"string? {format}"] : Array.Empty<string>()));
        List<int> userPrompts = [.. UserPrompts(function)];
        foreach (int i in userPrompts)
        {
            writer.OpenBlock($"private static string {names.Prompt(function, i)}({parameters})");
            PromptEmitter emitter = new(writer, model.ArgumentTypes, names.Arguments, function.ParameterNames.Concat(names.All));
            string text = emitter.Text(function.Prompts[i].Nodes);
            writer.WriteLine($"return {text};");
            writer.CloseBlock();
            writer.WriteLine();
        }

        // Rendered once; the messages are made anew for each call, since chat clients may change what they are given.
        writer.OpenBlock($"private static class {names.Examples(function)}");
        for (int e = 0; e < function.Examples.Count; e++)
        {
            string arguments = string.Join(", ", Enumerable.Range(0, function.ExampleParameters.Count).Select(i => ExampleArgument(function, function.Examples[e], i, model, names)).Concat(function.OutputFormat is null ? Array.Empty<string>() : ["null"])); // The last message describes the type for all of them.
            foreach (int i in userPrompts)
                writer.WriteLine($"internal static readonly string Input{e}_{i} = {names.Prompt(function, i)}({arguments});");
        }
        writer.CloseBlock();
        writer.WriteLine();
    }

    /// <summary>An example's argument as C#.</summary>
    public static string ExampleArgument(FunctionModel function, ExampleModel example, int index, InterfaceModel model, ClassNames names)
    {
        ExampleArgument argument = example.Arguments[index];
        if (argument.Passages is { } passages)
            return passages.Count == 0 ? "global::AiSdk.Passages.Empty" : $"new global::AiSdk.Passages([{string.Join(", ", passages.Select(Passage))}])";
        return argument.Type is { } type
            ? $"global::AiSdk.CompilerServices.OutputReader.Parse<{function.ExampleParameters[index].Type}>({ReaderEmitter.Root(type, model.OutputTypes, names.Output + ".")}, {CSharp.Utf8Literal(argument.Json)})"
            : CSharp.Literal(argument.Json);
    }

    private static string Passage(ExamplePassage passage)
    {
        string source = passage.Source is null ? "" : $", Source = {CSharp.Literal(passage.Source)}";
        string headings = passage.Headings.Count == 0 ? "" : $", Headings = [{string.Join(", ", passage.Headings.Select(static heading => CSharp.Literal(heading)))}]";
        return $"new global::AiSdk.Passage {{ Id = {CSharp.Literal(passage.Id)}, Text = {CSharp.Literal(passage.Text)}{source}{headings} }}";
    }

    /// <summary>The turns of all examples: a role and a text, both as C#.</summary>
    private static IEnumerable<(string Role, string Text)> ExampleTurns(FunctionModel function, ClassNames names)
    {
        for (int e = 0; e < function.Examples.Count; e++)
        {
            foreach (int i in UserPrompts(function))
                yield return (PromptEmitter.Role("user"), $"{names.Examples(function)}.Input{e}_{i}");
            yield return (PromptEmitter.Role("model"), CSharp.Literal(function.Examples[e].Reply));
        }
    }

    private static IEnumerable<int> UserPrompts(FunctionModel function) =>
        Enumerable.Range(0, function.Prompts.Count).Where(i => function.Prompts[i] is { Role: "user", IsText: true });

    private static string ExamplePrompt(FunctionModel function, int prompt, ClassNames names) =>
        $"{names.Prompt(function, prompt)}({string.Join(", ", function.ExampleParameters.Select(static p => p.Name).Concat(function.OutputFormat is { } format ? [format] : Array.Empty<string>()))})";
}
