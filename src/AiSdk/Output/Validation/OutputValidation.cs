using AiSdk.CompilerServices;

namespace AiSdk;

/// <summary>Checks a value against the rules that its type's annotations state.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="value">The value.</param>
/// <param name="validator">Collects what is wrong.</param>
public delegate void OutputValidation<in T>(T value, OutputValidator validator);
