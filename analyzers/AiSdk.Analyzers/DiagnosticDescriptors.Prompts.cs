using Microsoft.CodeAnalysis;
using static AiSdk.Analyzers.DiagnosticCategories;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AiSdk.Analyzers;

/// <summary>Prompts.</summary>
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor CorrectTheTemplate = Make(
        DiagnosticIds.CorrectTheTemplate, Prompt, Error,
        "Correct the template",
        "{0}",
        "The prompt is not in the template language: Handlebars as Dotprompt uses it.");

    public static readonly DiagnosticDescriptor NameAParameter = Make(
        DiagnosticIds.NameAParameter, Prompt, Error,
        "Name a parameter",
        "{0}",
        "A placeholder names a parameter of the method, or inside a loop a member of the element.");

    public static readonly DiagnosticDescriptor NameAMember = Make(
        DiagnosticIds.NameAMember, Prompt, Error,
        "Name a member that the type has",
        "{0}",
        "Paths are bound to public properties and fields when the interface is compiled.");

    public static readonly DiagnosticDescriptor ShowTheValueInASupportedWay = Make(
        DiagnosticIds.ShowTheValueInASupportedWay, Prompt, Error,
        "Show the value in a way that its type has",
        "{0}",
        "Media, messages, formats and JSON each go with certain types.");

    public static readonly DiagnosticDescriptor LoopOverAList = Make(
        DiagnosticIds.LoopOverAList, Prompt, Error,
        "Loop over a list",
        "{0}",
        "{{#each}} repeats its body for the elements of an array, list or dictionary.");

    public static readonly DiagnosticDescriptor AskForSomethingThatCanBeFalse = Make(
        DiagnosticIds.AskForSomethingThatCanBeFalse, Prompt, Error,
        "Ask for something that can be false",
        "{0}",
        "{{#if}} and {{#unless}} ask for a bool, a number, a text, a list, or something that may be null.");

    public static readonly DiagnosticDescriptor KeepUntrustedTextOutOfTheSystemPrompt = Make(
        DiagnosticIds.KeepUntrustedTextOutOfTheSystemPrompt, Prompt, Error,
        "Keep untrusted text out of the system prompt",
        "{0}",
        "A parameter is data from outside unless it says [Trusted]. In a system prompt such data could give the model orders.");
}
