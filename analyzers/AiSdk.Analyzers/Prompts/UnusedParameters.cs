using System.Collections.Immutable;
using AiSdk.Generators.Parsing;

namespace AiSdk.Analyzers.Prompts;

/// <summary>Parameters that no prompt shows.</summary>
internal static class UnusedParameters
{
    public static void Check(InterfaceContext context, FunctionFacts function)
    {
        // With a wrong placeholder the function is not finished, and it is probably what is missing here.
        if (function.Model.Failure is not null)
            return;
        // The application's own guard decides by all of them.
        if (function.Model.Guards.Any(static guard => guard is { IsInput: true, Stub: not null }))
            return;
        // Where a placeholder lacks its second braces, that is what is wrong.
        List<ParameterInfo> named = [.. function.Prompts.Concat(function.Partials).SelectMany(prompt => SingleBraces.Named(function, prompt))];
        foreach (ParameterInfo parameter in function.Parameters.Where(p => p.Kind == ParameterKind.Data && !function.Used.Contains(p.Symbol.Name) && !named.Contains(p)))
        {
            context.Report(
                DiagnosticDescriptors.UseTheParameter, new ProblemSite(parameter.Symbol), null,
                ImmutableDictionary<string, string?>.Empty.Add(FixProperties.Name, parameter.Symbol.Name), parameter.Symbol.Name);
        }
    }
}
