using Microsoft.CodeAnalysis;
using static AiSdk.Analyzers.DiagnosticCategories;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AiSdk.Analyzers;

/// <summary>Passages and citations.</summary>
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor NameTheQuery = Make(
        DiagnosticIds.NameTheQuery, Retrieval, Error,
        "Name the query",
        "{0}",
        "[Retrieve] looks for the text of a parameter of type string, which Query names; where there is one only, that is taken.");

    public static readonly DiagnosticDescriptor CorrectTheRetrieval = Make(
        DiagnosticIds.CorrectTheRetrieval, Retrieval, Error,
        "Correct the retrieval",
        "{0}",
        "[Retrieve] fills a parameter of type Passages that may be null, from a retriever with a key, with at least one passage.");

    public static readonly DiagnosticDescriptor ShowThePassagesThatAreCited = Make(
        DiagnosticIds.ShowThePassagesThatAreCited, Retrieval, Error,
        "Show the passages that are cited",
        "{0}",
        "A Citation is checked against the passages that the model was shown: without a parameter of type Passages each one is wrong, and each reply is refused.");
}
