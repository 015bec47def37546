namespace AiSdk;

/// <summary>How <see cref="StructuredOutput"/> reads replies.</summary>
public sealed record StructuredOutputOptions
{
    /// <summary>Whether repairs of kind <see cref="RepairKind.Loss"/> are allowed; else each is an error.</summary>
    public bool AllowLoss { get; init; }
}
