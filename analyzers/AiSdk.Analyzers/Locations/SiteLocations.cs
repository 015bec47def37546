using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AiSdk.Analyzers.Locations;

/// <summary>Turns the place of a problem into one in a file.</summary>
internal static class SiteLocations
{
    /// <summary>The place, or null if it is not in this compilation's source.</summary>
    public static Location? Of(ProblemSite site, Compilation compilation, CancellationToken cancellationToken)
    {
        if (site.File is { } file)
            return FileLocations.Of(file);
        switch (site.Part)
        {
            case SitePart.Attribute or SitePart.Text:
                if (site.Attribute?.ApplicationSyntaxReference is not { } reference || !compilation.ContainsSyntaxTree(reference.SyntaxTree))
                    return null;
                if (site.Part == SitePart.Text && reference.GetSyntax(cancellationToken) is AttributeSyntax attribute && Argument(attribute, site) is { } expression)
                    return site.Start < 0 ? expression.GetLocation() : LiteralMap.Of(expression, compilation, cancellationToken).Locate(site.Start, site.Length);
                return Location.Create(reference.SyntaxTree, reference.Span);
            case SitePart.Type:
                foreach (SyntaxReference declaration in site.Symbol.DeclaringSyntaxReferences)
                {
                    SyntaxNode? type = declaration.GetSyntax(cancellationToken) switch
                    {
                        MethodDeclarationSyntax method => method.ReturnType,
                        ParameterSyntax parameter => parameter.Type,
                        PropertyDeclarationSyntax property => property.Type,
                        _ => null,
                    };
                    if (type is not null && compilation.ContainsSyntaxTree(declaration.SyntaxTree))
                        return type.GetLocation();
                }
                return Name(site.Symbol, compilation);
            default:
                return Name(site.Symbol, compilation);
        }
    }

    private static Location? Name(ISymbol symbol, Compilation compilation) =>
        symbol.Locations.FirstOrDefault(location => location.SourceTree is { } tree && compilation.ContainsSyntaxTree(tree));

    private static ExpressionSyntax? Argument(AttributeSyntax attribute, ProblemSite site)
    {
        string? name = site.Attribute!.AttributeConstructor?.Parameters is { } parameters && site.Argument < parameters.Length ? parameters[site.Argument].Name : null;
        List<AttributeArgumentSyntax> arguments = [.. attribute.ArgumentList?.Arguments.Where(static a => a.NameEquals is null) ?? []];
        AttributeArgumentSyntax? argument = arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == name) ?? arguments.ElementAtOrDefault(site.Argument);
        return argument?.Expression;
    }
}
