using System.Collections.Immutable;
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
    GenericMethod,
    TemplateSyntax,
    UnknownPlaceholder,
    UnknownMember,
    UnsupportedPlaceholder,
    UntrustedInSystemPrompt,
    UnsupportedOutputType,
    InvalidExample,
    InvalidOptions,
}

/// <summary>Something in a declaration that cannot be compiled. It holds a location and so never enters a model.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Location">Where.</param>
/// <param name="Start">Within a template at that location: the first code unit concerned, or -1.</param>
/// <param name="Length">Within a template: how many code units.</param>
internal sealed record Problem(ProblemKind Kind, string Message, Location? Location, int Start = -1, int Length = 0);

/// <summary>What parsing gives: the model for the generator, the problems for the analyzers.</summary>
/// <param name="Model">The model; complete enough to emit code that compiles, whatever the problems.</param>
/// <param name="Problems">What is wrong.</param>
internal sealed record ParseResult<T>(T Model, ImmutableArray<Problem> Problems);
