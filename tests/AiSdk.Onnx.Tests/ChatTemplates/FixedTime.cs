using System.Globalization;

namespace AiSdk.Onnx.Tests.ChatTemplates;

/// <summary>The clock of the vectors: 2025-07-10, noon, UTC.</summary>
internal sealed class FixedTime : TimeProvider
{
    public static FixedTime Instance { get; } = new();

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse("2025-07-10T12:00:00Z", CultureInfo.InvariantCulture);
}
