namespace AiSdk.Analyzers;

/// <summary>The categories, by which severities can be set for many diagnostics at once.</summary>
internal static class DiagnosticCategories
{
    public const string Declaration = "AiSdk.Declaration";
    public const string Prompt = "AiSdk.Prompt";
    public const string Output = "AiSdk.Output";
    public const string Tools = "AiSdk.Tools";
    public const string Guards = "AiSdk.Guards";
    public const string Lock = "AiSdk.Lock";
    public const string Evaluation = "AiSdk.Evaluation";
    public const string Retrieval = "AiSdk.Retrieval";
    public const string Usage = "AiSdk.Usage";
    public const string Compatibility = "AiSdk.Compatibility";
}
