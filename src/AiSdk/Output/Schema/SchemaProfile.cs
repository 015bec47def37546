using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace AiSdk;

/// <summary>What a provider makes of the schemas that functions send. The names and their order are those of <c>AiSdk.ProviderProfile</c>.</summary>
/// <remarks>Linked into the analyzers, so that what they warn of and what is done at run time are the same.</remarks>
/// <param name="Name">The name in the enum.</param>
/// <param name="Display">The name for people.</param>
internal sealed record SchemaProfile(string Name, string Display)
{
    /// <summary>Keywords that are not passed on or not heeded.</summary>
    public ImmutableHashSet<string> Dropped { get; init; } = [];

    /// <summary>The values of <c>format</c> that are heeded; <see langword="null"/> where all are, or none is known not to be.</summary>
    public ImmutableHashSet<string>? Formats { get; init; }

    /// <summary>Whether <c>const</c> is not known, for which an <c>enum</c> of one value stands.</summary>
    public bool LacksConst { get; init; }

    /// <summary>Whether objects with any names, which dictionaries are, are refused.</summary>
    public bool RefusesDictionaries { get; init; }

    /// <summary>Whether types that hold themselves are refused.</summary>
    public bool RefusesRecursion { get; init; }

    /// <summary>How deep objects and lists may nest, or 0 for any depth.</summary>
    public int MaxDepth { get; init; }

    /// <summary>How many properties a schema may have, or 0 for any number.</summary>
    public int MaxProperties { get; init; }

    /// <summary>How many enum values a schema may have, or 0 for any number.</summary>
    public int MaxEnumValues { get; init; }

    /// <summary>Whether a pattern must be one that an automaton can follow: no look-behind, no references back, no <c>\b</c>.</summary>
    public bool RefusesLookBehind { get; init; }

    /// <summary>Whether look-ahead is refused in patterns, too.</summary>
    public bool RefusesLookAhead { get; init; }

    /// <summary>All of them, as of 2026; sources are on the pages of AISDK0240 and AISDK0241.</summary>
    public static ImmutableArray<SchemaProfile> All { get; } =
    [
        new("OpenAIStrict", "OpenAI's strict mode")
        {
            // Microsoft.Extensions.AI moves these into the description before it sends a schema as strict.
            Dropped = ["minLength", "maxLength", "pattern", "format", "minimum", "maximum", "minItems", "maxItems", "minProperties", "maxProperties"],
            RefusesDictionaries = true,
            MaxDepth = 10,
            MaxProperties = 5000,
            MaxEnumValues = 1000,
        },
        new("Gemini", "Gemini")
        {
            Dropped = ["minLength", "maxLength", "pattern", "exclusiveMinimum", "exclusiveMaximum", "minProperties", "maxProperties"],
            Formats = ["date-time", "date", "time"],
            LacksConst = true,
        },
        new("Anthropic", "Claude")
        {
            Dropped = ["minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "minProperties", "maxProperties"],
            Formats = ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"],
            RefusesDictionaries = true,
            RefusesRecursion = true,
            RefusesLookBehind = true,
            RefusesLookAhead = true,
        },
        new("LLGuidance", "llguidance") { RefusesLookBehind = true, RefusesLookAhead = true },
        new("Local", "AiSdk.Onnx") { RefusesLookBehind = true },
    ];

    /// <summary>Whether a keyword is not passed on or not heeded.</summary>
    /// <param name="keyword">The keyword.</param>
    /// <param name="value">Of <c>format</c>: its value.</param>
    public bool Drops(string keyword, string? value = null) => Dropped.Contains(keyword) || keyword == "format" && Formats is not null && !Formats.Contains(value ?? "");

    /// <summary>What of a pattern is refused, or null.</summary>
    public string? Refuses(string pattern)
    {
        if (!RefusesLookBehind)
            return null;
        Match match = Constructs.BeyondAutomata.Match(pattern);
        if (!match.Success && RefusesLookAhead)
            match = Constructs.LookAhead.Match(pattern);
        if (!match.Success)
            match = Constructs.WordBoundary.Match(pattern);
        return match.Success ? match.Value : null;
    }

    /// <summary>Apart, so that a process that checks no pattern makes none of them.</summary>
    private static class Constructs
    {
        // Look-behind and references back, which automata cannot follow; look-ahead and \b, which few of them do.
        public static readonly Regex BeyondAutomata = new(@"\(\?(?:<[=!]|>|\()|(?<!\\)(?:\\\\)*\\(?:[1-9]|k[<{']|G)", RegexOptions.CultureInvariant);
        public static readonly Regex LookAhead = new(@"\(\?[=!]", RegexOptions.CultureInvariant);
        public static readonly Regex WordBoundary = new(@"(?<!\\)(?:\\\\)*\\[bB]", RegexOptions.CultureInvariant);
    }
}
