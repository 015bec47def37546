using System.Collections;
using System.ComponentModel;
using System.Globalization;

namespace AiSdk.CompilerServices;

/// <summary>A type of argument as prompt files of <see cref="AiFunctionsOptions.PromptDirectory"/> see it: its members by name. Made by generated code only.</summary>
/// <remarks>Immutable; safe for concurrent use. Nothing of it is made before a class with a prompt directory is.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PromptType
{
    private const int MaxPrecisionDigits = 4;

    private readonly Func<PromptMember[]>? _createMembers;
    private readonly Func<PromptType>? _createElement;
    private PromptMember[]? _members;
    private PromptType? _element;

    private PromptType(PromptTypeKind kind, string name, Func<PromptMember[]>? members = null, Func<PromptType>? element = null)
    {
        Kind = kind;
        Name = name;
        _createMembers = members;
        _createElement = element;
    }

    /// <summary>Text.</summary>
    public static PromptType Text { get; } = new(PromptTypeKind.String, "string");

    /// <summary>A character.</summary>
    public static PromptType Character { get; } = new(PromptTypeKind.Character, "char");

    /// <summary>True or false.</summary>
    public static PromptType Boolean { get; } = new(PromptTypeKind.Boolean, "bool");

    /// <summary>A whole number that a template counts.</summary>
    internal static PromptType Number { get; } = NumberOf<int>();

    /// <summary>A URI.</summary>
    public static PromptType Uri { get; } = new(PromptTypeKind.Uri, "Uri");

    /// <summary>An image, sound or document.</summary>
    public static PromptType Media { get; } = new(PromptTypeKind.Media, "media");

    /// <summary>Messages from before.</summary>
    public static PromptType History { get; } = new(PromptTypeKind.History, "messages");

    internal PromptTypeKind Kind { get; }

    /// <summary>The type for people.</summary>
    internal string Name { get; }

    /// <summary>The format in which values are printed unless the template says otherwise.</summary>
    internal string? Format { get; private init; }

    /// <summary>Of a number, date, time, duration or GUID: a value, to try formats on.</summary>
    private IFormattable? Probe { get; init; }

    /// <summary>Of an enum: a value's name in JSON, or null where it has none.</summary>
    internal Func<object, string?>? NameOf { get; private init; }

    /// <summary>Of an enum: all names.</summary>
    internal Func<IEnumerable<string>>? Names { get; private init; }

    /// <summary>Of a dictionary: its entries.</summary>
    internal Func<object, IEnumerable<KeyValuePair<string, object?>>>? Entries { get; private init; }

    /// <summary>Of a union: the discriminator's property.</summary>
    internal string Discriminator { get; private init; } = "";

    /// <summary>Of a union: its alternatives.</summary>
    internal Func<PromptVariant[]>? Variants { get; private init; }

    /// <summary>Whether the application vouches for values of the type.</summary>
    internal bool IsTrusted { get; private init; }

    /// <summary>Whether text made of it cannot carry instructions.</summary>
    internal bool IsHarmless => Kind is PromptTypeKind.Boolean or PromptTypeKind.Number or PromptTypeKind.Formatted or PromptTypeKind.Enum;

    internal PromptMember[] Members => _members ??= _createMembers?.Invoke() ?? [];

    internal PromptType Element => _element ??= _createElement!();

    /// <summary>A number.</summary>
    /// <typeparam name="T">The number's type.</typeparam>
    public static PromptType NumberOf<T>()
        where T : struct, IFormattable => new(PromptTypeKind.Number, "number") { Probe = default(T) };

    /// <summary>A date, time, duration or GUID.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="name">The type for people.</param>
    /// <param name="format">The format in which it is printed, or <see langword="null"/> for its own.</param>
    public static PromptType Formatted<T>(string name, string? format = null)
        where T : struct, IFormattable => new(PromptTypeKind.Formatted, name) { Format = format, Probe = default(T) };

    /// <summary>Whether values can be printed in a format.</summary>
    internal bool HasFormat(string format)
    {
        // So great a precision would fill the memory, and is no format that the compiler tries either.
        if (Probe is null || (format.Length > MaxPrecisionDigits && char.IsLetter(format[0]) && format.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0))
            return true;
        try
        {
            Probe.ToString(format, CultureInfo.InvariantCulture);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>An enum.</summary>
    /// <typeparam name="T">The enum.</typeparam>
    /// <param name="name">The type for people.</param>
    /// <param name="values">Its values with their names in JSON.</param>
    public static PromptType Enum<T>(string name, Func<(T Value, string Name)[]> values)
        where T : struct, Enum
    {
        Dictionary<T, string>? names = null;
        return new PromptType(PromptTypeKind.Enum, name)
        {
            NameOf = value => Known().GetValueOrDefault((T)value),
            Names = () => Known().Values,
        };

        Dictionary<T, string> Known() => names ??= values().ToDictionary(static value => value.Value, static value => value.Name);
    }

    /// <summary>A class, record or struct.</summary>
    /// <param name="name">The type for people.</param>
    /// <param name="members">Its members.</param>
    /// <param name="isTrusted">Whether the application vouches for its values.</param>
    public static PromptType Record(string name, Func<PromptMember[]> members, bool isTrusted = false) => new(PromptTypeKind.Object, name, members) { IsTrusted = isTrusted };

    /// <summary>A closed set of classes; prompts show it as JSON.</summary>
    /// <param name="name">The type for people.</param>
    /// <param name="discriminator">The property that tells the alternatives apart in JSON.</param>
    /// <param name="variants">The alternatives.</param>
    /// <param name="isTrusted">Whether the application vouches for its values.</param>
    public static PromptType Union(string name, string discriminator, Func<PromptVariant[]> variants, bool isTrusted = false) =>
        new(PromptTypeKind.Union, name) { Discriminator = discriminator, Variants = variants, IsTrusted = isTrusted };

    /// <summary>A list.</summary>
    /// <param name="element">The elements' type.</param>
    public static PromptType List(Func<PromptType> element) => new(PromptTypeKind.List, "list", element: element);

    /// <summary>A dictionary with string keys.</summary>
    /// <typeparam name="T">The values' type.</typeparam>
    /// <param name="element">The same for prompts.</param>
    public static PromptType Dictionary<T>(Func<PromptType> element) => new(PromptTypeKind.Dictionary, "dictionary", element: element)
    {
        Entries = static value => ((IEnumerable<KeyValuePair<string, T>>)value).Select(static entry => new KeyValuePair<string, object?>(entry.Key, entry.Value)),
    };

    /// <summary>How many elements a list or dictionary has.</summary>
    internal static int Count(object value)
    {
        if (value is ICollection collection)
            return collection.Count;
        int count = 0;
        foreach (object? _ in (IEnumerable)value)
            count++;
        return count;
    }
}

/// <summary>The sorts of arguments' types.</summary>
internal enum PromptTypeKind
{
    String,
    Character,
    Boolean,
    Number,
    Formatted,
    Uri,
    Enum,
    Object,
    Union,
    List,
    Dictionary,
    Media,
    History,
}

/// <summary>A member of an argument's type. Made by generated code only.</summary>
/// <param name="name">Its name in C#.</param>
/// <param name="jsonName">Its name in JSON.</param>
/// <param name="type">Its type.</param>
/// <param name="get">Gives its value.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PromptMember(string name, string jsonName, PromptType type, Func<object, object?> get)
{
    internal string Name { get; } = name;

    internal string JsonName { get; } = jsonName;

    internal PromptType Type { get; } = type;

    internal Func<object, object?> Get { get; } = get;
}

/// <summary>An alternative of an argument's union. Made by generated code only.</summary>
/// <param name="discriminatorJson">The discriminator's value as JSON.</param>
/// <param name="type">The alternative.</param>
/// <param name="isInstance">Whether a value is of it.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class PromptVariant(string discriminatorJson, PromptType type, Func<object, bool> isInstance)
{
    internal string DiscriminatorJson { get; } = discriminatorJson;

    internal PromptType Type { get; } = type;

    internal Func<object, bool> IsInstance { get; } = isInstance;
}
