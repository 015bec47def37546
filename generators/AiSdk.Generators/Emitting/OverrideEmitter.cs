using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes what prompt files of AiFunctionsOptions.PromptDirectory may name: the functions' parameters and, by name, their members.</summary>
internal static class OverrideEmitter
{
    private const string Services = "global::AiSdk.CompilerServices.";
    private const string PromptType = Services + "PromptType";

    /// <summary>Writes the class.</summary>
    public static void Emit(SourceWriter writer, InterfaceModel model, ClassNames names)
    {
        List<FunctionModel> functions = [.. model.Functions.Where(static f => f.Failure is null)];
        writer.WriteLine("/// <summary>The functions as prompt files see them; made only where <c>AiFunctionsOptions.PromptDirectory</c> is set.</summary>");
        writer.OpenBlock($"private static class {names.Overridable}");
        writer.WriteLine($"internal static {Services}PromptFunction[] Functions() =>");
        writer.WriteLine("[");
        writer.Indent();
        Dictionary<string, int> files = new(StringComparer.Ordinal);
        string type = model.InterfaceType.Replace("global::", "");
        string owner = type.Substring(0, type.LastIndexOf('.', (type.IndexOf('<') is >= 0 and int generic ? generic : type.Length) - 1) + 1);
        foreach (FunctionModel function in functions)
        {
            int number = files[function.DisplayName] = files.TryGetValue(function.DisplayName, out int known) ? known + 1 : 1;
            string file = $"{function.DisplayName}{(number == 1 ? "" : "-" + CSharp.Literal(number))}.prompt";
            string full = owner.Length == 0 ? "" : $", {CSharp.Literal(owner + file)}";
            string parameters = string.Join(", ", function.PromptParameters.Select(p => $"new({CSharp.Literal(p.Name)}, {Type(p, model)}{(p.IsTrusted ? ", isTrusted: true" : "")})"));
            if (function.Examples.Count == 0)
            {
                writer.WriteLine($"new({function.InfoName}, {CSharp.Literal(file)}, [{parameters}], []{full}),");
                continue;
            }
            writer.WriteLine($"new({function.InfoName}, {CSharp.Literal(file)}, [{parameters}],");
            writer.WriteLine("[");
            writer.Indent();
            foreach (ExampleModel example in function.Examples)
                writer.WriteLine($"new({string.Join(", ", new[] { CSharp.Literal(example.Reply) }.Concat(function.PromptParameters.Select(p => Argument(p, function, example, model, names))))}),");
            writer.Unindent();
            writer.WriteLine($"]{full}),");
        }
        writer.Unindent();
        writer.WriteLine("];");
        EmitTypes(writer, functions, model.ArgumentTypes);
        writer.CloseBlock();
        writer.WriteLine();
    }

    /// <summary>An argument as it is handed over, as C#.</summary>
    public static string Argument(PromptParameterModel parameter, Func<string, string> unique)
    {
        string name = CSharp.Identifier(parameter.Name);
        if (parameter.IsPassages)
            return name + "?.ToString()";
        if (!parameter.IsImmutableArray)
            return name;
        string list = unique("list");
        return $"({name} is {{ IsDefault: false }} {list} ? (object?){list} : null)";
    }

    private static string Argument(PromptParameterModel parameter, FunctionModel function, ExampleModel example, InterfaceModel model, ClassNames names)
    {
        string name = CSharp.Identifier(parameter.Name);
        int index = function.ExampleParameters.ToList().FindIndex(p => p.Name == name);
        return index < 0 ? "null" : FunctionEmitter.ExampleArgument(function, example, index, model, names);
    }

    private static void EmitTypes(SourceWriter writer, List<FunctionModel> functions, EquatableArray<ArgumentTypeModel> types)
    {
        HashSet<int> reached = [];
        Stack<int> open = new(functions.SelectMany(static f => f.PromptParameters).Select(static p => p.Type).Where(static type => type >= 0));
        while (open.Count > 0)
        {
            int index = open.Pop();
            if (!reached.Add(index))
                continue;
            foreach (ArgumentPropertyModel property in types[index].Properties)
                open.Push(property.Type.Type);
            foreach (ArgumentVariantModel variant in types[index].Variants)
                open.Push(variant.Type);
            if (types[index].Kind is ArgumentTypeKind.List or ArgumentTypeKind.Dictionary)
                open.Push(types[index].Element.Type);
        }
        foreach (int index in reached.Where(index => IsNamed(types[index])).OrderBy(static index => index))
        {
            writer.WriteLine();
            EmitType(writer, types[index], types);
        }
    }

    private static void EmitType(SourceWriter writer, ArgumentTypeModel type, EquatableArray<ArgumentTypeModel> types)
    {
        string declaration = $"private static readonly {PromptType} TypeOf{type.MemberName} = {PromptType}";
        string name = CSharp.Literal(type.MemberName);
        string trusted = type.IsTrusted ? ", isTrusted: true" : "";
        switch (type.Kind)
        {
            case ArgumentTypeKind.Enum:
                WriteList($"{declaration}.Enum<{type.CSharpName}>({name}, static () =>", type.Values.Select(static value => $"({value.Expression}, {CSharp.Literal(value.JsonName)})"), ");");
                break;
            case ArgumentTypeKind.List:
                writer.WriteLine($"{declaration}.List(static () => {Type(type.Element.Type, types)});");
                break;
            case ArgumentTypeKind.Dictionary:
                writer.WriteLine($"{declaration}.Dictionary<{types[type.Element.Type].CSharpName}{(type.Element.MayBeNull ? "?" : "")}>(static () => {Type(type.Element.Type, types)});");
                break;
            case ArgumentTypeKind.Union:
                WriteList(
                    $"{declaration}.Union({name}, {CSharp.Literal(type.Discriminator)}, static () =>",
                    type.Variants.Select(variant => $"new({CSharp.Literal(variant.DiscriminatorJson)}, TypeOf{types[variant.Type].MemberName}!, static value => value is {types[variant.Type].CSharpName})"),
                    trusted + ");");
                break;
            default:
                WriteList(
                    $"{declaration}.Record({name}, static () =>",
                    type.Properties.Select(property => $"new({CSharp.Literal(property.Name.TrimStart('@'))}, {CSharp.Literal(property.JsonName)}, {Type(property.Type.Type, types)}, static value => {Get(type, property, types)})"),
                    trusted + ");");
                break;
        }

        void WriteList(string before, IEnumerable<string> items, string after)
        {
            writer.WriteLine(before);
            writer.WriteLine("[");
            writer.Indent();
            foreach (string item in items)
                writer.WriteLine(item + ",");
            writer.Unindent();
            writer.WriteLine("]" + after);
        }
    }

    private static string Get(ArgumentTypeModel type, ArgumentPropertyModel property, EquatableArray<ArgumentTypeModel> types)
    {
        string value = $"(({type.CSharpName})value).{property.Name}";
        return types[property.Type.Type] is { Kind: ArgumentTypeKind.List } list && list.CSharpName.StartsWith("global::System.Collections.Immutable.ImmutableArray<", StringComparison.Ordinal)
            ? $"{value} is {{ IsDefault: false }} list ? (object?)list : null"
            : value;
    }

    private static string Type(PromptParameterModel parameter, InterfaceModel model) => parameter.Kind switch
    {
        PromptParameterKind.Media => PromptType + ".Media",
        PromptParameterKind.History => PromptType + ".History",
        _ => Type(parameter.Type, model.ArgumentTypes),
    };

    private static string Type(int index, EquatableArray<ArgumentTypeModel> types) => types[index] switch
    {
        { Kind: ArgumentTypeKind.String or ArgumentTypeKind.Passages } => PromptType + ".Text",
        { Kind: ArgumentTypeKind.Boolean } => PromptType + ".Boolean",
        { Kind: ArgumentTypeKind.Number } type => $"{PromptType}.NumberOf<{type.CSharpName}>()",
        { Kind: ArgumentTypeKind.Uri } => PromptType + ".Uri",
        { Kind: ArgumentTypeKind.Formatted, CSharpName: "char" } => PromptType + ".Character",
        { Kind: ArgumentTypeKind.Formatted } type => $"{PromptType}.Formatted<{type.CSharpName}>({CSharp.Literal(type.MemberName)}{(type.Format is null ? "" : ", " + CSharp.Literal(type.Format))})",
        // In the initializer of a static field the compiler takes those below it for null.
        { } type => $"TypeOf{type.MemberName}!",
    };

    private static bool IsNamed(ArgumentTypeModel type) =>
        type.Kind is ArgumentTypeKind.Enum or ArgumentTypeKind.Object or ArgumentTypeKind.List or ArgumentTypeKind.Dictionary or ArgumentTypeKind.Union;
}
