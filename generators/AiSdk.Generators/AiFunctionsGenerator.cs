using System.Text;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.Generators;

/// <summary>Generates a class for each interface with <c>[AiFunctions]</c>. It reports nothing: the analyzers do, from the same parser.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class AiFunctionsGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<InterfaceModel> interfaces = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                AttributeNames.AiFunctions,
                static (node, _) => node is InterfaceDeclarationSyntax,
                static (syntax, cancellationToken) => syntax.TargetSymbol is INamedTypeSymbol type && InterfaceParser.IsFirst(type, syntax.Attributes[0])
                    ? InvariantCulture.Run(() => InterfaceParser.Parse(type, syntax.SemanticModel.Compilation, cancellationToken).Model)
                    : null)
            .Where(static model => model is not null)
            .Select(static (model, _) => model!)
            .WithTrackingName(TrackingNames.Interfaces);

        context.RegisterSourceOutput(interfaces, static (output, model) =>
        {
            if (model.Failure is null)
                Add(output, model.HintName, () => ClientEmitter.Emit(model, output.CancellationToken));
        });

        // Types are shared between interfaces, so their properties are written once for all of them.
        IncrementalValueProvider<EquatableArray<PartialsModel>> partials = interfaces
            .Select(static (model, _) => PartialsModel.Of(model))
            .Where(static model => model is not null)
            .Select(static (model, _) => model!)
            .Collect()
            .Select(static (models, _) => models.OrderBy(static model => model.HintName, StringComparer.Ordinal).ToEquatableArray())
            .WithTrackingName(TrackingNames.Partials);

        context.RegisterSourceOutput(partials, static (output, models) =>
        {
            if (models.Count > 0)
                Add(output, PartialEmitter.HintName, () => PartialEmitter.Emit(models, output.CancellationToken));
        });
    }

    private static void Add(SourceProductionContext output, string hintName, Func<string> emit) =>
        output.AddSource(hintName, SourceText.From(InvariantCulture.Run(emit), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
}
