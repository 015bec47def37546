using System.Collections.Immutable;
using AiSdk.Analyzers.Replies;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace AiSdk.Analyzers;

/// <summary>What the providers that a project names make of its return types.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ProfileAnalyzer : InterfaceAnalyzer
{
    private const string Property = "build_property.AiSdkProviderProfileList";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.MindWhatTheProviderDrops,
        DiagnosticDescriptors.AvoidWhatTheProviderRefuses,
    ];

    private protected override void Analyze(InterfaceContext context)
    {
        List<SchemaProfile> profiles = [.. Names(context.Options).Select(Find).OfType<SchemaProfile>().Concat(Declared(context.Compilation)).Distinct()];
        if (profiles.Count == 0)
            return;
        HashSet<int> seen = [];
        foreach (FunctionFacts function in context.Functions)
        {
            if (function.Model is not { Failure: null, Output: { } output } || !seen.Add(output.Type))
                continue;
            foreach (SchemaProfile profile in profiles)
                new ProfileCheck(context, function, profile).Check(output);
        }
    }

    /// <summary>The names that the MSBuild property AiSdkProviderProfiles holds; the package's targets hand it over as a list with commas.</summary>
    internal static IEnumerable<string> Names(AnalyzerConfigOptionsProvider options) =>
        options.GlobalOptions.TryGetValue(Property, out string? value) ? value.Split([';', ','], StringSplitOptions.RemoveEmptyEntries).Select(static name => name.Trim()).Where(static name => name.Length > 0) : [];

    /// <summary>The profile of a name in any case and punctuation, or null.</summary>
    internal static SchemaProfile? Find(string name) => SchemaProfile.All.FirstOrDefault(profile => Spelling.Fold(profile.Name) == Spelling.Fold(name));

    private static IEnumerable<SchemaProfile> Declared(Compilation compilation) =>
        compilation.Assembly.GetAttributes().Where(static a => a.AttributeClass.Is("AiSdk", "AiSdkProfileAttribute") && a.ConstructorArguments is [{ Kind: TypedConstantKind.Array, IsNull: false }])
            .SelectMany(static a => a.ConstructorArguments[0].Values)
            .Select(static v => v.Value is int index && index >= 0 && index < SchemaProfile.All.Length ? SchemaProfile.All[index] : null).OfType<SchemaProfile>();
}
