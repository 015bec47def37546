using System.Globalization;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace AiSdk.Analyzers.Prompts;

/// <summary>Prompts that are longer than the project allows: <c>[ModelOptions(MaxPromptTokens = …)]</c>, else the MSBuild property <c>AiSdkMaxPromptTokens</c>.</summary>
internal static class PromptLength
{
    private const string Property = "build_property.AiSdkMaxPromptTokens";

    public static void Check(InterfaceContext context, FunctionFacts function)
    {
        if (function.Model.Failure is not null || Limit(context, function) is not { } limit)
            return;
        int tokens = function.Model.Prompts.Where(static p => !p.IsImplied).Sum(static p => Tokens(p.Nodes)) + function.Model.Examples.Sum(static e => TokenEstimate.Of(e.Input) + TokenEstimate.Of(e.Reply));
        if (tokens > limit)
            context.Report(DiagnosticDescriptors.ShortenThePrompt, new ProblemSite(function.Method), tokens, limit);
    }

    private static int? Limit(InterfaceContext context, FunctionFacts function)
    {
        if (function.Method.Attribute("AiSdk", "ModelOptionsAttribute")?.Named("MaxPromptTokens") is int own)
            return own;
        return context.Options.GlobalOptions.TryGetValue(Property, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int all) ? all : null;
    }

    // Of two ways the longer one counts, and a loop's body once: what is never sent together should not be added up.
    private static int Tokens(EquatableArray<BoundNode> nodes) => nodes.Sum(static node => node switch
    {
        BoundText text => TokenEstimate.Of(text.Text),
        BoundIf branch => Math.Max(Tokens(branch.Then), Tokens(branch.Else)),
        BoundEach loop => Math.Max(Tokens(loop.Body), Tokens(loop.Else)),
        BoundRole or BoundSection => 0,
        _ => 1,
    });
}
