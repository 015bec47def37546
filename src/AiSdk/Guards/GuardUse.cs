namespace AiSdk;

/// <summary>A guard where a function uses it.</summary>
/// <param name="Name">The guard's name.</param>
/// <param name="Guard">The guard; <see langword="null"/> for a stub.</param>
/// <param name="Settings">What the attribute says.</param>
internal sealed record GuardUse(string Name, object? Guard, CompilerServices.GuardSettings Settings)
{
    /// <summary>Whether a stream must wait for the whole reply, because what was held back could not be given back if the guard failed.</summary>
    public bool NeedsWhole => Settings.TimeoutMilliseconds > 0 || Settings.OnFailure == GuardFailureMode.Open;
}
