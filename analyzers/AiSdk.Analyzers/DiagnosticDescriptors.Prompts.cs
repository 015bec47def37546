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

    public static readonly DiagnosticDescriptor UseTheParameter = Make(
        DiagnosticIds.UseTheParameter, Prompt, Warning,
        "Use the parameter in a prompt",
        "No prompt shows the parameter '{0}', so that it has no effect",
        "Nothing reaches the model but what a prompt shows.");

    public static readonly DiagnosticDescriptor DoubleTheBraces = Make(
        DiagnosticIds.DoubleTheBraces, Prompt, Warning,
        "Double the braces of a placeholder",
        "'{0}' is text and will be sent as it is; a placeholder has two braces on each side",
        "Placeholders are written {{name}}. What stands in single braces is text.");

    public static readonly DiagnosticDescriptor KeepUntrustedTextInsideItsDelimiter = Make(
        DiagnosticIds.KeepUntrustedTextInsideItsDelimiter, Prompt, Info,
        "Keep untrusted text inside its delimiter",
        "'{0}' is data from outside and may hold {1} itself, which ends the place that is meant for it: {2}",
        "Text from outside that holds the delimiter around it leaves its place, and what follows in it looks like the application's words.");

    public static readonly DiagnosticDescriptor PutWhatChangesLast = Make(
        DiagnosticIds.PutWhatChangesLast, Prompt, Info,
        "Put what changes behind what stays",
        "'{0}' is another in each call, so that the text of about {1} tokens after it is never read from the prompt cache: put it behind that text",
        "Providers and the local engine keep the work done for a prompt's beginning, as far as it is the same as last time.");

    public static readonly DiagnosticDescriptor ShortenThePrompt = Make(
        DiagnosticIds.ShortenThePrompt, Prompt, Warning,
        "Shorten the prompt",
        "The prompt has about {0} tokens without its arguments, but MaxPromptTokens is {1}",
        "The text of prompts and examples is longer than the project allows.");

    public static readonly DiagnosticDescriptor AskForTheFormatOfTheReturnType = Make(
        DiagnosticIds.AskForTheFormatOfTheReturnType, Prompt, Warning,
        "Ask for the format of the return type",
        "The prompt asks for {0}, but the reply is read as JSON of {1}",
        "A typed function tells the model by its schema to reply in JSON. A prompt that asks for something else works against it.");

    public static readonly DiagnosticDescriptor NameWhatTheReturnTypeHas = Make(
        DiagnosticIds.NameWhatTheReturnTypeHas, Prompt, Warning,
        "Name what the return type has",
        "'{0}' is no {1} of {2}, which has {3}",
        "The prompt lists values or fields of the return type, and one that it does not have.");

    public static readonly DiagnosticDescriptor WriteThePrompt = Make(
        DiagnosticIds.WriteThePrompt, Prompt, Warning,
        "Write the prompt",
        "The prompt is empty",
        "A message without text is sent.");
}
