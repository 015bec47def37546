using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Collects the types of arguments that prompts show as JSON or by name, each once.</summary>
/// <param name="compilation">For questions of accessibility.</param>
/// <param name="scope">The type or assembly from inside which generated code writes.</param>
internal sealed class ArgumentTypeParser(Compilation compilation, ISymbol scope, CancellationToken cancellationToken)
{
    private readonly Documentation _documentation = new(compilation, cancellationToken);
    private readonly List<ArgumentTypeModel?> _types = [];
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private string? _failure;

    /// <summary>Whether a type was met that does not say whether it may be null.</summary>
    public bool MetOblivious { get; private set; }

    /// <summary>The types, in the order in which they were met.</summary>
    public EquatableArray<ArgumentTypeModel> Types => _types.Select(static type => type!).ToEquatableArray();

    /// <summary>Adds a type and all it is made of; if it cannot be written, nothing, and says why.</summary>
    public ArgumentUse? Parse(ITypeSymbol type, out string? failure)
    {
        int count = _types.Count;
        _failure = null;
        ArgumentUse? use = Use(type, type.Display());
        failure = _failure;
        if (use is null)
        {
            _types.RemoveRange(count, _types.Count - count);
            foreach (string key in _indices.Where(entry => entry.Value >= count).Select(static entry => entry.Key).ToList())
                _indices.Remove(key);
        }
        return use;
    }

    private ArgumentUse? Use(ITypeSymbol type, string path)
    {
        MetOblivious |= type.IsOblivious();
        return Add(type.Underlying(out _), path, false) is { } index ? new ArgumentUse(index, type.MayBeNull()) : null;
    }

    private int? Add(ITypeSymbol type, string path, bool isVariant)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string csharpName = CSharp.NonNullableTypeName(type);
        string key = isVariant ? CSharp.TypeKey(type) + "|variant" : CSharp.TypeKey(type);
        if (_indices.TryGetValue(key, out int known))
            return known;
        int index = _types.Count;
        _indices.Add(key, index);
        _types.Add(null);
        ArgumentTypeModel? model = Model(type, csharpName, path, isVariant);
        _types[index] = model;
        return model is null ? null : index;
    }

    private ArgumentTypeModel? Model(ITypeSymbol type, string csharpName, string path, bool isVariant)
    {
        if (type.SpecialType == SpecialType.System_String)
            return New(ArgumentTypeKind.String, type, csharpName);
        if (type.SpecialType == SpecialType.System_Boolean)
            return New(ArgumentTypeKind.Boolean, type, csharpName);
        if (Scalars.IsNumber(type))
            return New(ArgumentTypeKind.Number, type, csharpName) with { IsRawNumber = !Scalars.IsWriterNumber(type) };
        if (type.Is("System", "Uri"))
            return New(ArgumentTypeKind.Uri, type, csharpName);
        if (type.Is("AiSdk", "Passages"))
            return New(ArgumentTypeKind.Passages, type, csharpName);
        if (Scalars.Output(type) is not null)
            return New(ArgumentTypeKind.Formatted, type, csharpName) with { Format = Scalars.DefaultFormat(type) };
        if (type is ITypeParameterSymbol)
            return Fail($"{path}: the type parameter {type.Name} is not known when the prompt is compiled");
        if (type.TypeKind == TypeKind.Enum)
            return New(ArgumentTypeKind.Enum, type, csharpName) with
            {
                Values = JsonNames.OfEnum((INamedTypeSymbol)type, _documentation),
                Number = type.Has("System", "FlagsAttribute") || ((INamedTypeSymbol)type).EnumUnderlyingType is not { } number ? null : CSharp.TypeName(number),
            };

        ITypeSymbol? dictionaryValue = type.DictionaryValueType();
        if ((dictionaryValue ?? type.ElementType()) is { } elementType)
        {
            ArgumentTypeModel list = New(dictionaryValue is null ? ArgumentTypeKind.List : ArgumentTypeKind.Dictionary, type, csharpName);
            return Use(elementType, path + "[]") is { } element ? list with { Element = element } : null;
        }
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Interface, SpecialType: not SpecialType.System_Object } named
            || IsForeign(named))
            return Fail($"{path}: {type.Display()} has no JSON form; use a string, number, date, enum, record, list or dictionary");
        if (!compilation.IsSymbolAccessibleWithin(named, scope))
            return Fail($"{path}: {type.Display()} is not accessible to the generated class");
        return isVariant || Union(named, csharpName, path) is not { } union ? Object(named, csharpName, path, isVariant) : union.Model;
    }

    private (ArgumentTypeModel? Model, bool IsUnion)? Union(INamedTypeSymbol type, string csharpName, string path)
    {
        IReadOnlyList<(INamedTypeSymbol Type, string Text, string Json)> variants = JsonNames.Union(type, out string discriminator, out _);
        if (variants.Count == 0)
            return null;
        if (!Json.IsUnicode(discriminator))
            return (Fail($"{path}: a discriminator in JSON is no Unicode text"), true);
        ArgumentTypeModel model = New(ArgumentTypeKind.Union, type, csharpName);
        List<ArgumentVariantModel> models = [];
        // The most derived first, so that no case of the switch hides another.
        foreach ((INamedTypeSymbol variant, _, string json) in variants.OrderByDescending(static v => v.Type.BasesAndSelf().Count()))
        {
            if (Add(variant, path + "." + variant.Name, isVariant: true) is not { } index)
                return (null, true);
            if (!Json.IsUnicode(json))
                return (Fail($"{path}: a discriminator in JSON is no Unicode text"), true);
            models.Add(new ArgumentVariantModel(json, index));
        }
        return (model with { Discriminator = discriminator, Variants = models.ToEquatableArray() }, true);
    }

    private ArgumentTypeModel? Object(INamedTypeSymbol type, string csharpName, string path, bool isVariant)
    {
        ArgumentTypeModel model = New(ArgumentTypeKind.Object, type, csharpName) with { IsVariant = isVariant };
        List<ArgumentPropertyModel> properties = [];
        foreach (ISymbol member in type.DataMembers())
        {
            if (member is not IPropertySymbol { GetMethod: { } getter } property || JsonNames.IsIgnored(member) || !compilation.IsSymbolAccessibleWithin(getter, scope))
                continue;
            if (Use(property.Type, $"{path}.{property.Name}") is not { } use)
                return null;
            if (!Json.IsUnicode(JsonNames.OfProperty(property)))
                return Fail($"{path}.{property.Name}: its name in JSON is no Unicode text");
            properties.Add(new ArgumentPropertyModel(JsonNames.OfProperty(property), CSharp.Identifier(property.Name), use));
        }
        if (properties.Count == 0 && !type.IsRecord)
            return Fail($"{path}: {type.Display()} has no public properties to show");
        return model with { Properties = properties.ToEquatableArray() };
    }

    // Types of the platform that are no data: printing their properties would show what nobody meant.
    private static bool IsForeign(INamedTypeSymbol type) =>
        type.IsRefLikeType || type.ContainingNamespace?.ToDisplayString() is { } name
        && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal));

    private ArgumentTypeModel New(ArgumentTypeKind kind, ITypeSymbol type, string csharpName)
    {
        string name = CSharp.Unique(Prefix(type), _names);
        return new ArgumentTypeModel { Kind = kind, CSharpName = csharpName, MemberName = name, IsTrusted = type.Has("AiSdk", "TrustedAttribute") };
    }

    private static string Prefix(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => Prefix(array.ElementType) + "Array",
        INamedTypeSymbol { TypeArguments.Length: > 0 } named => named.Name + "Of" + string.Concat(named.TypeArguments.Select(Prefix)),
        _ => type.Name,
    };

    private ArgumentTypeModel? Fail(string reason)
    {
        _failure ??= reason;
        return null;
    }
}
