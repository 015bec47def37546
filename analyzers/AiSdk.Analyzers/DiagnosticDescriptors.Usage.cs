using Microsoft.CodeAnalysis;
using static AiSdk.Analyzers.DiagnosticCategories;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AiSdk.Analyzers;

/// <summary>Calls of functions.</summary>
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor EnumerateTheStream = Make(
        DiagnosticIds.EnumerateTheStream, Usage, Warning,
        "Enumerate the stream",
        "The stream of '{0}' is never enumerated, so that the model is not called",
        "A function that returns IAsyncEnumerable does nothing before it is enumerated.");

    public static readonly DiagnosticDescriptor AwaitTheFunction = Make(
        DiagnosticIds.AwaitTheFunction, Usage, Warning,
        "Await the function",
        "The result of '{0}' is neither awaited nor kept: its failure would go unseen",
        "In code that is not async the compiler does not warn of a task that nobody waits for.");

    public static readonly DiagnosticDescriptor LookAtTheRepairs = Make(
        DiagnosticIds.LookAtTheRepairs, Usage, Info,
        "Look at the repairs",
        "'{0}' allows that something of the reply is lost, but only the value of its result is read: what was lost stands in Repairs",
        "With [AllowLoss] a value may have been dropped, rounded, defaulted or guessed. The result says so, the value does not.");

    public static readonly DiagnosticDescriptor CallInABatch = Make(
        DiagnosticIds.CallInABatch, Usage, Info,
        "Call for all elements at the same time",
        "'{0}' is awaited once per element: calls that are made at the same time share the model's runs and the waiting",
        "Calls that do not need each other's results take less time together. Endpoints answer in parallel, and the local engine puts replies that are made at the same time into one batch.");
}
