using System.Text.RegularExpressions;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;

namespace AiSdk.Analyzers.Prompts;

/// <summary>"Answer in XML" where the reply is read as JSON.</summary>
internal static class RequestedFormat
{
    // Between the verb and the format only words that mean the reply as a whole: "return the body as HTML" speaks of a part of it.
    // Nor what somebody else asked for, nor what is asked and answered at once: "Reply in YAML? No".
    private static readonly Regex _request = new(
        @"(?<!\b(?:not|never|don't|without|instead of)\b[^.!?\n]{0,20})(?<!\b(?:asks?|asked|tells?|told|wants?|wanted|requests?|requested|says?|said)\b[^.!?\n]{0,40})(?:\b(?:answer|reply|respond|return|output)\b(?:\s+(?:me|only|just|your|the|a|an|it|them|this|everything|all|result|results|answer|answers|reply|response|output|data|always|strictly))*"
        + @"\s+(?:in|as|with|using)\s+(?:(?:valid|plain|pure|well-formed|only|just|a|an)\s+)*(?<format>XML|YAML|CSV|HTML|Markdown|TOML|text)"
        + @"|\b(?:return|output|produce|emit)\s+(?:(?:only|just|valid|plain|pure|well-formed)\s+)*(?<format>XML|YAML|CSV|HTML|TOML)(?=\s*(?:[.,;:]|$|with\b|containing\b|only\b))"
        + @"|\b(?:your|the)\s+(?:answer|reply|response|output|result)\s+(?:must|should|shall|has\s+to|needs\s+to)\s+be\s+(?:(?:in|a|an|only|valid|plain|pure|well-formed)\s+)*(?<format>XML|YAML|CSV|HTML|Markdown|TOML)"
        + @"|\b(?:format|write|give)\s+(?:your|the)\s+(?:answer|reply|response|output|result)\s+(?:as|in)\s+(?:(?:valid|plain|a|an)\s+)*(?<format>XML|YAML|CSV|HTML|Markdown|TOML))"
        + @"\b(?!\s*\?|\s+(?:property|field|string|strings|inside|in\s+the)\b)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public static void Check(InterfaceContext context, FunctionFacts function, PromptFacts prompt)
    {
        if (function.Model is not { Failure: null, Output: { } output })
            return;
        foreach (Match match in _request.Matches(PromptText.WithoutTags(prompt.Text)))
        {
            string format = match.Groups["format"].Value;
            if (!IsMeantForPart(context.Model.OutputTypes, output, format))
                context.Report(DiagnosticDescriptors.AskForTheFormatOfTheReturnType, prompt.At(match.Index, match.Length), format, function.ValueType!.Display());
        }
    }

    private static bool IsMeantForPart(EquatableArray<TypeModel> types, TypeUse output, string format) =>
        TypeGraph.Reachable(types, [output]).Select(index => types[index]).SelectMany(static type => type.Properties)
            .Any(property => $"{property.Name} {property.Description}".IndexOf(format, StringComparison.OrdinalIgnoreCase) >= 0);
}
