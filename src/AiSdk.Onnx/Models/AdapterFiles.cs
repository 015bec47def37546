namespace AiSdk.Onnx;

/// <summary>Where the files of <see cref="OnnxModelOptions.Adapters"/> are.</summary>
internal static class AdapterFiles
{
    /// <summary>The absolute path: like the graph, an adapter may lie in the model's folder.</summary>
    /// <exception cref="OnnxModelException">There is no such file.</exception>
    public static string Path(string folder, string name, string file)
    {
        string path = System.IO.Path.GetFullPath(file, folder);
        return File.Exists(path) ? path : throw new OnnxModelException($"The adapter '{name}' of {nameof(OnnxModelOptions)}.{nameof(OnnxModelOptions.Adapters)} is to be in '{path}', which does not exist.");
    }
}
