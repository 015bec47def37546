namespace AiSdk;

/// <summary>What all attributes that put a guard before or behind a function have in common.</summary>
public abstract class GuardSettingsAttribute : Attribute
{
    private protected GuardSettingsAttribute()
    {
    }

    /// <summary>After how many milliseconds the guard has failed; 0, the default, sets no limit.</summary>
    /// <remarks>A guard with a limit runs on the thread pool, so that one that computes is stopped waiting for as well.</remarks>
    public int TimeoutMilliseconds { get; set; }

    /// <summary>What happens when the guard throws or takes too long.</summary>
    public GuardFailureMode OnFailure { get; set; }

    /// <summary>Whether the guard may call a model. A guard that does and has no leave to fails.</summary>
    public bool CallsModel { get; set; }
}
