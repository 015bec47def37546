using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AiSdk.Evaluation;

/// <summary>Whether two values say the same: they are equal by their own opinion, or their JSON is. Lists and dictionaries, also those inside of records, have the opinion of references otherwise.</summary>
internal static class DeepEquality
{
    /// <summary>Compares two values of a declared type.</summary>
    public static bool AreEqual<T>(T left, T right) =>
        EqualityComparer<T>.Default.Equals(left, right) || (left is not null && right is not null && !IsSimple(typeof(T)) && SaySame(left, right, typeof(T), typeof(T)));

    /// <summary>Compares two values by the types that they have.</summary>
    public static bool AreEqual(object? left, object? right) =>
        Equals(left, right) || (left is not null && right is not null && !IsSimple(left.GetType()) && !IsSimple(right.GetType()) && SaySame(left, right, left.GetType(), right.GetType()));

    // Their own opinion is right, and JSON only slower.
    private static bool IsSimple(Type type) => type == typeof(string) || type == typeof(decimal) || (Nullable.GetUnderlyingType(type) ?? type) is { IsPrimitive: true } or { IsEnum: true };

    /// <summary>Whether the JSON is the same: properties in any order, numbers by their value. What has no JSON says nothing.</summary>
    private static bool SaySame(object left, object right, Type leftType, Type rightType)
    {
        try
        {
            return JsonElement.DeepEquals(JsonSerializer.SerializeToElement(left, EvalJson.TypeInfo(leftType)), JsonSerializer.SerializeToElement(right, EvalJson.TypeInfo(rightType)));
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
