using System.Composition;
using AiSdk.Analyzers;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FindSymbols;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.CodeFixes;

/// <summary>Names the types of the project that derive from an abstract one, with discriminators.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class NameDerivedTypesFix() : FixProvider(DiagnosticIds.NameTheDerivedTypes)
{
    private protected override async Task RegisterAsync(Occurrence occurrence)
    {
        if (occurrence.AroundOther<TypeDeclarationSyntax>() is not (var type, var document)
            || await document.GetSemanticModelAsync(occurrence.CancellationToken).ConfigureAwait(false) is not { } model
            || model.GetDeclaredSymbol(type, occurrence.CancellationToken) is not { } symbol
            || model.Compilation.GetTypeByMetadataName("System.Text.Json.Serialization.JsonDerivedTypeAttribute") is not { } attribute)
            return;
        IEnumerable<INamedTypeSymbol> derived = await SymbolFinder.FindDerivedClassesAsync(
            symbol, document.Project.Solution, projects: System.Collections.Immutable.ImmutableHashSet.Create(document.Project), cancellationToken: occurrence.CancellationToken).ConfigureAwait(false);
        List<INamedTypeSymbol> concrete = [.. derived.Where(static d => d is { IsAbstract: false, IsGenericType: false }).OrderBy(static d => d.Name, StringComparer.Ordinal)];
        // Two types of one name in camel case would need discriminators that only their author can think of.
        if (concrete.Count == 0 || concrete.Select(static d => JsonNames.CamelCase(d.Name)).Distinct().Count() < concrete.Count)
            return;
        string name = attribute.ToMinimalDisplayString(model, type.SpanStart);
        IEnumerable<string> attributes = concrete.Select(alternative =>
            $"[{name.Substring(0, name.Length - "Attribute".Length)}(typeof({alternative.ToMinimalDisplayString(model, type.SpanStart)}), \"{JsonNames.CamelCase(alternative.Name)}\")]");
        TextChange change = Attributes.Add(type, type.SyntaxTree.GetText(occurrence.CancellationToken), attributes);
        occurrence.Offer("Name the derived types", nameof(NameDerivedTypesFix), document, [change]);
    }
}
