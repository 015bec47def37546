using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;

namespace AiSdk.Analyzers.Replies;

/// <summary>
/// Types that describe some of their properties and forget others. One that describes none leaves it to the names, which may well be enough; so it is not spoken of.
/// </summary>
internal static class Descriptions
{
    public static void Check(InterfaceContext context, FunctionFacts function, TypeModel type)
    {
        List<string> missing = [.. type.Properties.Where(static p => p.Description is null).Select(static p => p.Name)];
        if (missing.Count > 0 && missing.Count < type.Properties.Count)
            context.Report(DiagnosticDescriptors.DescribeTheOtherPropertiesToo, new ProblemSite(function.Method, SitePart.Type), type.Name, string.Join(", ", missing));
    }
}
