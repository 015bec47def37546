using System.Text.RegularExpressions;
using AiSdk.Generators.Parsing;

namespace AiSdk.Analyzers.Prompts;

/// <summary><c>{name}</c> where <c>{{name}}</c> was meant: other template languages write it so. Only what names a parameter is taken for one.</summary>
internal static class SingleBraces
{
    private static readonly Regex _placeholder = new(@"(?<![{\\$])\{([A-Za-z_]\w*)((?:\.\w+)*)(?::[^{}\n]*)?\}(?!\})", RegexOptions.CultureInvariant);

    public static void Check(InterfaceContext context, FunctionFacts function, PromptFacts prompt)
    {
        if (prompt.Text.IndexOf('{') < 0)
            return;
        foreach (Match match in _placeholder.Matches(PromptText.WithoutTags(prompt.Text)))
        {
            if (function.Parameters.FirstOrDefault(p => p.Kind is ParameterKind.Data && p.Symbol.Name == match.Groups[1].Value) is { } parameter && HasMembers(parameter, match.Groups[2].Value))
                context.Report(DiagnosticDescriptors.DoubleTheBraces, prompt.At(match.Index, match.Length), match.Value);
        }
    }

    private static bool HasMembers(ParameterInfo parameter, string path) =>
        path.Length == 0 || parameter.Symbol.Type.Underlying(out _).DataMembers().Any(member => member.Name == path.Split('.')[1]);
}
