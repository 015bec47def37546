namespace AiSdk.Generators;

/// <summary>The attributes that start a generator.</summary>
internal static class AttributeNames
{
    public const string AiFunctions = "AiSdk.AiFunctionsAttribute";
    public const string AiTool = "AiSdk.AiToolAttribute";
}
