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
}
