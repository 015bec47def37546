using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;

namespace AiSdk.Analyzers.Replies;

/// <summary>Values of an enum that differ in case and punctuation only.</summary>
internal static class EnumNames
{
    public static void Check(InterfaceContext context, FunctionFacts function, TypeModel type)
    {
        foreach (IGrouping<string, EnumValueModel> group in type.Values.GroupBy(static v => Spelling.Fold(v.JsonName)))
        {
            if (group.Key.Length > 0 && group.Count() > 1)
                context.Report(DiagnosticDescriptors.TellEnumValuesApart, new ProblemSite(function.Method, SitePart.Type), type.Name, string.Join("' and '", group.Select(static v => v.JsonName)));
        }
    }
}
