using System.Collections.Immutable;
using AiSdk.Generators.Parsing;

namespace AiSdk.Analyzers;

/// <summary>What a diagnostic tells the fixes beyond its place.</summary>
internal static class FixProperties
{
    /// <summary>The name that was not found, or the parameter concerned.</summary>
    public const string Name = "name";

    /// <summary>The name that was probably meant.</summary>
    public const string Nearest = "nearest";

    /// <summary>What would be right in the place of what is underlined.</summary>
    public const string Replacement = "replacement";

    /// <summary>The properties of one of the parser's problems.</summary>
    public static ImmutableDictionary<string, string?> Of(Problem problem)
    {
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty;
        if (problem.Name is { } name)
        {
            properties = properties.Add(Name, name);
            if (Spelling.Nearest(name, problem.Candidates) is { } nearest)
                properties = properties.Add(Nearest, nearest);
        }
        return problem.Replacement is { } replacement ? properties.Add(Replacement, replacement) : properties;
    }
}
