using Microsoft.CodeAnalysis;
using static AiSdk.Analyzers.DiagnosticCategories;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AiSdk.Analyzers;

/// <summary>Guards.</summary>
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor LetTheStreamFlow = Make(
        DiagnosticIds.LetTheStreamFlow, Guards, Warning,
        "Let the stream flow",
        "{0} needs the whole reply, so that this stream shows nothing before its end: {1}",
        "A guard that can judge only the whole reply holds back everything, and the stream is none.");

    public static readonly DiagnosticDescriptor GuardTheSensitiveParameter = Make(
        DiagnosticIds.GuardTheSensitiveParameter, Guards, Warning,
        "Guard the sensitive parameter",
        "By its name '{0}' holds what should not leave the process, and no guard looks at it before it is sent",
        "Prompts go to the endpoint as they are. An input guard hides personal data and secrets, or keeps them from being sent.");

    public static readonly DiagnosticDescriptor WriteTheStubOfTheGuard = Make(
        DiagnosticIds.WriteTheStubOfTheGuard, Guards, Error,
        "Write the stub of the guard",
        "{0}",
        "[Guard] promises a method in the other part of the generated class. Until it is there the function throws, rather than run without its guard.");

    public static readonly DiagnosticDescriptor CorrectTheGuard = Make(
        DiagnosticIds.CorrectTheGuard, Guards, Error,
        "Correct the guard",
        "{0}",
        "A guard's attribute has a value that it cannot have, does not go with the return type, or hides that a model is called.");

    public static readonly DiagnosticDescriptor PassWhatIsHiddenAsText = Make(
        DiagnosticIds.PassWhatIsHiddenAsText, Guards, Warning,
        "Pass what a guard hides as text",
        "{0} hides what it finds, which it cannot do inside of '{1}': the call fails where there is something to hide; take the text as a string",
        "Only arguments of type string, lists of those and conversations can be rewritten. The texts inside of other arguments are checked, and a guard that would rewrite one ends the call.");
}
