using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AiSdk.Analyzers.Calls;

/// <summary>What stands around calls of AI functions.</summary>
internal static class FunctionCalls
{
    /// <summary>Whether the method returns a stream.</summary>
    public static bool IsStream(IMethodSymbol method) => method.ReturnType.Is("System.Collections.Generic", "IAsyncEnumerable", 1);

    /// <summary>The operation around one, conversions, parentheses and <c>ConfigureAwait</c> left out.</summary>
    public static IOperation? Outer(IOperation operation)
    {
        IOperation? outer = operation.Parent;
        while (outer is IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation
            || (outer is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "WithCancellation" }) || (outer is IArgumentOperation && outer.Parent is IInvocationOperation { TargetMethod.Name: "WithCancellation" or "ConfigureAwait" }))
            outer = outer.Parent;
        return outer;
    }

    /// <summary>Where code reads a local variable or parameter; where it only gives it a value is left out.</summary>
    public static IEnumerable<IOperation> References(IOperation body, ISymbol variable)
    {
        foreach (IOperation operation in body.Descendants())
        {
            ISymbol? symbol = operation switch
            {
                ILocalReferenceOperation local => local.Local,
                IParameterReferenceOperation parameter => parameter.Parameter,
                _ => null,
            };
            if (SymbolEqualityComparer.Default.Equals(symbol, variable) && !(operation.Parent is ISimpleAssignmentOperation assignment && assignment.Target == operation))
                yield return operation;
        }
    }

    /// <summary>The body of code around an operation: of a method, a local function or a lambda.</summary>
    public static IOperation Body(IOperation operation)
    {
        IOperation body = operation;
        while (body.Parent is { } parent && body is not (ILocalFunctionOperation or IAnonymousFunctionOperation))
            body = parent;
        return body;
    }
}
