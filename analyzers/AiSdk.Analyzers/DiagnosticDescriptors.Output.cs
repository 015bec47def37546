using Microsoft.CodeAnalysis;
using static AiSdk.Analyzers.DiagnosticCategories;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AiSdk.Analyzers;

/// <summary>Types of replies.</summary>
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor ReturnATypeThatCanBeRead = Make(
        DiagnosticIds.ReturnATypeThatCanBeRead, Output, Error,
        "Return a type that can be read",
        "{0}",
        "The type, or one that it is made of, has no schema or cannot be made from a reply.");

    public static readonly DiagnosticDescriptor UseStringKeys = Make(
        DiagnosticIds.UseStringKeys, Output, Error,
        "Use strings as keys",
        "{0}",
        "A dictionary is an object in JSON, whose names are strings.");

    public static readonly DiagnosticDescriptor GiveTheValueAType = Make(
        DiagnosticIds.GiveTheValueAType, Output, Error,
        "Give the value a type",
        "{0}",
        "object and dynamic tell the model nothing of what to reply.");

    public static readonly DiagnosticDescriptor TellTheAlternativesApart = Make(
        DiagnosticIds.TellTheAlternativesApart, Output, Error,
        "Tell the union's alternatives apart",
        "{0}",
        "Each alternative of a union needs a discriminator of its own, by which the reply says which of them it is.");

    public static readonly DiagnosticDescriptor NameTheDerivedTypes = Make(
        DiagnosticIds.NameTheDerivedTypes, Output, Error,
        "Name the derived types",
        "{0}",
        "An abstract type can be read only if it is known which types a reply may mean.");

    public static readonly DiagnosticDescriptor CorrectTheExample = Make(
        DiagnosticIds.CorrectTheExample, Output, Error,
        "Correct the example",
        "{0}",
        "An example's input is what the function takes, its output is JSON of what it returns.");

    public static readonly DiagnosticDescriptor TellEnumValuesApart = Make(
        DiagnosticIds.TellEnumValuesApart, Output, Warning,
        "Tell the enum's values apart",
        "{0} has values that differ in case and punctuation only, '{1}': in a reply they cannot be told apart",
        "Models spell values in another case or with other punctuation, and repair allows for it. Values that differ in nothing else are then ambiguous.");

    public static readonly DiagnosticDescriptor LetTheRecursionEnd = Make(
        DiagnosticIds.LetTheRecursionEnd, Output, Error,
        "Let the recursion end",
        "No value of {0} is finite: {1}; let the last link be nullable, or a list",
        "A value that must hold another of its own type never ends, so that no reply fits.");

    public static readonly DiagnosticDescriptor DescribeTheOtherPropertiesToo = Make(
        DiagnosticIds.DescribeTheOtherPropertiesToo, Output, Info,
        "Describe the other properties too",
        "{0} describes some of its properties, but not {1}",
        "Descriptions are part of the schema that the model is given. Where some properties have one and others not, it was probably forgotten.");

    public static readonly DiagnosticDescriptor MindWhatTheProviderDrops = Make(
        DiagnosticIds.MindWhatTheProviderDrops, Compatibility, Info,
        "Mind what the provider drops",
        "{0} does not heed '{1}', which {2} has; the reply is checked for it all the same",
        "The limit is in the schema, but the provider does not keep the model to it. The generated code still checks the reply.");

    public static readonly DiagnosticDescriptor AvoidWhatTheProviderRefuses = Make(
        DiagnosticIds.AvoidWhatTheProviderRefuses, Compatibility, Warning,
        "Avoid what the provider refuses",
        "{0} refuses {1}",
        "The provider answers a request with this schema with an error.");

    public static readonly DiagnosticDescriptor NameAKnownProfile = Make(
        DiagnosticIds.NameAKnownProfile, Compatibility, Warning,
        "Name a known provider profile",
        "AiSdkProviderProfiles names '{0}'; known are {1}",
        "A profile of this name is not known, so that nothing is checked for it.",
        WellKnownDiagnosticTags.CompilationEnd);
}
