using Microsoft.CodeAnalysis;
using static AiSdk.Analyzers.DiagnosticCategories;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AiSdk.Analyzers;

/// <summary>Cases of evaluations.</summary>
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor EvaluateWhatCasesCanGive = Make(
        DiagnosticIds.EvaluateWhatCasesCanGive, Evaluation, Error,
        "Evaluate what cases can give",
        "{0}",
        "A case is a line of JSON: parameters and return type must be such that JSON can give them, and the file's name ends in .cases.jsonl.");

    public static readonly DiagnosticDescriptor CorrectTheCase = Make(
        DiagnosticIds.CorrectTheCase, Evaluation, Error,
        "Correct the case",
        "{0}",
        "Each line of a file of cases is checked against the parameters and the return type of the function that names it.");

    public static readonly DiagnosticDescriptor NameEachCaseOnce = Make(
        DiagnosticIds.NameEachCaseOnce, Evaluation, Error,
        "Name each case once",
        "{0}",
        "Runs are compared case by case, by their names.");

    public static readonly DiagnosticDescriptor NameAFileOfCases = Make(
        DiagnosticIds.NameAFileOfCases, Evaluation, Error,
        "Name a file of cases that is there",
        "{0}",
        "[Cases] names a file among the project's AdditionalFiles, by its path from the project's folder or the end of it.");

    public static readonly DiagnosticDescriptor ReferenceTheEvaluation = Make(
        DiagnosticIds.ReferenceTheEvaluation, Evaluation, Warning,
        "Reference the evaluation",
        "{0}",
        "The class that gives the cases is made of types of AiSdk.Evaluation. Without a reference to it the cases are checked only.");
}
