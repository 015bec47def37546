using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AiSdk.Analyzers.Calls;

/// <summary>Results of functions with <c>[AllowLoss]</c> of which only the value is read.</summary>
internal static class LossyResults
{
    /// <summary>Whether the call's result is awaited and nothing but its value is read. A result that goes elsewhere may be looked at there.</summary>
    public static bool IsOnlyValueRead(IInvocationOperation call, IMethodSymbol function)
    {
        bool allowsLoss = function.Has("AiSdk", "AllowLossAttribute") || function.ContainingType.Has("AiSdk", "AllowLossAttribute");
        if (!allowsLoss || function.ReturnType is not INamedTypeSymbol { TypeArguments: [{ } value] } || !value.Is("AiSdk", "AiResult", 1) || FunctionCalls.Outer(call) is not IAwaitOperation await)
            return false;
        return FunctionCalls.Outer(await) switch
        {
            IPropertyReferenceOperation property => property.Property.Name == "Value",
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } initializer => IsOnlyValueRead(FunctionCalls.Body(initializer), local),
            _ => false,
        };
    }

    private static bool IsOnlyValueRead(IOperation body, ILocalSymbol local)
    {
        bool isValueRead = false;
        foreach (IOperation operation in body.Descendants())
        {
            if (operation is not ILocalReferenceOperation reference || !SymbolEqualityComparer.Default.Equals(reference.Local, local))
                continue;
            if (FunctionCalls.Outer(reference) is not IPropertyReferenceOperation { Property.Name: var name } || name == "Repairs")
                return false;
            isValueRead |= name == "Value";
        }
        return isValueRead;
    }
}
