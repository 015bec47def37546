using System.Text.RegularExpressions;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>A project with planted errors, which knows the library only as a package: what the command line says of them, and what it mends.</summary>
[Collection(PackagingTestGroup.Name)]
public sealed partial class AnalyzerConsumerTests(PackedLibrary library)
{
    // What has a fix that needs no choice; some of them bring to light what was hidden behind.
    private static readonly string[] _mended = ["AISDK0003", "AISDK0004", "AISDK0010", "AISDK0101", "AISDK0102", "AISDK0106", "AISDK0107", "AISDK0108", "AISDK0113", "AISDK0114", "AISDK0203"];

    [Fact]
    public async Task The_build_prints_each_planted_error_where_it_is_and_dotnet_format_mends_what_it_can()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string folder = Path.Combine(library.Folder, "errors");
        Directory.CreateDirectory(folder);
        foreach (string file in (string[])["SamplesWithErrors.csproj", "IDesk.cs"])
            File.Copy(Path.Combine(DotNet.RepositoryRoot, "tests", "SamplesWithErrors", file), Path.Combine(folder, file));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nuget.config"), $"""<configuration><packageSources><add key="packed" value="{library.Feed}" /></packageSources></configuration>""", cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "Directory.Build.props"),
            $"<Project><PropertyGroup><AiSdkVersion>{PackedLibrary.Version}</AiSdkVersion><RestorePackagesPath>{folder}/packages</RestorePackagesPath></PropertyGroup></Project>", cancellationToken);
        foreach (string file in (string[])["Directory.Build.targets", "Directory.Packages.props"])
            await File.WriteAllTextAsync(Path.Combine(folder, file), "<Project />", cancellationToken);
        string source = Path.Combine(folder, "IDesk.cs");
        string[] planted = [.. Planted(await File.ReadAllLinesAsync(source, cancellationToken))];

        string[] reported = Reported(await DotNet.RunAsync(folder, [0, 1], "build", "--disable-build-servers", "-nodeReuse:false", "-nologo"));
        Assert.Equal(planted, reported);

        // It does not look again at all diagnostics after each fix, so that some that have moved are left to the next run; in which order it goes, differs.
        string before = "";
        for (int run = 0; run < 5 && await File.ReadAllTextAsync(source, cancellationToken) is var now && now != before; run++)
        {
            before = now;
            await DotNet.RunAsync(folder, "format", "analyzers", "SamplesWithErrors.csproj", "--no-restore", "--severity", "warn");
        }
        string[] left = Reported(await DotNet.RunAsync(folder, [0, 1], "build", "--disable-build-servers", "-nodeReuse:false", "-nologo"));
        Assert.DoesNotContain(left, line => _mended.Any(id => line.EndsWith(id, StringComparison.Ordinal)));
        // What is left has no fix, because what is meant cannot be known.
        Assert.Equal(["AISDK0051", "AISDK0112", "AISDK0241"], left.Select(static line => line.Split(' ')[^1]).Distinct().Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Planted(string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (Mark().Match(lines[i]) is not { Success: true } mark)
                continue;
            int line = i + (mark.Groups[1].Success ? int.Parse(mark.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0);
            int column = lines[line].IndexOf(mark.Groups[3].Value, StringComparison.Ordinal) + 1;
            yield return $"IDesk.cs({line + 1},{column}) {mark.Groups[2].Value}";
        }
    }

    private static string[] Reported(string output) =>
    [
        .. Line().Matches(output).Select(static m => $"{m.Groups[1].Value}({m.Groups[2].Value},{m.Groups[3].Value}) {m.Groups[4].Value}").Distinct()
            .OrderBy(static r => int.Parse(Number().Match(r).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)),
    ];

    [GeneratedRegex(@"// (-\d+ )?(AISDK\d{4}) (.+)$")]
    private static partial Regex Mark();

    [GeneratedRegex(@"([\w.]+)\((\d+),(\d+)\): (?:error|warning) (AISDK\d{4}):")]
    private static partial Regex Line();

    [GeneratedRegex(@"\((\d+),")]
    private static partial Regex Number();
}
