using AiSdk.Generators.Parsing;
using AiSdk.Prompts;

namespace AiSdk.Analyzers.Prompts;

/// <summary>Prompts that say nothing.</summary>
internal static class EmptyPrompts
{
    public static void Check(InterfaceContext context, FunctionFacts function, PromptFacts prompt)
    {
        if (prompt.Template.Errors.Count == 0 && prompt.Template.Nodes.All(static node => node is TextNode text && string.IsNullOrWhiteSpace(text.Text)))
            context.Report(DiagnosticDescriptors.WriteThePrompt, new ProblemSite(function.Method, SitePart.Text, prompt.Attribute));
    }
}
