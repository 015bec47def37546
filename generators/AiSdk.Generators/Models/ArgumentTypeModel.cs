using AiSdk.Generators.Helpers;

namespace AiSdk.Generators.Models;

/// <summary>The sorts of arguments that are written as JSON.</summary>
internal enum ArgumentTypeKind
{
    String,
    Number,
    Boolean,

    /// <summary>A value type that JSON holds as text: dates, GUIDs, characters.</summary>
    Formatted,
    Uri,

    /// <summary>Passages of documents, which text shows between delimiters.</summary>
    Passages,
    Enum,
    Object,
    List,
    Dictionary,
    Union,
}

/// <summary>A use of an argument's type.</summary>
/// <param name="Type">The type, by its index.</param>
/// <param name="MayBeNull">Whether the value may be null.</param>
internal readonly record struct ArgumentUse(int Type, bool MayBeNull);

/// <summary>A type of argument that is written as JSON.</summary>
internal sealed record ArgumentTypeModel
{
    /// <summary>The sort.</summary>
    public required ArgumentTypeKind Kind { get; init; }

    /// <summary>The type as C#, without a nullable annotation.</summary>
    public required string CSharpName { get; init; }

    /// <summary>The name of its writer, unique in the interface.</summary>
    public required string MemberName { get; init; }

    /// <summary>Whether the application vouches for its values.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>Of a formatted value: its format, or null.</summary>
    public string? Format { get; init; }

    /// <summary>Of a number: whether it is written from its text, because the JSON writer does not know the type.</summary>
    public bool IsRawNumber { get; init; }

    /// <summary>Of an enum: its values.</summary>
    public EquatableArray<EnumValueModel> Values { get; init; }

    /// <summary>Of an enum whose values are not combined: the number under it, which shows a value without a name in every culture alike.</summary>
    public string? Number { get; init; }

    /// <summary>Of an object: its properties.</summary>
    public EquatableArray<ArgumentPropertyModel> Properties { get; init; }

    /// <summary>Of an object in a union: its writer writes the properties only, the union's the rest.</summary>
    public bool IsVariant { get; init; }

    /// <summary>Of a list or dictionary: its elements or values.</summary>
    public ArgumentUse Element { get; init; }

    /// <summary>Of a union: the discriminator's property.</summary>
    public string Discriminator { get; init; } = "";

    /// <summary>Of a union: its alternatives.</summary>
    public EquatableArray<ArgumentVariantModel> Variants { get; init; }
}

/// <summary>A property that is written.</summary>
/// <param name="JsonName">Its name in JSON.</param>
/// <param name="Name">Its name in C#, escaped.</param>
/// <param name="Type">Its type.</param>
internal sealed record ArgumentPropertyModel(string JsonName, string Name, ArgumentUse Type);

/// <summary>An alternative of a union.</summary>
/// <param name="DiscriminatorJson">The discriminator's value as JSON.</param>
/// <param name="Type">The alternative's type.</param>
internal sealed record ArgumentVariantModel(string DiscriminatorJson, int Type);
