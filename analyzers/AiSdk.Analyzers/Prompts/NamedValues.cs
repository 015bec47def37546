using System.Collections.Immutable;
using System.Text.RegularExpressions;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;

namespace AiSdk.Analyzers.Prompts;

/// <summary>
/// Names of values and fields in a prompt that the return type does not have. A prompt may name anything, so that only names are looked at that stand in a row with others: a list in which most
/// are values of one enum, or the keys of JSON of which most are fields of the type.
/// </summary>
internal static class NamedValues
{
    private static readonly Regex _quotedList = new(
        "([\"'`\u201C])[A-Za-z_][\\w -]{0,40}[\"'`\u201D](?:(?:\\s*[,;/|]\\s*(?:(?:or|and)\\s+)?|\\s+(?:or|and)\\s+|\\s*\\n\\s*(?:[-*]|\\d+[.)])\\s*)[\"'`\u201C][A-Za-z_][\\w -]{0,40}[\"'`\u201D]){1,}",
        RegexOptions.CultureInvariant);

    private static readonly Regex _bareList = new(@"\b[A-Za-z_]\w*(?:\s*[,|/]\s*(?:(?:or|and)\s+)?[A-Za-z_]\w*)+(?:\s+(?:or|and)\s+[A-Za-z_]\w*)?", RegexOptions.CultureInvariant);
    private static readonly Regex _quotedName = new("[\"'`\u201C]([A-Za-z_][\\w -]{0,40})[\"'`\u201D]", RegexOptions.CultureInvariant);
    private static readonly Regex _bareName = new(@"(?!(?:or|and)\b)\b([A-Za-z_]\w*)", RegexOptions.CultureInvariant);
    private static readonly Regex _key = new("\"([A-Za-z_]\\w*)\"\\s*:", RegexOptions.CultureInvariant);

    private static readonly Regex _denial = new(@"\b(?:not|never|don't|avoid|without)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    private static readonly char[] _sentenceEnds = ['.', '!', '?', '\n'];

    public static void Check(InterfaceContext context, FunctionFacts function, PromptFacts prompt)
    {
        if (function.Model is not { Failure: null, Output: { } output } || prompt.Text.Length > 100_000)
            return;
        List<Vocabulary> values = [], fields = [];
        foreach (TypeModel type in TypeGraph.Reachable(context.Model.OutputTypes, [output]).OrderBy(static i => i).Select(i => context.Model.OutputTypes[i]))
        {
            if (type.Kind == OutputTypeKind.Enum)
                values.Add(new Vocabulary(type.Name, "value", [.. type.Values.Select(static v => v.JsonName)], type.Values.Select(static v => v.Expression.Substring(v.Expression.LastIndexOf('.') + 1))));
            if (type.Kind == OutputTypeKind.Object)
                fields.Add(new Vocabulary(type.Name, "field", [.. type.Properties.Select(static p => p.JsonName)], type.Properties.Select(static p => p.Name)));
        }
        HashSet<string> others = new(function.Parameters.Select(static p => Spelling.Fold(p.Symbol.Name)).Concat(values.Concat(fields).SelectMany(static v => v.Folded)), StringComparer.Ordinal);
        string text = PromptText.WithoutTags(prompt.Text);
        HashSet<int> reported = [];
        foreach (Match list in _quotedList.Matches(text).Cast<Match>().Where(list => !IsDenied(text, list.Index)))
            Look(values.Concat(fields), _quotedName, list);
        foreach (Match list in _bareList.Matches(text).Cast<Match>().Where(list => !IsDenied(text, list.Index)))
            Look(values, _bareName, list);
        if (fields.Count > 0)
            LookAt(fields, [.. _key.Matches(text).Cast<Match>().Select(static m => m.Groups[1])]);

        void Look(IEnumerable<Vocabulary> vocabularies, Regex name, Match list) =>
            LookAt(vocabularies, [.. name.Matches(list.Value).Cast<Match>().Select(static m => m.Groups[1])], list.Index);

        void LookAt(IEnumerable<Vocabulary> vocabularies, List<Group> names, int origin = 0)
        {
            foreach (Vocabulary vocabulary in vocabularies)
            {
                int known = names.Count(n => vocabulary.Folded.Contains(Spelling.Fold(n.Value)));
                List<Group> unknown = [.. names.Where(n => !others.Contains(Spelling.Fold(n.Value)))];
                if (known < 2 || unknown.Count == 0 || unknown.Count >= known)
                    continue;
                foreach (Group name in unknown.Where(n => reported.Add(origin + n.Index)))
                {
                    string? nearest = Spelling.Nearest(name.Value, vocabulary.Names);
                    context.Report(
                        DiagnosticDescriptors.NameWhatTheReturnTypeHas, prompt.At(origin + name.Index, name.Length), null,
                        nearest is null ? null : ImmutableDictionary<string, string?>.Empty.Add(FixProperties.Nearest, nearest),
                        name.Value, vocabulary.Kind, vocabulary.Type, string.Join(", ", vocabulary.Names.Take(12)));
                }
                return;
            }
        }
    }

    /// <summary>Whether the sentence says what must not be: there, other names than the type's are to be expected.</summary>
    private static bool IsDenied(string text, int position)
    {
        int start = position == 0 ? 0 : text.LastIndexOfAny(_sentenceEnds, position - 1) + 1;
        return _denial.IsMatch(text.Substring(start, position - start));
    }

    /// <summary>The names of one type.</summary>
    private sealed class Vocabulary(string type, string kind, ImmutableArray<string> names, IEnumerable<string> otherNames)
    {
        public string Type { get; } = type;
        public string Kind { get; } = kind;
        public ImmutableArray<string> Names { get; } = names;
        public HashSet<string> Folded { get; } = new(names.Concat(otherNames).Select(Spelling.Fold), StringComparer.Ordinal);
    }
}
