using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes the shapes of return types.</summary>
internal static class ShapeEmitter
{
    /// <summary>Writes a static field for each type that is reached.</summary>
    public static void Emit(SourceWriter writer, EquatableArray<TypeModel> types, ISet<int> reached)
    {
        foreach (TypeModel type in types.Where((_, i) => reached.Contains(i)))
        {
            writer.OpenBlock($"internal static readonly global::AiSdk.OutputShape {Name(type)} = new()");
            writer.WriteLine($"Kind = global::AiSdk.OutputShapeKind.{Kind(type)},");
            writer.WriteLine($"Name = {CSharp.Literal(type.Name)},");
            if (type.Description is not null)
                writer.WriteLine($"Description = {CSharp.Literal(type.Description)},");
            if (type.Scalar?.Format is { } format)
                writer.WriteLine($"Format = {CSharp.Literal(format)},");
            if (type.Kind is OutputTypeKind.List or OutputTypeKind.Dictionary)
            {
                writer.WriteLine($"ItemsFactory = static () => {Reference(types[type.Element.Type])},");
                if (type.Element.IsNullable)
                    writer.WriteLine("ItemsNullable = true,");
            }
            WriteList(writer, "Values", type.Values.Select(static value =>
                $"new({CSharp.Literal(value.JsonName)}{(value.Description is null ? "" : ", " + CSharp.Literal(value.Description))})"));
            WriteList(writer, "Properties", type.Properties.Select(property => Property(property, types)));
            if (type.Kind == OutputTypeKind.Union)
                writer.WriteLine($"Discriminator = {CSharp.Literal(type.Discriminator)},");
            WriteList(writer, "Variants", type.Variants.Select(variant => $"new({CSharp.Literal(variant.DiscriminatorJson)}, static () => {Reference(types[variant.Type])})"));
            writer.CloseBlock(";");
            writer.WriteLine();
        }
    }

    /// <summary>The field's name. Prefixes keep fields, readers and accessors apart, whatever the types are called.</summary>
    public static string Name(TypeModel type) => "ShapeOf" + type.MemberName;

    // Inside an initializer the compiler takes each static field for unassigned; the lambda runs after all of them.
    private static string Reference(TypeModel type) => Name(type) + "!";

    private static string Kind(TypeModel type) => type.Kind switch
    {
        OutputTypeKind.Scalar => type.Scalar!.JsonType switch { "string" => "String", "integer" => "Integer", "number" => "Number", _ => "Boolean" },
        _ => type.Kind.ToString(),
    };

    private static string Property(PropertyModel property, EquatableArray<TypeModel> types)
    {
        List<string> settings = [];
        if (property.IsRequired)
            settings.Add("Required = true");
        if (property.Type.IsNullable)
            settings.Add("Nullable = true");
        if (property.Description is not null)
            settings.Add($"Description = {CSharp.Literal(property.Description)}");
        if (property.Limits is { } limits)
            settings.Add($"Limits = new() {{ {string.Join(", ", LimitSettings(limits))} }}");
        string initializer = settings.Count == 0 ? "" : $" {{ {string.Join(", ", settings)} }}";
        return $"new({CSharp.Literal(property.JsonName)}, static () => {Reference(types[property.Type.Type])}){initializer}";
    }

    private static IEnumerable<string> LimitSettings(LimitsModel limits)
    {
        if (limits.Minimum is not null)
            yield return $"Minimum = {CSharp.Literal(limits.Minimum)}";
        if (limits.Maximum is not null)
            yield return $"Maximum = {CSharp.Literal(limits.Maximum)}";
        if (limits.MinimumIsExclusive)
            yield return "MinimumIsExclusive = true";
        if (limits.MaximumIsExclusive)
            yield return "MaximumIsExclusive = true";
        if (limits.MinLength is { } shortest)
            yield return $"MinLength = {CSharp.Literal(shortest)}";
        if (limits.MaxLength is { } longest)
            yield return $"MaxLength = {CSharp.Literal(longest)}";
        if (limits.Pattern is not null)
            yield return $"Pattern = {CSharp.Literal(limits.Pattern)}";
        if (limits.Format is not null)
            yield return $"Format = {CSharp.Literal(limits.Format)}";
        if (limits.AllowedValues.Count > 0)
            yield return $"AllowedValues = [{string.Join(", ", limits.AllowedValues.Select(CSharp.Literal))}]";
    }

    private static void WriteList(SourceWriter writer, string property, IEnumerable<string> items)
    {
        List<string> lines = [.. items];
        if (lines.Count == 0)
            return;
        writer.WriteLine($"{property} =");
        writer.WriteLine("[");
        writer.Indent();
        foreach (string line in lines)
            writer.WriteLine(line + ",");
        writer.Unindent();
        writer.WriteLine("],");
    }
}
