using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AiSdk.Analyzers.Calls;

/// <summary>Calls that are awaited one after the other although they do not need each other.</summary>
internal static class SequentialCalls
{
    /// <summary>
    /// Whether the call is awaited in a <c>foreach</c> over a collection that is there already, takes the element or something made of it, and takes nothing that the loop changes: then all calls
    /// could run at the same time.
    /// </summary>
    public static bool IsOnePerElement(IInvocationOperation call)
    {
        if (FunctionCalls.Outer(call) is not IAwaitOperation || Loop(call) is not { IsAsynchronous: false } loop)
            return false;
        HashSet<ILocalSymbol> ofElement = new(loop.Locals, SymbolEqualityComparer.Default);
        HashSet<ISymbol> changed = new(SymbolEqualityComparer.Default);
        foreach (IOperation operation in loop.Body.Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation declarator:
                    ofElement.Add(declarator.Symbol);
                    break;
                case IAssignmentOperation { Target: ILocalReferenceOperation target }:
                    changed.Add(target.Local);
                    break;
                case IIncrementOrDecrementOperation { Target: ILocalReferenceOperation counter }:
                    changed.Add(counter.Local);
                    break;
                // A history that the loop adds to is a conversation, whose turns need each other.
                case IInvocationOperation { Instance: ILocalReferenceOperation list, TargetMethod.Name: "Add" or "AddRange" or "Append" or "AppendLine" or "Push" or "Enqueue" }:
                    changed.Add(list.Local);
                    break;
                case IBranchOperation { BranchKind: BranchKind.Break } or IReturnOperation { Kind: OperationKind.Return }:
                    return false;
            }
        }
        bool takesElement = false;
        foreach (ILocalReferenceOperation local in call.Arguments.SelectMany(static a => a.Descendants()).OfType<ILocalReferenceOperation>())
        {
            if (changed.Contains(local.Local) && !ofElement.Contains(local.Local))
                return false;
            takesElement |= ofElement.Contains(local.Local);
        }
        return takesElement;
    }

    private static IForEachLoopOperation? Loop(IOperation call)
    {
        for (IOperation? at = call.Parent; at is not null and not (IAnonymousFunctionOperation or ILocalFunctionOperation); at = at.Parent)
        {
            if (at is ILoopOperation loop)
                return loop as IForEachLoopOperation;
        }
        return null;
    }
}
