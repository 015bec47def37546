using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>What a problem is about. The analyzers give each its id, severity and page.</summary>
internal enum ProblemKind
{
    InterfaceCannotBeImplemented,
    MemberIsNoFunction,
    MissingPrompt,
    UnsupportedReturnType,
    UnsupportedParameter,
    SeveralParameters,
    GenericMethod,
    InvalidOptions,
    TemplateSyntax,
    UnknownPlaceholder,
    UnknownMember,
    UnsupportedPlaceholder,
    EachOverNoSequence,
    IfWithoutTruth,
    UntrustedInSystemPrompt,
    UnsupportedOutputType,
    DictionaryKeyIsNoString,
    UntypedValue,
    AmbiguousUnion,
    NoDerivedTypes,
    InvalidExample,
    MissingPromptFile,
    FrontMatterSyntax,
    UnknownFrontMatterKey,
    InvalidFrontMatterValue,
    FrontMatterMismatch,
    UnusedDefault,
    MissingPartial,
    EmptyPromptFile,
    ToolCannotBeCalled,
    UnboundToolParameter,
    UnwritableToolResult,
    InvalidToolName,
    NoTools,
    SameToolNames,
    MissingGuardStub,
    InvalidGuard,
    NothingToReasonAbout,
    NothingToDeliberate,
    UnknownQuery,
    InvalidRetrieval,
    CitationWithoutPassages,
    InvalidCases,
    InvalidCase,
    RepeatedCase,
    MissingCaseFile,
    EvaluationNotReferenced,
}

/// <summary>The part of a declaration at which a problem lies.</summary>
internal enum SitePart
{
    /// <summary>The name of the interface, method, parameter or member.</summary>
    Name,

    /// <summary>The method's return type, or the type of the parameter or member.</summary>
    Type,

    /// <summary>A whole attribute.</summary>
    Attribute,

    /// <summary>The text of an attribute's argument, or a piece of it.</summary>
    Text,
}

/// <summary>Where a problem lies, in terms of symbols: only the analyzers make a place in a file of it, and only where there is something to report.</summary>
/// <param name="Symbol">The interface, method, parameter or member.</param>
/// <param name="Part">Which part of its declaration.</param>
/// <param name="Attribute">The attribute, for <see cref="SitePart.Attribute"/> and <see cref="SitePart.Text"/>.</param>
/// <param name="Argument">Which of the attribute's arguments, from 0.</param>
/// <param name="Start">Within the argument's text: the first code unit concerned, or -1 for all of it.</param>
/// <param name="Length">Within the argument's text: how many code units.</param>
internal sealed record ProblemSite(ISymbol Symbol, SitePart Part = SitePart.Name, AttributeData? Attribute = null, int Argument = 0, int Start = -1, int Length = 0)
{
    /// <summary>The place in a file beside the source, which comes before that in the declaration.</summary>
    public FileSite? File { get; init; }

    /// <summary>A piece of a prompt.</summary>
    public static ProblemSite InPrompt(IMethodSymbol method, AttributeData attribute, int start, int length) => new(method, SitePart.Text, attribute, 0, start, length);
}

/// <summary>Something in a declaration that cannot be compiled. It holds symbols and so never enters a model.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Site">Where.</param>
internal sealed record Problem(ProblemKind Kind, string Message, ProblemSite Site)
{
    /// <summary>A member that has to do with it: the one in the return type's graph that cannot be read.</summary>
    public ISymbol? Related { get; init; }

    /// <summary>The name that was not found, or that should have been another, as a fix needs it.</summary>
    public string? Name { get; init; }

    /// <summary>The names that could have been meant.</summary>
    public ImmutableArray<string> Candidates { get; init; } = [];

    /// <summary>What would be right in the place of the text concerned, where that is clear.</summary>
    public string? Replacement { get; init; }

    /// <summary>Whether the function can be compiled all the same.</summary>
    public bool IsHarmless { get; init; }

    /// <summary>The message with the place in the prompt, for where there is no editor to show it.</summary>
    public string Text => Site.File is { } file ? $"{Message} ({file.File.Place(file.Start)})" : Site is { Part: SitePart.Text, Start: >= 0 } ? $"{Message} (at character {Site.Start.ToString(CultureInfo.InvariantCulture)} of the {Place})" : Message;

    private string Place => Site.Attribute?.AttributeClass?.Name != "ExampleAttribute" ? "prompt" : Site.Argument == 0 ? "input" : "output";
}

/// <summary>What parsing gives: the model for the generator, the rest for the analyzers.</summary>
/// <param name="Model">The model; complete enough to emit code that compiles, whatever the problems.</param>
/// <param name="Problems">What is wrong.</param>
/// <param name="Functions">What the analyzers ask of each function beyond its model.</param>
internal sealed record ParseResult<T>(T Model, ImmutableArray<Problem> Problems, ImmutableArray<FunctionFacts> Functions);
