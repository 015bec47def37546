using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Questions to symbols.</summary>
internal static class SymbolExtensions
{
    /// <summary>Whether the type is this one, by namespace, name and number of type parameters.</summary>
    public static bool Is(this ITypeSymbol? type, string @namespace, string name, int arity = 0) =>
        type is INamedTypeSymbol named && named.Arity == arity && named.Name == name && named.ContainingType is null && named.ContainingNamespace.HasFullName(@namespace);

    /// <summary>Whether the namespace has this full name; comparing part by part spares building the name.</summary>
    public static bool HasFullName(this INamespaceSymbol? symbol, string name)
    {
        int end = name.Length;
        while (symbol is { IsGlobalNamespace: false })
        {
            int start = end - symbol.Name.Length;
            if (start < 0 || string.CompareOrdinal(name, start, symbol.Name, 0, symbol.Name.Length) != 0)
                return false;
            if (start == 0)
                return symbol.ContainingNamespace is { IsGlobalNamespace: true };
            if (name[start - 1] != '.')
                return false;
            end = start - 1;
            symbol = symbol.ContainingNamespace;
        }
        return end == 0 && name.Length == 0;
    }

    /// <summary>The attribute of this type, or null.</summary>
    public static AttributeData? Attribute(this ISymbol symbol, string @namespace, string name)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass.Is(@namespace, name))
                return attribute;
        }
        return null;
    }

    /// <summary>Whether the symbol has an attribute of this type.</summary>
    public static bool Has(this ISymbol symbol, string @namespace, string name) => symbol.Attribute(@namespace, name) is not null;

    /// <summary>From where the type can be named: the least of what its containers and type arguments allow.</summary>
    public static Accessibility EffectiveAccessibility(this ITypeSymbol type)
    {
        // A type parameter lies in a type of which it is an argument: asking that would not come to an end.
        if (type is ITypeParameterSymbol)
            return Accessibility.Public;
        Accessibility least = Accessibility.Public;
        for (ITypeSymbol? at = type; at is not null; at = at.ContainingType)
        {
            // What is "protected or internal" can be named anywhere in the assembly; what is protected, only in derived types.
            Accessibility here = at.DeclaredAccessibility switch
            {
                Accessibility.Public or Accessibility.NotApplicable => Accessibility.Public,
                Accessibility.Internal or Accessibility.ProtectedOrInternal => Accessibility.Internal,
                _ => Accessibility.Private,
            };
            least = here < least ? here : least;
            foreach (ITypeSymbol argument in at is INamedTypeSymbol named ? named.TypeArguments : [])
                least = argument.EffectiveAccessibility() is var inner && inner < least ? inner : least;
        }
        return least;
    }

    /// <summary>The text of an attribute's first argument.</summary>
    public static string? Text(this AttributeData? attribute) => attribute is { ConstructorArguments: [{ Value: string text }, ..] } ? text : null;

    /// <summary>The value of a named argument, or null.</summary>
    public static object? Named(this AttributeData attribute, string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
                return argument.Value.Kind == TypedConstantKind.Array ? argument.Value.Values : argument.Value.Value;
        }
        return null;
    }

    /// <summary>The type under <see cref="Nullable{T}"/>, or the type itself.</summary>
    public static ITypeSymbol Underlying(this ITypeSymbol type, out bool isNullableValue)
    {
        isNullableValue = type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        return isNullableValue ? ((INamedTypeSymbol)type).TypeArguments[0] : type;
    }

    /// <summary>Whether null is a value of the type as it is written.</summary>
    public static bool MayBeNull(this ITypeSymbol type) =>
        type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T || (!type.IsValueType && type.NullableAnnotation != NullableAnnotation.NotAnnotated);

    /// <summary>Whether the type is of code that does not say what may be null.</summary>
    public static bool IsOblivious(this ITypeSymbol type) => type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.None;

    /// <summary>The public instance properties and fields of a type and its bases, outermost base first; hidden ones left out.</summary>
    public static IReadOnlyList<ISymbol> DataMembers(this ITypeSymbol type)
    {
        List<ISymbol> members = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        IEnumerable<ITypeSymbol> levels = type.TypeKind == TypeKind.Interface ? new[] { type }.Concat(type.AllInterfaces) : BasesAndSelf(type);
        foreach (ITypeSymbol level in levels)
        {
            List<ISymbol> own = [];
            foreach (ISymbol member in level.GetMembers())
            {
                bool isData = member is IPropertySymbol { IsIndexer: false, IsStatic: false, ExplicitInterfaceImplementations.Length: 0, GetMethod: not null }
                    or IFieldSymbol { IsStatic: false, IsConst: false, IsImplicitlyDeclared: false };
                // While it is being typed a member may have no name yet.
                if (isData && member.Name.Length > 0 && member.DeclaredAccessibility == Accessibility.Public && names.Add(member.Name))
                    own.Add(member);
            }
            members.InsertRange(0, own);
        }
        return members;
    }

    /// <summary>The type of a property or field.</summary>
    public static ITypeSymbol MemberType(this ISymbol member) => member is IPropertySymbol property ? property.Type : ((IFieldSymbol)member).Type;

    /// <summary>The element type of a sequence that is not a string, or null.</summary>
    public static ITypeSymbol? ElementType(this ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol { Rank: 1 } array)
            return array.ElementType;
        if (type.SpecialType == SpecialType.System_String)
            return null;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Collections_Generic_IEnumerable_T } sequence)
            return sequence.TypeArguments[0];
        foreach (INamedTypeSymbol implemented in type.AllInterfaces)
        {
            if (implemented.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)
                return implemented.TypeArguments[0];
        }
        return null;
    }

    /// <summary>The value type of a dictionary with string keys, or null.</summary>
    public static ITypeSymbol? DictionaryValueType(this ITypeSymbol type)
    {
        foreach (ITypeSymbol candidate in new[] { type }.Concat(type.AllInterfaces))
        {
            if ((candidate.Is("System.Collections.Generic", "IDictionary", 2) || candidate.Is("System.Collections.Generic", "IReadOnlyDictionary", 2))
                && ((INamedTypeSymbol)candidate).TypeArguments is [{ SpecialType: SpecialType.System_String }, ITypeSymbol value])
                return value;
        }
        return null;
    }

    /// <summary>How a sequence tells its length: a property's name, or null if only counting would.</summary>
    public static string? CountProperty(this ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol || type.Is("System.Collections.Immutable", "ImmutableArray", 1))
            return "Length";
        // A collection may implement it explicitly, and an interface inherit it twice.
        IEnumerable<ITypeSymbol> levels = type.TypeKind == TypeKind.Interface ? new[] { type }.Concat(type.AllInterfaces) : BasesAndSelf(type);
        int counts = levels.Count(static level => level.GetMembers("Count").Any(static member =>
            member is IPropertySymbol { DeclaredAccessibility: Accessibility.Public, IsStatic: false, GetMethod: not null, Type.SpecialType: SpecialType.System_Int32 }));
        return counts > 0 && (type.TypeKind != TypeKind.Interface || counts == 1) ? "Count" : null;
    }

    /// <summary>The name for people: <c>List&lt;Order&gt;</c>.</summary>
    public static string Display(this ITypeSymbol type) =>
        (type.IsReferenceType ? type.WithNullableAnnotation(NullableAnnotation.NotAnnotated) : type).ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

    /// <summary>The type and its base classes, without <see cref="object"/>.</summary>
    public static IEnumerable<ITypeSymbol> BasesAndSelf(this ITypeSymbol type)
    {
        for (ITypeSymbol? level = type; level is not null && level.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType); level = level.BaseType)
            yield return level;
    }
}
