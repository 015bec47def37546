using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AiSdk.Analyzers.Calls;

/// <summary>Calls that are awaited one after the other although they do not need each other.</summary>
internal static class SequentialCalls
{
    /// <summary>
    /// Whether the call is awaited in a loop over a collection that is there already, takes the element or something made of it, and takes nothing that the loop changes: then all calls
    /// could run at the same time.
    /// </summary>
    public static bool IsOnePerElement(IInvocationOperation call)
    {
        if (FunctionCalls.Outer(call) is not IAwaitOperation || Loop(call) is not { } loop)
            return false;
        HashSet<ILocalSymbol> ofElement = new(loop.Locals, SymbolEqualityComparer.Default);
        HashSet<ISymbol> changed = new(SymbolEqualityComparer.Default);
        foreach (IOperation operation in loop.Body.DescendantsAndSelf())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation declarator:
                    ofElement.Add(declarator.Symbol);
                    break;
                case IAssignmentOperation assignment:
                    changed.UnionWith(Owners(assignment.Target));
                    break;
                case IIncrementOrDecrementOperation count:
                    changed.UnionWith(Owners(count.Target));
                    break;
                case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } byReference:
                    changed.UnionWith(Owners(byReference.Value));
                    break;
                // Who waits between the calls spares the endpoint.
                case IInvocationOperation { TargetMethod: { Name: "Delay", ContainingType.Name: "Task" } }:
                    return false;
                // A history that the loop adds to is a conversation, whose turns need each other; any method may change its object, but for a text's.
                case IInvocationOperation { Instance: { Type.SpecialType: not SpecialType.System_String } list } when !ReferenceEquals(operation, call):
                    changed.UnionWith(Owners(list));
                    break;
                // What is yielded is wanted one by one, perhaps not to the end.
                case IBranchOperation { BranchKind: BranchKind.Break } or IReturnOperation:
                    return false;
            }
        }
        bool takesElement = false;
        foreach (IOperation part in call.Arguments.SelectMany(static a => a.Descendants()))
        {
            if (Symbol(part) is not { } symbol)
                continue;
            bool isOfElement = symbol is ILocalSymbol local && ofElement.Contains(local);
            if (changed.Contains(symbol) && !isOfElement)
                return false;
            takesElement |= isOfElement;
        }
        return takesElement;
    }

    private static ISymbol? Symbol(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IMemberReferenceOperation member and not IMethodReferenceOperation => member.Member,
        _ => null,
    };

    /// <summary>The variable or member that an expression changes if it is assigned, and those that it is reached through.</summary>
    private static IEnumerable<ISymbol> Owners(IOperation? operation)
    {
        for (; operation is not null; operation = operation switch
        {
            IMemberReferenceOperation member => member.Instance,
            IArrayElementReferenceOperation element => element.ArrayReference,
            IConversionOperation conversion => conversion.Operand,
            _ => null,
        })
        {
            if (Symbol(operation) is { } symbol)
                yield return symbol;
        }
    }

    private static ILoopOperation? Loop(IOperation call)
    {
        for (IOperation? at = call.Parent; at is not null and not (IAnonymousFunctionOperation or ILocalFunctionOperation); at = at.Parent)
        {
            if (at is ILoopOperation loop)
                return loop is IForEachLoopOperation { IsAsynchronous: false } or IForLoopOperation { Condition: IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan, RightOperand: IPropertyReferenceOperation { Property.Name: "Length" or "Count" } } } ? loop : null;
        }
        return null;
    }
}
