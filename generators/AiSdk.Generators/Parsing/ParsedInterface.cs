using AiSdk.Generators.Models;
using Microsoft.CodeAnalysis;

namespace AiSdk.Generators.Parsing;

/// <summary>An interface in the generator's pipeline: its model, or, if it names files, what it takes to parse it where they are at hand.</summary>
internal sealed class ParsedInterface : IEquatable<ParsedInterface>
{
    private readonly INamedTypeSymbol? _type;
    private readonly Compilation? _compilation;

    private ParsedInterface(InterfaceModel? model, INamedTypeSymbol? type, Compilation? compilation)
    {
        Model = model;
        _type = type;
        _compilation = compilation;
    }

    /// <summary>The model, or null if it depends on files.</summary>
    public InterfaceModel? Model { get; }

    /// <summary>Parses an interface as far as it goes without files.</summary>
    public static ParsedInterface Of(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        PromptFiles files = PromptFiles.Unknown();
        InterfaceModel model = InterfaceParser.Parse(type, compilation, files, cancellationToken).Model;
        // The compilation is held no longer than until the next one comes, which the pipeline does anyway.
        return files.WereAskedFor ? new ParsedInterface(null, type, compilation) : new ParsedInterface(model, null, null);
    }

    /// <summary>Parses it with the files.</summary>
    public InterfaceModel Parse(PromptFiles files, CancellationToken cancellationToken) => Model ?? InterfaceParser.Parse(_type!, _compilation!, files, cancellationToken).Model;

    public bool Equals(ParsedInterface? other) => other is not null && (Model is null ? ReferenceEquals(this, other) : Model.Equals(other.Model));

    public override bool Equals(object? obj) => Equals(obj as ParsedInterface);

    public override int GetHashCode() => Model?.GetHashCode() ?? 0;
}
