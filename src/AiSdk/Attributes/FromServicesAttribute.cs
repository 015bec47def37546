namespace AiSdk;

/// <summary>A tool's parameter that is a service: the model does not see it, and each call takes it from the services at hand.</summary>
/// <remarks>An attribute of this name from another library, such as ASP.NET Core's, means the same; so does <c>[FromKeyedServices]</c>.</remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromServicesAttribute : Attribute;
