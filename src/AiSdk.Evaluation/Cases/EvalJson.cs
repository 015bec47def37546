using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace AiSdk.Evaluation;

/// <summary>How values of cases become JSON and back.</summary>
internal static class EvalJson
{
    // Enums by name, one line a value.
    private static readonly JsonSerializerOptions _default = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A type's converter, from Microsoft.Extensions.AI's options.</summary>
    /// <exception cref="NotSupportedException">They know no such type.</exception>
    public static JsonTypeInfo TypeInfo(Type type) => _default.GetTypeInfo(type);

    /// <summary>A type's converter, from options or from Microsoft.Extensions.AI's.</summary>
    /// <exception cref="NotSupportedException">The options know no such type: without reflection, a source-generated context must name it.</exception>
    public static JsonTypeInfo<T> TypeInfo<T>(JsonSerializerOptions? options) =>
        (JsonTypeInfo<T>)(options is null ? _default : options.WriteIndented ? new JsonSerializerOptions(options) { WriteIndented = false } : options).GetTypeInfo(typeof(T));
}
