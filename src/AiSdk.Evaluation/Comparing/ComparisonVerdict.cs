using System.Text.Json.Serialization;

namespace AiSdk.Evaluation;

/// <summary>What a comparison says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ComparisonVerdict>))]
public enum ComparisonVerdict
{
    /// <summary>The difference may be chance.</summary>
    NoSignificantChange,

    /// <summary>Better, beyond chance.</summary>
    Better,

    /// <summary>Worse, beyond chance.</summary>
    Worse,

    /// <summary>The runs have no measured case in common.</summary>
    NotComparable,
}
