using Microsoft.CodeAnalysis;
using static AiSdk.Analyzers.DiagnosticCategories;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AiSdk.Analyzers;

/// <summary>Interfaces, methods, parameters, options.</summary>
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor LetAClassImplementTheInterface = Make(
        DiagnosticIds.LetAClassImplementTheInterface, Declaration, Error,
        "Let a class implement the interface",
        "{0}",
        "A class that implements the interface is generated beside it. Where such a class cannot lie, nothing is generated.");

    public static readonly DiagnosticDescriptor DeclareOnlyMethods = Make(
        DiagnosticIds.DeclareOnlyMethods, Declaration, Error,
        "Declare only methods",
        "{0}",
        "A property, event or operator is no AI function; its generated implementation throws.");

    public static readonly DiagnosticDescriptor GiveTheFunctionAPrompt = Make(
        DiagnosticIds.GiveTheFunctionAPrompt, Declaration, Error,
        "Give the function a prompt",
        "{0}",
        "Nothing is sent that is not written: a function without a prompt has nothing to say to a model.");

    public static readonly DiagnosticDescriptor ReturnWhatAFunctionCanGive = Make(
        DiagnosticIds.ReturnWhatAFunctionCanGive, Declaration, Error,
        "Return what a function can give",
        "{0}",
        "The return type picks the behaviour: a value, a value with its result, text, or a stream.");

    public static readonly DiagnosticDescriptor TakeParametersThatAModelCanBeShown = Make(
        DiagnosticIds.TakeParametersThatAModelCanBeShown, Declaration, Error,
        "Take parameters that a model can be shown",
        "{0}",
        "A parameter is data that prompts show as text or JSON, media, history, ChatOptions or a CancellationToken.");

    public static readonly DiagnosticDescriptor TakeOneParameterOfAKind = Make(
        DiagnosticIds.TakeOneParameterOfAKind, Declaration, Error,
        "Take one CancellationToken, one ChatOptions and one history",
        "{0}",
        "Of several parameters of these types only one could count.");

    public static readonly DiagnosticDescriptor MakeOneFunctionPerType = Make(
        DiagnosticIds.MakeOneFunctionPerType, Declaration, Error,
        "Make one function per type",
        "{0}",
        "Schema and reader are made when the interface is compiled, when a method's type parameter is not known.");

    public static readonly DiagnosticDescriptor CorrectTheOptions = Make(
        DiagnosticIds.CorrectTheOptions, Declaration, Error,
        "Correct the options",
        "{0}",
        "An attribute has a value that it cannot have, or does not go with the return type.");

    public static readonly DiagnosticDescriptor PutTheCancellationTokenLast = Make(
        DiagnosticIds.PutTheCancellationTokenLast, Declaration, Info,
        "Put the CancellationToken last",
        "The CancellationToken '{0}' is not the last parameter, where callers look for it",
        "Methods of .NET take their CancellationToken last, with a default.");

    public static readonly DiagnosticDescriptor RemoveUnusedOptions = Make(
        DiagnosticIds.RemoveUnusedOptions, Declaration, Warning,
        "Remove options that have no effect",
        "[{0}] has no effect here: {1}",
        "An attribute is written that does nothing, where something else was probably expected of it.");
}
