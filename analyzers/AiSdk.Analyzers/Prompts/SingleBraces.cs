using System.Text.RegularExpressions;
using AiSdk.Generators.Parsing;

namespace AiSdk.Analyzers.Prompts;

/// <summary><c>{name}</c> where <c>{{name}}</c> was meant: other template languages write it so. Only what names a parameter is taken for one.</summary>
internal static class SingleBraces
{
    private static readonly Regex _placeholder = new(@"(?<![{\\$])\{([A-Za-z_]\w*)((?:\.\w+)*)(?::[^{}\s][^{}\n]*)?\}(?!\})", RegexOptions.CultureInvariant);

    public static void Check(InterfaceContext context, FunctionFacts function, PromptFacts prompt)
    {
        foreach ((Match match, _) in Find(function, prompt))
            context.Report(DiagnosticDescriptors.DoubleTheBraces, prompt.At(match.Index, match.Length), match.Value);
    }

    /// <summary>The parameters that a prompt names so.</summary>
    public static IEnumerable<ParameterInfo> Named(FunctionFacts function, PromptFacts prompt) => Find(function, prompt).Select(static found => found.Parameter);

    private static IEnumerable<(Match Match, ParameterInfo Parameter)> Find(FunctionFacts function, PromptFacts prompt)
    {
        if (prompt.Text.IndexOf('{') < 0)
            yield break;
        string text = PromptText.WithoutTags(prompt.Text);
        foreach (Match match in _placeholder.Matches(text))
        {
            if (function.Parameters.FirstOrDefault(p => p.Kind is ParameterKind.Data && p.Symbol.Name == match.Groups[1].Value) is { } parameter && HasMembers(parameter, match.Groups[2].Value))
                yield return (match, parameter);
        }
    }

    private static bool HasMembers(ParameterInfo parameter, string path) =>
        path.Length == 0 || parameter.Symbol.Type.Underlying(out _).DataMembers().Any(member => member.Name == path.Split('.')[1]);
}
