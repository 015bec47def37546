using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>An interface in the generator's pipeline: its model, or, if it names files, the id by which it is found again where the files are at hand.</summary>
/// <param name="Model">The model, or null if it depends on files.</param>
/// <param name="Id">The interface as doc comments name it, <c>T:Demo.IDesk`1</c>, or null if there is a model.</param>
internal sealed record ParsedInterface(InterfaceModel? Model, string? Id)
{
    /// <summary>Parses an interface as far as it goes without files.</summary>
    public static ParsedInterface Of(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        PromptFiles files = PromptFiles.Unknown();
        InterfaceModel model = InterfaceParser.Parse(type, compilation, files, cancellationToken).Model;
        return files.WereAskedFor ? new ParsedInterface(null, DocumentationCommentId.CreateDeclarationId(type)) : new ParsedInterface(model, null);
    }

    /// <summary>Parses it with the files.</summary>
    /// <param name="compilation">The compilation that it was found in.</param>
    /// <param name="files">The files.</param>
    /// <param name="cancellationToken">Stops parsing.</param>
    public InterfaceModel Parse(Compilation compilation, PromptFiles files, CancellationToken cancellationToken)
    {
        // While code is being copied there may be several of one name, and others of it in references.
        INamedTypeSymbol type = DocumentationCommentId.GetSymbolsForDeclarationId(Id!, compilation).OfType<INamedTypeSymbol>().First(type =>
            SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
            && type.TypeKind == TypeKind.Interface && type.Attribute("AiSdk", "AiFunctionsAttribute") is { } attribute && InterfaceParser.IsFirst(type, attribute));
        return InterfaceParser.Parse(type, compilation, files, cancellationToken).Model;
    }
}
