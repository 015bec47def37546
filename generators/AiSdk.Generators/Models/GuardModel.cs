namespace AiSdk.Generators.Models;

/// <summary>A guard of a function.</summary>
/// <param name="IsInput">Whether it looks at the arguments; else at the reply.</param>
/// <param name="Type">The guard's class, or null for a stub.</param>
/// <param name="CanCreate">Whether the class has a constructor without parameters that generated code can call.</param>
/// <param name="Stub">The method to fill in, or null.</param>
/// <param name="Settings">What the attribute says, as C#.</param>
internal sealed record GuardModel(bool IsInput, string? Type, bool CanCreate, string? Stub, string Settings);
