using System.Collections.Immutable;
using AiSdk.Analyzers.Locations;
using AiSdk.Analyzers.Locking;
using AiSdk.Generators;
using AiSdk.Generators.Emitting;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>Compares the functions with <c>aisdk.lock.json</c>, where the project has one, and says what changed.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LockFileAnalyzer : DiagnosticAnalyzer
{
    private const string Write = "'dotnet build -t:AiSdkLock' accepts it";
    private const int MaxChanges = 4;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.CorrectTheLockFile,
        DiagnosticDescriptors.LockTheChangedPrompt,
        DiagnosticDescriptors.KeepStoredRepliesReadable,
        DiagnosticDescriptors.LockTheChangedType,
        DiagnosticDescriptors.LockTheChangedOptions,
        DiagnosticDescriptors.LockTheChangedTools,
        DiagnosticDescriptors.EvaluateTheChangedPrompt,
        DiagnosticDescriptors.LockTheNewFunction,
        DiagnosticDescriptors.UnlockTheFunctionThatIsGone,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(AttributeNames.AiFunctions) is null
                || BuildOptions.IsLocking(start.Options.AnalyzerConfigOptionsProvider.GlobalOptions)
                || LockedFunctions.Read(start.Options.AdditionalFiles) is not { } locked)
                return;
            ParsedInterfaces interfaces = ParsedInterfaces.Of(start.Compilation, start.Options.AdditionalFiles);
            if (locked.Problem is { } problem)
            {
                start.RegisterCompilationEndAction(end =>
                    end.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.CorrectTheLockFile, FileLocations.Of(new FileSite(locked.File, problem.Position, 1)), problem.Message)));
                return;
            }
            start.RegisterSymbolAction(
                symbol =>
                {
                    if (interfaces.Get((INamedTypeSymbol)symbol.Symbol, symbol.CancellationToken) is { } parsed)
                        InvariantCulture.Run(() => Compare(symbol, parsed, locked));
                },
                SymbolKind.NamedType);
            start.RegisterCompilationEndAction(end => InvariantCulture.Run(() => ReportGone(end, interfaces, locked)));
        });
    }

    private static bool Compare(SymbolAnalysisContext context, ParseResult<InterfaceModel> parsed, LockedFunctions locked)
    {
        InterfaceContext at = new((INamedTypeSymbol)context.Symbol, parsed, context.Compilation, context.Options, [], context.CancellationToken);
        foreach (FunctionFacts facts in at.Functions.Where(static facts => facts.Model.Failure is null))
        {
            FunctionModel function = facts.Model;
            ProblemSite site = new(facts.Method);
            if (locked.Evaluations.TryGetValue(function.Id, out JsonValue? evaluation) && LockedFunctions.Value(evaluation, "promptHash")?.Text != PromptHash.Of(function, parsed.Model))
                at.Report(DiagnosticDescriptors.EvaluateTheChangedPrompt, site, $"the prompt of {function.DisplayName} changed since its last evaluation ({Figures(evaluation)}); evaluate it again, and 'aisdk eval accept RUN' records the run");
            if (!locked.Entries.TryGetValue(function.Id, out JsonMember? member))
            {
                at.Report(DiagnosticDescriptors.LockTheNewFunction, site, $"{LockFile.Name} does not have {function.DisplayName} yet; {Write}");
                continue;
            }
            JsonValue before = member.Value;
            JsonTree entry = LockFile.Entry(function, parsed.Model, LockedTools.Of(facts.Method, context.Compilation, context.CancellationToken));
            // Mostly nothing has changed, and then the entry is written as it stands in the file.
            if (entry.ToString(isSpread: true, LockFile.EntryIndentation) == before.Raw)
                continue;
            JsonValue now = Json.Parse(entry.ToString(isSpread: true), out _)!;
            string name = function.DisplayName;
            IReadOnlyList<SchemaChange> changes = SchemaChanges.Between(LockedFunctions.Value(before, "schema"), LockedFunctions.Value(now, "schema"));
            string? change = PromptChanges.Describe(before, now);
            if (change is not null)
                at.Report(DiagnosticDescriptors.LockTheChangedPrompt, site, $"what {name} sends is not what {LockFile.Name} says: {change}; {Write}");
            foreach (IGrouping<bool, SchemaChange> group in changes.GroupBy(static change => change.IsBreaking))
            {
                string sentences = string.Join("; ", group.Select(static change => change.Sentence).Take(MaxChanges)) + (group.Count() > MaxChanges ? "; and more" : "");
                if (group.Key)
                    at.Report(DiagnosticDescriptors.KeepStoredRepliesReadable, site, $"replies of {name} that were stored may not be readable any more: {sentences}; {Write}");
                else
                    at.Report(DiagnosticDescriptors.LockTheChangedType, site, $"the return type of {name} is not that of {LockFile.Name}: {sentences}; {Write}");
            }
            string? tools = ToolChanges.Describe(LockedFunctions.Value(before, "tools"), LockedFunctions.Value(now, "tools"));
            if (tools is not null)
                at.Report(DiagnosticDescriptors.LockTheChangedTools, site, $"the tools of {name} are not those of {LockFile.Name}: {tools}; {Write}");
            if (Options(before, now) is { } options)
                at.Report(DiagnosticDescriptors.LockTheChangedOptions, site, $"the options of {name} are not those of {LockFile.Name}: {options}; {Write}");
            else if (change is null && changes.Count == 0 && Hash(before) != Hash(now))
                // Only what the file does not hold is left: how the schema is put into words for the model.
                at.Report(DiagnosticDescriptors.LockTheChangedPrompt, site, $"what {name} sends is not what {LockFile.Name} says: the schema is written otherwise, with the same meaning; {Write}");
        }
        foreach (Finding finding in at.Findings)
            context.ReportDiagnostic(finding.Diagnostic);
        return true;
    }

    private static bool ReportGone(CompilationAnalysisContext context, ParsedInterfaces interfaces, LockedFunctions locked)
    {
        HashSet<string> ids = [.. interfaces.All(context.CancellationToken).SelectMany(static one => one.Parsed.Model.Functions).Select(static function => function.Id)];
        foreach (JsonMember member in locked.Entries.Values.Where(member => !ids.Contains(member.Name)))
        {
            string method = member.Name.Split('(')[0];
            string? renamed = ids.FirstOrDefault(id => id.Split('(')[0] == method && !locked.Entries.ContainsKey(id));
            string what = renamed is null ? "is not there any more" : $"has other parameters now: {renamed.Substring(method.Length)}";
            context.ReportDiagnostic(Diagnostic.Create(
                DiagnosticDescriptors.UnlockTheFunctionThatIsGone, FileLocations.Of(new FileSite(locked.File, member.Start, member.Name.Length + 2)), $"{member.Name} {what}; {Write}"));
        }
        return true;
    }

    private static string? Options(JsonValue before, JsonValue now)
    {
        List<string> changes = [];
        Compare(LockedFunctions.Value(before, "options"), LockedFunctions.Value(now, "options"), "");
        return changes.Count == 0 ? null : string.Join("; ", changes);

        void Compare(JsonValue? old, JsonValue? current, string path)
        {
            foreach (string name in Names(old).Union(Names(current)).OrderBy(static name => name, StringComparer.Ordinal))
            {
                JsonValue? was = LockedFunctions.Value(old, name);
                JsonValue? isNow = LockedFunctions.Value(current, name);
                if (was is { Kind: JsonKind.Object } && isNow is { Kind: JsonKind.Object })
                    Compare(was, isNow, $"{path}{name}.");
                else if (!JsonComparison.AreSame(was, isNow))
                    changes.Add($"{path}{name} was {OnOneLine(was)} and is {OnOneLine(isNow)}");
            }
        }

        static string OnOneLine(JsonValue? value) => value switch
        {
            null => "not set",
            { Kind: JsonKind.List } => $"[{string.Join(", ", value.Items.Select(OnOneLine))}]",
            { Kind: JsonKind.Object } => $"{{{string.Join(", ", value.Members.Select(static member => $"{member.Name}: {OnOneLine(member.Value)}"))}}}",
            _ => value.Raw,
        };

        static IEnumerable<string> Names(JsonValue? options) => (options?.Members ?? []).Select(static member => member.Name);
    }

    private static string Figures(JsonValue evaluation)
    {
        string metric = LockedFunctions.Value(evaluation, "metric")?.Text is { } name ? name + " " : "";
        // Of a single case there is no interval.
        string margin = LockedFunctions.Value(evaluation, "halfWidth")?.Raw is { } half ? $" ± {half}" : "";
        return $"{metric}{Number("value")}{margin} on {Number("cases")} cases";

        string Number(string property) => LockedFunctions.Value(evaluation, property)?.Raw ?? "?";
    }

    private static string? Hash(JsonValue entry) => LockedFunctions.Value(entry, "promptHash")?.Text;
}
