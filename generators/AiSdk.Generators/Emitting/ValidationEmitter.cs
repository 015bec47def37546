using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes a straight-line check of each type whose annotations, or those of its parts, state rules.</summary>
internal static class ValidationEmitter
{
    private const string Validator = "global::AiSdk.CompilerServices.OutputValidator validator";
    private const string Services = "global::AiSdk.CompilerServices.";

    private static readonly HashSet<string> _reservedLocals = new(StringComparer.Ordinal) { "value", "validator", "count", "index", "item", "element" };

    /// <summary>The types that have rules, themselves or in their parts.</summary>
    public static ISet<int> WithRules(EquatableArray<TypeModel> types)
    {
        List<int>[] users = [.. types.Select(static _ => new List<int>())];
        Stack<int> open = new();
        for (int i = 0; i < types.Count; i++)
        {
            TypeModel type = types[i];
            foreach (int part in type.Kind == OutputTypeKind.Object ? type.Properties.Where(static p => p.IsReadable).Select(static p => p.Type.Type) : TypeGraph.Parts(type))
                users[part].Add(i);
            if (type.IsValidatable || type.IsCitation || type.Rules.Count > 0 || type.Properties.Any(static p => p.Rules.Count > 0))
                open.Push(i);
        }
        HashSet<int> found = [];
        while (open.Count > 0)
        {
            int type = open.Pop();
            if (!found.Add(type))
                continue;
            foreach (int user in users[type])
                open.Push(user);
        }
        return found;
    }

    /// <summary>A delegate that checks a root value, or null if it has no rules.</summary>
    public static string? Root(TypeUse use, string valueType, EquatableArray<TypeModel> types, string owner)
    {
        if (!WithRules(types).Contains(use.Type))
            return null;
        string method = $"{owner}Validate{types[use.Type].MemberName}";
        if (!use.IsNullable)
            return method;
        return $"static ({valueType} value, {Validator}) => {{ if (value is {{ }} item) {method}(item, validator); }}";
    }

    /// <summary>Writes a method for each type that has rules.</summary>
    public static void Emit(SourceWriter writer, EquatableArray<TypeModel> types, ISet<int> checkedTypes)
    {
        for (int i = 0; i < types.Count; i++)
        {
            if (!checkedTypes.Contains(i))
                continue;
            TypeModel type = types[i];
            if (type.Kind == OutputTypeKind.Object)
                EmitObject(writer, type, types, checkedTypes, isRecursive: TypeGraph.Reachable(types, TypeGraph.Parts(type).Select(static part => new TypeUse(part, false))).Contains(i));
            else if (type.Kind == OutputTypeKind.Union)
                EmitUnion(writer, type, types, checkedTypes);
            else
                EmitCollection(writer, type, types);
        }
    }

    private static void Open(SourceWriter writer, TypeModel type) =>
        writer.OpenBlock($"internal static void Validate{type.MemberName}({type.CSharpName} value, {Validator})");

    private static void EmitUnion(SourceWriter writer, TypeModel type, EquatableArray<TypeModel> types, ISet<int> checkedTypes)
    {
        Open(writer, type);
        foreach (TypeModel variant in type.Variants.Where(v => checkedTypes.Contains(v.Type)).Select(v => types[v.Type]).Distinct())
        {
            // One variant may derive from another.
            writer.WriteLine($"if (value.GetType() == typeof({variant.CSharpName}))");
            writer.WriteLine($"    Validate{variant.MemberName}(({variant.CSharpName})value, validator);");
        }
        writer.CloseBlock();
        writer.WriteLine();
    }

    private static void EmitCollection(SourceWriter writer, TypeModel type, EquatableArray<TypeModel> types)
    {
        TypeModel element = types[type.Element.Type];
        Open(writer, type);
        if (type.Collection == CollectionKind.ImmutableArray)
        {
            writer.WriteLine("if (value.IsDefault)");
            writer.WriteLine("    return;");
        }
        bool isDictionary = type.Kind == OutputTypeKind.Dictionary;
        if (!isDictionary)
            writer.WriteLine("int index = 0;");
        writer.OpenBlock($"foreach ({(isDictionary ? $"global::System.Collections.Generic.KeyValuePair<string, {type.ElementType}>" : type.ElementType)} item in value)");
        writer.WriteLine(isDictionary ? "validator.Enter(item.Key);" : "validator.Enter(index++);");
        string item = isDictionary ? "item.Value" : "item";
        if (MayBeNull(element, type.ElementType))
        {
            writer.WriteLine($"if ({item} is {{ }} element)");
            writer.WriteLine($"    Validate{element.MemberName}(element, validator);");
        }
        else
        {
            writer.WriteLine($"Validate{element.MemberName}({item}, validator);");
        }
        writer.WriteLine("validator.Leave();");
        writer.CloseBlock();
        writer.CloseBlock();
        writer.WriteLine();
    }

    private static void EmitObject(SourceWriter writer, TypeModel type, EquatableArray<TypeModel> types, ISet<int> checkedTypes, bool isRecursive)
    {
        bool hasOwn = type.Rules.Count > 0 || type.IsValidatable;
        Fields fields = new(writer, type);
        Dictionary<RuleModel, string> names = [];
        foreach (RuleModel rule in type.Properties.SelectMany(static p => p.Rules).Concat(type.Rules))
            fields.Emit(rule, names);
        if (names.Count > 0)
            writer.WriteLine();

        Open(writer, type);
        if (isRecursive)
        {
            writer.WriteLine("if (validator.IsTooDeep())");
            writer.WriteLine("    return;");
        }
        if (hasOwn)
            writer.WriteLine("int count = validator.Count;");
        if (type.IsCitation)
            writer.WriteLine("validator.CheckCitation(value);");
        HashSet<string> locals = new(_reservedLocals, StringComparer.Ordinal);
        foreach (PropertyModel property in type.Properties)
        {
            bool goesDown = property.IsReadable && checkedTypes.Contains(property.Type.Type);
            if (goesDown || property.Rules.Count > 0)
                EmitProperty(writer, type, property, types[property.Type.Type], goesDown, names, Local(property, locals));
        }
        if (hasOwn)
        {
            writer.OpenBlock("if (validator.Count == count) // What looks at several values may rely on each.");
            foreach (RuleModel rule in type.Rules)
                writer.WriteLine($"validator.Check({names[rule]}, value, value, {CSharp.Literal(rule.DisplayName)}, null, JsonNameOf{type.MemberName});");
            if (type.IsValidatable)
                writer.WriteLine($"validator.Check((global::System.ComponentModel.DataAnnotations.IValidatableObject)value, {CSharp.Literal(type.Name)}, JsonNameOf{type.MemberName});");
            writer.CloseBlock();
        }
        writer.CloseBlock();
        writer.WriteLine();
        if (!hasOwn)
            return;
        writer.OpenBlock($"private static string? JsonNameOf{type.MemberName}(string property) => property switch");
        foreach (PropertyModel property in type.Properties.GroupBy(static p => p.Name).Select(static g => g.First()))
            writer.WriteLine($"{CSharp.Literal(property.Name.TrimStart('@'))} => {CSharp.Literal(property.JsonName)},");
        writer.WriteLine("_ => null,");
        writer.CloseBlock(";");
        writer.WriteLine();
    }

    private static void EmitProperty(
        SourceWriter writer, TypeModel owner, PropertyModel property, TypeModel type, bool goesDown, Dictionary<RuleModel, string> names, string local)
    {
        string access = $"value.{property.Name}";
        writer.WriteLine($"validator.Enter({CSharp.Literal(property.JsonName)});");
        foreach (RuleModel rule in property.Rules)
        {
            if (rule.Kind == RuleKind.Attribute)
                writer.WriteLine($"validator.Check({names[rule]}, {access}, value, {CSharp.Literal(rule.DisplayName)}, {CSharp.Literal(property.Name.TrimStart('@'))});");
            else if (rule.Kind == RuleKind.SameAs)
                EmitIf(writer, $"!global::System.Object.Equals({access}, value.{rule.Code})", access, rule);
        }
        List<RuleModel> ofValue = [.. property.Rules.Where(static r => r.Kind is not (RuleKind.Attribute or RuleKind.SameAs))];
        if (ofValue.Count > 0 || goesDown)
        {
            bool mayBeNull = MayBeNull(type, property.CSharpType);
            if (mayBeNull)
            {
                foreach (RuleModel rule in ofValue.Where(static r => r.DeniesNull))
                    EmitIf(writer, $"{access} is null", "default(object)", rule);
                writer.OpenBlock($"if ({access} is {{ }} {local})");
            }
            string value = mayBeNull ? local : access;
            foreach (RuleModel rule in ofValue)
                EmitRule(writer, rule, type, value, names);
            if (goesDown)
                writer.WriteLine($"Validate{type.MemberName}({value}, validator);");
            if (mayBeNull)
                writer.CloseBlock();
        }
        writer.WriteLine("validator.Leave();");
    }

    private static void EmitRule(SourceWriter writer, RuleModel rule, TypeModel type, string value, Dictionary<RuleModel, string> names)
    {
        string operand = rule.Operand.Replace("{0}", value);
        string text = CSharp.Literal(rule.Text);
        string message = rule.Message is null ? "" : $", message: {CSharp.Literal(rule.Message)}";
        switch (rule.Kind)
        {
            case RuleKind.Comparison when rule.Expressions.Count == 0 && rule.DeniesNull:
                break; // Nothing but null is denied.
            case RuleKind.Comparison:
                EmitIf(writer, string.Join(" || ", rule.Expressions.Select(e => $"{operand} {e}")), value, rule);
                break;
            case RuleKind.OneOf:
                EmitIf(writer, string.Join(" && ", rule.Expressions.Select(e => $"{operand} != {e}")), value, rule);
                break;
            case RuleKind.Form:
                EmitIf(writer, $"!{Services}OutputValidator.{rule.Code}({operand})", value, rule);
                break;
            case RuleKind.Length:
                string minimum = rule.Minimum > 0 ? $", minimum: {CSharp.Literal(rule.Minimum)}" : "";
                string maximum = rule.Maximum is { } most ? $", maximum: {CSharp.Literal(most)}" : "";
                writer.WriteLine(type.Kind == OutputTypeKind.Scalar
                    ? $"validator.CheckLength({value}, {text}{minimum}{maximum}{message});"
                    : $"validator.CheckCount({value}, {Count(type, value)}, {text}{minimum}{maximum}{message});");
                break;
            case RuleKind.NotBlank:
                writer.WriteLine($"validator.CheckNotBlank({value}, {text}{message});");
                break;
            case RuleKind.Pattern:
                writer.WriteLine($"validator.CheckPattern({operand}, {names[rule]}, {text}{message});");
                break;
        }
    }

    private static void EmitIf(SourceWriter writer, string condition, string value, RuleModel rule)
    {
        string message = rule.Message is null ? "" : $", {CSharp.Literal(rule.Message)}";
        string fail = $"validator.Fail({value}, {CSharp.Literal(rule.Text)}, {CSharp.Literal(rule.Problem)}{message});";
        if (condition.Length == 0)
        {
            // No value of the property's type keeps the rule.
            writer.WriteLine(fail);
            return;
        }
        writer.WriteLine($"if ({condition})");
        writer.WriteLine("    " + fail);
    }

    private static string Count(TypeModel type, string value) => type.Collection switch
    {
        CollectionKind.Array => value + ".Length",
        CollectionKind.ImmutableArray => $"{value}.IsDefault ? 0 : {value}.Length",
        _ => $"global::System.Linq.Enumerable.Count({value})",
    };

    private static bool MayBeNull(TypeModel type, string csharpType) => !type.IsValueType || csharpType.EndsWith("?", StringComparison.Ordinal);

    private static string Local(PropertyModel property, HashSet<string> taken)
    {
        string name = property.Name.TrimStart('@');
        string local = char.ToLowerInvariant(name[0]) + name.Substring(1);
        while (!taken.Add(local))
            local += "_";
        return CSharp.Identifier(local);
    }

    /// <summary>The static fields that a type's rules need.</summary>
    private sealed class Fields(SourceWriter writer, TypeModel type)
    {
        public void Emit(RuleModel rule, Dictionary<RuleModel, string> names)
        {
            if (names.ContainsKey(rule) || rule.Kind is not (RuleKind.Pattern or RuleKind.Attribute))
                return;
            // "At" and a number at the end keep the names of types apart, whatever they end in.
            string name = $"{(rule.Kind == RuleKind.Pattern ? "Pattern" : "Rule")}Of{type.MemberName}At{CSharp.Literal(names.Count)}";
            names.Add(rule, name);
            if (rule.Kind == RuleKind.Pattern)
                writer.WriteLine($"private static readonly {Services}OutputPattern {name} = new({CSharp.Literal(rule.Code)}{(rule.Timeout is { } timeout ? ", " + CSharp.Literal(timeout) : "")});");
            else
                writer.WriteLine($"private static readonly {Services}OutputRule {name} = new(static () => {rule.Code}, {CSharp.Literal(rule.Text)});");
        }
    }
}
