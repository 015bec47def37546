using System.Text;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.Generators;

/// <summary>Generates a class for each type with <c>[AiTool]</c> methods, and offers the AI functions of each interface as tools. It reports nothing: the analyzers do, from the same parser.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class AiToolsGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // A type is parsed where its first tool is met.
        IncrementalValuesProvider<ToolsModel> tools = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                AttributeNames.AiTool,
                static (node, _) => node is MethodDeclarationSyntax,
                static (syntax, cancellationToken) => syntax.TargetSymbol is IMethodSymbol { ContainingType: { } type } method && SymbolEqualityComparer.Default.Equals(ToolsParser.Methods(type).FirstOrDefault(), method.PartialDefinitionPart ?? method)
                    ? InvariantCulture.Run(() => ToolsParser.Parse(type, syntax.SemanticModel.Compilation, cancellationToken).Model)
                    : null)
            .Where(static model => model is { Failure: null })
            .Select(static (model, _) => model!)
            .WithTrackingName(TrackingNames.Tools);
        context.RegisterSourceOutput(tools, Emit);

        IncrementalValuesProvider<ToolsModel> functions = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                AttributeNames.AiFunctions,
                static (node, _) => node is InterfaceDeclarationSyntax,
                static (syntax, cancellationToken) => syntax.TargetSymbol is INamedTypeSymbol { IsGenericType: false } type && InterfaceParser.IsFirst(type, syntax.Attributes[0])
                    ? InvariantCulture.Run(() => ToolsParser.ParseFunctions(type, syntax.SemanticModel.Compilation, cancellationToken))
                    : null)
            .Where(static model => model is { Tools.Count: > 0 })
            .Select(static (model, _) => model!)
            .WithTrackingName(TrackingNames.FunctionTools);
        context.RegisterSourceOutput(functions, Emit);
    }

    private static void Emit(SourceProductionContext output, ToolsModel model) =>
        output.AddSource(model.HintName, SourceText.From(InvariantCulture.Run(() => ToolsEmitter.Emit(model, output.CancellationToken)), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
}
