namespace AiSdk.Onnx;

/// <summary>What runs a model.</summary>
public enum OnnxEngine
{
    /// <summary>The GenAI engine where its native library is found and knows the kind of model (<c>model.type</c> of genai_config.json), else ONNX Runtime. <see cref="OnnxModel.Engine"/> tells.</summary>
    Auto,

    /// <summary>
    /// The native library of ONNX Runtime GenAI, which the application brings by one of the packages Microsoft.ML.OnnxRuntimeGenAI (CPU), Microsoft.ML.OnnxRuntimeGenAI.Cuda or
    /// Microsoft.ML.OnnxRuntimeGenAI.DirectML, or which the environment variable AISDK_GENAI_LIBRARY names.
    /// </summary>
    GenAI,

    /// <summary>ONNX Runtime itself, with this library's own decode loop.</summary>
    OnnxRuntime,
}
