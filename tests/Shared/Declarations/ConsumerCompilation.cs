using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AiSdk.Declarations;

/// <summary>Code that uses the library, as the compiler sees it.</summary>
internal static class ConsumerCompilation
{
    /// <summary>The references of a consumer.</summary>
    public static ImmutableArray<MetadataReference> References { get; } =
    [
        .. Net100.References.All,
        .. new[]
        {
            typeof(AiFunctionsAttribute), typeof(Microsoft.Extensions.AI.IChatClient), typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection),
        }.Select(static type => MetadataReference.CreateFromFile(type.Assembly.Location)),
    ];

    private static readonly MetadataReference _evaluation = MetadataReference.CreateFromFile(typeof(AiSdk.Evaluation.GeneratedCases).Assembly.Location);

    private static readonly string[] _implicitUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks", "AiSdk", "Microsoft.Extensions.AI",
    ];

    /// <summary>The file with the usings that a consumer's project would have.</summary>
    public static string Usings { get; } = string.Concat(_implicitUsings.Select(static u => $"global using global::{u};\n"));

    /// <summary>A compilation of one or several files: Usings.cs, Source.cs, Source2.cs …</summary>
    public static CSharpCompilation Create(
        string source, DocumentationMode documentation = DocumentationMode.Parse, IEnumerable<MetadataReference>? references = null, string assemblyName = "Consumer",
        IEnumerable<string>? moreSources = null, CancellationToken cancellationToken = default)
    {
        CSharpParseOptions options = new(LanguageVersion.CSharp14, documentation);
        return CSharpCompilation.Create(
            assemblyName,
            [
                CSharpSyntaxTree.ParseText(Usings, options, "Usings.cs", cancellationToken: cancellationToken),
                CSharpSyntaxTree.ParseText(source, options, "Source.cs", cancellationToken: cancellationToken),
                .. (moreSources ?? []).Select((more, i) => CSharpSyntaxTree.ParseText(more, options, $"Source{i + 2}.cs", cancellationToken: cancellationToken)),
            ],
            // What most consumers do not reference, and those that evaluate say that they use.
            [.. References, .. references ?? [], .. source.Contains("using AiSdk.Evaluation;", StringComparison.Ordinal) ? [_evaluation] : Array.Empty<MetadataReference>()],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
    }
}
