using Microsoft.CodeAnalysis;
using static AiSdk.Analyzers.DiagnosticCategories;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AiSdk.Analyzers;

/// <summary>Prompt files.</summary>
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor NameAFileThatIsThere = Make(
        DiagnosticIds.NameAFileThatIsThere, Prompt, Error,
        "Name a file that is there",
        "{0}",
        "[Prompt] and [Examples] name a file among the project's AdditionalFiles, by its path from the project's folder or the end of it.");

    public static readonly DiagnosticDescriptor CorrectTheFrontMatter = Make(
        DiagnosticIds.CorrectTheFrontMatter, Prompt, Error,
        "Correct the front matter",
        "{0}",
        "A prompt file begins with YAML between two lines of three dashes, or with the template itself.");

    public static readonly DiagnosticDescriptor GiveTheKeyAValueThatItTakes = Make(
        DiagnosticIds.GiveTheKeyAValueThatItTakes, Prompt, Error,
        "Give the key a value that it takes",
        "{0}",
        "The settings of front matter each have a type, and a schema is written in Picoschema or JSON Schema.");

    public static readonly DiagnosticDescriptor RemoveTheKeyWithoutEffect = Make(
        DiagnosticIds.RemoveTheKeyWithoutEffect, Prompt, Warning,
        "Remove the key that has no effect",
        "{0}",
        "Keys that nothing reads are most likely misspelt. Keys of one's own have a dot in them.");

    public static readonly DiagnosticDescriptor LetFileAndDeclarationAgree = Make(
        DiagnosticIds.LetFileAndDeclarationAgree, Prompt, Error,
        "Let file and declaration agree",
        "{0}",
        "What front matter says of input and output must be so of the method's parameters and return type.");

    public static readonly DiagnosticDescriptor RemoveTheDefaultWithoutEffect = Make(
        DiagnosticIds.RemoveTheDefaultWithoutEffect, Prompt, Warning,
        "Remove the default that has no effect",
        "{0}",
        "A default of front matter stands for an argument that is null.");

    public static readonly DiagnosticDescriptor AddThePartial = Make(
        DiagnosticIds.AddThePartial, Prompt, Error,
        "Add the partial",
        "{0}",
        "A partial is a file among the AdditionalFiles whose name begins with an underscore.");

    public static readonly DiagnosticDescriptor WriteThePromptInItsFile = Make(
        DiagnosticIds.WriteThePromptInItsFile, Prompt, Error,
        "Write the prompt in its file",
        "{0}",
        "A prompt file has a template below its front matter.");

    public static readonly DiagnosticDescriptor UseThePromptFile = Make(
        DiagnosticIds.UseThePromptFile, Prompt, Warning,
        "Use the prompt file",
        "{0}",
        "A prompt file that no function and no other prompt names is not sent by anyone. Files that are only read at run time do not belong among the AdditionalFiles.",
        WellKnownDiagnosticTags.CompilationEnd);
}
