using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace AiSdk.Onnx;

/// <summary>Finds and loads the native GenAI library: one per process. Thread-safe.</summary>
internal static partial class GenAILibrary
{
    /// <summary>The environment variable that names the library's file or folder.</summary>
    public const string Variable = "AISDK_GENAI_LIBRARY";

    private const string Packages = "Add one of the packages Microsoft.ML.OnnxRuntimeGenAI (CPU), Microsoft.ML.OnnxRuntimeGenAI.Cuda or Microsoft.ML.OnnxRuntimeGenAI.DirectML to the application, or name the library's file or folder in the environment variable " + Variable;

    private static readonly Lock s_gate = new();
    private static string? s_path;
    private static nint s_handle;

    /// <summary>The library's file name on this system.</summary>
    public static string FileName => NativeName("onnxruntime-genai");

    /// <summary>The loaded library; 0 before <see cref="Load"/>.</summary>
    public static nint Handle => s_handle;

    /// <summary>Whether the loaded library can run several requests together.</summary>
    public static bool HasBatching { get; private set; }

    /// <summary>Whether the loaded library has the functions that constrain a reply; that it was built to do so is another matter.</summary>
    public static bool HasGuidanceFunctions { get; private set; }

    /// <summary>Looks for the library.</summary>
    /// <param name="named">The file or folder that the application or <see cref="Variable"/> names; null or empty for none.</param>
    /// <param name="folders">Where to look besides, in this order.</param>
    /// <returns>The library's file, or null if it is nowhere.</returns>
    /// <exception cref="OnnxModelException">It is not where it was said to be: that is a mistake to tell, not to pass over.</exception>
    public static string? Find(string? named, IReadOnlyList<string> folders)
    {
        if (!string.IsNullOrEmpty(named))
        {
            if (File.Exists(named))
                return Path.GetFullPath(named);
            string inFolder = Path.GetFullPath(Path.Combine(named, FileName));
            if (File.Exists(inFolder))
                return inFolder;
            throw new OnnxModelException($"{Variable} names '{named}', which is neither the native library of ONNX Runtime GenAI nor a folder that holds {FileName}. {Packages}.");
        }
        return folders.Select(static folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);
    }

    /// <summary>The folders in which packages put native libraries: the application's, its runtimes folder, and where a single file is unpacked.</summary>
    public static IReadOnlyList<string> Folders()
    {
        List<string> folders = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeIdentifier(), "native")];
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string searched)
            folders.AddRange(searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        return folders;
    }

    /// <summary>The error where <see cref="Find"/> found nothing and something is needed.</summary>
    public static OnnxModelException NotFound(IReadOnlyList<string> folders) =>
        new($"The GenAI engine needs the native library of ONNX Runtime GenAI, {FileName}, which is not there. {Packages}. Looked in {string.Join(", ", folders.Select(static f => $"'{f}'").Distinct(StringComparer.Ordinal))}.");

    /// <summary>Loads the library, if it is not loaded already.</summary>
    /// <exception cref="OnnxModelException">It cannot be loaded or lacks a function, or another one is loaded.</exception>
    public static void Load(string path)
    {
        lock (s_gate)
        {
            if (s_path is not null)
            {
                if (!string.Equals(s_path, path, StringComparison.Ordinal))
                    throw new OnnxModelException($"The GenAI library '{path}' cannot be loaded: this process has loaded '{s_path}', and there can be one only.");
                return;
            }
            nint handle = Open(path);
            HasBatching = Array.TrueForAll(GenAINative.Batching, name => NativeLibrary.TryGetExport(handle, name, out _));
            HasGuidanceFunctions = Array.TrueForAll(GenAINative.Guidance, name => NativeLibrary.TryGetExport(handle, name, out _));
            s_handle = handle;
            s_path = path;
            // With something alive the library would be asked to end under it; then the end of the process has to do.
            AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
            {
                if (GenAIHandle.Alive == 0)
                    GenAINative.OgaShutdown();
            };
        }
    }

    /// <summary>Opens a library that has what is needed; the caller frees it, or keeps it for good.</summary>
    /// <exception cref="OnnxModelException">It cannot be loaded or lacks a function.</exception>
    public static nint Open(string path)
    {
        DisableTelemetry();
        LoadOnnxRuntime(path);
        if (!TryLoad(path, out nint handle, out string? reason))
            throw new OnnxModelException($"The GenAI library '{path}' cannot be loaded: {reason} Both native libraries, {FileName} and {NativeName("onnxruntime")}, must lie beside each other, with those that they need themselves.");
        string[] missing = [.. GenAINative.Required.Where(name => !NativeLibrary.TryGetExport(handle, name, out _))];
        if (missing.Length == 0)
            return handle;
        NativeLibrary.Free(handle);
        throw new OnnxModelException($"The GenAI library '{path}' has no function {string.Join(", ", missing)}: it is too old. Version 0.16 or later is needed; update the package Microsoft.ML.OnnxRuntimeGenAI, .Cuda or .DirectML.");
    }

    /// <summary>Says what a call of the library gave.</summary>
    /// <param name="result">The result, which is destroyed.</param>
    /// <param name="what">What was to be done, for the message: a sentence without its end.</param>
    /// <exception cref="OnnxModelException">It failed.</exception>
    public static void Check(nint result, string what)
    {
        if (Error(result) is { } error)
            throw new OnnxModelException($"{what}: ONNX Runtime GenAI says: {error}");
    }

    /// <summary>The text of a result, which is destroyed; null if it is none of an error.</summary>
    public static string? Error(nint result)
    {
        if (result == 0)
            return null;
        try
        {
            return Marshal.PtrToStringUTF8(GenAINative.OgaResultGetError(result)) is { Length: > 0 } text ? text : "an error without a text";
        }
        finally
        {
            GenAINative.OgaDestroyResult(result);
        }
    }

    // Not the environment of .NET: on Unix that is a copy, which native code does not see.
    private static void DisableTelemetry()
    {
        const string Name = "ORT_DISABLE_TELEMETRY";
        Environment.SetEnvironmentVariable(Name, "1");
        if (!OperatingSystem.IsWindows() && SetNativeVariable(Name, "1", 1) != 0)
            throw new OnnxModelException($"The environment variable {Name} cannot be set (error {Marshal.GetLastPInvokeError().ToString(CultureInfo.InvariantCulture)}); without it ONNX Runtime GenAI sends telemetry, so that it is not loaded.");
    }

    // The GenAI library takes the copy of ONNX Runtime that is loaded, else one that it finds by itself. Two copies in a process would not share providers and allocators.
    private static void LoadOnnxRuntime(string genAI)
    {
        if (IsOnnxRuntimeLoaded())
            return;
        string beside = Path.Combine(Path.GetDirectoryName(genAI)!, NativeName("onnxruntime"));
        if (File.Exists(beside))
        {
            if (!TryLoad(beside, out _, out string? reason))
                throw new OnnxModelException($"'{beside}', which the GenAI library needs, cannot be loaded: {reason}");
            return;
        }
        // Then the one that the package Microsoft.ML.OnnxRuntime brings; where it is not either, the error is the library's to tell.
        NativeLibrary.TryLoad("onnxruntime", typeof(OrtEnv).Assembly, null, out _);
    }

    private static bool IsOnnxRuntimeLoaded()
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Any(static module => Path.GetFileName(module.FileName).StartsWith(NativeName("onnxruntime"), StringComparison.OrdinalIgnoreCase));
    }

    private static bool TryLoad(string path, out nint handle, out string? reason)
    {
        try
        {
            handle = NativeLibrary.Load(path);
            reason = null;
            return true;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            handle = 0;
            reason = exception.Message;
            return false;
        }
    }

    private static string NativeName(string name) => OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    // That of the runtime may name a distribution; packages use the portable one.
    private static string RuntimeIdentifier()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
