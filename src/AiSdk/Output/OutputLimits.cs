namespace AiSdk;

/// <summary>Limits of a value, as DataAnnotations state them. What is <see langword="null"/> is not limited.</summary>
public sealed record OutputLimits
{
    /// <summary>The least number, as invariant text, so that no type rounds it.</summary>
    public string? Minimum { get; init; }

    /// <summary>The greatest number, as invariant text.</summary>
    public string? Maximum { get; init; }

    /// <summary>Whether <see cref="Minimum"/> itself is not allowed.</summary>
    public bool MinimumIsExclusive { get; init; }

    /// <summary>Whether <see cref="Maximum"/> itself is not allowed.</summary>
    public bool MaximumIsExclusive { get; init; }

    /// <summary>The least length of a text (in Unicode code points) or a list.</summary>
    public int? MinLength { get; init; }

    /// <summary>The greatest length of a text (in Unicode code points) or a list.</summary>
    public int? MaxLength { get; init; }

    /// <summary>A regular expression that the whole text must match.</summary>
    public string? Pattern { get; init; }

    /// <summary>The JSON Schema format of a text, <c>email</c>, where an annotation and not the type states it.</summary>
    public string? Format { get; init; }

    /// <summary>The allowed values as JSON.</summary>
    public IReadOnlyList<string>? AllowedValues { get; init; }
}
