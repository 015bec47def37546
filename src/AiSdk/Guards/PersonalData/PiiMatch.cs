namespace AiSdk;

/// <summary>Personal data in a text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins, in UTF-16 code units.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Value">The data itself.</param>
public readonly record struct PiiMatch(PiiKinds Kind, int Start, int Length, string Value);
