using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AiSdk.Analyzers.Calls;

/// <summary>Results of functions with <c>[AllowLoss]</c> of which only the value is read.</summary>
internal static class LossyResults
{
    /// <summary>Whether the call's result is awaited, alone or with others, and nothing but its value is read. A result that goes elsewhere may be looked at there.</summary>
    public static bool IsOnlyValueRead(IInvocationOperation call, IMethodSymbol function)
    {
        bool allowsLoss = function.Has("AiSdk", "AllowLossAttribute") || function.ContainingType.Has("AiSdk", "AllowLossAttribute");
        if (!allowsLoss || function.ReturnType is not INamedTypeSymbol { TypeArguments: [{ } value] } || !value.Is("AiSdk", "AiResult", 1))
            return false;
        if (ResultSequences.AwaitedTogether(call) is { } results)
            return ResultSequences.OnlyValuesRead(results) == true;
        return Awaited(call) is { } result && IsOnlyValueRead(result);
    }

    private static bool IsOnlyValueRead(IOperation result)
    {
        if (MembersRead(result) is { Count: > 0 } members)
            return members.Contains("Value") && !members.Contains("Repairs");
        return FunctionCalls.Outer(result) switch
        {
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } initializer => IsOnlyValueRead(FunctionCalls.Body(initializer), local),
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } assignment => IsOnlyValueRead(FunctionCalls.Body(assignment), local),
            _ => false,
        };
    }

    /// <summary>The expression that is the call's result: it is awaited, or waited for.</summary>
    internal static IOperation? Awaited(IInvocationOperation call) => FunctionCalls.Outer(call) switch
    {
        IAwaitOperation await => await,
        IPropertyReferenceOperation { Property.Name: "Result" } result => result,
        IInvocationOperation { TargetMethod.Name: "GetAwaiter" } awaiter => FunctionCalls.Outer(awaiter) as IInvocationOperation,
        _ => null,
    };

    /// <summary>The members that are read of a value where it stands: <c>r.Value</c>, <c>r?.Value</c>, <c>r is { Value: … }</c>.</summary>
    internal static HashSet<string> MembersRead(IOperation value)
    {
        IOperation at = value;
        while (at.Parent is IConversionOperation or IParenthesizedOperation)
            at = at.Parent;
        HashSet<string> members = new(StringComparer.Ordinal);
        switch (at.Parent)
        {
            case IPropertyReferenceOperation property when property.Instance == at:
                members.Add(property.Property.Name);
                break;
            case IConditionalAccessOperation access when access.Operation == at:
                if (access.WhenNotNull.DescendantsAndSelf().FirstOrDefault(static o => o is IConditionalAccessInstanceOperation)?.Parent is IPropertyReferenceOperation conditional)
                    members.Add(conditional.Property.Name);
                break;
            case IIsPatternOperation { Pattern: IRecursivePatternOperation pattern }:
                members.UnionWith(pattern.PropertySubpatterns.Select(static part => part.Member).OfType<IPropertyReferenceOperation>().Select(static member => member.Property.Name));
                break;
        }
        return members;
    }

    /// <summary>Whether only the value is read of what a variable holds, wherever the code speaks of it.</summary>
    /// <param name="body">The code.</param>
    /// <param name="variable">A local variable or a lambda's parameter.</param>
    internal static bool IsOnlyValueRead(IOperation body, ISymbol variable)
    {
        bool isValueRead = false;
        foreach (IOperation reference in FunctionCalls.References(body, variable))
        {
            HashSet<string> members = MembersRead(reference);
            if (members.Count == 0 || members.Contains("Repairs"))
                return false;
            isValueRead |= members.Contains("Value");
        }
        return isValueRead;
    }
}
