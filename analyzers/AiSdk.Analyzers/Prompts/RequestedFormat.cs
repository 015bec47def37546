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
    private static readonly Regex _request = new(
        @"(?<!\b(?:not|never|don't|without|instead of)\b[^.!?\n]{0,20})\b(?:answer|reply|respond|return|output)\b(?:\s+(?:me|only|just|your|the|a|an|it|them|this|everything|all|result|results|answer|answers|reply|response|output|data|always|strictly))*"
        + @"\s+(?:in|as|with|using)\s+(?:(?:valid|plain|pure|well-formed|only|just|a|an)\s+)*(XML|YAML|CSV|HTML|Markdown|TOML|text)\b(?!\s+(?:property|field|string|strings|inside|in the))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public static void Check(InterfaceContext context, FunctionFacts function, PromptFacts prompt)
    {
        if (function.Model is not { Failure: null, Output: { } output })
            return;
        foreach (Match match in _request.Matches(PromptText.WithoutTags(prompt.Text)))
        {
            string format = match.Groups[1].Value;
            if (!IsMeantForPart(context.Model.OutputTypes, output, format))
                context.Report(DiagnosticDescriptors.AskForTheFormatOfTheReturnType, prompt.At(match.Index, match.Length), format, function.ValueType!.Display());
        }
    }

    private static bool IsMeantForPart(EquatableArray<TypeModel> types, TypeUse output, string format) =>
        TypeGraph.Reachable(types, [output]).Select(index => types[index]).SelectMany(static type => type.Properties)
            .Any(property => $"{property.Name} {property.Description}".IndexOf(format, StringComparison.OrdinalIgnoreCase) >= 0);
}
