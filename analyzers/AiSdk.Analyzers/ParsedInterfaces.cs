using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<INamedTypeSymbol, Entry> _entries = new(SymbolEqualityComparer.Default);

    private ParsedInterfaces(Compilation compilation) => _compilation = compilation;

    /// <summary>Those of a compilation.</summary>
    public static ParsedInterfaces Of(Compilation compilation) => _known.GetValue(compilation, static c => new ParsedInterfaces(c));

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
                entry.Result = InterfaceParser.IsFirst(type, attribute) ? InvariantCulture.Run(() => InterfaceParser.Parse(type, _compilation, cancellationToken)) : null;
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
