using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using AiSdk.Declarations;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AiSdk.Analyzers.Tests;

/// <summary>Each diagnostic has all that it needs, and its page says what is so.</summary>
public sealed class DescriptorTests
{
    private static readonly DiagnosticDescriptor[] _all =
        [.. typeof(DiagnosticDescriptors).GetFields().Where(static f => f.FieldType == typeof(DiagnosticDescriptor)).Select(static f => (DiagnosticDescriptor)f.GetValue(null)!)];

    public static TheoryData<string> Ids => [.. _all.Select(static d => d.Id).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_has_a_page_a_release_row_and_a_help_link(string id)
    {
        DiagnosticDescriptor descriptor = Assert.Single(_all, d => d.Id == id);
        Assert.Equal($"analyzers/docs/{id}.md", descriptor.HelpLinkUri);
        Assert.NotEmpty(descriptor.Description.ToString(CultureInfo.InvariantCulture));
        Assert.StartsWith("AiSdk.", descriptor.Category, StringComparison.Ordinal);

        DiagnosticPage page = DiagnosticPage.Read(id);
        Assert.StartsWith($"# {id}: {descriptor.Title.ToString(CultureInfo.InvariantCulture)}\n\nCategory {descriptor.Category}, severity {descriptor.DefaultSeverity}", page.Text, StringComparison.Ordinal);
        Assert.Equal(["Bad", "Good", "Suppress"], Regex.Matches(page.Text, "^## (.+)$", RegexOptions.Multiline).Select(static m => m.Groups[1].Value));
        Assert.NotEmpty(page.Bad);
        Assert.NotEmpty(page.Good);

        string index = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "README.md"));
        Assert.Contains($"\n| [{id}]({id}.md) | {descriptor.Title.ToString(CultureInfo.InvariantCulture)} | {descriptor.DefaultSeverity} |", index, StringComparison.Ordinal);
        string releases = string.Concat(Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "releases")).Select(File.ReadAllText));
        Assert.Contains($"\n{id} | {descriptor.Category} | {descriptor.DefaultSeverity} | {descriptor.Title.ToString(CultureInfo.InvariantCulture)}\n", releases, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task It_fires_on_the_bad_sample_of_its_page_where_the_page_says(string id)
    {
        DiagnosticPage page = DiagnosticPage.Read(id);

        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(ConsumerCompilation.Create(page.Bad, cancellationToken: TestContext.Current.CancellationToken), DiagnosticPage.Properties(page.Bad), page.Files("Bad"));

        Assert.Contains(diagnostics, d => d.Id == id);
        Assert.Equal(
            string.Join("\n", page.Found.Select(static f => $"{f.Underlined}: {f.Message}")),
            string.Join("\n", diagnostics.Select(d => $"{d.Underlined(page.Files("Bad"))}: {d.GetMessage(CultureInfo.InvariantCulture)}")));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Nothing_fires_on_the_good_sample_of_its_page(string id)
    {
        DiagnosticPage page = DiagnosticPage.Read(id);
        string good = page.Good;
        Compilation compilation = ConsumerCompilation.Create(good, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(AnalyzerRun.Errors(compilation));
        Assert.Empty(await AnalyzerRun.OnAsync(compilation, DiagnosticPage.Properties(good), page.Files("Good")));
    }

    [Fact]
    public void Every_page_and_every_release_row_belongs_to_a_diagnostic_and_every_diagnostic_to_one_analyzer()
    {
        IEnumerable<string> ids = _all.Select(static d => d.Id).Order(StringComparer.Ordinal);

        Assert.Equal(ids, DiagnosticPage.Ids);
        Assert.Equal(ids, AnalyzerRun.All.SelectMany(static a => a.SupportedDiagnostics).Select(static d => d.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_problem_of_the_parser_has_a_diagnostic_of_its_own()
    {
        IEnumerable<string> ids = Enum.GetValues<ProblemKind>().Select(static kind => DiagnosticDescriptors.Of(kind).Id);

        Assert.Equal(Enum.GetValues<ProblemKind>().Length, ids.Distinct().Count());
    }

    /// <summary>The samples are compiled with everything that they reference and with the code that is generated for them, so that nothing, calls included, is left unchecked; advice is a warning there.</summary>
    [Fact]
    public void The_builds_of_the_samples_fail_on_advice_too()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "samples");
        IEnumerable<string> advice = _all.Where(static d => d.DefaultSeverity == DiagnosticSeverity.Info).Select(static d => $"dotnet_diagnostic.{d.Id}.severity = warning").Order(StringComparer.Ordinal);

        Assert.Equal(advice, File.ReadLines(Path.Combine(folder, "advice.globalconfig")).Where(static line => line.StartsWith("dotnet_diagnostic", StringComparison.Ordinal)));
        string[] projects = [.. Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories).Where(static project => File.ReadAllText(project).Contains("AiSdk.Generators.csproj", StringComparison.Ordinal))];
        Assert.NotEmpty(projects);
        Assert.All(projects, static project => Assert.Contains("AiSdk.Analyzers.csproj", File.ReadAllText(project), StringComparison.Ordinal));
        Assert.All(projects, static project => Assert.DoesNotMatch("NoWarn>.*AISDK", File.ReadAllText(project)));
    }
}
