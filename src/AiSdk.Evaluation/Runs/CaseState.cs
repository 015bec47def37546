using System.Text.Json.Serialization;

namespace AiSdk.Evaluation;

/// <summary>What became of a case.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CaseState>))]
public enum CaseState
{
    /// <summary>The function gave a value, which was scored.</summary>
    [JsonStringEnumMemberName("measured")]
    Measured,

    /// <summary>The function's reply did not fit its type: it counts as wrong.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Nobody knows: a time-out, a refusal, a broken connection. Left out of means, counted, listed.</summary>
    [JsonStringEnumMemberName("unmeasured")]
    Unmeasured,
}
