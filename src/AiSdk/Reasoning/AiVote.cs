namespace AiSdk;

/// <summary>How the samples of a call with <see cref="SelfConsistencyAttribute"/> voted.</summary>
public sealed class AiVote
{
    /// <summary>How many samples the function may ask for.</summary>
    public required int Samples { get; init; }

    /// <summary>How many of them gave a value. What <see cref="Samples"/> has beyond these and <see cref="Failures"/> was not needed, or did not fit the token budget.</summary>
    public required int Counted { get; init; }

    /// <summary>How many of the values are the result's, as a whole; 1 where no two are alike.</summary>
    public required int Votes { get; init; }

    /// <summary>
    /// How far the samples agree with the result, 0 to 1: the share of replies that are alike, or, where each property was voted on by itself, the mean of the properties' shares. A refusal, and a reply that is no
    /// value of the type, is a reply that agrees with none; a request that failed is no reply.
    /// </summary>
    public required double Agreement { get; init; }

    /// <summary>Where each property was voted on by itself: how far the samples agree on it, by its name in JSON. Empty where whole values decided.</summary>
    public IReadOnlyDictionary<string, double> Properties { get; init; } = new Dictionary<string, double>();

    /// <summary>Why samples gave no value, in the order in which they were asked for.</summary>
    public IReadOnlyList<Exception> Failures { get; init; } = [];
}
