namespace AiSdk;

/// <summary>What a reply was read as.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="Json">What the strict reader read: the reply, or the repaired reply.</param>
/// <param name="Repairs">What was done to the reply.</param>
internal readonly record struct Reading<T>(T Value, string Json, IReadOnlyList<Repair> Repairs)
{
    /// <summary>What the model thought, where the reply has a field for it and it was used.</summary>
    public string? Reasoning { get; init; }
}
