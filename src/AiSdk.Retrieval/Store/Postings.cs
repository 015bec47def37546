namespace AiSdk.Retrieval;

/// <summary>Where a term occurs.</summary>
/// <param name="Slots">The slots, ascending.</param>
/// <param name="Counts">How often in each, 255 for more.</param>
internal sealed record Postings(int[] Slots, byte[] Counts)
{
    public static Postings None { get; } = new([], []);

    /// <summary>The bytes held.</summary>
    public long Bytes => 64 + Slots.Length * (long)(sizeof(int) + 1);
}
