using Microsoft.CodeAnalysis;
using static AiSdk.Analyzers.DiagnosticCategories;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace AiSdk.Analyzers;

/// <summary>The lock file.</summary>
internal static partial class DiagnosticDescriptors
{
    public static readonly DiagnosticDescriptor CorrectTheLockFile = Make(
        DiagnosticIds.CorrectTheLockFile, Lock, Error,
        "Correct the lock file",
        "{0}",
        "aisdk.lock.json is written by a target and by a fix; one that cannot be read is most likely half merged.",
        WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor LockTheChangedPrompt = Make(
        DiagnosticIds.LockTheChangedPrompt, Lock, Warning,
        "Lock the changed prompt",
        "{0}",
        "What the function sends is not what the lock file says. Once the change is meant, write the lock file anew.");

    public static readonly DiagnosticDescriptor KeepStoredRepliesReadable = Make(
        DiagnosticIds.KeepStoredRepliesReadable, Lock, Warning,
        "Keep stored replies readable",
        "{0}",
        "The return type no longer reads all that it read before: replies that were stored may not be readable any more.");

    public static readonly DiagnosticDescriptor LockTheChangedType = Make(
        DiagnosticIds.LockTheChangedType, Lock, Warning,
        "Lock the changed return type",
        "{0}",
        "The return type reads more than before, or is described otherwise. Once the change is meant, write the lock file anew.");

    public static readonly DiagnosticDescriptor LockTheChangedOptions = Make(
        DiagnosticIds.LockTheChangedOptions, Lock, Warning,
        "Lock the changed options",
        "{0}",
        "Model, settings, mode, limits of tools, retrieval or guards are not those of the lock file. Once the change is meant, write the lock file anew.");

    public static readonly DiagnosticDescriptor LockTheChangedTools = Make(
        DiagnosticIds.LockTheChangedTools, Lock, Warning,
        "Lock the changed tools",
        "{0}",
        "The tools that the function offers, or what they take, are not those of the lock file. Once the change is meant, write the lock file anew.");

    public static readonly DiagnosticDescriptor EvaluateTheChangedPrompt = Make(
        DiagnosticIds.EvaluateTheChangedPrompt, Lock, Warning,
        "Evaluate the changed prompt",
        "{0}",
        "The last run of an evaluation that was accepted is of another prompt: nobody knows whether it got better. 'aisdk eval accept' records a run in the lock file.");

    public static readonly DiagnosticDescriptor LockTheNewFunction = Make(
        DiagnosticIds.LockTheNewFunction, Lock, Warning,
        "Lock the new function",
        "{0}",
        "The lock file does not have the function yet.");

    public static readonly DiagnosticDescriptor UnlockTheFunctionThatIsGone = Make(
        DiagnosticIds.UnlockTheFunctionThatIsGone, Lock, Warning,
        "Unlock the function that is gone",
        "{0}",
        "The lock file has a function that there is not any more: it was removed, renamed or given other parameters.",
        WellKnownDiagnosticTags.CompilationEnd);
}
