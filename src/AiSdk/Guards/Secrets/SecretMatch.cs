namespace AiSdk;

/// <summary>A secret in a text.</summary>
/// <param name="Kind">What it is, for people: "GitHub token".</param>
/// <param name="Start">Where it begins, in UTF-16 code units.</param>
/// <param name="Length">How long it is.</param>
public readonly record struct SecretMatch(string Kind, int Start, int Length);
