using System.Globalization;
using System.Text.RegularExpressions;
using AiSdk.Generators.Helpers;
using AiSdk.Generators.Models;

namespace AiSdk.Generators.Parsing;

/// <summary>Says which limit of an annotation an example's value breaks. What cannot be decided here is left to the run time.</summary>
internal static class ExampleLimits
{
    private static readonly TimeSpan _patternTime = TimeSpan.FromMilliseconds(100);

    /// <summary>What was expected, or null where the value keeps the limits.</summary>
    public static string? Broken(JsonValue value, LimitsModel limits) => value.Kind switch
    {
        JsonKind.Number => BrokenRange(value.Raw, limits) ?? BrokenChoice(value, limits),
        JsonKind.String => BrokenLength(value.Text!.Length, "a text of {0} characters", limits) ?? BrokenPattern(value.Text!, limits) ?? BrokenChoice(value, limits),
        JsonKind.List => BrokenLength(value.Items.Count, "a list of {0} elements", limits),
        JsonKind.Object => BrokenLength(value.Members.Count, "{0} entries", limits),
        _ => null,
    };

    private static string? BrokenRange(string number, LimitsModel limits)
    {
        if (Compare(number, limits.Minimum) is { } below && (below < 0 || (below == 0 && limits.MinimumIsExclusive)))
            return $"a number {(limits.MinimumIsExclusive ? "above" : "of at least")} {limits.Minimum}";
        if (Compare(number, limits.Maximum) is { } above && (above > 0 || (above == 0 && limits.MaximumIsExclusive)))
            return $"a number {(limits.MaximumIsExclusive ? "below" : "of at most")} {limits.Maximum}";
        return null;
    }

    private static int? Compare(string number, string? limit)
    {
        if (limit is null || !double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double left) || !double.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out double right))
            return null;
        // Decimals tell apart what doubles do not.
        return decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exactLeft) && decimal.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exactRight)
            ? exactLeft.CompareTo(exactRight)
            : left.CompareTo(right);
    }

    private static string? BrokenLength(int length, string what, LimitsModel limits)
    {
        string? expected = length < limits.MinLength ? $"at least {limits.MinLength.Value.ToString(CultureInfo.InvariantCulture)}"
            : length > limits.MaxLength ? $"at most {limits.MaxLength.Value.ToString(CultureInfo.InvariantCulture)}"
            : null;
        return expected is null ? null : string.Format(CultureInfo.InvariantCulture, what, expected);
    }

    private static string? BrokenPattern(string text, LimitsModel limits)
    {
        // As the annotation has it: the whole text must match, and no text is right.
        if (limits.Pattern is not { } pattern || text.Length == 0)
            return null;
        try
        {
            Match match = Regex.Match(text, pattern, RegexOptions.None, _patternTime);
            return match.Success && match.Index == 0 && match.Length == text.Length ? null : $"a text that matches {pattern}";
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static string? BrokenChoice(JsonValue value, LimitsModel limits)
    {
        if (limits.AllowedValues.Count == 0)
            return null;
        string json = value.Kind == JsonKind.String ? Json.Quote(value.Text!) : value.Raw;
        return limits.AllowedValues.Any(allowed => allowed == json || (value.Kind == JsonKind.Number && Compare(value.Raw, allowed) == 0)) ? null : $"one of {string.Join(", ", limits.AllowedValues)}";
    }
}
