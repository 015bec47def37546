using AiSdk.Generators.Helpers;

namespace AiSdk.Analyzers.Locking;

/// <summary>Compares JSON by what it says, whatever its indentation and escapes.</summary>
internal static class JsonComparison
{
    /// <summary>Whether two values are the same; the order of properties counts.</summary>
    public static bool AreSame(JsonValue? left, JsonValue? right)
    {
        if (left is null || right is null)
            return left is null && right is null;
        return left.Kind == right.Kind && left.Kind switch
        {
            JsonKind.Object => left.Members.Count == right.Members.Count && left.Members.Zip(right.Members, static (a, b) => a.Name == b.Name && AreSame(a.Value, b.Value)).All(static same => same),
            JsonKind.List => left.Items.Count == right.Items.Count && left.Items.Zip(right.Items, AreSame).All(static same => same),
            JsonKind.String => left.Text == right.Text,
            _ => left.Raw == right.Raw,
        };
    }
}
