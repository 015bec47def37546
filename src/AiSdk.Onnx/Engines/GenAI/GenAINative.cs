using System.Runtime.InteropServices;

namespace AiSdk.Onnx;

/// <summary>The functions of ONNX Runtime GenAI's C API (ort_genai_c.h) that the engine uses. <see cref="GenAILibrary"/> says which file they are in.</summary>
/// <remarks>Functions that can fail give a result: 0, or one for <see cref="GenAILibrary.Check"/>.</remarks>
internal static partial class GenAINative
{
    /// <summary>The library's name in the declarations.</summary>
    public const string Library = "onnxruntime-genai";

    /// <summary>The functions without which nothing works.</summary>
    public static readonly string[] Required =
    [
        nameof(OgaResultGetError), nameof(OgaDestroyResult), nameof(OgaDestroyString), nameof(OgaShutdown),
        nameof(OgaCreateConfig), nameof(OgaDestroyConfig), nameof(OgaConfigClearProviders), nameof(OgaConfigAppendProvider), nameof(OgaConfigSetProviderOption), nameof(OgaConfigOverlay),
        nameof(OgaCreateModelFromConfig), nameof(OgaDestroyModel), nameof(OgaModelGetDeviceType),
        nameof(OgaCreateGeneratorParams), nameof(OgaDestroyGeneratorParams), nameof(OgaGeneratorParamsSetSearchNumber), nameof(OgaGeneratorParamsSetSearchBool),
        nameof(OgaCreateGenerator), nameof(OgaDestroyGenerator), nameof(OgaGenerator_AppendTokens), nameof(OgaGenerator_GetLogits), nameof(OgaGenerator_SetLogits), nameof(OgaGenerator_GenerateNextToken), nameof(OgaGenerator_RewindTo), nameof(OgaGenerator_SetRuntimeOption),
        nameof(OgaTensorGetType), nameof(OgaTensorGetShapeRank), nameof(OgaTensorGetShape), nameof(OgaTensorGetData), nameof(OgaDestroyTensor),
        nameof(OgaCreateAdapters), nameof(OgaDestroyAdapters), nameof(OgaLoadAdapter), nameof(OgaSetActiveAdapter),
    ];

    /// <summary>The functions that batching needs besides; without them each reply is decoded on its own.</summary>
    public static readonly string[] Batching =
    [
        nameof(OgaCreateSequences), nameof(OgaDestroySequences), nameof(OgaAppendTokenSequence),
        nameof(OgaCreateEngine), nameof(OgaDestroyEngine), nameof(OgaCreateRequest), nameof(OgaDestroyRequest), nameof(OgaRequestAddTokens),
        nameof(OgaEngineAddRequest), nameof(OgaEngineRemoveRequest), nameof(OgaEngineStep), nameof(OgaEngineHasPendingRequests),
        nameof(OgaRequestHasUnseenTokens), nameof(OgaRequestGetUnseenToken), nameof(OgaRequestIsTurnComplete), nameof(OgaRequestSetOpaqueData), nameof(OgaRequestGetOpaqueData),
    ];

    /// <summary>The functions that show whether the library can constrain replies by itself.</summary>
    public static readonly string[] Guidance = [nameof(OgaGeneratorParamsSetGuidance), nameof(OgaGenerator_GetSequenceCount), nameof(OgaGenerator_GetSequenceData)];

    // The resolver must be there before the first call, and there can be one only.
    static GenAINative() => NativeLibrary.SetDllImportResolver(typeof(GenAINative).Assembly, static (name, _, _) => name == Library ? GenAILibrary.Handle : 0);

    [LibraryImport(Library)]
    public static partial void OgaShutdown();

    /// <summary>The text belongs to the result.</summary>
    [LibraryImport(Library)]
    public static partial nint OgaResultGetError(nint result);

    [LibraryImport(Library)]
    public static partial void OgaDestroyResult(nint result);

    [LibraryImport(Library)]
    public static partial void OgaDestroyString(nint text);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OgaCreateConfig(string folder, out GenAIConfigHandle config);

    [LibraryImport(Library)]
    public static partial void OgaDestroyConfig(nint config);

    [LibraryImport(Library)]
    public static partial nint OgaConfigClearProviders(GenAIConfigHandle config);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OgaConfigAppendProvider(GenAIConfigHandle config, string provider);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OgaConfigSetProviderOption(GenAIConfigHandle config, string provider, string key, string value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OgaConfigOverlay(GenAIConfigHandle config, string json);

    [LibraryImport(Library)]
    public static partial nint OgaCreateModelFromConfig(GenAIConfigHandle config, out GenAIModelHandle model);

    [LibraryImport(Library)]
    public static partial void OgaDestroyModel(nint model);

    /// <summary>The text is the caller's, for <see cref="OgaDestroyString"/>.</summary>
    [LibraryImport(Library)]
    public static partial nint OgaModelGetDeviceType(GenAIModelHandle model, out nint text);

    [LibraryImport(Library)]
    public static partial nint OgaCreateGeneratorParams(GenAIModelHandle model, out GenAIParametersHandle parameters);

    [LibraryImport(Library)]
    public static partial void OgaDestroyGeneratorParams(nint parameters);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OgaGeneratorParamsSetSearchNumber(GenAIParametersHandle parameters, string name, double value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OgaGeneratorParamsSetSearchBool(GenAIParametersHandle parameters, string name, [MarshalAs(UnmanagedType.I1)] bool value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OgaGeneratorParamsSetGuidance(GenAIParametersHandle parameters, string type, string data, [MarshalAs(UnmanagedType.I1)] bool enableForcedTokens);

    [LibraryImport(Library)]
    public static partial nint OgaCreateGenerator(GenAIModelHandle model, GenAIParametersHandle parameters, out GenAIGeneratorHandle generator);

    [LibraryImport(Library)]
    public static partial void OgaDestroyGenerator(nint generator);

    [LibraryImport(Library)]
    public static partial nint OgaGenerator_AppendTokens(GenAIGeneratorHandle generator, ReadOnlySpan<int> tokens, nuint count);

    [LibraryImport(Library)]
    public static partial nint OgaGenerator_GenerateNextToken(GenAIGeneratorHandle generator);

    [LibraryImport(Library)]
    public static partial nuint OgaGenerator_GetSequenceCount(GenAIGeneratorHandle generator, nuint index);

    /// <summary>The tokens belong to the generator.</summary>
    [LibraryImport(Library)]
    public static partial nint OgaGenerator_GetSequenceData(GenAIGeneratorHandle generator, nuint index);

    [LibraryImport(Library)]
    public static partial nint OgaGenerator_GetLogits(GenAIGeneratorHandle generator, out GenAITensorHandle logits);

    /// <summary>What it is given is copied.</summary>
    [LibraryImport(Library)]
    public static partial nint OgaGenerator_SetLogits(GenAIGeneratorHandle generator, GenAITensorHandle logits);

    [LibraryImport(Library)]
    public static partial nint OgaGenerator_RewindTo(GenAIGeneratorHandle generator, nuint length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OgaGenerator_SetRuntimeOption(GenAIGeneratorHandle generator, string key, string value);

    [LibraryImport(Library)]
    public static partial nint OgaTensorGetType(GenAITensorHandle tensor, out int type);

    [LibraryImport(Library)]
    public static partial nint OgaTensorGetShapeRank(GenAITensorHandle tensor, out nuint rank);

    [LibraryImport(Library)]
    public static partial nint OgaTensorGetShape(GenAITensorHandle tensor, Span<long> shape, nuint rank);

    /// <summary>The data belongs to the tensor.</summary>
    [LibraryImport(Library)]
    public static partial nint OgaTensorGetData(GenAITensorHandle tensor, out nint data);

    [LibraryImport(Library)]
    public static partial void OgaDestroyTensor(nint tensor);

    [LibraryImport(Library)]
    public static partial nint OgaCreateAdapters(GenAIModelHandle model, out GenAIAdaptersHandle adapters);

    [LibraryImport(Library)]
    public static partial void OgaDestroyAdapters(nint adapters);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OgaLoadAdapter(GenAIAdaptersHandle adapters, string path, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OgaSetActiveAdapter(GenAIGeneratorHandle generator, GenAIAdaptersHandle adapters, string name);

    [LibraryImport(Library)]
    public static partial nint OgaCreateSequences(out GenAISequencesHandle sequences);

    [LibraryImport(Library)]
    public static partial void OgaDestroySequences(nint sequences);

    [LibraryImport(Library)]
    public static partial nint OgaAppendTokenSequence(ReadOnlySpan<int> tokens, nuint count, GenAISequencesHandle sequences);

    [LibraryImport(Library)]
    public static partial nint OgaCreateEngine(GenAIModelHandle model, out GenAIEngineHandle engine);

    [LibraryImport(Library)]
    public static partial void OgaDestroyEngine(nint engine);

    [LibraryImport(Library)]
    public static partial nint OgaCreateRequest(GenAIParametersHandle parameters, out GenAIRequestHandle request);

    [LibraryImport(Library)]
    public static partial void OgaDestroyRequest(nint request);

    [LibraryImport(Library)]
    public static partial nint OgaRequestAddTokens(GenAIRequestHandle request, GenAISequencesHandle tokens);

    [LibraryImport(Library)]
    public static partial nint OgaEngineAddRequest(GenAIEngineHandle engine, GenAIRequestHandle request);

    [LibraryImport(Library)]
    public static partial nint OgaEngineRemoveRequest(GenAIEngineHandle engine, GenAIRequestHandle request);

    /// <summary>The request, if there is one, is a reference of its own, to be destroyed besides the one that was added.</summary>
    [LibraryImport(Library)]
    public static partial nint OgaEngineStep(GenAIEngineHandle engine, out GenAIRequestHandle ready);

    [LibraryImport(Library)]
    public static partial nint OgaEngineHasPendingRequests(GenAIEngineHandle engine, [MarshalAs(UnmanagedType.I1)] out bool value);

    [LibraryImport(Library)]
    public static partial nint OgaRequestHasUnseenTokens(GenAIRequestHandle request, [MarshalAs(UnmanagedType.I1)] out bool value);

    [LibraryImport(Library)]
    public static partial nint OgaRequestGetUnseenToken(GenAIRequestHandle request, out int token);

    [LibraryImport(Library)]
    public static partial nint OgaRequestIsTurnComplete(GenAIRequestHandle request, [MarshalAs(UnmanagedType.I1)] out bool value);

    [LibraryImport(Library)]
    public static partial nint OgaRequestSetOpaqueData(GenAIRequestHandle request, nint data);

    [LibraryImport(Library)]
    public static partial nint OgaRequestGetOpaqueData(GenAIRequestHandle request, out nint data);
}
