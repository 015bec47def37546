using System.Collections.Immutable;
using AiSdk.Analyzers.Locations;
using AiSdk.Generators.Models;
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
        List<ParseResult<InterfaceModel>> all = [.. interfaces.All(context.CancellationToken).Select(static one => one.Parsed)];
        // What an interface names that cannot be implemented is not known.
        if (all.Any(static parsed => parsed.Model.Failure is not null))
            return;
        List<FunctionFacts> functions = [.. all.SelectMany(static parsed => parsed.Functions)];
        HashSet<AdditionalFile> used = [.. functions.SelectMany(static function => function.Files)];
        List<AdditionalFile> prompts = [.. interfaces.Files.WithExtension(PromptFiles.PromptExtension)];
        // Files that take the place of compiled prompts at run time are named for their functions, and have their partials beside them.
        HashSet<string> overridden = new(prompts.Where(IsOverride).Select(static file => Folder(file)), StringComparer.Ordinal);
        foreach (AdditionalFile file in prompts.Where(file => !used.Contains(file) && !IsOverride(file) && !(IsPartial(file) && overridden.Contains(Folder(file)))))
        {
            string name = Path.GetFileName(file.Path);
            string use = IsPartial(file) ? $"{{{{> {Path.GetFileNameWithoutExtension(name).Substring(1)}}}}} in a prompt" : $"[Prompt(\"{name}\")] on a function";
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.UseThePromptFile, FileLocations.Of(new FileSite(file, 0, 0)), $"nothing uses '{name}': write {use}, or remove the file"));
        }

        bool IsOverride(AdditionalFile file)
        {
            string name = Path.GetFileNameWithoutExtension(file.Path);
            string stem = name.LastIndexOf('-') is > 0 and int dash ? name.Substring(0, dash) : name;
            return functions.Any(function => stem == function.Model.DisplayName || stem.EndsWith("." + function.Model.DisplayName, StringComparison.Ordinal));
        }
    }

    private static bool IsPartial(AdditionalFile file) => Path.GetFileName(file.Path).StartsWith("_", StringComparison.Ordinal);

    private static string Folder(AdditionalFile file) => file.Path.Substring(0, file.Path.LastIndexOf('/') + 1);
}
