namespace AiSdk.IntegrationTests;

/// <summary>What a model answers, whatever the dialect.</summary>
internal sealed record Answer
{
    /// <summary>A value of the type that was asked for, as JSON: it goes where the dialect puts it.</summary>
    public string? Value { get; init; }

    /// <summary>Text.</summary>
    public string? Text { get; init; }

    /// <summary>A tool of the function's that the model calls, and its arguments as JSON.</summary>
    public (string Name, string Arguments)? Call { get; init; }

    /// <summary>How it ends.</summary>
    public Ending Ending { get; init; }

    public static Answer Of(string json) => new() { Value = json };
}

/// <summary>How a reply ends.</summary>
internal enum Ending
{
    Complete,
    AtTheTokenLimit,
    Refused,
}
