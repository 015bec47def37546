using Microsoft.Extensions.AI;

namespace AiSdk.Evaluation;

/// <summary>What a function gave for a case, with what is known of how.</summary>
/// <typeparam name="T">What comes out.</typeparam>
/// <param name="Value">The value.</param>
public sealed record EvalOutput<T>(T Value)
{
    /// <summary>The reply as the model wrote it, if it was kept.</summary>
    public string? Reply { get; init; }

    /// <summary>Tokens used, by all attempts together.</summary>
    public UsageDetails? Usage { get; init; }

    /// <summary>How many repairs the reply needed.</summary>
    public int Repairs { get; init; }

    /// <summary>How often the model was asked, from 1.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>How sure the model was, 0 to 1.</summary>
    public double? Confidence { get; init; }

    /// <summary>The model that answered.</summary>
    public string? ModelId { get; init; }

    /// <summary>A value without more.</summary>
    /// <param name="value">The value.</param>
#pragma warning disable CA2225 // The constructor is the other way.
    public static implicit operator EvalOutput<T>(T value) => new(value);

    /// <summary>What an AI function that returns <see cref="AiResult{T}"/> gave.</summary>
    /// <param name="result">The result.</param>
    public static implicit operator EvalOutput<T>(AiResult<T> result)
#pragma warning restore CA2225
    {
        ArgumentNullException.ThrowIfNull(result);
        return new EvalOutput<T>(result.Value)
        {
            Reply = result.RawReply,
            Usage = result.Usage,
            Repairs = result.Repairs.Count,
            Attempts = result.Attempts,
            Confidence = result.Confidence,
            ModelId = result.ModelId,
        };
    }
}
