using System.Collections.Immutable;
using AiSdk.Analyzers.Locations;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>What is wrong with prompt files: the parser's problems, and at the end the files that nobody named.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PromptFileAnalyzer : InterfaceAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.NameAFileThatIsThere,
        DiagnosticDescriptors.CorrectTheFrontMatter,
        DiagnosticDescriptors.GiveTheKeyAValueThatItTakes,
        DiagnosticDescriptors.RemoveTheKeyWithoutEffect,
        DiagnosticDescriptors.LetFileAndDeclarationAgree,
        DiagnosticDescriptors.RemoveTheDefaultWithoutEffect,
        DiagnosticDescriptors.AddThePartial,
        DiagnosticDescriptors.WriteThePromptInItsFile,
        DiagnosticDescriptors.UseThePromptFile,
    ];

    private protected override void AnalyzeEnd(CompilationAnalysisContext context, ParsedInterfaces interfaces)
    {
        HashSet<AdditionalFile> used = [.. interfaces.All(context.CancellationToken).SelectMany(static parsed => parsed.Functions).SelectMany(static function => function.Files)];
        foreach (AdditionalFile file in interfaces.Files.WithExtension(PromptFiles.PromptExtension).Where(file => !used.Contains(file)))
        {
            string name = Path.GetFileName(file.Path);
            string use = name.StartsWith("_", StringComparison.Ordinal) ? $"{{{{> {Path.GetFileNameWithoutExtension(name).Substring(1)}}}}} in a prompt" : $"[Prompt(\"{name}\")] on a function";
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.UseThePromptFile, FileLocations.Of(new FileSite(file, 0, 0)), $"nothing uses '{name}': write {use}, or remove the file"));
        }
    }
}
