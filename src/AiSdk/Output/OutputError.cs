namespace AiSdk;

/// <summary>Why a reply does not fit its type.</summary>
/// <param name="Path">Where in the value: <c>$.items[2].price</c>.</param>
/// <param name="Message">What was found and what was expected.</param>
public sealed record OutputError(string Path, string Message)
{
    /// <summary>
    /// The rule that the value breaks: an annotation as it is written, <c>[Range(1, 10)]</c>, or a keyword of JSON Schema, <c>maxLength 80</c>;
    /// <see langword="null"/> where the reply could not be read at all.
    /// </summary>
    public string? Rule { get; init; }

    /// <summary>The value that breaks the rule, as JSON, cut with … where it is long; <see langword="null"/> where there is none.</summary>
    public string? Value { get; init; }
}
