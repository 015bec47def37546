using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiSdk.Evaluation;

/// <summary>A line of a run's results.</summary>
public sealed record CaseResult
{
    /// <summary>The case's place in the data set, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The case's name.</summary>
    public required string Id { get; init; }

    /// <summary>Which repeat it is, from 0.</summary>
    public int Repeat { get; init; }

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of name, input and expected output.</summary>
    public required string Hash { get; init; }

    /// <summary>The slices that the case belongs to.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What went in.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>What should have come.</summary>
    public required JsonElement Expected { get; init; }

    /// <summary>What became of it.</summary>
    public CaseState State { get; init; }

    /// <summary>Why it failed or could not be measured.</summary>
    public string? Reason { get; init; }

    /// <summary>What came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Output { get; init; }

    /// <summary>The reply as the model wrote it, where it is not the output's JSON.</summary>
    public string? Reply { get; init; }

    /// <summary>The metrics' values.</summary>
    public IReadOnlyDictionary<string, CaseScore> Scores { get; init; } = new Dictionary<string, CaseScore>();

    /// <summary>How long the call took, in milliseconds.</summary>
    public double Milliseconds { get; init; }

    /// <summary>Tokens that went in.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens that came out.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Whether the model told no tokens, so that they are estimated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsUsageEstimated { get; init; }

    /// <summary>What the call cost, in the currency of the prices.</summary>
    public double? Cost { get; init; }

    /// <summary>How many repairs the reply needed.</summary>
    public int Repairs { get; init; }

    /// <summary>How often the model was asked, from 1.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>How sure the model was, 0 to 1.</summary>
    public double? Confidence { get; init; }

    /// <summary>The model that answered.</summary>
    public string? ModelId { get; init; }
}
