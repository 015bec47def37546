using System.Text.Json.Serialization;

namespace AiSdk.Evaluation;

/// <summary>What a gate says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateOutcome>))]
public enum GateOutcome
{
    /// <summary>Nothing got significantly worse.</summary>
    Passed = 0,

    /// <summary>Something got significantly worse, or lies below its threshold.</summary>
    Regression = 1,

    /// <summary>It cannot be decided: too much is unmeasured, a run is not complete.</summary>
    Error = 2,
}
