using Microsoft.CodeAnalysis;
using static AiSdk.Analyzers.DiagnosticCategories;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AiSdk.Analyzers;

/// <summary>Tools.</summary>
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor LetTheToolBeCalled = Make(
        DiagnosticIds.LetTheToolBeCalled, Tools, Error,
        "Let the tool be called",
        "{0}",
        "Generated code calls the method: it must reach it, and know its types. A method that it cannot call is left out of the tools.");

    public static readonly DiagnosticDescriptor TakeArgumentsThatAModelCanWrite = Make(
        DiagnosticIds.TakeArgumentsThatAModelCanWrite, Tools, Error,
        "Take arguments that a model can write",
        "{0}",
        "A model writes arguments as JSON. What is no data, such as a service, is marked as one, so that the model does not see it.");

    public static readonly DiagnosticDescriptor DescribeTheTool = Make(
        DiagnosticIds.DescribeTheTool, Tools, Warning,
        "Describe the tool",
        "The model is not told what '{0}' is for; write a doc comment or [Description]",
        "A model picks tools by what they say of themselves. A name alone is often misread.");

    public static readonly DiagnosticDescriptor DescribeTheArguments = Make(
        DiagnosticIds.DescribeTheArguments, Tools, Info,
        "Describe the arguments",
        "The model is not told what '{0}' is; write <param name=\"{0}\"> or [Description]",
        "A model fills arguments in by what they say of themselves. Said here: a tool describes other arguments, but not this one.");

    public static readonly DiagnosticDescriptor TellTheToolsApart = Make(
        DiagnosticIds.TellTheToolsApart, Tools, Error,
        "Give each tool a name of its own that endpoints take",
        "{0}",
        "A model calls a tool by its name. A tool whose name another has, or that endpoints refuse, is left out.");

    public static readonly DiagnosticDescriptor StateTheEffect = Make(
        DiagnosticIds.StateTheEffect, Tools, Warning,
        "State the effect of the tool",
        "'{0}' sounds as if it changed something, but runs without approval and as often as it is called; state its effect: [AiTool(Effect = ToolEffect.{1})]. If it only reads, say so: Effect = ToolEffect.Read.",
        "A tool with an effect needs approval and happens at most once for the same arguments in an operation. Without a stated effect it does whatever a model asks, each time.");

    public static readonly DiagnosticDescriptor GiveWhatAModelCanBeShown = Make(
        DiagnosticIds.GiveWhatAModelCanBeShown, Tools, Error,
        "Give what a model can be shown",
        "{0}",
        "The result is written as JSON by generated code, which has to know its types.");

    public static readonly DiagnosticDescriptor OfferATypeWithTools = Make(
        DiagnosticIds.OfferATypeWithTools, Tools, Error,
        "Offer a type that has tools",
        "{0}",
        "[Tools] names a type whose methods have [AiTool]. The function cannot be compiled otherwise.");

    public static readonly DiagnosticDescriptor OfferToolsOfDifferentNames = Make(
        DiagnosticIds.OfferToolsOfDifferentNames, Tools, Error,
        "Offer tools of different names",
        "{0}",
        "A model calls a tool by its name. Of two with one name, offered by two [Tools] of a function or its interface, only one could be called.");
}
