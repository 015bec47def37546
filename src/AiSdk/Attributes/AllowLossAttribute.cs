namespace AiSdk;

/// <summary>
/// Accepts replies from which something had to be dropped, rounded, defaulted or guessed to make them fit the type: a repair of kind
/// <see cref="RepairKind.Loss"/>. Without it such a reply is an <see cref="AiOutputException"/>. What was lost stands in
/// <see cref="AiResult{T}.Repairs"/>.
/// </summary>
/// <remarks>On an interface it holds for all of its functions.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, Inherited = false)]
public sealed class AllowLossAttribute : Attribute;
