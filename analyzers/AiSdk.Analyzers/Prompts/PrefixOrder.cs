using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using AiSdk.Prompts;
using Microsoft.CodeAnalysis;

namespace AiSdk.Analyzers.Prompts;

/// <summary>
/// What changes from call to call before a long text that does not: providers and the local engine keep the work that they did for a prompt's beginning, as far as it is the same as last time.
/// </summary>
internal static class PrefixOrder
{
    /// <summary>From how many tokens on a text that is always the same is worth keeping.</summary>
    public const int LongBlock = 256;

    public static void Check(InterfaceContext context, FunctionFacts function)
    {
        if (function.Model.Failure is not null)
            return;
        // Examples are sent before the first user prompt that changes.
        int examples = function.Model.Examples.Sum(static e => TokenEstimate.Of(e.Input) + TokenEstimate.Of(e.Reply));
        ShownValue? changing = null;
        PromptFacts? where = null;
        int after = 0;
        foreach (PromptFacts prompt in function.Prompts)
        {
            if (examples > 0 && prompt.Role == "user")
            {
                after += where is null ? 0 : examples;
                examples = 0;
            }
            foreach (TemplateNode node in prompt.Nodes)
            {
                if (node is TextNode text && where is not null)
                    after += TokenEstimate.Of(text.Text);
                if (node is RoleNode or TextNode || where is not null)
                    continue;
                changing = prompt.Values.FirstOrDefault(v => Contains(node, v.Node) && Changes(v));
                where = changing is null ? null : prompt;
            }
        }
        if (changing is not null && after >= LongBlock)
        {
            int start = where!.PositionOf(changing.Node);
            context.Report(
                DiagnosticDescriptors.PutWhatChangesLast,
                where.At(start, PromptText.TagEnd(where.Text, start) - start),
                changing.Path, after);
        }
    }

    /// <summary>Whether a value is likely to be another in each call. What the application marks as its own is mostly a setting, and a bool or enum has few values.</summary>
    private static bool Changes(ShownValue value)
    {
        ITypeSymbol type = value.Type.Underlying(out _);
        if (value.Root is null or { IsTrusted: true } || type.TypeKind == TypeKind.Enum || type.SpecialType == SpecialType.System_Boolean)
            return false;
        return true;
    }

    private static bool Contains(TemplateNode outer, TemplateNode inner) => ReferenceEquals(outer, inner) || (outer switch
    {
        IfNode branch => branch.Then.Concat(branch.Else),
        IfEqualsNode branch => branch.Then.Concat(branch.Else),
        EachNode loop => loop.Body.Concat(loop.Else),
        _ => [],
    }).Any(node => Contains(node, inner));
}
