using AiSdk.Generators.Models;

namespace AiSdk.Generators.Parsing;

/// <summary>The sorts of types that a schema tells apart.</summary>
internal enum SchemaKind
{
    Any,
    String,
    Boolean,
    Integer,
    Number,
    Enum,
    List,
    Dictionary,
    Object,
}

/// <summary>A C# type as a schema sees it: the one form for types of replies and of arguments.</summary>
internal sealed record SchemaSubject(SchemaKind Kind, string TypeName, bool MayBeNull)
{
    /// <summary>Whether it is a property that may be left out.</summary>
    public bool MayBeMissing { get; init; }

    /// <summary>Of an enum: its values in JSON.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Of a list or dictionary: its elements.</summary>
    public Func<SchemaSubject>? Element { get; init; }

    /// <summary>Of an object: its properties.</summary>
    public Func<IReadOnlyList<SchemaProperty>>? Properties { get; init; }

    /// <summary>A type of reply.</summary>
    public static SchemaSubject Of(TypeUse use, OutputTypeParser types)
    {
        TypeModel type = types[use.Type];
        return type.Kind switch
        {
            OutputTypeKind.Enum => new SchemaSubject(SchemaKind.Enum, type.Name, use.IsNullable) { Values = [.. type.Values.Select(static value => value.JsonName)] },
            OutputTypeKind.List => new SchemaSubject(SchemaKind.List, type.Name, use.IsNullable) { Element = () => Of(type.Element, types) },
            OutputTypeKind.Dictionary => new SchemaSubject(SchemaKind.Dictionary, type.Name, use.IsNullable) { Element = () => Of(type.Element, types) },
            OutputTypeKind.Object => new SchemaSubject(SchemaKind.Object, type.Name, use.IsNullable)
            {
                Properties = () => [.. type.Properties.Select(p => new SchemaProperty(p.Name, p.JsonName, p.IsRequired, () => Of(p.Type, types)))],
            },
            OutputTypeKind.Scalar => new SchemaSubject(
                type.Scalar!.JsonType switch { "string" => SchemaKind.String, "boolean" => SchemaKind.Boolean, "integer" => SchemaKind.Integer, _ => SchemaKind.Number }, type.Name, use.IsNullable),
            _ => new SchemaSubject(SchemaKind.Any, type.Name, use.IsNullable),
        };
    }

    /// <summary>A type of argument.</summary>
    public static SchemaSubject Of(ArgumentUse use, ArgumentTypeParser types)
    {
        ArgumentTypeModel type = types.Types[use.Type];
        return type.Kind switch
        {
            ArgumentTypeKind.String or ArgumentTypeKind.Formatted or ArgumentTypeKind.Uri or ArgumentTypeKind.Passages => new SchemaSubject(SchemaKind.String, type.MemberName, use.MayBeNull),
            ArgumentTypeKind.Boolean => new SchemaSubject(SchemaKind.Boolean, type.MemberName, use.MayBeNull),
            // Whether it is whole does not matter to who shows it.
            ArgumentTypeKind.Number => new SchemaSubject(SchemaKind.Number, type.MemberName, use.MayBeNull),
            ArgumentTypeKind.Enum => new SchemaSubject(SchemaKind.Enum, type.MemberName, use.MayBeNull) { Values = [.. type.Values.Select(static value => value.JsonName)] },
            ArgumentTypeKind.List => new SchemaSubject(SchemaKind.List, type.MemberName, use.MayBeNull) { Element = () => Of(type.Element, types) },
            ArgumentTypeKind.Dictionary => new SchemaSubject(SchemaKind.Dictionary, type.MemberName, use.MayBeNull) { Element = () => Of(type.Element, types) },
            ArgumentTypeKind.Object => new SchemaSubject(SchemaKind.Object, type.MemberName, use.MayBeNull)
            {
                Properties = () => [.. type.Properties.Select(p => new SchemaProperty(p.Name, p.JsonName, !p.Type.MayBeNull, () => Of(p.Type, types)))],
            },
            _ => new SchemaSubject(SchemaKind.Any, type.MemberName, use.MayBeNull),
        };
    }
}

/// <summary>A property of an object as a schema sees it.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="JsonName">Its name in JSON.</param>
/// <param name="IsRequired">Whether it must be there.</param>
/// <param name="Subject">Its type.</param>
internal sealed record SchemaProperty(string Name, string JsonName, bool IsRequired, Func<SchemaSubject> Subject);
