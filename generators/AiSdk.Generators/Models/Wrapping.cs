namespace AiSdk.Generators.Models;

/// <summary>Which values are sent inside <c>{"value": …}</c>.</summary>
internal static class Wrapping
{
    /// <summary>Endpoints want an object at the root of a schema, not null and not a choice.</summary>
    public static bool IsWrapped(TypeModel type, bool isNullable) => isNullable || type.Kind is not (OutputTypeKind.Object or OutputTypeKind.Dictionary);
}
