using System.Text.Json.Serialization;

namespace AiSdk;

/// <summary>How guards write JSON.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class GuardJson : JsonSerializerContext;
