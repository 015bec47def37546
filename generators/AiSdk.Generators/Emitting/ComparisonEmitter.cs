using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes comparisons of values, part by part, for types of replies that are voted on.</summary>
internal static class ComparisonEmitter
{
    private const string Comparer = "global::AiSdk.CompilerServices.OutputComparer";

    /// <summary>Writes the descriptor's argument: how wholes are compared, and the properties of an object.</summary>
    public static void EmitRoot(SourceWriter writer, TypeUse root, string valueType, EquatableArray<TypeModel> types, string owner)
    {
        TypeModel type = types[root.Type];
        List<PropertyModel> properties = root.IsNullable || type.Kind != OutputTypeKind.Object ? [] : [.. type.Properties.Where(static p => p.IsReadable)];
        writer.WriteLine("comparison: new(");
        writer.Indent();
        writer.WriteLine($"static (left, right) => {Same(root, valueType, "left", "right", types, owner)}{(properties.Count == 0 ? ")," : ",")}");
        for (int i = 0; i < properties.Count; i++)
        {
            string same = Same(properties[i].Type, properties[i].CSharpType, $"left.{properties[i].Name}", $"right.{properties[i].Name}", types, owner);
            writer.WriteLine($"({CSharp.Literal(properties[i].JsonName)}, static (left, right) => {same}){(i == properties.Count - 1 ? ")," : ",")}");
        }
        writer.Unindent();
    }

    /// <summary>Writes a class with a method for each object and union that is reached.</summary>
    public static void Emit(SourceWriter writer, InterfaceModel model, ClassNames names)
    {
        EquatableArray<TypeModel> types = model.OutputTypes;
        ISet<int> reached = TypeGraph.Reachable(types, model.Functions.Where(static f => f is { Failure: null, Consistency: not null }).Select(static f => f.Output).OfType<TypeUse>());
        List<TypeModel> compared = [.. types.Where((type, i) => reached.Contains(i) && type.Kind is OutputTypeKind.Object or OutputTypeKind.Union)];
        if (compared.Count == 0 || reached.Count == 0)
            return;
        writer.WriteLine("/// <summary>When values are alike, where replies are voted on.</summary>");
        writer.OpenBlock($"private static class {names.Comparison}");
        for (int i = 0; i < types.Count; i++)
        {
            if (!reached.Contains(i) || types[i].Kind is not (OutputTypeKind.Object or OutputTypeKind.Union))
                continue;
            List<string> conditions = types[i].Kind == OutputTypeKind.Object
                ? [.. types[i].Properties.Where(static p => p.IsReadable).Select(property => Same(property.Type, property.CSharpType, $"left.{property.Name}", $"right.{property.Name}", types, ""))]
                : ["left.GetType() == right.GetType()", Variants(types[i], types)];
            writer.WriteLine($"internal static bool Same{types[i].MemberName}({types[i].CSharpName} left, {types[i].CSharpName} right) =>");
            writer.Indent();
            for (int c = 0; c < conditions.Count; c++)
                writer.WriteLine($"{(c == 0 ? "" : "&& ")}{conditions[c]}{(c == conditions.Count - 1 ? ";" : "")}");
            if (conditions.Count == 0)
                writer.WriteLine("true; // It has nothing that can be read.");
            writer.Unindent();
            writer.WriteLine();
        }
        writer.CloseBlock();
        writer.WriteLine();
    }

    private static string Variants(TypeModel union, EquatableArray<TypeModel> types)
    {
        // One variant may derive from another.
        IEnumerable<string> variants = union.Variants.Select(static v => v.Type).Distinct().Select(v => types[v])
            .Select(static v => $"left.GetType() == typeof({v.CSharpName}) ? Same{v.MemberName}(({v.CSharpName})left, ({v.CSharpName})right) : ");
        return $"({string.Concat(variants)}true)";
    }

    /// <summary>An expression that is true where two values are alike.</summary>
    private static string Same(TypeUse use, string csharpType, string left, string right, EquatableArray<TypeModel> types, string owner)
    {
        TypeModel type = types[use.Type];
        switch (type.Kind)
        {
            case OutputTypeKind.List or OutputTypeKind.Dictionary:
                string method = type.Kind == OutputTypeKind.List ? "Lists" : "Dictionaries";
                return $"{Comparer}.{method}<{type.ElementType}>({Sequence(type, csharpType, left)}, {Sequence(type, csharpType, right)}, static (left, right) => {Same(type.Element, type.ElementType, "left", "right", types, owner)})";
            case OutputTypeKind.Object or OutputTypeKind.Union:
                string same = $"{owner}Same{type.MemberName}";
                if (type.IsValueType)
                    return csharpType.EndsWith("?", StringComparison.Ordinal) ? $"{Comparer}.Structures<{type.CSharpName}>({left}, {right}, {same})" : $"{same}({left}, {right})";
                return $"{Comparer}.Objects<{type.CSharpName}>({left}, {right}, {same})";
            default:
                return $"{Comparer}.Values({left}, {right})";
        }
    }

    // An ImmutableArray that was never set cannot be enumerated.
    private static string Sequence(TypeModel type, string csharpType, string value)
    {
        if (type.Collection != CollectionKind.ImmutableArray)
            return value;
        return csharpType.EndsWith("?", StringComparison.Ordinal) ? $"{value} is not {{ IsDefault: false }} ? null : {value}" : $"{value}.IsDefault ? null : {value}";
    }
}
