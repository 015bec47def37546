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
        IncrementalValuesProvider<ParsedInterface> parsed = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                AttributeNames.AiFunctions,
                static (node, _) => node is InterfaceDeclarationSyntax,
                static (syntax, cancellationToken) => syntax.TargetSymbol is INamedTypeSymbol type && InterfaceParser.IsFirst(type, syntax.Attributes[0])
                    ? InvariantCulture.Run(() => ParsedInterface.Of(type, syntax.SemanticModel.Compilation, cancellationToken))
                    : null)
            .Where(static result => result is not null)
            .Select(static (result, _) => result!)
            .WithTrackingName(TrackingNames.ParsedInterfaces);
        IncrementalValuesProvider<InterfaceModel> alone = parsed
            .Where(static result => result.Model is not null)
            .Select(static (result, _) => result.Model!)
            .WithTrackingName(TrackingNames.Interfaces);

        // An interface that names files is parsed where the files are at hand; whatever else is written into a file, its model is as before.
        IncrementalValueProvider<PromptFiles> files = context.AdditionalTextsProvider
            .Where(static file => PromptFiles.IsNamed(file.Path))
            .Collect()
            .Select(static (texts, _) => PromptFiles.Of(texts))
            .WithTrackingName(TrackingNames.Files);
        IncrementalValuesProvider<InterfaceModel> withFiles = parsed
            .Where(static result => result.Model is null)
            // What a prompt in a file shows may be of any type, so that the compilation is needed, as for the interface itself; no output of a step of ours holds it.
            .Combine(context.CompilationProvider)
            .Combine(files)
            .Select(static (pair, cancellationToken) => InvariantCulture.Run(() => pair.Left.Left.Parse(pair.Left.Right, pair.Right, cancellationToken)))
            .WithTrackingName(TrackingNames.InterfacesWithFiles);

        context.RegisterSourceOutput(alone, EmitClient);
        context.RegisterSourceOutput(withFiles, EmitClient);

        // Types are shared between interfaces, so their properties are written once for all of them.
        IncrementalValueProvider<EquatableArray<PartialsModel>> partials = Partials(alone).Combine(Partials(withFiles))
            .Select(static (pair, _) => pair.Left.Concat(pair.Right).OrderBy(static model => model.HintName, StringComparer.Ordinal).ToEquatableArray())
            .WithTrackingName(TrackingNames.Partials);
        context.RegisterSourceOutput(partials, static (output, models) =>
        {
            if (models.Count > 0)
                Add(output, PartialEmitter.HintName, () => PartialEmitter.Emit(models, output.CancellationToken));
        });

        // Only the target that writes the lock file asks for its content: once, so that it is made from the compilation, and nothing of it is computed while somebody types.
        IncrementalValueProvider<bool> isLocking = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => BuildOptions.IsLocking(options.GlobalOptions));
        context.RegisterSourceOutput(
            context.CompilationProvider.Combine(isLocking).Combine(context.AdditionalTextsProvider.Collect())
                .Select(static (pair, cancellationToken) => pair.Left.Right ? InvariantCulture.Run(() => LockFile.Wrap(pair.Left.Left, pair.Right, cancellationToken)) : null),
            static (output, text) =>
            {
                if (text is not null)
                    Add(output, LockFile.HintName, () => text);
            });
    }

    private static IncrementalValueProvider<EquatableArray<PartialsModel>> Partials(IncrementalValuesProvider<InterfaceModel> interfaces) => interfaces
        .Select(static (model, _) => PartialsModel.Of(model))
        .Where(static model => model is not null)
        .Select(static (model, _) => model!)
        .Collect()
        .Select(static (models, _) => models.ToEquatableArray());

    private static void EmitClient(SourceProductionContext output, InterfaceModel model)
    {
        if (model.Failure is null)
            Add(output, model.HintName, () => ClientEmitter.Emit(model, output.CancellationToken));
    }

    private static void Add(SourceProductionContext output, string hintName, Func<string> emit) =>
        output.AddSource(hintName, SourceText.From(InvariantCulture.Run(emit), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
}
