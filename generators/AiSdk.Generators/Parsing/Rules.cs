using System.Globalization;
using System.Numerics;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>The rules that annotations state: those of DataAnnotations by what they mean, any other ValidationAttribute by its own code.</summary>
/// <param name="compilation">For questions of accessibility.</param>
/// <param name="scope">The type or assembly from inside which generated code checks.</param>
internal sealed class Rules(Compilation compilation, ISymbol scope)
{
    private const string DataAnnotations = "System.ComponentModel.DataAnnotations";
    private const string Validator = "global::AiSdk.CompilerServices.OutputValidator";

    /// <summary>The attributes that say what a value must be: a property's, also as its bases declare it, and its constructor parameter's.</summary>
    public static IEnumerable<AttributeData> Attributes(params ISymbol?[] symbols)
    {
        foreach (ISymbol? symbol in symbols)
        {
            HashSet<string> seen = new(StringComparer.Ordinal);
            for (ISymbol? level = symbol; level is not null; level = (level as IPropertySymbol)?.OverriddenProperty)
            {
                // An override's own annotation replaces the one that it inherits.
                List<AttributeData> own = [.. level.GetAttributes().Where(a => a.AttributeClass is not null && !seen.Contains(Key(a)))];
                foreach (AttributeData attribute in own)
                {
                    seen.Add(Key(attribute));
                    yield return attribute;
                }
            }
        }

        static string Key(AttributeData attribute) => CSharp.TypeName(attribute.AttributeClass!);
    }

    /// <summary>The rules of a property; null if one cannot be checked, and why.</summary>
    /// <param name="type">The type that has the property.</param>
    /// <param name="valueType">The property's type.</param>
    /// <param name="name">The property's name.</param>
    /// <param name="member">The property.</param>
    /// <param name="parameter">Its constructor parameter.</param>
    /// <param name="failure">Why it cannot be checked.</param>
    public EquatableArray<RuleModel>? OfProperty(INamedTypeSymbol type, ITypeSymbol valueType, string name, ISymbol? member, ISymbol? parameter, out string? failure)
    {
        failure = null;
        List<RuleModel> rules = [];
        string displayName = DisplayName(name, member, parameter);
        foreach (AttributeData attribute in Attributes(member, parameter))
        {
            if (!IsRule(attribute))
                continue;
            RuleModel? rule = IsBuiltIn(attribute, out string builtIn) ? BuiltIn(builtIn, attribute, type, valueType.Underlying(out _), displayName) : Custom(attribute, displayName, out failure);
            if (failure is not null)
                return null;
            // The same may be written on a parameter and on the property made from it.
            if (rule is not null && !rules.Contains(rule))
                rules.Add(rule);
        }
        return rules.ToEquatableArray();
    }

    /// <summary>The rules of objects as a whole; null if one cannot be checked, and why.</summary>
    public EquatableArray<RuleModel>? OfType(INamedTypeSymbol type, out string? failure)
    {
        failure = null;
        List<RuleModel> rules = [];
        foreach (ITypeSymbol level in type.BasesAndSelf().Reverse())
        {
            foreach (AttributeData attribute in level.GetAttributes().Where(IsRule))
            {
                if (Custom(attribute, type.Name, out failure) is not { } rule)
                    return null;
                if (!rules.Contains(rule))
                    rules.Add(rule);
            }
        }
        return rules.ToEquatableArray();
    }

    /// <summary>Whether objects of the type check themselves.</summary>
    public static bool IsValidatable(INamedTypeSymbol type) => type.AllInterfaces.Any(static i => i.Is(DataAnnotations, "IValidatableObject"));

    private static bool IsRule(AttributeData attribute) =>
        attribute.AttributeClass is { TypeKind: not TypeKind.Error } type && type.BasesAndSelf().Any(static level => level.Is(DataAnnotations, "ValidationAttribute"));

    private static bool IsBuiltIn(AttributeData attribute, out string name)
    {
        name = attribute.AttributeClass!.Name;
        return attribute.AttributeClass.ContainingNamespace.HasFullName(DataAnnotations) && name is not ("FileExtensionsAttribute" or "CustomValidationAttribute");
    }

    private static RuleModel? BuiltIn(string name, AttributeData attribute, INamedTypeSymbol type, ITypeSymbol valueType, string displayName)
    {
        TypedConstant[] arguments = [.. attribute.ConstructorArguments];
        bool isText = valueType.SpecialType == SpecialType.System_String;
        bool isCounted = isText || valueType.ElementType() is not null;
        string text = Written(attribute);
        RuleModel? rule = name switch
        {
            "RangeAttribute" when arguments.Length >= 2 => Range(attribute, valueType),
            "StringLengthAttribute" when isText && arguments is [{ Value: int maximum }] => Length(attribute.Named("MinimumLength") as int? ?? 0, maximum),
            "MinLengthAttribute" when isCounted && arguments is [{ Value: int minimum }] => Length(minimum, null),
            "MaxLengthAttribute" when isCounted && arguments is [{ Value: int and not -1 and int maximum }] => Length(0, maximum),
            "LengthAttribute" when isCounted && arguments is [{ Value: int minimum }, { Value: int maximum }] => Length(minimum, maximum),
            "RegularExpressionAttribute" when arguments is [{ Value: string pattern }] && Scalars.Output(valueType) is not null => new RuleModel
            {
                Kind = RuleKind.Pattern,
                Text = text,
                Operand = isText ? "{0}" : Validator + ".Text({0})",
                Code = pattern,
                Timeout = attribute.Named("MatchTimeoutInMilliseconds") as int?,
            },
            "RequiredAttribute" when isText && attribute.Named("AllowEmptyStrings") is not true => new RuleModel { Kind = RuleKind.NotBlank, Text = text },
            "AllowedValuesAttribute" when arguments is [{ Kind: TypedConstantKind.Array, IsNull: false } values] => OneOf(values.Values),
            "DeniedValuesAttribute" when arguments is [{ Kind: TypedConstantKind.Array, IsNull: false } values] => NoneOf(values.Values),
            "EnumDataTypeAttribute" when arguments is [{ Value: INamedTypeSymbol { TypeKind: TypeKind.Enum } enumType }] => EnumValues(enumType, valueType, text),
            "EmailAddressAttribute" when isText => Form("IsEmailAddress", "is no e-mail address"),
            "UrlAttribute" when isText => Form("IsUrl", "is no http, https or ftp address"),
            "UrlAttribute" when Scalars.Output(valueType) is { Read: "ReadUri" } => Form("IsUrl", "is no http, https or ftp address") with { Operand = Validator + ".Text({0})" },
            "PhoneAttribute" when isText => Form("IsPhone", "is no phone number"),
            "CreditCardAttribute" when isText => Form("IsCreditCard", "is no credit card number"),
            "Base64StringAttribute" when isText => Form("IsBase64String", "is not Base64"),
            "CompareAttribute" when arguments is [{ Value: string other }] && type.DataMembers().FirstOrDefault(m => m.Name == other) is { } member => new RuleModel
            {
                Kind = RuleKind.SameAs,
                Text = text,
                Code = CSharp.Identifier(other),
                Problem = $"is not the same as {JsonNames.OfProperty(member)}",
            },
            _ => null,
        };
        return rule is null ? null : rule with { Text = text, Message = Message(attribute, name, arguments, displayName) };

        RuleModel Length(int minimum, int? maximum) => new() { Kind = RuleKind.Length, Text = text, Minimum = minimum, Maximum = maximum };
        RuleModel Form(string check, string problem) => new() { Kind = RuleKind.Form, Text = text, Code = check, Problem = problem };

        RuleModel? OneOf(IEnumerable<TypedConstant> values) => Alternatives(values, valueType, out string operand) is { } expressions ? new()
        {
            Kind = RuleKind.OneOf,
            Text = text,
            Operand = operand,
            Expressions = expressions,
            Problem = "is none of " + string.Join(", ", values.Select(Display)),
        } : null;

        RuleModel? NoneOf(IReadOnlyCollection<TypedConstant> values) => Alternatives(values, valueType, out string operand) is { } expressions
            && (expressions.Count > 0 || values.Any(static v => v.IsNull)) ? new()
            {
                Kind = RuleKind.Comparison,
                Text = text,
                Operand = operand,
                Expressions = expressions.Select(static e => "== " + e).ToEquatableArray(),
                DeniesNull = values.Any(static v => v.IsNull),
                Problem = "is not allowed",
            } : null;
    }

    /// <summary>Constants as expressions that compare with a value; what the type cannot hold is left out. Null if the type has no such comparison.</summary>
    private static EquatableArray<string>? Alternatives(IEnumerable<TypedConstant> values, ITypeSymbol type, out string operand)
    {
        operand = "{0}";
        if (type.TypeKind != TypeKind.Enum && Scalars.Output(type) is null)
            return null;
        bool isSimple = type.TypeKind == TypeKind.Enum || type.SpecialType is SpecialType.System_String or SpecialType.System_Char or SpecialType.System_Boolean || Scalars.IsNumber(type);
        if (!isSimple)
            operand = Validator + ".Text({0})";
        return values.Where(static v => !v.IsNull && v.Kind is TypedConstantKind.Primitive or TypedConstantKind.Enum)
            .Select(value => Alternative(value, type, isSimple)).OfType<string>().Distinct().ToEquatableArray();
    }

    private static string? Alternative(TypedConstant value, ITypeSymbol type, bool isSimple)
    {
        if (value.Kind == TypedConstantKind.Enum || type.TypeKind == TypeKind.Enum)
            return SymbolEqualityComparer.Default.Equals(value.Type, type) ? CSharp.Constant(value.Value, type) : null;
        string? text = value.Value as string ?? (value.Value as char?)?.ToString();
        if (!isSimple || type.SpecialType == SpecialType.System_String)
            return text is null ? null : CSharp.Literal(text);
        if (type.SpecialType == SpecialType.System_Char)
            return text is [char character] ? CSharp.Constant(character, type) : null;
        if (type.SpecialType == SpecialType.System_Boolean || value.Value is bool)
            return value.Value is bool truth && type.SpecialType == SpecialType.System_Boolean ? CSharp.Constant(truth, type) : null;
        if (text is not null || Limits.Number(value.Value) is not { } number)
            return null;
        if (NumberLiteral.Integers(type) is not { } range)
            return NumberLiteral.Of(number, type);
        return NumberLiteral.Ceiling(number, out bool isExact) is { } integer && isExact && !(integer < range.Minimum) && !(integer > range.Maximum)
            ? NumberLiteral.Of(integer, type)
            : null;
    }

    private static RuleModel? EnumValues(INamedTypeSymbol enumType, ITypeSymbol valueType, string text)
    {
        List<IFieldSymbol> fields = [.. enumType.GetMembers().OfType<IFieldSymbol>().Where(static f => f.HasConstantValue)];
        bool isText = valueType.SpecialType == SpecialType.System_String;
        IEnumerable<string> values = isText ? fields.Select(static f => CSharp.Literal(f.Name))
            : NumberLiteral.Integers(valueType) is { } range
                ? fields.Select(static f => BigInteger.Parse(string.Format(CultureInfo.InvariantCulture, "{0}", f.ConstantValue), CultureInfo.InvariantCulture))
                    .Where(n => !(n < range.Minimum) && !(n > range.Maximum)).Select(n => NumberLiteral.Of(n, valueType))
                : [];
        return isText || NumberLiteral.Integers(valueType) is not null
            ? new RuleModel
            {
                Kind = RuleKind.OneOf,
                Text = text,
                Expressions = values.Distinct().ToEquatableArray(),
                Problem = isText ? "is none of " + string.Join(", ", fields.Select(static f => f.Name)) : $"is no value of {enumType.Name}",
            }
            : null;
    }

    private static RuleModel? Range(AttributeData attribute, ITypeSymbol type)
    {
        TypedConstant[] arguments = [.. attribute.ConstructorArguments];
        object? minimum = arguments[arguments.Length - 2].Value;
        object? maximum = arguments[arguments.Length - 1].Value;
        bool aboveMinimum = attribute.Named("MinimumIsExclusive") is true;
        bool belowMaximum = attribute.Named("MaximumIsExclusive") is true;
        string operand = "{0}";
        if (type.TypeKind == TypeKind.Enum)
        {
            operand = "(long){0}";
            type = ((INamedTypeSymbol)type).EnumUnderlyingType!;
        }

        List<string> comparisons = [];
        bool isImpossible = false;
        string? least = Limits.Number(minimum);
        string? most = Limits.Number(maximum);
        if (NumberLiteral.Integers(type) is { } range)
        {
            if (least is not null && NumberLiteral.Ceiling(least, out bool isExact) is { } low)
            {
                isImpossible |= low > range.Maximum || (low == range.Maximum && aboveMinimum && isExact);
                // What every value of the type keeps is not checked.
                if (!(low < range.Minimum) && (low != range.Minimum || (aboveMinimum && isExact)) && !isImpossible)
                    comparisons.Add((aboveMinimum && isExact ? "<= " : "< ") + NumberLiteral.Of(low, type));
            }
            if (most is not null && NumberLiteral.Ceiling(most, out isExact) is { } high)
            {
                // What is less than 2.5 is less than 3; what is at most 2.5 too.
                isImpossible |= high < range.Minimum || (high == range.Minimum && (belowMaximum || !isExact));
                if (!(high > range.Maximum) && (high != range.Maximum || belowMaximum || !isExact) && !isImpossible)
                    comparisons.Add((belowMaximum || !isExact ? ">= " : "> ") + NumberLiteral.Of(high, type));
            }
        }
        else if (NumberLiteral.IsFractional(type))
        {
            if (least is not null && NumberLiteral.Of(least, type) is { } low)
                comparisons.Add((aboveMinimum ? "<= " : "< ") + low);
            if (most is not null && NumberLiteral.Of(most, type) is { } high)
                comparisons.Add((belowMaximum ? ">= " : "> ") + high);
        }
        else
        {
            least = minimum as string;
            most = maximum as string;
            bool isUtc = false;
            if (least is not null && Point(least, type, ref isUtc) is { } low)
                comparisons.Add((aboveMinimum ? "<= " : "< ") + low);
            if (most is not null && Point(most, type, ref isUtc) is { } high)
                comparisons.Add((belowMaximum ? ">= " : "> ") + high);
            if (isUtc)
                operand = Validator + ".ToUtc({0})";
        }
        if (comparisons.Count == 0 && !isImpossible)
            return null;
        return new RuleModel
        {
            Kind = RuleKind.Comparison,
            Text = "",
            Operand = operand,
            Expressions = isImpossible ? default : comparisons.ToEquatableArray(),
            Problem = "is not " + (least, most, aboveMinimum || belowMaximum) switch
            {
                (not null, not null, false) => $"from {least} to {most}",
                (not null, not null, _) => $"{Low()} and {High()}",
                (not null, null, _) => Low(),
                _ => High(),
            },
        };

        string Low() => (aboveMinimum ? "more than " : "at least ") + least;
        string High() => (belowMaximum ? "less than " : "at most ") + most;
    }

    /// <summary>A point or span of time as C#; null if the type or the text is none.</summary>
    private static string? Point(string text, ITypeSymbol type, ref bool isUtc)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (type.Is("System", "TimeSpan"))
            return TimeSpan.TryParse(text, invariant, out TimeSpan span) ? $"new global::System.TimeSpan({Ticks(span.Ticks)})" : null;
        if (type.Is("System", "DateTimeOffset"))
        {
            return DateTimeOffset.TryParse(text, invariant, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
                ? $"new global::System.DateTimeOffset({Ticks(moment.Ticks)}, new global::System.TimeSpan({Ticks(moment.Offset.Ticks)}))"
                : null;
        }
        if (!DateTime.TryParse(text, invariant, DateTimeStyles.RoundtripKind | DateTimeStyles.NoCurrentDateDefault, out DateTime date))
            return null;
        if (type.Is("System", "DateOnly"))
            return string.Format(invariant, "new global::System.DateOnly({0}, {1}, {2})", date.Year, date.Month, date.Day);
        if (type.Is("System", "TimeOnly"))
            return $"new global::System.TimeOnly({Ticks(date.TimeOfDay.Ticks)})";
        if (type.SpecialType != SpecialType.System_DateTime)
            return null;
        // A limit with an offset was read in the build machine's time zone.
        if (date.Kind == DateTimeKind.Local)
            date = date.ToUniversalTime();
        isUtc |= date.Kind == DateTimeKind.Utc;
        return $"new global::System.DateTime({Ticks(date.Ticks)}, global::System.DateTimeKind.{date.Kind})";

        static string Ticks(long ticks) => ticks.ToString(CultureInfo.InvariantCulture) + "L";
    }

    private RuleModel? Custom(AttributeData attribute, string displayName, out string? failure)
    {
        failure = null;
        if (!compilation.IsSymbolAccessibleWithin(attribute.AttributeClass!, scope) || attribute.AttributeConstructor is not { } constructor || !compilation.IsSymbolAccessibleWithin(constructor, scope))
        {
            failure = $"{Written(attribute)} is not accessible to the generated class, which has to check it";
            return null;
        }
        string arguments = string.Join(", ", attribute.ConstructorArguments.Select(Expression));
        string properties = string.Join(", ", attribute.NamedArguments.Select(static a => $"{CSharp.Identifier(a.Key)} = {Expression(a.Value)}"));
        return new RuleModel
        {
            Kind = RuleKind.Attribute,
            Text = Written(attribute),
            Code = $"new {CSharp.TypeName(attribute.AttributeClass!)}({arguments}){(properties.Length == 0 ? "" : $" {{ {properties} }}")}",
            DisplayName = displayName,
        };
    }

    /// <summary>A constant as C#, of its own type wherever it stands.</summary>
    private static string Expression(TypedConstant value) => value switch
    {
        { IsNull: true } => value.Type is null or { SpecialType: SpecialType.System_Object } ? "null!" : $"default({CSharp.NonNullableTypeName(value.Type)})!",
        { Kind: TypedConstantKind.Array } => $"new {CSharp.TypeName(((IArrayTypeSymbol)value.Type!).ElementType)}[] {{ {string.Join(", ", value.Values.Select(Expression))} }}",
        { Kind: TypedConstantKind.Type, Value: INamedTypeSymbol { IsUnboundGenericType: true } type } => $"typeof({type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)})",
        { Kind: TypedConstantKind.Type } => $"typeof({((ITypeSymbol)value.Value!).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)})",
        { Value: sbyte or byte or short or ushort } => $"({CSharp.TypeName(value.Type!)})({CSharp.Constant(value.Value, value.Type!)})",
        _ => CSharp.Constant(value.Value, value.Type!),
    };

    /// <summary>The annotation as a person would write it.</summary>
    private static string Written(AttributeData attribute)
    {
        string name = attribute.AttributeClass!.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
        const string Suffix = "Attribute";
        int end = attribute.AttributeClass.Name.Length - Suffix.Length;
        if (end > 0 && attribute.AttributeClass.Name.EndsWith(Suffix, StringComparison.Ordinal) && name.StartsWith(attribute.AttributeClass.Name, StringComparison.Ordinal))
            name = name.Remove(end, Suffix.Length);
        // The last parameter of these is params: its values are written one by one.
        bool isParams = attribute.AttributeConstructor?.Parameters.LastOrDefault() is { IsParams: true };
        IEnumerable<string> arguments = attribute.ConstructorArguments
            .SelectMany((a, i) => isParams && i == attribute.ConstructorArguments.Length - 1 && a is { Kind: TypedConstantKind.Array, IsNull: false } ? a.Values.Select(Display) : [Display(a)])
            .Concat(attribute.NamedArguments.Select(static a => $"{a.Key} = {Display(a.Value)}"));
        string list = string.Join(", ", arguments);
        return list.Length == 0 ? $"[{name}]" : $"[{name}({list})]";
    }

    private static string Display(TypedConstant value) => value switch
    {
        { IsNull: true } => "null",
        { Kind: TypedConstantKind.Array } => $"[{string.Join(", ", value.Values.Select(Display))}]",
        { Kind: TypedConstantKind.Type } => $"typeof({((ITypeSymbol)value.Value!).Display()})",
        { Kind: TypedConstantKind.Enum, Type: INamedTypeSymbol type } =>
            type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => f.HasConstantValue && Equals(f.ConstantValue, value.Value)) is { } field
                ? $"{type.Name}.{field.Name}"
                : $"({type.Name}){string.Format(CultureInfo.InvariantCulture, "{0}", value.Value)}",
        { Value: string text } => CSharp.Literal(text),
        { Value: char or bool } => CSharp.Constant(value.Value, value.Type!),
        { Value: double number } => number.ToString("R", CultureInfo.InvariantCulture),
        { Value: float number } => number.ToString("R", CultureInfo.InvariantCulture),
        _ => string.Format(CultureInfo.InvariantCulture, "{0}", value.Value),
    };

    /// <summary>What an annotation's ErrorMessage says, with its placeholders filled in.</summary>
    private static string? Message(AttributeData attribute, string name, TypedConstant[] arguments, string displayName)
    {
        if (attribute.Named("ErrorMessage") is not string message)
            return null;
        object?[] values = name switch
        {
            "StringLengthAttribute" => [arguments[0].Value, attribute.Named("MinimumLength") ?? 0],
            "RangeAttribute" => [arguments[arguments.Length - 2].Value, arguments[arguments.Length - 1].Value],
            _ => [.. arguments.Where(static a => a.Kind == TypedConstantKind.Primitive).Select(static a => a.Value)],
        };
        try
        {
            return string.Format(CultureInfo.InvariantCulture, message, [displayName, .. values]);
        }
        catch (FormatException)
        {
            return message;
        }
    }

    private static string DisplayName(string name, params ISymbol?[] symbols)
    {
        foreach (AttributeData attribute in Attributes(symbols))
        {
            if (attribute.AttributeClass.Is(DataAnnotations, "DisplayAttribute") && attribute.Named("ResourceType") is null && attribute.Named("Name") is string { Length: > 0 } display)
                return display;
            if (attribute.AttributeClass.Is("System.ComponentModel", "DisplayNameAttribute") && attribute.Text() is { Length: > 0 } text)
                return text;
        }
        return name;
    }
}
