using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Emitting;

/// <summary>Writes the strict reader of each type: straight calls on a Utf8JsonReader, no reflection, no intermediate document.</summary>
internal static class ReaderEmitter
{
    private const string Reader = "global::AiSdk.CompilerServices.OutputReader";
    private const string JsonReader = "ref global::System.Text.Json.Utf8JsonReader reader";
    private const string IsNull = "reader.TokenType == global::System.Text.Json.JsonTokenType.Null";

    /// <summary>Bits in a word: how many properties one variable can note as seen.</summary>
    private const int WordSize = 64;

    private static readonly HashSet<string> _reservedLocals = new(StringComparer.Ordinal) { "reader", "name", "value", "seen", "discriminators" };

    /// <summary>Writes the readers of the types that are reached.</summary>
    public static void Emit(SourceWriter writer, EquatableArray<TypeModel> types, ISet<int> reached)
    {
        foreach (TypeModel type in types.Where((_, i) => reached.Contains(i)))
        {
            switch (type.Kind)
            {
                case OutputTypeKind.Enum:
                    EmitEnum(writer, type, "Read" + type.MemberName);
                    break;
                case OutputTypeKind.List or OutputTypeKind.Dictionary:
                    EmitCollection(writer, type, types);
                    break;
                case OutputTypeKind.Union:
                    EmitUnion(writer, type, types);
                    break;
                case OutputTypeKind.Object:
                    EmitObject(writer, type, types);
                    break;
            }
        }
    }

    /// <summary>A delegate that reads a root value; the shapes' class is given where it is not the one written in.</summary>
    public static string Root(TypeUse use, EquatableArray<TypeModel> types, string owner) => use.IsNullable
        ? $"static ({JsonReader}) => {Read(use, types, owner)}"
        : types[use.Type].Kind == OutputTypeKind.Scalar ? $"{Reader}.{types[use.Type].Scalar!.Read}" : $"{owner}Read{types[use.Type].MemberName}";

    private static string Read(TypeUse use, EquatableArray<TypeModel> types, string owner = "")
    {
        TypeModel type = types[use.Type];
        string call = type.Kind == OutputTypeKind.Scalar ? $"{Reader}.{type.Scalar!.Read}(ref reader)" : $"{owner}Read{type.MemberName}(ref reader)";
        return use.IsNullable ? $"{IsNull} ? null : {call}" : call;
    }

    /// <summary>Writes the reader of an enum.</summary>
    public static void EmitEnum(SourceWriter writer, TypeModel type, string name)
    {
        writer.OpenBlock($"internal static {type.CSharpName} {name}({JsonReader})");
        writer.WriteLine($"global::System.ReadOnlySpan<byte> name = {Reader}.ReadName(ref reader);");
        foreach (EnumValueModel value in type.Values)
        {
            writer.WriteLine($"if (global::System.MemoryExtensions.SequenceEqual(name, {CSharp.Utf8Literal(value.JsonName)}))");
            writer.WriteLine($"    return {value.Expression};");
        }
        string expected = type.Values.Count <= 12
            ? "one of " + string.Join(", ", type.Values.Select(static v => v.JsonName))
            : $"one of the {type.Values.Count} values of {type.Name}";
        writer.WriteLine($"return {Reader}.ThrowUnexpected<{type.CSharpName}>(ref reader, {CSharp.Literal(expected)});");
        writer.CloseBlock();
        writer.WriteLine();
    }

    private static void EmitCollection(SourceWriter writer, TypeModel type, EquatableArray<TypeModel> types)
    {
        writer.OpenBlock($"internal static {type.CSharpName} Read{type.MemberName}({JsonReader})");
        if (type.Kind == OutputTypeKind.Dictionary)
        {
            writer.WriteLine($"{Reader}.StartObject(ref reader, {CSharp.Literal(type.Name)});");
            writer.WriteLine($"global::System.Collections.Generic.Dictionary<string, {type.ElementType}> items = new(global::System.StringComparer.Ordinal);");
            writer.OpenBlock($"while ({Reader}.NextProperty(ref reader, out global::System.ReadOnlySpan<byte> name))");
            writer.WriteLine("string key = global::System.Text.Encoding.UTF8.GetString(name);");
            writer.WriteLine($"{type.ElementType} item = {Read(type.Element, types)};");
            writer.WriteLine("if (!items.TryAdd(key, item))");
            writer.WriteLine($"    {Reader}.ThrowUnexpected(ref reader, \"each name once\");");
            writer.CloseBlock();
            writer.WriteLine("return items;");
        }
        else
        {
            writer.WriteLine($"{Reader}.StartList(ref reader);");
            writer.WriteLine($"global::System.Collections.Generic.List<{type.ElementType}> items = [];");
            writer.WriteLine($"while ({Reader}.NextItem(ref reader))");
            writer.WriteLine($"    items.Add({Read(type.Element, types)});");
            writer.WriteLine(type.Collection switch
            {
                CollectionKind.Array => "return items.ToArray();",
                CollectionKind.ImmutableArray => $"return global::System.Collections.Immutable.ImmutableArray.CreateRange(items);",
                _ => "return items;",
            });
        }
        writer.CloseBlock();
        writer.WriteLine();
    }

    private static void EmitUnion(SourceWriter writer, TypeModel type, EquatableArray<TypeModel> types)
    {
        string choices = string.Join(", ", type.Variants.Select(static v => v.DiscriminatorText));
        writer.OpenBlock($"internal static {type.CSharpName} Read{type.MemberName}({JsonReader})");
        writer.WriteLine($"{Reader}.StartObject(ref reader, {CSharp.Literal(type.Name)});");
        writer.WriteLine($"if (!{Reader}.TryFindDiscriminator(reader, {CSharp.Utf8Literal(type.Discriminator)}, out string? discriminator))");
        writer.WriteLine($"    {Reader}.ThrowUnexpected(ref reader, {CSharp.Literal($"an object with the property '{type.Discriminator}' ({choices})")});");
        writer.OpenBlock("switch (discriminator)");
        foreach (VariantModel variant in type.Variants)
        {
            writer.WriteLine($"case {CSharp.Literal(variant.DiscriminatorText)}:");
            writer.WriteLine($"    return Read{types[variant.Type].MemberName}(ref reader);");
        }
        writer.WriteLine("default:");
        writer.WriteLine($"    return {Reader}.ThrowUnexpected<{type.CSharpName}>(ref reader, {CSharp.Literal($"an object whose '{type.Discriminator}' is one of {choices}")});");
        writer.CloseBlock();
        writer.CloseBlock();
        writer.WriteLine();
    }

    private static void EmitObject(SourceWriter writer, TypeModel type, EquatableArray<TypeModel> types)
    {
        List<string> locals = Locals(type);
        int words = (type.Properties.Count + WordSize - 1) / WordSize;
        writer.OpenBlock($"internal static {type.CSharpName} Read{type.MemberName}({JsonReader})");
        writer.WriteLine($"{Reader}.StartObject(ref reader, {CSharp.Literal(type.Name)});");
        for (int i = 0; i < type.Properties.Count; i++)
        {
            PropertyModel property = type.Properties[i];
            writer.WriteLine($"{property.CSharpType} {locals[i]} = {property.Default};");
        }
        for (int word = 0; word < words; word++)
            writer.WriteLine($"ulong {Seen(word)} = 0;");
        if (type.VariantDiscriminator is not null)
            writer.WriteLine("ulong discriminators = 0;");

        writer.OpenBlock($"while ({Reader}.NextProperty(ref reader, out global::System.ReadOnlySpan<byte> name))");
        string branch = "if";
        for (int i = 0; i < type.Properties.Count; i++)
        {
            PropertyModel property = type.Properties[i];
            writer.OpenBlock($"{branch} (global::System.MemoryExtensions.SequenceEqual(name, {CSharp.Utf8Literal(property.JsonName)}))");
            writer.WriteLine($"{Reader}.Once(ref reader, ref {Seen(i / WordSize)}, 1UL << {i % WordSize});");
            writer.WriteLine($"{locals[i]} = {Read(property.Type, types)};");
            writer.CloseBlock();
            branch = "else if";
        }
        if (type.VariantDiscriminator is { } discriminator)
        {
            writer.WriteLine($"{branch} (global::System.MemoryExtensions.SequenceEqual(name, {CSharp.Utf8Literal(discriminator)}))");
            writer.WriteLine($"    {Reader}.Once(ref reader, ref discriminators, 1); // the union has read it");
            branch = "else if";
        }
        writer.WriteLine(branch == "if" ? "" : "else");
        writer.WriteLine(type.IsArguments
            ? $"    {Reader}.ThrowUnknownArgument(ref reader, name, {CSharp.Literal(string.Join(", ", type.Properties.Select(static p => p.JsonName)))});"
            : $"    {Reader}.ThrowUnknownProperty(ref reader, {CSharp.Literal(type.Name)}, name);");
        writer.CloseBlock();

        EmitRequired(writer, type, types, words);
        EmitConstruction(writer, type, locals);
        writer.CloseBlock();
        writer.WriteLine();

        foreach (PropertyModel property in type.Properties.Where(static p => p.Target == PropertyTarget.InitAccessor))
        {
            writer.WriteLine($"[global::System.Runtime.CompilerServices.UnsafeAccessor(global::System.Runtime.CompilerServices.UnsafeAccessorKind.Method, Name = {CSharp.Literal("set_" + property.Name.TrimStart('@'))})]");
            writer.WriteLine($"private static extern void {Accessor(type, property)}({property.DeclaringType} target, {property.CSharpType} value);");
            writer.WriteLine();
        }
    }

    private static void EmitRequired(SourceWriter writer, TypeModel type, EquatableArray<TypeModel> types, int words)
    {
        for (int word = 0; word < words; word++)
        {
            List<PropertyModel> here = [.. type.Properties.Skip(word * WordSize).Take(WordSize)];
            ulong required = 0;
            for (int i = 0; i < here.Count; i++)
                required |= here[i].IsRequired ? 1UL << i : 0;
            if (required == 0)
                continue;
            string mask = $"0x{required.ToString("X", System.Globalization.CultureInfo.InvariantCulture)}UL";
            writer.WriteLine($"if (({Seen(word)} & {mask}) != {mask})");
            if (type.IsArguments)
                writer.WriteLine($"    {Reader}.ThrowMissingArgument(ref reader, {mask} & ~{Seen(word)}, {string.Join(", ", here.Select(p => CSharp.Literal($"'{p.JsonName}' ({Sort(types[p.Type.Type])})")))});");
            else
                writer.WriteLine($"    {Reader}.ThrowMissing(ref reader, {CSharp.Literal(type.Name)}, {mask} & ~{Seen(word)}, {string.Join(", ", here.Select(static p => CSharp.Literal(p.JsonName)))});");
        }
    }

    private static void EmitConstruction(SourceWriter writer, TypeModel type, List<string> locals)
    {
        List<(PropertyModel Property, string Local, int Index)> all = [.. type.Properties.Select((property, i) => (property, locals[i], i))];
        string arguments = string.Join(", ", all.Where(static p => p.Property.Target == PropertyTarget.Constructor).Select(static p => new FixedArgument(p.Property.Parameter, p.Local))
            .Concat(type.FixedArguments).OrderBy(static a => a.Parameter).Select(static a => a.Value));
        string initializers = string.Join(", ", all.Where(static p => p.Property.Target == PropertyTarget.Initializer || p.Property.MustInitialize).Select(static p => $"{p.Property.Name} = {p.Local}"));
        string creation = $"new {type.CSharpName}({arguments}){(initializers.Length == 0 ? "" : $" {{ {initializers} }}")}";
        var later = all.Where(static p => p.Property.Target is PropertyTarget.Assignment or PropertyTarget.InitAccessor).ToList();
        if (later.Count == 0)
        {
            writer.WriteLine($"return {creation};");
            return;
        }
        writer.WriteLine($"{type.CSharpName} value = {creation};");
        foreach ((PropertyModel property, string local, int index) in later)
        {
            // What the reply leaves out keeps the value that the type itself gives it.
            writer.WriteLine($"if (({Seen(index / WordSize)} & (1UL << {index % WordSize})) != 0)");
            writer.WriteLine(property.Target == PropertyTarget.Assignment ? $"    value.{property.Name} = {local};" : $"    {Accessor(type, property)}(value, {local});");
        }
        writer.WriteLine("return value;");
    }

    /// <summary>What a model has to write for a value of the type, in a few words.</summary>
    private static string Sort(TypeModel type) => type.Kind switch
    {
        OutputTypeKind.Scalar => type.Scalar!.JsonType,
        OutputTypeKind.Enum when type.Values.Count <= 12 => "one of " + string.Join(", ", type.Values.Select(static v => v.JsonName)),
        OutputTypeKind.Enum => $"one of the {type.Values.Count} values of {type.Name}",
        OutputTypeKind.List => "a list",
        _ => "an object",
    };

    private static List<string> Locals(TypeModel type)
    {
        HashSet<string> used = new(_reservedLocals, StringComparer.Ordinal);
        used.UnionWith(Enumerable.Range(1, type.Properties.Count / WordSize).Select(Seen));
        List<string> locals = [];
        foreach (PropertyModel property in type.Properties)
        {
            string name = property.Name.TrimStart('@');
            string local = char.ToLowerInvariant(name[0]) + name.Substring(1);
            while (!used.Add(local))
                local += "_";
            locals.Add(CSharp.Identifier(local));
        }
        return locals;
    }

    private static string Seen(int word) => word == 0 ? "seen" : $"seen_{word}";

    private static string Accessor(TypeModel type, PropertyModel property) => $"Set{type.MemberName}{property.Name.TrimStart('@')}";
}
