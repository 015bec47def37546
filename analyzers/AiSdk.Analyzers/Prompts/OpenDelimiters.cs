using System.Collections.Immutable;
using System.Text.RegularExpressions;
using AiSdk.Generators.Parsing;
using AiSdk.Prompts;
using Microsoft.CodeAnalysis;

namespace AiSdk.Analyzers.Prompts;

/// <summary>Untrusted text between delimiters that it could hold itself: what comes after it in the text would then look like the application's own words.</summary>
internal static class OpenDelimiters
{
    private static readonly Regex _openTag = new(@"<([A-Za-z][\w.-]*)(?:\s[^<>]*)?>\s*\z", RegexOptions.CultureInvariant);
    private static readonly Regex _fence = new("(\"\"\"|'''|```|~~~|---|===|###)[ \\t]*\\w*\\s*\\z", RegexOptions.CultureInvariant);

    public static void Check(InterfaceContext context, FunctionFacts function, PromptFacts prompt)
    {
        foreach (ShownValue value in prompt.Values)
        {
            if (value.IsTrusted || value.Node is not ValueNode || value.Type.SpecialType is not (SpecialType.System_String or SpecialType.System_Char))
                continue;
            int start = prompt.PositionOf(value.Node);
            int end = PromptText.TagEnd(prompt.Text, start);
            if (Delimiter(prompt.Text.Substring(0, start), prompt.Text.Substring(end)) is not { } delimiter)
                continue;
            string advice = delimiter.Length == 1 ? $"write {{{{json {value.Path}}}}} without the quotes" : $"write {{{{json {value.Path}}}}}, whose line ends and quotes are escaped";
            context.Report(
                DiagnosticDescriptors.KeepUntrustedTextInsideItsDelimiter,
                prompt.At(start, end - start), null,
                delimiter.Length == 1 ? ImmutableDictionary<string, string?>.Empty.Add(FixProperties.Name, value.Path.ToString()) : null,
                value.Path, delimiter, advice);
        }
    }

    private static string? Delimiter(string before, string after)
    {
        if (_fence.Match(before) is { Success: true } fence)
            return after.TrimStart().StartsWith(fence.Groups[1].Value, StringComparison.Ordinal) ? fence.Groups[1].Value : null;
        if (_openTag.Match(before) is { Success: true } tag)
        {
            string close = $"</{tag.Groups[1].Value}>";
            return after.TrimStart().StartsWith(close, StringComparison.OrdinalIgnoreCase) ? close : null;
        }
        return before.Length > 0 && after.Length > 0 && before[before.Length - 1] is '"' or '`' && after[0] == before[before.Length - 1] ? after.Substring(0, 1) : null;
    }
}
