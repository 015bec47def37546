using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using AiSdk.Generators;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace AiSdk.Benchmarks;

/// <summary>
/// The generator's cost to the compiler: cold (nothing cached) in a compiler that is running, as builds and editors keep one; in a fresh csc, as csc itself
/// reports it, where compiling the generator to machine code is most of it; and after edits. Refit's and System.Text.Json's generators do as many
/// methods and types beside it.
/// </summary>
internal static partial class GeneratorBenchmark
{
    private const int FreshRuns = 3;
    private const int ColdRuns = 7;
    private const int Edits = 9;

    private static readonly Contestant[] _contestants =
    [
        new("AiSdk", GeneratedSources.AiFunctions, typeof(AiFunctionsGenerator).Assembly.Location, "AiSdk.Generators"),
        new("Refit", GeneratedSources.Refit, Directory.GetFiles(Path.Combine(Metadata("RefitPackage"), "analyzers"), "InterfaceStubGenerator*.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last(), "InterfaceStubGenerator"),
        new("System.Text.Json", GeneratedSources.Json, Metadata("JsonGenerator"), "System.Text.Json.SourceGeneration"),
    ];

    public static int Run(string[] args)
    {
        List<string[]> rows = [];
        Dictionary<(string, int), double> cold = [];
        Dictionary<string, double> fresh = Fresh();
        foreach (int count in new[] { 50, 1000 })
        {
            foreach ((string name, double seconds) in Cold(count))
                cold[(name, count)] = seconds;
            foreach (Contestant contestant in _contestants)
            {
                (double unrelated, double one) = EditMilliseconds(contestant, count);
                string freshCell = count == 50 ? $"{fresh[contestant.Name]:0.000}" : "";
                rows.Add([contestant.Name, $"{count}", $"{cold[(contestant.Name, count)]:0.000}", freshCell, $"{unrelated:0.00}", $"{one:0.00}"]);
            }
        }
        Report.Table(["generator", "functions", "cold s", "fresh csc s", "unrelated edit ms", "one function edited ms"], rows);
        Console.WriteLine("cold: a new driver on a new compilation in a warm process, binding of symbols included. fresh csc: as csc /reportanalyzer states it.");
        Console.WriteLine();
        Report.Ratio("generator.cold_50_s", cold[("AiSdk", 50)], "<= 0.1");
        Report.Ratio("generator.cold_1000_s", cold[("AiSdk", 1000)], "<= 2");
        Report.Ratio("generator.fresh_csc_50_s", fresh["AiSdk"]);
        Report.Ratio("generator.fresh_csc_50_vs_refit", fresh["AiSdk"] / fresh["Refit"]);
        Report.Ratio("generator.fresh_csc_50_vs_stj", fresh["AiSdk"] / fresh["System.Text.Json"]);
        Report.Ratio("generator.vs_refit_50", cold[("AiSdk", 50)] / cold[("Refit", 50)], "<= 1");
        Report.Ratio("generator.vs_refit_1000", cold[("AiSdk", 1000)] / cold[("Refit", 1000)], "<= 1");
        // Refit writes clients and leaves the types to System.Text.Json; AiSdk writes the clients and reads the types.
        Report.Ratio("generator.vs_refit_plus_stj_50", cold[("AiSdk", 50)] / (cold[("Refit", 50)] + cold[("System.Text.Json", 50)]));
        Report.Ratio("generator.vs_refit_plus_stj_1000", cold[("AiSdk", 1000)] / (cold[("Refit", 1000)] + cold[("System.Text.Json", 1000)]));
        return 0;
    }

    /// <summary>Side by side, in turns: seconds of the first run of a driver, in a process where all have run before.</summary>
    private static Dictionary<string, double> Cold(int count)
    {
        Dictionary<string, List<double>> seconds = _contestants.ToDictionary(static c => c.Name, static _ => new List<double>());
        CSharpParseOptions options = new(LanguageVersion.CSharp14);
        Dictionary<string, List<SyntaxTree>> trees = _contestants.ToDictionary(static c => c.Name, c => Trees(c, count, options));
        for (int run = 0; run < ColdRuns + 2; run++)
        {
            foreach (Contestant contestant in _contestants)
            {
                CSharpCompilation compilation = Compilation(trees[contestant.Name]);
                GeneratorDriver driver = CSharpGeneratorDriver.Create(Generators(contestant), parseOptions: options);
                long started = Stopwatch.GetTimestamp();
                driver = driver.RunGenerators(compilation);
                double time = Stopwatch.GetElapsedTime(started).TotalSeconds;
                if (run >= 2)
                    seconds[contestant.Name].Add(time);
                int files = driver.GetRunResult().GeneratedTrees.Length;
                if (files < count / 10)
                    throw new InvalidOperationException($"{contestant.Name} generated {files} files for {count} functions");
            }
        }
        return seconds.ToDictionary(static s => s.Key, static s => Measure.Median(s.Value));
    }

    private static Dictionary<string, double> Fresh()
    {
        Dictionary<string, List<double>> seconds = _contestants.ToDictionary(static c => c.Name, static _ => new List<double>());
        for (int run = 0; run < FreshRuns; run++)
        {
            foreach (Contestant contestant in _contestants)
                seconds[contestant.Name].Add(FreshSeconds(contestant, 50));
        }
        return seconds.ToDictionary(static s => s.Key, static s => Measure.Median(s.Value));
    }

    private static List<SyntaxTree> Trees(Contestant contestant, int count, CSharpParseOptions options) =>
        [.. contestant.Sources(count).Select(source => CSharpSyntaxTree.ParseText(SourceText.From(source.Text), options, source.Name))];

    /// <summary>A consumer of these files.</summary>
    internal static CSharpCompilation Compilation(IEnumerable<SyntaxTree> trees) => CSharpCompilation.Create(
        "Consumer", trees, _references.Value, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private static double FreshSeconds(Contestant contestant, int count)
    {
        string folder = Directory.CreateTempSubdirectory("aisdk-generator-").FullName;
        try
        {
            List<string> arguments = ["-noconfig", "-nologo", "-target:library", "-nullable:enable", "-langversion:14", "-reportanalyzer", $"-out:{Path.Combine(folder, "out.dll")}", $"-analyzer:{contestant.Assembly}"];
            foreach (PortableExecutableReference reference in _references.Value)
                arguments.Add($"-reference:{Materialize(reference, folder)}");
            foreach ((string name, string text) in contestant.Sources(count))
            {
                string file = Path.Combine(folder, name);
                File.WriteAllText(file, text);
                arguments.Add(file);
            }
            string response = Path.Combine(folder, "csc.rsp");
            File.WriteAllLines(response, arguments.Select(static a => $"\"{a}\""));
            string output = ChildProcess.Run("dotnet", ["exec", Metadata("Compiler"), "@" + response]);
            // "Total generator execution time: 0.123 seconds." or "<0.001".
            Match time = GeneratorTime().Match(output);
            return time.Success
                ? double.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"csc did not report the generator's time:\n{output}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (double Unrelated, double One) EditMilliseconds(Contestant contestant, int count)
    {
        CSharpParseOptions options = new(LanguageVersion.CSharp14);
        List<SyntaxTree> trees = Trees(contestant, count, options);
        SyntaxTree other = CSharpSyntaxTree.ParseText("class Unrelated { int _0; }", options, "Unrelated.cs");
        CSharpCompilation compilation = Compilation([.. trees, other]);
        GeneratorDriver driver = CSharpGeneratorDriver.Create(Generators(contestant), parseOptions: options).RunGenerators(compilation);

        List<double> unrelated = [], one = [];
        for (int i = 1; i <= Edits; i++)
        {
            SyntaxTree editedOther = CSharpSyntaxTree.ParseText($"class Unrelated {{ int _{i}; }}", options, "Unrelated.cs");
            compilation = compilation.ReplaceSyntaxTree(other, editedOther);
            other = editedOther;
            unrelated.Add(Time());

            SyntaxTree edited = CSharpSyntaxTree.ParseText(trees[0].GetText().ToString().Replace("EDIT" + (i - 1), "EDIT" + i, StringComparison.Ordinal), options, trees[0].FilePath);
            compilation = compilation.ReplaceSyntaxTree(trees[0], edited);
            trees[0] = edited;
            one.Add(Time());
        }
        return (Measure.Median(unrelated), Measure.Median(one));

        double Time()
        {
            long started = Stopwatch.GetTimestamp();
            driver = driver.RunGenerators(compilation);
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
    }

    private static IEnumerable<ISourceGenerator> Generators(Contestant contestant)
    {
        Assembly assembly = contestant.Name == "AiSdk" ? typeof(AiFunctionsGenerator).Assembly : AssemblyLoadContext.Default.LoadFromAssemblyPath(contestant.Assembly);
        foreach (Type type in assembly.GetTypes().Where(static t => t is { IsAbstract: false } && t.GetCustomAttribute<GeneratorAttribute>() is not null))
            yield return ((IIncrementalGenerator)Activator.CreateInstance(type)!).AsSourceGenerator();
    }

    private static readonly Lazy<PortableExecutableReference[]> _references = new(static () =>
    [
        .. Net100.References.All,
        .. new[]
        {
            typeof(AiFunctionsAttribute), typeof(Microsoft.Extensions.AI.IChatClient), typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection), typeof(global::Refit.GetAttribute),
        }.Select(static type => MetadataReference.CreateFromFile(type.Assembly.Location)),
    ]);

    private static string Materialize(PortableExecutableReference reference, string folder)
    {
        if (reference.FilePath is { } path && File.Exists(path))
            return path;
        // The reference assemblies of the framework lie in a package's resources; csc wants files.
        string file = Path.Combine(folder, Path.GetFileName(reference.Display ?? Guid.NewGuid().ToString("N")).Split(' ')[0]);
        if (!file.EndsWith(".dll", StringComparison.Ordinal))
            file += ".dll";
        if (!File.Exists(file))
            File.WriteAllBytes(file, Net100.ReferenceInfos.All.Single(info => ReferenceEquals(info.Reference, reference)).ImageBytes);
        return file;
    }

    private static string Metadata(string key) =>
        typeof(GeneratorBenchmark).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    [GeneratedRegex(@"generator execution time: <?([0-9.]+) seconds", RegexOptions.IgnoreCase)]
    private static partial Regex GeneratorTime();

    private sealed record Contestant(string Name, Func<int, IEnumerable<(string Name, string Text)>> Sources, string Assembly, string AssemblyName);
}
