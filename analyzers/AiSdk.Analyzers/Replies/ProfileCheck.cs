using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;

namespace AiSdk.Analyzers.Replies;

/// <summary>Goes through a return type as the schema writer does, and says what a provider makes of it.</summary>
internal sealed class ProfileCheck(InterfaceContext context, FunctionFacts function, SchemaProfile profile)
{
    private readonly EquatableArray<TypeModel> _types = context.Model.OutputTypes;
    private readonly SortedDictionary<string, List<string>> _dropped = new(StringComparer.Ordinal);
    private readonly List<string> _refused = [];
    private readonly HashSet<int> _seen = [];
    private readonly HashSet<int> _open = [];
    private int _properties;
    private int _enumValues;
    private int _depth;
    private int _deepest;

    public void Check(TypeUse output)
    {
        Visit(output.Type, null, function.ValueType!.Display());
        if (profile.MaxDepth > 0 && _deepest > profile.MaxDepth)
            _refused.Add($"a nesting of {_deepest} levels, where {profile.MaxDepth} are allowed");
        if (profile.MaxProperties > 0 && _properties > profile.MaxProperties)
            _refused.Add($"{_properties} properties, where {profile.MaxProperties} are allowed");
        if (profile.MaxEnumValues > 0 && _enumValues > profile.MaxEnumValues)
            _refused.Add($"{_enumValues} enum values, where {profile.MaxEnumValues} are allowed");

        ProblemSite site = new(function.Method, SitePart.Type);
        foreach (string refused in _refused.Distinct())
            context.Report(DiagnosticDescriptors.AvoidWhatTheProviderRefuses, site, profile.Display, refused);
        foreach (KeyValuePair<string, List<string>> dropped in _dropped)
            context.Report(DiagnosticDescriptors.MindWhatTheProviderDrops, site, profile.Display, dropped.Key, string.Join(", ", dropped.Value.Distinct()));
    }

    private void Visit(int index, LimitsModel? limits, string path)
    {
        TypeModel type = _types[index];
        Limits(type, limits, path);
        if (type.Kind == OutputTypeKind.Dictionary && profile.RefusesDictionaries)
            _refused.Add($"additionalProperties with a schema, which the dictionary {path} is");
        if (_open.Contains(index) && profile.RefusesRecursion)
            _refused.Add($"a schema that holds itself, as {type.Name} does in {path}");
        if (!_seen.Add(index))
            return;
        if (type.Kind == OutputTypeKind.Enum)
            _enumValues += type.Values.Count;
        if (type.Kind is OutputTypeKind.Scalar or OutputTypeKind.Enum)
            return;

        bool isLevel = type.Kind is OutputTypeKind.Object or OutputTypeKind.Dictionary;
        _open.Add(index);
        _depth += isLevel ? 1 : 0;
        _deepest = Math.Max(_deepest, _depth);
        _properties += type.Properties.Count + (type.VariantDiscriminator is null ? 0 : 1);
        foreach (PropertyModel property in type.Properties)
            Visit(property.Type.Type, property.Limits, $"{type.Name}.{property.Name}");
        foreach (VariantModel variant in type.Variants)
            Visit(variant.Type, null, _types[variant.Type].Name);
        if (type.Kind is OutputTypeKind.List or OutputTypeKind.Dictionary)
            Visit(type.Element.Type, null, path + "[]");
        _depth -= isLevel ? 1 : 0;
        _open.Remove(index);
    }

    private void Limits(TypeModel type, LimitsModel? limits, string path)
    {
        if (limits is null)
            return;
        switch (type)
        {
            case { Kind: OutputTypeKind.List }:
                Keyword("minItems", limits.MinLength is not null, path);
                Keyword("maxItems", limits.MaxLength is not null, path);
                break;
            case { Kind: OutputTypeKind.Dictionary }:
                Keyword("minProperties", limits.MinLength is not null, path);
                Keyword("maxProperties", limits.MaxLength is not null, path);
                break;
            case { Scalar.JsonType: "string" }:
                Keyword("minLength", limits.MinLength is not null, path);
                Keyword("maxLength", limits.MaxLength is not null, path);
                Keyword("format", limits.Format is not null, path, limits.Format);
                Keyword("pattern", limits.Pattern is not null, path);
                if (limits.Pattern is { } pattern && profile.Refuses(pattern) is { } construct)
                    _refused.Add($"'{construct}' in the pattern of {path}");
                break;
            case { Scalar.JsonType: "integer" or "number" }:
                Keyword(limits.MinimumIsExclusive ? "exclusiveMinimum" : "minimum", limits.Minimum is not null, path);
                Keyword(limits.MaximumIsExclusive ? "exclusiveMaximum" : "maximum", limits.Maximum is not null, path);
                break;
        }
    }

    // What a type brings itself (the format of a date, the range of a byte) is of no interest here: nobody wrote it, and reading checks it.
    private void Keyword(string keyword, bool isThere, string path, string? value = null)
    {
        if (!isThere || !profile.Drops(keyword, value))
            return;
        if (!_dropped.TryGetValue(keyword, out List<string>? paths))
            _dropped.Add(keyword, paths = []);
        paths.Add(path);
    }
}
