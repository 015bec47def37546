namespace AiSdk;

/// <summary>A tool's string parameter that gets the call's idempotency key: the model does not see it. Hand it on to the service that is called, so that it can tell a call that it has seen from a new one.</summary>
/// <remarks>Only for tools whose effect is <see cref="ToolEffect.Write"/> or <see cref="ToolEffect.Destructive"/>.</remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class IdempotencyKeyAttribute : Attribute;
