using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AiSdk.Analyzers.Calls;

/// <summary>Results of several calls that are awaited together, and what is read of them.</summary>
internal static class ResultSequences
{
    /// <summary>The awaited <c>Task.WhenAll</c> whose results hold the call's: it is written in its list, or made by a <c>Select</c>; else null.</summary>
    public static IOperation? AwaitedTogether(IInvocationOperation call)
    {
        IOperation? at = FunctionCalls.Outer(call);
        // async x => await desk.ReadAsync(x) gives what x => desk.ReadAsync(x) does.
        if (at is IAwaitOperation)
            at = FunctionCalls.Outer(at) as IReturnOperation;
        if (at is IReturnOperation { Parent: IBlockOperation { Parent: IAnonymousFunctionOperation lambda } })
            at = Mapped(lambda);
        while (at is IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation or IArgumentOperation { Parent: not IInvocationOperation })
            at = FunctionCalls.Outer(at);
        if (at is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var tasks } })
            at = FunctionCalls.References(FunctionCalls.Body(at), tasks).ToList() is [var only] ? FunctionCalls.Outer(only) : null;
        return at is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "WhenAll", ContainingType: var type } } all } && type.Is("System.Threading.Tasks", "Task") ? LossyResults.Awaited(all) : null;
    }

    /// <summary>What is done with a sequence of results: true, if of each nothing but the value is read; null, if nothing is; false, if they go where they may be looked at.</summary>
    public static bool? OnlyValuesRead(IOperation results)
    {
        switch (FunctionCalls.Outer(results))
        {
            case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { ContainingType: var type, Name: var name } } query } argument when type.Is("System.Linq", "Enumerable") && query.Arguments[0] == argument:
                return OnlyValuesRead(query, name);
            case IForEachLoopOperation { Locals: [var each] } loop:
                return LossyResults.IsOnlyValueRead(loop.Body, each);
            case IArrayElementReferenceOperation element:
                return LossyResults.MembersRead(element) is { Count: > 0 } members ? members.Contains("Value") && !members.Contains("Repairs") : false;
            case IPropertyReferenceOperation { Property.Name: "Length" }:
                return null;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } initializer:
                bool? all = null;
                foreach (IOperation reference in FunctionCalls.References(FunctionCalls.Body(initializer), local))
                {
                    if (OnlyValuesRead(reference) is { } one)
                        all = one && all != false;
                }
                return all;
            default:
                return false;
        }
    }

    private static bool? OnlyValuesRead(IInvocationOperation query, string name)
    {
        bool? lambdas = null;
        foreach (IArgumentOperation argument in query.Arguments.Skip(1))
        {
            if (argument.Value is IDelegateCreationOperation { Target: IAnonymousFunctionOperation { Symbol.Parameters: [var element, ..] } lambda })
                lambdas = lambdas != false && LossyResults.IsOnlyValueRead(lambda.Body, element);
        }
        return name switch
        {
            "Select" or "SelectMany" or "Sum" or "Average" or "Min" or "Max" or "Any" or "All" or "Count" => lambdas ?? (name is "Any" or "Count" ? null : false),
            // What is left of the elements goes on.
            "Where" or "OrderBy" or "OrderByDescending" when lambdas == true => OnlyValuesRead(query) is { } rest ? rest : true,
            "ToArray" or "ToList" or "Take" or "Skip" or "Reverse" => OnlyValuesRead(query),
            _ => false,
        };
    }

    /// <summary>Where the sequence goes that a lambda makes, element by element: <c>items.Select(x => …)</c>, perhaps as a list.</summary>
    private static IOperation? Mapped(IAnonymousFunctionOperation lambda)
    {
        if (lambda.Parent is not IDelegateCreationOperation { Parent: IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "Select", ContainingType: var type } } select } } || !type.Is("System.Linq", "Enumerable"))
            return null;
        IOperation? outer = FunctionCalls.Outer(select);
        while (outer is IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "ToArray" or "ToList" } list })
            outer = FunctionCalls.Outer(list);
        return outer;
    }
}
