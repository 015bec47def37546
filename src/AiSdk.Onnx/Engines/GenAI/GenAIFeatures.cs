namespace AiSdk.Onnx;

/// <summary>What the native library can do depends on how it was built.</summary>
internal static class GenAIFeatures
{
    /// <summary>Whether the library keeps a reply to a pattern (USE_GUIDANCE). Some builds take one and pass it over in silence, so that only what the model writes tells.</summary>
    /// <param name="engine">The model, rented.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    public static bool HasGuidance(GenAIEngine engine, ModelTokenizer tokenizer)
    {
        if (!GenAILibrary.HasGuidanceFunctions || Write(engine, tokenizer, null) is not { } free)
            return false;
        // The model is kept to what it would not write by itself.
        string wanted = free == "7" ? "8" : "7";
        return Write(engine, tokenizer, wanted) == wanted;
    }

    private static unsafe string? Write(GenAIEngine engine, ModelTokenizer tokenizer, string? pattern)
    {
        using GenAIParametersHandle parameters = engine.CreateParameters(2);
        if (pattern is not null && GenAILibrary.Error(GenAINative.OgaGeneratorParamsSetGuidance(parameters, "regex", pattern, false)) is not null)
            return null;
        if (GenAILibrary.Error(GenAINative.OgaCreateGenerator(engine.Model, parameters, out GenAIGeneratorHandle generator)) is not null)
            return null;
        using (generator)
        {
            generator.Own(engine.Model);
            if (GenAILibrary.Error(GenAINative.OgaGenerator_AppendTokens(generator, [engine.Config.BeginToken ?? 0], 1)) is not null
                || GenAILibrary.Error(GenAINative.OgaGenerator_GenerateNextToken(generator)) is not null
                || GenAINative.OgaGenerator_GetSequenceCount(generator, 0) < 2)
            {
                return null;
            }
            int token = ((int*)GenAINative.OgaGenerator_GetSequenceData(generator, 0))[1];
            return tokenizer.Decode([token]).Trim();
        }
    }
}
