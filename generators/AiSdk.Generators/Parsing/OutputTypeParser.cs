using System.Collections.Immutable;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AiSdk.Generators.Parsing;

/// <summary>Collects the types that an interface's replies are read into, each once.</summary>
/// <param name="compilation">For questions of accessibility.</param>
/// <param name="scope">The type or assembly from inside which generated code reads.</param>
/// <param name="mayUseAccessors">Whether init-only properties can be set after construction; the accessors for that cannot stand in a generic type.</param>
internal sealed class OutputTypeParser(Compilation compilation, ISymbol scope, bool mayUseAccessors, CancellationToken cancellationToken)
{
    private static readonly string[] _platform = ["System", "System.IO", "System.Text.Json", "System.Text.Json.Nodes", "System.Threading.Tasks"];

    private readonly Documentation _documentation = new(compilation, cancellationToken);
    private readonly Rules _rules = new(compilation, scope);
    private readonly List<TypeModel?> _types = [];
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<ISymbol> _members = [];
    private OutputTypeProblem? _failure;

    /// <summary>Whether <c>JsonElement</c> is a type: any JSON. Of arguments it is; of replies nothing could be demanded then.</summary>
    public bool TakesAnyJson { get; init; }

    /// <summary>Whether a type was met that does not say whether it may be null.</summary>
    public bool MetOblivious { get; private set; }

    /// <summary>The types, in the order in which they were met.</summary>
    public EquatableArray<TypeModel> Types => _types.Select(static type => type!).ToEquatableArray();

    /// <summary>The same without a copy.</summary>
    public IReadOnlyList<TypeModel> Known => _types!;

    /// <summary>The model of a type that was parsed.</summary>
    public TypeModel this[int index] => _types[index]!;

    /// <summary>Adds a type and all it is made of; if it cannot be read, nothing, and says why.</summary>
    public TypeUse? Parse(ITypeSymbol type, out OutputTypeProblem? failure)
    {
        int count = _types.Count;
        _failure = null;
        TypeUse? use = Use(type, type.Display());
        failure = _failure;
        if (use is null)
        {
            _types.RemoveRange(count, _types.Count - count);
            foreach (string key in _indices.Where(entry => entry.Value >= count).Select(static entry => entry.Key).ToList())
                _indices.Remove(key);
        }
        return use;
    }

    /// <summary>Adds the arguments that a model gives a tool, as an object whose properties are the parameters.</summary>
    /// <param name="owner">The type that declares the method.</param>
    /// <param name="name">The name of the struct that holds them.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="failure">Which of them has no form that a model could write, and why.</param>
    public int? ParseArguments(INamedTypeSymbol owner, string name, IReadOnlyList<IParameterSymbol> parameters, out OutputTypeProblem? failure)
    {
        failure = null;
        List<PropertyModel> properties = [];
        foreach (IParameterSymbol parameter in parameters)
        {
            bool mustHave = Limits.IsRequired(null, parameter);
            if (Parse(parameter.Type, out failure) is not { } parsed)
            {
                failure = failure! with { Member = parameter };
                return null;
            }
            TypeUse use = parsed with { IsNullable = parsed.IsNullable && !mustHave };
            if (_rules.OfProperty(owner, parameter.Type, parameter.Name, null, parameter, out string? reason) is not { } rules)
            {
                failure = new OutputTypeProblem(ProblemKind.UnsupportedOutputType, reason!, parameter, []);
                return null;
            }
            string jsonName = parameter.Attribute("System.Text.Json.Serialization", "JsonPropertyNameAttribute").Text() ?? parameter.Name;
            if (!Json.IsUnicode(jsonName) || properties.Any(other => other.JsonName == jsonName))
            {
                failure = new OutputTypeProblem(ProblemKind.UnsupportedOutputType, $"its name in JSON, '{jsonName}', is that of another, or no Unicode text", parameter, []);
                return null;
            }
            properties.Add(new PropertyModel
            {
                JsonName = jsonName,
                Name = CSharp.Identifier(parameter.Name),
                Type = use,
                CSharpType = CSharp.TypeName(parameter.Type),
                Target = PropertyTarget.Constructor,
                Parameter = properties.Count,
                Default = parameter.IsParams ? "[]" : CSharp.Constant(parameter.HasExplicitDefaultValue ? parameter.ExplicitDefaultValue : null, parameter.Type),
                IsRequired = mustHave || !(parameter.HasExplicitDefaultValue || parameter.IsParams || use.IsNullable),
                Description = _documentation.OfParameter(parameter),
                Limits = Limits.Of(parameter),
                Rules = rules,
            });
        }
        int index = _types.Count;
        string memberName = CSharp.Unique(name, _names);
        _types.Add(new TypeModel
        {
            Kind = OutputTypeKind.Object,
            CSharpName = memberName,
            Name = name,
            MemberName = memberName,
            IsValueType = true,
            IsArguments = true,
            Properties = properties.ToEquatableArray(),
        });
        return index;
    }

    private TypeUse? Use(ITypeSymbol type, string path, bool isRequired = false, ISymbol? member = null)
    {
        ITypeSymbol underlying = type.Underlying(out _);
        MetOblivious |= type.IsOblivious();
        if (member is not null)
            _members.Add(member);
        int? index = Add(underlying, path, null);
        if (member is not null)
            _members.RemoveAt(_members.Count - 1);
        return index is { } known ? new TypeUse(known, type.MayBeNull() && !isRequired) : null;
    }

    private int? Add(ITypeSymbol type, string path, string? variantDiscriminator)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string csharpName = CSharp.NonNullableTypeName(type);
        string key = CSharp.TypeKey(type) + "|" + variantDiscriminator;
        if (_indices.TryGetValue(key, out int known))
            return known;

        int index = _types.Count;
        _indices.Add(key, index);
        _types.Add(null);
        TypeModel? model = Model(type, csharpName, path, variantDiscriminator);
        _types[index] = model;
        return model is null ? null : index;
    }

    private string Instead => TakesAnyJson ? "use JsonElement where any JSON may come, else a type that says what does" : "use a record, a union ([JsonDerivedType]), a list or a simple type";

    private TypeModel? Model(ITypeSymbol type, string csharpName, string path, string? variantDiscriminator)
    {
        if (Scalars.Output(type) is { } scalar)
            return New(OutputTypeKind.Scalar, type, csharpName, type.Display()) with { Scalar = scalar };
        if (TakesAnyJson && type.Is("System.Text.Json", "JsonElement"))
            return New(OutputTypeKind.Scalar, type, csharpName, type.Display()) with { Scalar = new ScalarModel("ReadJson", "any") };
        if (type is IArrayTypeSymbol { Rank: 1 } array)
            return List(type, csharpName, array.ElementType, CollectionKind.Array, path);
        if (type is IDynamicTypeSymbol)
            return Fail($"{path}: dynamic has no schema; {Instead}", ProblemKind.UntypedValue);
        if (type is ITypeParameterSymbol)
            return Fail($"{path}: the type parameter {type.Name} is not known when the schema is made");
        if (type is not INamedTypeSymbol named)
            return Fail($"{path}: {type.Display()} cannot be described to a model");
        if (!compilation.IsSymbolAccessibleWithin(named, scope))
            return Fail($"{path}: {type.Display()} is not accessible to the generated class");
        if (JsonNames.Converter(named) is { } converter)
            return Fail($"{path}: {type.Display()} is read by {converter}, whose format is not known when the schema is made");
        if (named.TypeKind == TypeKind.Enum)
        {
            EquatableArray<EnumValueModel> values = JsonNames.OfEnum(named, _documentation);
            if (values.Count == 0)
                return Fail($"{path}: the enum {type.Display()} has no values");
            if (values.GroupBy(static value => value.JsonName).FirstOrDefault(static group => group.Count() > 1) is { } same)
                return Fail($"{path}: the enum {type.Display()} has two values that are called '{same.Key}' in JSON");
            if (values.Any(static value => !Json.IsUnicode(value.JsonName)))
                return Fail($"{path}: a value's name in JSON is no Unicode text");
            return New(OutputTypeKind.Enum, type, csharpName, type.Name) with { Values = values };
        }
        if (Collection(named) is { } collection)
            return List(type, csharpName, named.TypeArguments[0], collection, path);
        if (named.Arity == 2 && (named.Is("System.Collections.Generic", "Dictionary", 2) || named.Is("System.Collections.Generic", "IDictionary", 2)
            || named.Is("System.Collections.Generic", "IReadOnlyDictionary", 2)))
        {
            if (named.TypeArguments[0].SpecialType != SpecialType.System_String)
                return Fail($"{path}: the keys of {type.Display()} are not strings, which names in JSON are", ProblemKind.DictionaryKeyIsNoString);
            return List(type, csharpName, named.TypeArguments[1], CollectionKind.Dictionary, path);
        }
        bool isInterfaceUnion = named.TypeKind == TypeKind.Interface && named.Has("System.Text.Json.Serialization", "JsonDerivedTypeAttribute");
        if (named.SpecialType == SpecialType.System_Object)
            return Fail($"{path}: object has no schema; {Instead}", ProblemKind.UntypedValue);
        if (named.TypeKind is not (TypeKind.Class or TypeKind.Struct) && !isInterfaceUnion)
            return Fail($"{path}: {type.Display()} has no schema; use a record, a union ([JsonDerivedType]), a list or a simple type");
        if (named.IsTupleType)
            return Fail($"{path}: a tuple's names are not part of its type; use a record instead of {type.Display()}");
        if (type.ElementType() is { } element)
            return Fail($"{path}: {type.Display()} cannot be made from a list; use IReadOnlyList<{element.Display()}>");
        if (_platform.Any(named.ContainingNamespace.HasFullName))
            return Fail($"{path}: {type.Display()} has no schema; use a record, a list or a simple type");

        IReadOnlyList<(INamedTypeSymbol Type, string Text, string Json)> variants = variantDiscriminator is null
            ? JsonNames.Union(named, out string discriminator, out string? problem)
            : NoUnion(out discriminator, out problem);
        if (problem is not null)
            return Fail($"{path}: {problem}", ProblemKind.AmbiguousUnion, named);
        if (variants.Count > 0)
            return Union(named, csharpName, variants, discriminator, path);
        if (named.IsAbstract)
            return Fail($"{path}: {type.Display()} is abstract and names no derived types; add [JsonDerivedType(typeof(…), \"…\")], or nest the derived records in it", ProblemKind.NoDerivedTypes, named);
        return Object(named, csharpName, path, variantDiscriminator);
    }

    private TypeModel? List(ITypeSymbol type, string csharpName, ITypeSymbol elementType, CollectionKind collection, string path)
    {
        bool isDictionary = collection == CollectionKind.Dictionary;
        TypeModel model = New(isDictionary ? OutputTypeKind.Dictionary : OutputTypeKind.List, type, csharpName, SimpleName(elementType) + collection);
        if (Use(elementType, path + (isDictionary ? "[key]" : "[]")) is not { } element)
            return null;
        return model with { Collection = collection, Element = element, ElementType = CSharp.TypeName(elementType) };
    }

    private TypeModel? Union(
        INamedTypeSymbol type, string csharpName, IReadOnlyList<(INamedTypeSymbol Type, string Text, string Json)> variants, string discriminator, string path)
    {
        TypeModel model = New(OutputTypeKind.Union, type, csharpName, SimpleName(type));
        List<VariantModel> models = [];
        foreach ((INamedTypeSymbol variant, string text, string json) in variants)
        {
            if (models.Any(other => other.DiscriminatorText == text))
                return Fail($"{path}: two alternatives of {type.Display()} have the discriminator {json}", ProblemKind.AmbiguousUnion, type);
            if (Add(variant, path + "." + variant.Name, discriminator) is not { } index)
                return null;
            models.Add(new VariantModel(text, json, index));
        }
        if (!Json.IsUnicode(discriminator) || models.Any(static variant => !Json.IsUnicode(variant.DiscriminatorText)))
            return Fail($"{path}: a discriminator in JSON is no Unicode text");
        return model with { Discriminator = discriminator, Variants = models.ToEquatableArray() };
    }

    private TypeModel? Object(INamedTypeSymbol type, string csharpName, string path, string? variantDiscriminator)
    {
        TypeModel model = New(OutputTypeKind.Object, type, csharpName, SimpleName(type)) with { VariantDiscriminator = variantDiscriminator };
        IReadOnlyList<ISymbol> members = type.DataMembers();
        IMethodSymbol? constructor = Constructor(type, members, out string? problem);
        if (constructor is null)
            return Fail($"{path}: {problem}");

        List<(PropertyModel Model, int Order)> properties = [];
        List<FixedArgument> fixedArguments = [];
        bool setsRequired = constructor.Has("System.Diagnostics.CodeAnalysis", "SetsRequiredMembersAttribute");
        HashSet<ISymbol> bound = new(SymbolEqualityComparer.Default);
        foreach (IParameterSymbol parameter in constructor.Parameters)
        {
            ISymbol? member = Member(parameter, members);
            if (member is not null)
                bound.Add(member);
            if (parameter.Name.Length == 0)
                return Fail($"{path}: a parameter of the constructor has no name yet");
            if (parameter.RefKind is not (RefKind.None or RefKind.In))
                return Fail($"{path}.{parameter.Name}: a constructor's parameter is passed by reference");
            if (member is not null && JsonNames.Converter(member) is { } converter)
                return Fail($"{path}.{member.Name}: it is read by {converter}, whose format is not known when the schema is made");
            if (member is not null && JsonNames.IsIgnored(member))
            {
                fixedArguments.Add(new FixedArgument(parameter.Ordinal, CSharp.Constant(parameter.HasExplicitDefaultValue ? parameter.ExplicitDefaultValue : null, parameter.Type)));
                continue;
            }
            string jsonName = member is null ? JsonNames.CamelCase(parameter.Name) : JsonNames.OfProperty(member);
            if (parameter.Attribute("System.Text.Json.Serialization", "JsonPropertyNameAttribute").Text() is { } named)
                jsonName = named;
            bool mustHave = Limits.IsRequired(member, parameter);
            if (Use(parameter.Type, $"{path}.{parameter.Name}", mustHave, member ?? parameter) is not { } use || PropertyRules(type, parameter.Type, member, parameter, path) is not { } rules)
                return null;
            properties.Add((
                new PropertyModel
                {
                    JsonName = jsonName,
                    Name = CSharp.Identifier(member?.Name ?? parameter.Name),
                    Type = use,
                    CSharpType = CSharp.TypeName(parameter.Type),
                    Target = PropertyTarget.Constructor,
                    Parameter = parameter.Ordinal,
                    MustInitialize = member is IPropertySymbol { IsRequired: true } && !setsRequired,
                    Default = CSharp.Constant(parameter.HasExplicitDefaultValue ? parameter.ExplicitDefaultValue : null, parameter.Type),
                    IsRequired = mustHave || IsJsonRequired(member) || (!parameter.HasExplicitDefaultValue && !use.IsNullable),
                    Description = (member is null ? null : _documentation.Of(member)) ?? _documentation.OfParameter(parameter),
                    Limits = Limits.Of(member, parameter),
                    Rules = rules,
                    IsReadable = IsReadable(member),
                },
                Order(member)));
        }

        foreach (ISymbol member in members)
        {
            if (bound.Contains(member))
                continue;
            bool isRequiredMember = member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };
            if (JsonNames.IsIgnored(member) || member is not IPropertySymbol { SetMethod: { } setter } property || !compilation.IsSymbolAccessibleWithin(setter, scope))
            {
                if (isRequiredMember)
                    return Fail($"{path}.{member.Name}: a required member that is no settable property, or is ignored, cannot be set");
                continue;
            }
            if (JsonNames.Converter(member) is { } converter)
                return Fail($"{path}.{member.Name}: it is read by {converter}, whose format is not known when the schema is made");
            bool mustHave = Limits.IsRequired(member);
            if (Use(property.Type, $"{path}.{property.Name}", mustHave, property) is not { } use || PropertyRules(type, property.Type, property, null, path) is not { } rules)
                return null;
            bool demanded = mustHave || isRequiredMember || IsJsonRequired(member);
            bool hasOwnValue = HasInitializer(property) || !IsDeclaredHere(property) || HasConstructorBody(constructor);
            bool canBeLeftOut = !demanded && (use.IsNullable || HasInitializer(property));
            // What the reply leaves out must keep the value that the type gives it. Where an init-only property cannot be set afterwards, the reply must have it.
            bool isSetLater = canBeLeftOut && (!setter.IsInitOnly || (hasOwnValue && CanUseAccessor(property)));
            properties.Add((
                new PropertyModel
                {
                    JsonName = JsonNames.OfProperty(property),
                    Name = CSharp.Identifier(property.Name),
                    Type = use,
                    CSharpType = CSharp.TypeName(property.Type),
                    Default = CSharp.Constant(null, property.Type),
                    DeclaringType = CSharp.NonNullableTypeName(property.ContainingType),
                    Target = !isSetLater ? PropertyTarget.Initializer : setter.IsInitOnly ? PropertyTarget.InitAccessor : PropertyTarget.Assignment,
                    IsRequired = !canBeLeftOut || (!isSetLater && hasOwnValue),
                    Description = _documentation.Of(property),
                    Limits = Limits.Of(property),
                    Rules = rules,
                    IsReadable = IsReadable(property),
                },
                Order(property)));
        }

        if (properties.Select(static p => p.Model.JsonName).Concat(variantDiscriminator is null ? [] : [variantDiscriminator])
            .GroupBy(static name => name).FirstOrDefault(static group => group.Count() > 1) is { } same)
            return Fail($"{path}: {type.Display()} has two properties that are called '{same.Key}' in JSON");
        if (properties.Count == 0 && variantDiscriminator is null)
            return Fail($"{path}: {type.Display()} has no property that can be set");
        if (properties.Select(static p => p.Model.JsonName).FirstOrDefault(static name => !Json.IsUnicode(name)) is not null)
            return Fail($"{path}: a property's name in JSON is no Unicode text");
        if (_rules.OfType(type, out string? reason) is not { } typeRules)
            return Fail($"{path}: {reason}");
        return model with
        {
            FixedArguments = fixedArguments.ToEquatableArray(),
            Rules = typeRules,
            IsValidatable = Rules.IsValidatable(type),
            IsCitation = type.Is("AiSdk", "Citation"),
            Properties = properties.OrderBy(static p => p.Order).Select(static p => p.Model).ToEquatableArray(),
        };
    }

    private EquatableArray<RuleModel>? PropertyRules(INamedTypeSymbol type, ITypeSymbol valueType, ISymbol? member, IParameterSymbol? parameter, string path)
    {
        string name = member?.Name ?? parameter!.Name;
        EquatableArray<RuleModel>? rules = _rules.OfProperty(type, valueType, name, member, parameter, out string? reason);
        if (rules is { Count: > 0 } && !IsReadable(member))
        {
            rules = null;
            reason = "its value cannot be read again, which checking its annotations takes";
        }
        if (rules is null)
            Fail($"{path}.{name}: {reason}");
        return rules;
    }

    private bool IsReadable(ISymbol? member) =>
        member is IFieldSymbol || (member is IPropertySymbol { GetMethod: { } getter } && compilation.IsSymbolAccessibleWithin(getter, scope));

    private IMethodSymbol? Constructor(INamedTypeSymbol type, IReadOnlyList<ISymbol> members, out string? problem)
    {
        List<IMethodSymbol> candidates = [.. type.InstanceConstructors.Where(c =>
            compilation.IsSymbolAccessibleWithin(c, scope) && !(c.Parameters is [{ } only] && SymbolEqualityComparer.Default.Equals(only.Type, type)))];
        problem = null;
        if (candidates.FirstOrDefault(static c => c.Has("System.Text.Json.Serialization", "JsonConstructorAttribute")) is { } chosen)
            return chosen;
        // As in System.Text.Json the constructor without parameters comes first, but only where the properties can then be set: a struct always has one.
        List<IMethodSymbol> fitting = [.. candidates.Where(c => c.Parameters.All(p => p.RefKind is RefKind.None or RefKind.In && Member(p, members) is not null))];
        IMethodSymbol? best = fitting.OrderByDescending(c => c.Parameters.Length).FirstOrDefault();
        IMethodSymbol? parameterless = fitting.FirstOrDefault(static c => c.Parameters.Length == 0);
        if (parameterless is not null && best!.Parameters.All(p => Member(p, members) is IPropertySymbol { SetMethod: not null }) && !type.IsRecord)
            return parameterless;
        if (best is null)
            problem = $"{type.Display()} has no accessible constructor whose parameters are all named like its properties";
        return best;
    }

    private static ISymbol? Member(IParameterSymbol parameter, IReadOnlyList<ISymbol> members)
    {
        return Named(StringComparison.Ordinal) ?? Named(StringComparison.OrdinalIgnoreCase);

        ISymbol? Named(StringComparison comparison) => members.FirstOrDefault(member =>
            string.Equals(member.Name, parameter.Name, comparison) && SymbolEqualityComparer.Default.Equals(member.MemberType(), parameter.Type));
    }

    private bool CanUseAccessor(IPropertySymbol property) => mayUseAccessors && property.ContainingType is { TypeKind: TypeKind.Class, IsGenericType: false };

    private static bool IsJsonRequired(ISymbol? member) => member?.Has("System.Text.Json.Serialization", "JsonRequiredAttribute") == true;

    private static int Order(ISymbol? member) =>
        member?.Attribute("System.Text.Json.Serialization", "JsonPropertyOrderAttribute") is { ConstructorArguments: [{ Value: int order }] } ? order : 0;

    // As far as this compilation's source tells: another assembly's initializers are not seen by the build, so that the editor may not see them either.
    private bool HasInitializer(IPropertySymbol property) =>
        property.DeclaringSyntaxReferences.Any(reference => compilation.ContainsSyntaxTree(reference.SyntaxTree) && reference.GetSyntax(cancellationToken) is PropertyDeclarationSyntax { Initializer: not null });

    private bool IsDeclaredHere(IPropertySymbol property) => property.DeclaringSyntaxReferences.Any(reference => compilation.ContainsSyntaxTree(reference.SyntaxTree));

    // A constructor written out may give properties values that no initializer shows.
    private bool HasConstructorBody(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellationToken) is ConstructorDeclarationSyntax);

    private static CollectionKind? Collection(INamedTypeSymbol type)
    {
        if (type.Arity != 1)
            return null;
        if (type.Is("System.Collections.Immutable", "ImmutableArray", 1))
            return CollectionKind.ImmutableArray;
        bool isList = type.Is("System.Collections.Generic", "List", 1)
            || type.OriginalDefinition.SpecialType is SpecialType.System_Collections_Generic_IEnumerable_T or SpecialType.System_Collections_Generic_IList_T
                or SpecialType.System_Collections_Generic_ICollection_T or SpecialType.System_Collections_Generic_IReadOnlyList_T
                or SpecialType.System_Collections_Generic_IReadOnlyCollection_T;
        return isList ? CollectionKind.List : null;
    }

    private static IReadOnlyList<(INamedTypeSymbol, string, string)> NoUnion(out string discriminator, out string? problem)
    {
        discriminator = "";
        problem = null;
        return [];
    }

    /// <summary>A name without brackets and dots: <c>PageOfOrder</c>.</summary>
    private static string SimpleName(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => SimpleName(array.ElementType) + "Array",
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => "Nullable" + SimpleName(nullable.TypeArguments[0]),
        INamedTypeSymbol { TypeArguments.Length: > 0 } named => named.Name + "Of" + string.Concat(named.TypeArguments.Select(SimpleName)),
        _ => type.Name,
    };

    private TypeModel New(OutputTypeKind kind, ITypeSymbol type, string csharpName, string name)
    {
        string memberName = CSharp.Unique(kind == OutputTypeKind.Scalar ? SimpleName(type) : name, _names);
        return new TypeModel
        {
            Kind = kind,
            CSharpName = csharpName,
            Name = name,
            MemberName = memberName,
            IsValueType = type.IsValueType,
            IsPublic = kind is (OutputTypeKind.Object or OutputTypeKind.Enum or OutputTypeKind.Union) && type.EffectiveAccessibility() == Accessibility.Public,
            Description = kind is OutputTypeKind.Object or OutputTypeKind.Enum or OutputTypeKind.Union ? _documentation.Of(type) : null,
        };
    }

    private TypeModel? Fail(string reason, ProblemKind kind = ProblemKind.UnsupportedOutputType, ISymbol? member = null, params string[] candidates)
    {
        _failure ??= new OutputTypeProblem(kind, reason, member ?? _members.LastOrDefault(), [.. candidates]);
        return null;
    }
}

/// <summary>Why a type cannot be read.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Message">Which member, and why.</param>
/// <param name="Member">The property, parameter or type concerned, or null for the type itself.</param>
/// <param name="Candidates">What would be right, where that can be told.</param>
internal sealed record OutputTypeProblem(ProblemKind Kind, string Message, ISymbol? Member, ImmutableArray<string> Candidates);
