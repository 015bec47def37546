using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace AiSdk.Analyzers.Replies;

/// <summary>What a provider makes of the schemas that functions send. The names and their order are those of <c>AiSdk.ProviderProfile</c>.</summary>
/// <param name="Name">The name in the enum.</param>
/// <param name="Display">The name for people.</param>
internal sealed record SchemaProfile(string Name, string Display)
{
    // Look-behind and references back, which automata cannot follow; look-ahead and \b, which few of them do.
    private static readonly Regex _beyondAutomata = new(@"\(\?(?:<[=!]|>|\()|(?<!\\)(?:\\\\)*\\(?:[1-9]|k[<{']|G)", RegexOptions.CultureInvariant);
    private static readonly Regex _lookAhead = new(@"\(\?[=!]", RegexOptions.CultureInvariant);
    private static readonly Regex _wordBoundary = new(@"(?<!\\)(?:\\\\)*\\[bB]", RegexOptions.CultureInvariant);

    /// <summary>Keywords that are not passed on or not heeded.</summary>
    public ImmutableHashSet<string> Dropped { get; init; } = [];

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
        },
        new("Anthropic", "Claude")
        {
            Dropped = ["minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "minProperties", "maxProperties"],
            RefusesDictionaries = true,
            RefusesRecursion = true,
            RefusesLookBehind = true,
            RefusesLookAhead = true,
        },
        new("LLGuidance", "llguidance") { RefusesLookBehind = true, RefusesLookAhead = true },
        new("Local", "AiSdk.Onnx") { RefusesLookBehind = true },
    ];

    /// <summary>The profile of a name in any case and punctuation, or null.</summary>
    public static SchemaProfile? Find(string name) => All.FirstOrDefault(profile => Spelling.Fold(profile.Name) == Spelling.Fold(name));

    /// <summary>What of a pattern is refused, or null.</summary>
    public string? Refuses(string pattern)
    {
        if (!RefusesLookBehind)
            return null;
        Match match = _beyondAutomata.Match(pattern);
        if (!match.Success && RefusesLookAhead)
            match = _lookAhead.Match(pattern);
        if (!match.Success)
            match = _wordBoundary.Match(pattern);
        return match.Success ? match.Value : null;
    }
}
