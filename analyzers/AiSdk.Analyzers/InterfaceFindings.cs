using System.Collections.Concurrent;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace AiSdk.Analyzers;

/// <summary>What an analyzer finds at the interfaces of a compilation. Each interface is looked at once, and what several find in a file that they share is said at the first of them.</summary>
/// <param name="interfaces">The interfaces.</param>
/// <param name="find">Looks at one of them.</param>
internal sealed class InterfaceFindings(ParsedInterfaces interfaces, Func<INamedTypeSymbol, ParseResult<InterfaceModel>, CancellationToken, IReadOnlyList<Finding>> find)
{
    private readonly ConcurrentDictionary<INamedTypeSymbol, IReadOnlyList<Finding>> _findings = new(SymbolEqualityComparer.Default);

    /// <summary>What is to be said at an interface.</summary>
    public IEnumerable<Diagnostic> Of(INamedTypeSymbol type, ParseResult<InterfaceModel> parsed, CancellationToken cancellationToken) =>
        All(type, parsed, cancellationToken).Where(finding => finding.InFile is not { } inFile || !IsSaidBefore(type, inFile, cancellationToken)).Select(static finding => finding.Diagnostic);

    private bool IsSaidBefore(INamedTypeSymbol type, FileFinding finding, CancellationToken cancellationToken) => interfaces.All(cancellationToken)
        .TakeWhile(other => !SymbolEqualityComparer.Default.Equals(other.Type, type))
        .Where(other => other.Parsed.Functions.Any(function => function.Files.Contains(finding.Site.File)))
        .Any(other => All(other.Type, other.Parsed, cancellationToken).Any(one => one.InFile == finding));

    private IReadOnlyList<Finding> All(INamedTypeSymbol type, ParseResult<InterfaceModel> parsed, CancellationToken cancellationToken) =>
        _findings.TryGetValue(type, out IReadOnlyList<Finding>? known) ? known : _findings.GetOrAdd(type, find(type, parsed, cancellationToken));
}

/// <summary>Something that an analyzer found.</summary>
/// <param name="Diagnostic">What it says.</param>
/// <param name="InFile">The same in terms that do not hang on the interface, if it is about a place in a file beside the source.</param>
internal sealed record Finding(Diagnostic Diagnostic, FileFinding? InFile);

/// <summary>Something that was found in a file beside the source.</summary>
/// <param name="Id">The diagnostic's id.</param>
/// <param name="Site">The place.</param>
/// <param name="Message">The message.</param>
internal sealed record FileFinding(string Id, FileSite Site, string Message);
