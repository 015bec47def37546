namespace AiSdk.Generators.Models;

/// <summary>Which values are sent inside <c>{"value": …}</c>.</summary>
internal static class Wrapping
{
    /// <summary>Endpoints want an object at the root of a schema, not null and not a choice.</summary>
    /// <param name="type">The type.</param>
    /// <param name="isNullable">Whether null is a value too.</param>
    /// <param name="reasoning">How the model reasons first: in the wrapper too.</param>
    public static bool IsWrapped(TypeModel type, bool isNullable, ReasoningModel? reasoning = null) => reasoning is not null || isNullable || type.Kind is not (OutputTypeKind.Object or OutputTypeKind.Dictionary);
}
