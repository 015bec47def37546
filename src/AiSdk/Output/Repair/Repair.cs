namespace AiSdk;

/// <summary>One step that made a reply fit its type.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Path">Where in the value: <c>$.items[2].price</c>.</param>
/// <param name="Before">What the reply says there; long text is cut.</param>
/// <param name="After">What was made of it; long text is cut.</param>
public sealed record Repair(RepairKind Kind, string Path, string Before, string After);
