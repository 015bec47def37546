using AiSdk.Generators.Helpers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AiSdk.Generators.Parsing;

/// <summary>Spells declarations of members, so that a class can implement them.</summary>
internal static class Signatures
{
    private static readonly SymbolDisplayFormat _keyFormat = SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.ExpandValueTuple);

    /// <summary>What two methods of one class may not share: name, arity and parameter types, whatever may be null in them.</summary>
    public static string Key(IMethodSymbol method) => method.Arity > 0
        // The names of type parameters count for nothing, so that their uses cannot be compared as text.
        ? $"{method.Name}`{method.Arity}({method.Parameters.Length})"
        : $"{method.Name}({string.Join(",", method.Parameters.Select(static p => (p.RefKind == RefKind.None ? "" : "&") + p.Type.ToDisplayString(_keyFormat)))})";

    /// <summary>What two methods must share so that one can stand for both.</summary>
    public static string Exact(IMethodSymbol method) =>
        $"{Method(method, isExplicit: false)}({string.Join(",", method.Parameters.Select(static p => Parameter(p, withDefault: false)))}){Constraints(method.TypeParameters)}";

    /// <summary>A method up to its parameter list.</summary>
    public static string Method(IMethodSymbol method, bool isExplicit)
    {
        string returnType = (method.ReturnsByRef ? "ref " : method.ReturnsByRefReadonly ? "ref readonly " : "") + CSharp.TypeName(method.ReturnType);
        string typeParameters = method.TypeParameters.Length == 0 ? "" : $"<{string.Join(", ", method.TypeParameters.Select(static t => CSharp.Identifier(t.Name)))}>";
        string name = CSharp.Identifier(method.Name) + typeParameters;
        if (method.Parameters.Select(static p => p.Type).Append(method.ReturnType).Any(static t => t is IPointerTypeSymbol or IFunctionPointerTypeSymbol))
            returnType = "unsafe " + returnType;
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

    /// <summary>The constraints that an explicit implementation repeats so that <c>T?</c> means the same: it inherits the rest.</summary>
    public static string ExplicitConstraints(IReadOnlyList<ITypeParameterSymbol> typeParameters) => string.Concat(typeParameters.Select(static type =>
        $" where {CSharp.Identifier(type.Name)} : {(type.IsValueType ? "struct" : type.IsReferenceType ? "class" : "default")}"));

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
                string parameters = string.Join(", ", @operator.Parameters.Select(static p => Parameter(p, withDefault: false)));
                string symbol = (@operator.Name.StartsWith("op_Checked", StringComparison.Ordinal) ? "checked " : "") + SyntaxFacts.GetText(SyntaxFacts.GetOperatorKind(@operator.Name));
                string result = CSharp.TypeName(@operator.ReturnType);
                return @operator.MethodKind == MethodKind.Conversion
                    ? $"{modifier}{(@operator.Name == "op_Implicit" ? "implicit" : "explicit")} {owner}.operator {(symbol.StartsWith("checked", StringComparison.Ordinal) ? "checked " : "")}{result}({parameters}) {{ {fail} }}"
                    : $"{modifier}{result} {owner}.operator {symbol}({parameters}) {{ {fail} }}";
            default:
                IMethodSymbol method = (IMethodSymbol)member;
                return $"{modifier}{Method(method, isExplicit: true)}({string.Join(", ", method.Parameters.Select(static p => Parameter(p, withDefault: false)))}){ExplicitConstraints(method.TypeParameters)} {{ {fail} }}";
        }
    }
}
