namespace AiSdk.Training.Tests;

internal static class TestConfigurations
{
    /// <summary>A small model with everything: grouped heads, two layers, a hidden size that is not the heads'.</summary>
    public static LlamaConfiguration TwoLayers { get; } = new()
    {
        VocabularySize = 11,
        HiddenSize = 12,
        InnerSize = 20,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 8,
        ContextLength = 16,
    };
}
