namespace AiSdk.Training;

/// <summary>A clock that stands still, in a time zone of its own: what a template writes of the time is the same whenever and wherever a run goes on.</summary>
internal sealed class FixedClock(DateTimeOffset time) : TimeProvider
{
    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("training", time.Offset, displayName: null, standardDisplayName: null);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => time.ToUniversalTime();
}
