namespace AiSdk;

/// <summary>Why a reply does not fit its type.</summary>
/// <param name="Path">Where in the value: <c>$.items[2].price</c>.</param>
/// <param name="Message">What was found and what was expected.</param>
public sealed record OutputError(string Path, string Message);
