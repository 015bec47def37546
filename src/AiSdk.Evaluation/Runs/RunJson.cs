using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiSdk.Evaluation;

/// <summary>The JSON of a run's files.</summary>
[JsonSerializable(typeof(RunManifest))]
[JsonSerializable(typeof(CaseResult))]
internal sealed partial class RunJson : JsonSerializerContext
{
    /// <summary>One line a value.</summary>
    public static RunJson Lines { get; } = new(MakeOptions(isIndented: false));

    /// <summary>For people.</summary>
    public static RunJson Indented { get; } = new(MakeOptions(isIndented: true));

    private static JsonSerializerOptions MakeOptions(bool isIndented) => new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = isIndented,
    };
}
