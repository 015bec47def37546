using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;
using AiSdk.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace AiSdk.Analyzers;

/// <summary>What the generator's parser says of the interfaces of a compilation. The analyzers share it, so that each interface is parsed once for all of them.</summary>
internal sealed class ParsedInterfaces
{
    private static readonly ConditionalWeakTable<Compilation, ParsedInterfaces> _known = new();

    private readonly Compilation _compilation;
    private readonly PromptFiles _files;
    private readonly Lazy<ImmutableArray<INamedTypeSymbol>> _inOrder;
    private readonly ConcurrentDictionary<INamedTypeSymbol, Entry> _entries = new(SymbolEqualityComparer.Default);

    private ParsedInterfaces(Compilation compilation, PromptFiles files)
    {
        _compilation = compilation;
        _files = files;
        _inOrder = new Lazy<ImmutableArray<INamedTypeSymbol>>(() => [.. InterfaceFinder.Types(compilation).Where(static type => type.TypeKind == TypeKind.Interface && type.Has("AiSdk", "AiFunctionsAttribute"))]);
    }

    /// <summary>Those of a compilation.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="additionalFiles">The files beside the source, which declarations may name.</param>
    public static ParsedInterfaces Of(Compilation compilation, ImmutableArray<AdditionalText> additionalFiles)
    {
        PromptFiles files = PromptFiles.Of(additionalFiles);
        ParsedInterfaces known = _known.GetValue(compilation, c => new ParsedInterfaces(c, files));
        if (known._files.Equals(files))
            return known;
        // A file was edited and no source: what was parsed for this compilation holds no longer.
        lock (_known)
        {
            if (_known.TryGetValue(compilation, out known) && known._files.Equals(files))
                return known;
            _known.Remove(compilation);
            return _known.GetValue(compilation, c => new ParsedInterfaces(c, files));
        }
    }

    /// <summary>The files that declarations may name.</summary>
    public PromptFiles Files => _files;

    /// <summary>All interfaces of AI functions in a compilation's own source.</summary>
    public IEnumerable<(INamedTypeSymbol Type, ParseResult<InterfaceModel> Parsed)> All(CancellationToken cancellationToken)
    {
        foreach (INamedTypeSymbol type in _inOrder.Value)
        {
            if (Get(type, cancellationToken) is { } parsed)
                yield return (type, parsed);
        }
    }

    /// <summary>Whether a declaration is to be looked at where this interface is: an inherited one is its own interface's matter where that has the attribute too.</summary>
    public static bool IsMatterOf(INamedTypeSymbol type, ISymbol site)
    {
        INamedTypeSymbol? owner = site as INamedTypeSymbol ?? site.ContainingType;
        return owner is null || SymbolEqualityComparer.Default.Equals(owner, type) || owner.TypeKind != TypeKind.Interface
            || !(owner.Has("AiSdk", "AiFunctionsAttribute") && owner.Locations.Any(static l => l.IsInSource));
    }

    /// <summary>What the parser says of a type, or null if it is no interface of AI functions.</summary>
    public ParseResult<InterfaceModel>? Get(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        if (type.TypeKind != TypeKind.Interface || type.Attribute("AiSdk", "AiFunctionsAttribute") is not { } attribute)
            return null;
        Entry entry = _entries.GetOrAdd(type, static _ => new Entry());
        // Whoever comes second waits rather than do the same work. A cancelled run leaves nothing behind.
        lock (entry)
        {
            if (!entry.IsParsed)
            {
                entry.Result = InterfaceParser.IsFirst(type, attribute) ? InvariantCulture.Run(() => InterfaceParser.Parse(type, _compilation, _files, cancellationToken)) : null;
                entry.IsParsed = true;
            }
            return entry.Result;
        }
    }

    private sealed class Entry
    {
        public bool IsParsed { get; set; }
        public ParseResult<InterfaceModel>? Result { get; set; }
    }
}
