using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace AiSdk.Analyzers;

/// <summary>All diagnostics: a part of the class per subject.</summary>
/// <remarks>
/// What a function cannot be compiled with is an error, because the generated member would throw on every call. What compiles but cannot be meant is a warning. Advice is information.
/// </remarks>
internal static partial class DiagnosticDescriptors
{
    /// <summary>
    /// Where the page of each diagnostic lies, from the repository's root and from the package's: the repository states no address of its own, and a copy of either has the pages. A
    /// <c>RepositoryUrl</c> in Directory.Build.props would be put before it here.
    /// </summary>
    public const string HelpLinkBase = "analyzers/docs/";

    /// <summary>The diagnostic for each problem that the parser finds. Its message is the parser's, which also stands in the exception that the generated member throws.</summary>
    public static DiagnosticDescriptor Of(ProblemKind kind) => kind switch
    {
        ProblemKind.InterfaceCannotBeImplemented => LetAClassImplementTheInterface,
        ProblemKind.MemberIsNoFunction => DeclareOnlyMethods,
        ProblemKind.MissingPrompt => GiveTheFunctionAPrompt,
        ProblemKind.UnsupportedReturnType => ReturnWhatAFunctionCanGive,
        ProblemKind.UnsupportedParameter => TakeParametersThatAModelCanBeShown,
        ProblemKind.SeveralParameters => TakeOneParameterOfAKind,
        ProblemKind.GenericMethod => MakeOneFunctionPerType,
        ProblemKind.InvalidOptions => CorrectTheOptions,
        ProblemKind.TemplateSyntax => CorrectTheTemplate,
        ProblemKind.UnknownPlaceholder => NameAParameter,
        ProblemKind.UnknownMember => NameAMember,
        ProblemKind.UnsupportedPlaceholder => ShowTheValueInASupportedWay,
        ProblemKind.EachOverNoSequence => LoopOverAList,
        ProblemKind.IfWithoutTruth => AskForSomethingThatCanBeFalse,
        ProblemKind.UntrustedInSystemPrompt => KeepUntrustedTextOutOfTheSystemPrompt,
        ProblemKind.UnsupportedOutputType => ReturnATypeThatCanBeRead,
        ProblemKind.DictionaryKeyIsNoString => UseStringKeys,
        ProblemKind.UntypedValue => GiveTheValueAType,
        ProblemKind.AmbiguousUnion => TellTheAlternativesApart,
        ProblemKind.NoDerivedTypes => NameTheDerivedTypes,
        ProblemKind.InvalidExample => CorrectTheExample,
        ProblemKind.MissingPromptFile => NameAFileThatIsThere,
        ProblemKind.FrontMatterSyntax => CorrectTheFrontMatter,
        ProblemKind.InvalidFrontMatterValue => GiveTheKeyAValueThatItTakes,
        ProblemKind.UnknownFrontMatterKey => RemoveTheKeyWithoutEffect,
        ProblemKind.FrontMatterMismatch => LetFileAndDeclarationAgree,
        ProblemKind.UnusedDefault => RemoveTheDefaultWithoutEffect,
        ProblemKind.MissingPartial => AddThePartial,
        ProblemKind.EmptyPromptFile => WriteThePromptInItsFile,
        ProblemKind.ToolCannotBeCalled => LetTheToolBeCalled,
        ProblemKind.UnboundToolParameter => TakeArgumentsThatAModelCanWrite,
        ProblemKind.UnwritableToolResult => GiveWhatAModelCanBeShown,
        ProblemKind.InvalidToolName => TellTheToolsApart,
        ProblemKind.NoTools => OfferATypeWithTools,
        ProblemKind.SameToolNames => OfferToolsOfDifferentNames,
        ProblemKind.MissingGuardStub => WriteTheStubOfTheGuard,
        ProblemKind.InvalidGuard => CorrectTheGuard,
        ProblemKind.NothingToReasonAbout => GiveReasoningAField,
        ProblemKind.NothingToDeliberate => DeliberateOnValues,
        ProblemKind.UnknownQuery => NameTheQuery,
        ProblemKind.InvalidRetrieval => CorrectTheRetrieval,
        ProblemKind.CitationWithoutPassages => ShowThePassagesThatAreCited,
        ProblemKind.InvalidCases => EvaluateWhatCasesCanGive,
        ProblemKind.InvalidCase => CorrectTheCase,
        ProblemKind.RepeatedCase => NameEachCaseOnce,
        ProblemKind.MissingCaseFile => NameAFileOfCases,
        ProblemKind.EvaluationNotReferenced => ReferenceTheEvaluation,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static DiagnosticDescriptor Make(string id, string category, DiagnosticSeverity severity, string title, string message, string description, params string[] tags) =>
        new(id, title, message, category, severity, isEnabledByDefault: true, description, HelpLinkBase + id + ".md", tags);
}
