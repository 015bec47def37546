namespace AiSdk;

/// <summary>
/// Generates a typed stub to fill in: for <c>RouteAsync(string message)</c> the partial method <c>GuardRouteInputAsync(string message, GuardContext context)</c> or
/// <c>GuardRouteOutputAsync(Intent reply, GuardContext context)</c>, both <c>ValueTask&lt;GuardVerdict&gt;</c>, in the generated class.
/// </summary>
/// <remarks>
/// Stubs run after the function's other guards of the same stage. A <see cref="GuardVerdict.Rewrite(string)"/> of an input stub takes the place of the only text among the arguments, or of the one that
/// <see cref="GuardVerdict.Rewrite(string, string)"/> names; that of an output stub is read again as the reply.
/// </remarks>
/// <param name="stage">When it looks.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class GuardAttribute(GuardStage stage) : GuardSettingsAttribute
{
    /// <summary>When it looks.</summary>
    public GuardStage Stage { get; } = stage;
}
