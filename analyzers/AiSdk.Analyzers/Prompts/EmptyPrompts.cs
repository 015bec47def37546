using AiSdk.Generators.Parsing;
using AiSdk.Prompts;

namespace AiSdk.Analyzers.Prompts;

/// <summary>Prompts that say nothing.</summary>
internal static class EmptyPrompts
{
    public static void Check(InterfaceContext context, FunctionFacts function, PromptFacts prompt)
    {
        // A file without a prompt is the parser's to report.
        if (prompt is { HasErrors: false, IsInFile: false } && IsBlank(prompt.Nodes))
            context.Report(DiagnosticDescriptors.WriteThePrompt, prompt.Whole);
    }

    private static bool IsBlank(IReadOnlyList<TemplateNode> nodes) => nodes.All(static node => node switch
    {
        TextNode text => string.IsNullOrWhiteSpace(text.Text),
        IfNode branch => IsBlank(branch.Then) && IsBlank(branch.Else),
        IfEqualsNode branch => IsBlank(branch.Then) && IsBlank(branch.Else),
        EachNode loop => IsBlank(loop.Body) && IsBlank(loop.Else),
        _ => false,
    });
}
