using AiSdk.Generators.Parsing;
using AiSdk.Prompts;

namespace AiSdk.Analyzers.Prompts;

/// <summary>Prompts that say nothing.</summary>
internal static class EmptyPrompts
{
    public static void Check(InterfaceContext context, FunctionFacts function, PromptFacts prompt)
    {
        // A file without a prompt is the parser's to report.
        if (prompt is { HasErrors: false, IsInFile: false } && prompt.Nodes.All(static node => node is TextNode text && string.IsNullOrWhiteSpace(text.Text)))
            context.Report(DiagnosticDescriptors.WriteThePrompt, prompt.Whole);
    }
}
