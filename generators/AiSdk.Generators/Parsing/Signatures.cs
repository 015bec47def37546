using AiSdk.Generators.Helpers;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>Spells declarations of members, so that a class can implement them.</summary>
internal static class Signatures
{
    /// <summary>A method up to its parameter list.</summary>
    public static string Method(IMethodSymbol method, bool isExplicit)
    {
        string returnType = (method.ReturnsByRef ? "ref " : method.ReturnsByRefReadonly ? "ref readonly " : "") + CSharp.TypeName(method.ReturnType);
        string typeParameters = method.TypeParameters.Length == 0 ? "" : $"<{string.Join(", ", method.TypeParameters.Select(static t => CSharp.Identifier(t.Name)))}>";
        string name = CSharp.Identifier(method.Name) + typeParameters;
        return isExplicit ? $"{returnType} {CSharp.TypeName(method.ContainingType)}.{name}" : $"public {returnType} {name}";
    }

    /// <summary>A parameter with its modifiers and, if asked for, its default.</summary>
    public static string Parameter(IParameterSymbol parameter, bool withDefault)
    {
        string modifier = parameter.RefKind switch
        {
            RefKind.In => "in ",
            RefKind.Ref => "ref ",
            RefKind.Out => "out ",
            RefKind.RefReadOnlyParameter => "ref readonly ",
            _ => "",
        };
        string declaration = $"{(parameter.IsParams ? "params " : "")}{modifier}{CSharp.TypeName(parameter.Type)} {CSharp.Identifier(parameter.Name)}";
        return withDefault && parameter.HasExplicitDefaultValue ? $"{declaration} = {CSharp.Constant(parameter.ExplicitDefaultValue, parameter.Type)}" : declaration;
    }

    /// <summary>The constraints of type parameters, each with a leading blank.</summary>
    public static string Constraints(IReadOnlyList<ITypeParameterSymbol> typeParameters)
    {
        List<string> clauses = [];
        foreach (ITypeParameterSymbol type in typeParameters)
        {
            List<string> constraints = [];
            if (type.HasUnmanagedTypeConstraint)
                constraints.Add("unmanaged");
            else if (type.HasValueTypeConstraint)
                constraints.Add("struct");
            else if (type.HasReferenceTypeConstraint)
                constraints.Add(type.ReferenceTypeConstraintNullableAnnotation == NullableAnnotation.Annotated ? "class?" : "class");
            else if (type.HasNotNullConstraint)
                constraints.Add("notnull");
            constraints.AddRange(type.ConstraintTypes.Select(CSharp.TypeName));
            if (type.HasConstructorConstraint)
                constraints.Add("new()");
            if (type.AllowsRefLikeType)
                constraints.Add("allows ref struct");
            if (constraints.Count > 0)
                clauses.Add($" where {CSharp.Identifier(type.Name)} : {string.Join(", ", constraints)}");
        }
        return string.Concat(clauses);
    }

    /// <summary>An explicit implementation of a member that is no function; it throws.</summary>
    public static string Stub(ISymbol member, string message)
    {
        string fail = $"throw new global::System.NotSupportedException({CSharp.Literal(message)});";
        string owner = CSharp.TypeName(member.ContainingType);
        string modifier = member.IsStatic ? "static " : "";
        switch (member)
        {
            case IPropertySymbol property:
                string name = property.IsIndexer
                    ? $"this[{string.Join(", ", property.Parameters.Select(static p => Parameter(p, withDefault: false)))}]"
                    : CSharp.Identifier(property.Name);
                string get = property.GetMethod is { IsAbstract: true } ? $"get {{ {fail} }} " : "";
                string set = property.SetMethod is { IsAbstract: true } setter ? $"{(setter.IsInitOnly ? "init" : "set")} {{ {fail} }} " : "";
                string reference = property.ReturnsByRef ? "ref " : property.ReturnsByRefReadonly ? "ref readonly " : "";
                return $"{modifier}{reference}{CSharp.TypeName(property.Type)} {owner}.{name} {{ {get}{set}}}";
            case IEventSymbol @event:
                return $"{modifier}event {CSharp.TypeName(@event.Type)} {owner}.{CSharp.Identifier(@event.Name)} {{ add {{ {fail} }} remove {{ {fail} }} }}";
            case IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion } @operator:
                return $"// {@operator.ToDisplayString()} cannot be implemented by a generated class.";
            default:
                IMethodSymbol method = (IMethodSymbol)member;
                return $"{modifier}{Method(method, isExplicit: true)}({string.Join(", ", method.Parameters.Select(static p => Parameter(p, withDefault: false)))}) {{ {fail} }}";
        }
    }
}
