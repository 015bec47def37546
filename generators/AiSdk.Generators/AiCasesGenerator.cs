using System.Text;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.Generators;

/// <summary>Generates a class with the typed cases of each interface that has functions with <c>[Cases]</c>. It reports nothing: the analyzers do, from the same checks.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class AiCasesGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<CasesModel> declared = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                AttributeNames.AiFunctions,
                static (node, _) => node is InterfaceDeclarationSyntax,
                static (syntax, cancellationToken) => syntax.TargetSymbol is INamedTypeSymbol type && InterfaceParser.IsFirst(type, syntax.Attributes[0])
                    ? InvariantCulture.Run(() => CasesParser.Parse(type, syntax.SemanticModel.Compilation, cancellationToken)?.Model)
                    : null)
            .Where(static model => model is { HasEvaluation: true, Functions.Count: > 0 })
            .Select(static (model, _) => model!)
            .WithTrackingName(TrackingNames.Cases);

        // A file's edit checks its lines anew and parses no declaration.
        IncrementalValueProvider<PromptFiles> files = context.AdditionalTextsProvider
            .Where(static file => PromptFiles.AreCases(file.Path))
            .Collect()
            .Select(static (texts, _) => PromptFiles.OfCases(texts))
            .WithTrackingName(TrackingNames.CaseFiles);
        IncrementalValuesProvider<CasesInFilesModel> checkedCases = declared
            .Combine(files)
            .Select(static (pair, cancellationToken) => InvariantCulture.Run(() => new CasesInFilesModel(
                pair.Left, pair.Left.Functions.Select(function => CaseFileChecker.Check(function, pair.Left.Types, pair.Right, out _, cancellationToken)).ToEquatableArray())))
            .WithTrackingName(TrackingNames.CheckedCases);
        context.RegisterSourceOutput(checkedCases, static (output, model) => output.AddSource(
            model.Declared.HintName, SourceText.From(InvariantCulture.Run(() => CasesEmitter.Emit(model, output.CancellationToken)), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))));
    }
}
