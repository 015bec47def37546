using AiSdk.Generators.Helpers;

namespace AiSdk.Generators.Models;

/// <summary>The sorts of types that replies are read into.</summary>
internal enum OutputTypeKind
{
    Scalar,
    Enum,
    Object,
    List,
    Dictionary,
    Union,
}

/// <summary>A use of a type: the type by its index, and whether null is allowed here.</summary>
internal readonly record struct TypeUse(int Type, bool IsNullable);

/// <summary>A type that replies are read into.</summary>
internal sealed record TypeModel
{
    /// <summary>The sort.</summary>
    public required OutputTypeKind Kind { get; init; }

    /// <summary>The type as C#, without a nullable annotation.</summary>
    public required string CSharpName { get; init; }

    /// <summary>The name for people and schemas: <c>Order</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its reader and shape, unique in the interface: <c>Order2</c>.</summary>
    public required string MemberName { get; init; }

    /// <summary>Whether it is a value type.</summary>
    public bool IsValueType { get; init; }

    /// <summary>Whether other assemblies can name it.</summary>
    public bool IsPublic { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Of a scalar: how it is read and described.</summary>
    public ScalarModel? Scalar { get; init; }

    /// <summary>Of an enum: its values.</summary>
    public EquatableArray<EnumValueModel> Values { get; init; }

    /// <summary>Of an object: its properties, in order of writing.</summary>
    public EquatableArray<PropertyModel> Properties { get; init; }

    /// <summary>Of an object: the constructor's arguments that no reply gives, by their place.</summary>
    public EquatableArray<FixedArgument> FixedArguments { get; init; }

    /// <summary>Of an object: the rules that it must keep as a whole.</summary>
    public EquatableArray<RuleModel> Rules { get; init; }

    /// <summary>Of an object: whether it checks itself, too.</summary>
    public bool IsValidatable { get; init; }

    /// <summary>Of an object: whether it names a passage, which must be one that was shown.</summary>
    public bool IsCitation { get; init; }

    /// <summary>Of an object: whether it holds the arguments of a tool.</summary>
    public bool IsArguments { get; init; }

    /// <summary>Of an object in a union: the discriminator's property, which its reader passes over.</summary>
    public string? VariantDiscriminator { get; init; }

    /// <summary>Of a list: what is made of it. Of a dictionary too.</summary>
    public CollectionKind Collection { get; init; }

    /// <summary>Of a list or dictionary: its elements or values.</summary>
    public TypeUse Element { get; init; }

    /// <summary>The element's type as C#, with its annotation.</summary>
    public string ElementType { get; init; } = "";

    /// <summary>Of a union: the discriminator's property.</summary>
    public string Discriminator { get; init; } = "";

    /// <summary>Of a union: its alternatives.</summary>
    public EquatableArray<VariantModel> Variants { get; init; }
}

/// <summary>A simple type.</summary>
/// <param name="Read">The reader in OutputReader: <c>ReadInt32</c>.</param>
/// <param name="JsonType">string, integer, number or boolean.</param>
/// <param name="Format">The JSON Schema format, or null.</param>
/// <param name="Pattern">The pattern of its text, or null.</param>
/// <param name="Minimum">The least value that the type holds, where narrow enough to tell the model.</param>
/// <param name="Maximum">The greatest value, likewise.</param>
internal sealed record ScalarModel(string Read, string JsonType, string? Format = null, string? Pattern = null, string? Minimum = null, string? Maximum = null)
{
    /// <summary>Of a number: its type, <c>int</c> or <c>Half</c>.</summary>
    public string NumberType => Read switch
    {
        "ReadInt32" => "int",
        "ReadInt64" => "long",
        "ReadSingle" => "float",
        "ReadDouble" => "double",
        "ReadDecimal" => "decimal",
        _ when Read.IndexOf('<') is >= 0 and int open => Read.Substring(open + 1, Read.Length - open - 2) is var name ? name.Substring(name.LastIndexOfAny(['.', ':']) + 1) : "",
        _ => Read.Substring("Read".Length),
    };
}

/// <summary>An enum's value.</summary>
/// <param name="Expression">As C#.</param>
/// <param name="JsonName">In JSON.</param>
/// <param name="Description">What it means.</param>
internal sealed record EnumValueModel(string Expression, string JsonName, string? Description);

/// <summary>A collection to make from a JSON list or object.</summary>
internal enum CollectionKind
{
    List,
    Array,
    ImmutableArray,
    Dictionary,
}

/// <summary>An alternative of a union.</summary>
/// <param name="DiscriminatorText">The discriminator's value as text.</param>
/// <param name="DiscriminatorJson">The same as JSON.</param>
/// <param name="Type">The alternative's type.</param>
internal sealed record VariantModel(string DiscriminatorText, string DiscriminatorJson, int Type);

/// <summary>A constructor's argument that no reply gives, because its property is ignored.</summary>
/// <param name="Parameter">Its place, from 0.</param>
/// <param name="Value">Its value as C#.</param>
internal readonly record struct FixedArgument(int Parameter, string Value);

/// <summary>How a property gets its value.</summary>
internal enum PropertyTarget
{
    /// <summary>A constructor parameter.</summary>
    Constructor,

    /// <summary>The object initializer.</summary>
    Initializer,

    /// <summary>An assignment after construction, if the reply has it; else its own initial value stays.</summary>
    Assignment,

    /// <summary>The same for an init-only property, through its accessor.</summary>
    InitAccessor,
}

/// <summary>A property of an object.</summary>
internal sealed record PropertyModel
{
    /// <summary>The name in JSON.</summary>
    public required string JsonName { get; init; }

    /// <summary>The name in C#, escaped.</summary>
    public required string Name { get; init; }

    /// <summary>The value's type.</summary>
    public required TypeUse Type { get; init; }

    /// <summary>The type as C#, with its annotation.</summary>
    public required string CSharpType { get; init; }

    /// <summary>How it is set.</summary>
    public required PropertyTarget Target { get; init; }

    /// <summary>Of a constructor parameter: its place, from 0.</summary>
    public int Parameter { get; init; }

    /// <summary>Of a constructor parameter: whether its property is required, so that the initializer has to set it as well.</summary>
    public bool MustInitialize { get; init; }

    /// <summary>Of a property set through its init accessor: the type that declares it, as C#.</summary>
    public string DeclaringType { get; init; } = "";

    /// <summary>The value where the reply has none, as C#.</summary>
    public string Default { get; init; } = "default";

    /// <summary>Whether a reply without it is no value of the type.</summary>
    public required bool IsRequired { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Its limits as the schema states them, or null.</summary>
    public LimitsModel? Limits { get; init; }

    /// <summary>The rules that its value must keep.</summary>
    public EquatableArray<RuleModel> Rules { get; init; }

    /// <summary>Whether the generated class can read it.</summary>
    public bool IsReadable { get; init; } = true;
}

/// <summary>Limits from DataAnnotations; numbers as invariant text.</summary>
internal sealed record LimitsModel
{
    public string? Minimum { get; init; }
    public string? Maximum { get; init; }
    public bool MinimumIsExclusive { get; init; }
    public bool MaximumIsExclusive { get; init; }
    public int? MinLength { get; init; }
    public int? MaxLength { get; init; }
    public string? Pattern { get; init; }
    public string? Format { get; init; }
    public EquatableArray<string> AllowedValues { get; init; }
}
