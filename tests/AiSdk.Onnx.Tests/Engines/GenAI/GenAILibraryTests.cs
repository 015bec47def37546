using System.Runtime.InteropServices;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Onnx.Tests;

[Collection(GenAIStub.Collection)]
public sealed class GenAILibraryTests
{
    private static string Stories => TestData.Path("models", "stories260K");

    [Fact]
    public void A_library_that_is_not_there_is_told_with_what_to_add_and_where_it_was_sought()
    {
        OnnxModelException exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Load(Stories, new OnnxModelOptions { Engine = OnnxEngine.GenAI }));
        foreach (string named in (string[])["Microsoft.ML.OnnxRuntimeGenAI (CPU)", "Microsoft.ML.OnnxRuntimeGenAI.Cuda", "Microsoft.ML.OnnxRuntimeGenAI.DirectML", "AISDK_GENAI_LIBRARY", GenAILibrary.FileName, AppContext.BaseDirectory, Path.Combine("runtimes", "")])
            Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OnnxEngine.Auto)]
    [InlineData(OnnxEngine.GenAI)]
    public void A_library_that_is_not_where_it_is_said_to_be_is_not_passed_over(OnnxEngine engine)
    {
        using TemporaryFolder folder = new();
        foreach (string named in (string[])[folder.Path, folder.File("none.so")])
        {
            OnnxModelException exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Load(Stories, new OnnxModelOptions { Engine = engine, GenAILibraryPath = named }));
            Assert.Contains($"'{named}'", exception.Message, StringComparison.Ordinal);
            Assert.Contains("AISDK_GENAI_LIBRARY", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_library_is_sought_where_packages_put_it()
    {
        using TemporaryFolder application = new();
        string runtimes = Path.Combine(application.Path, "runtimes", "native");
        Directory.CreateDirectory(runtimes);
        string[] folders = [application.Path, runtimes];
        Assert.Null(GenAILibrary.Find(null, folders));
        File.WriteAllText(Path.Combine(runtimes, GenAILibrary.FileName), "");
        Assert.Equal(Path.Combine(runtimes, GenAILibrary.FileName), GenAILibrary.Find("", folders));
        File.WriteAllText(Path.Combine(application.Path, GenAILibrary.FileName), "");
        Assert.Equal(Path.Combine(application.Path, GenAILibrary.FileName), GenAILibrary.Find(null, folders));
        using TemporaryFolder other = new();
        File.WriteAllText(other.File(GenAILibrary.FileName), "");
        Assert.Equal(other.File(GenAILibrary.FileName), GenAILibrary.Find(other.Path, folders));
        Assert.Equal(other.File(GenAILibrary.FileName), GenAILibrary.Find(other.File(GenAILibrary.FileName), folders));
        Assert.Equal(AppContext.BaseDirectory, GenAILibrary.Folders()[0]);
        Assert.Contains(GenAILibrary.Folders(), static folder => folder.Contains(Path.Combine("runtimes", ""), StringComparison.Ordinal) && folder.EndsWith("native", StringComparison.Ordinal));
    }

    [Fact]
    public void A_library_without_a_function_is_too_old_and_the_function_is_named()
    {
        // Not by a model: the process may hold the whole one, and would refuse this one for it.
        string message = Assert.Throws<OnnxModelException>(() => GenAILibrary.Open(GenAIStub.PathWithoutRewind)).Message;
        Assert.Contains("OgaGenerator_RewindTo", message, StringComparison.Ordinal);
        Assert.Contains("too old", message, StringComparison.Ordinal);
        Assert.Contains(GenAIStub.PathWithoutRewind, message, StringComparison.Ordinal);
        Assert.DoesNotContain("OgaCreateModel", message, StringComparison.Ordinal);
        NativeLibrary.Free(GenAILibrary.Open(GenAIStub.Path));
    }

    [Fact]
    public void A_file_that_is_no_library_is_told()
    {
        using TemporaryFolder folder = new();
        string path = folder.File(GenAILibrary.FileName);
        File.WriteAllText(path, "nothing to run");
        string message = Assert.Throws<OnnxModelException>(() => GenAILibrary.Open(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains("beside each other", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_has_one_library()
    {
        GenAIStub.Reset();
        OnnxModelException exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Load(Stories, new OnnxModelOptions { GenAILibraryPath = GenAIStub.PathWithoutRewind }));
        Assert.Contains(GenAIStub.PathWithoutRewind, exception.Message, StringComparison.Ordinal);
        Assert.Contains(GenAIStub.Path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_fit_are_refused()
    {
        Assert.Equal("Engine", Assert.Throws<ArgumentOutOfRangeException>(() => OnnxModel.Load("x", new OnnxModelOptions { Engine = (OnnxEngine)9 })).ParamName);
        Assert.Equal("MaxBatchSize", Assert.Throws<ArgumentOutOfRangeException>(() => OnnxModel.Load("x", new OnnxModelOptions { MaxBatchSize = 0 })).ParamName);
        Assert.Equal("ExecutionProvider", Assert.Throws<ArgumentException>(() => OnnxModel.Load("x", new OnnxModelOptions { ExecutionProvider = " " })).ParamName);
        OnnxModelOptions options = new() { ProviderOptions = { ["device_id"] = "0" } };
        Assert.Contains("device_id", Assert.Throws<ArgumentException>(() => OnnxModel.Load("x", options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuda", "Microsoft.ML.OnnxRuntime.Gpu")]
    [InlineData("CUDAExecutionProvider", "Microsoft.ML.OnnxRuntime.Gpu")]
    [InlineData("dml", "Microsoft.ML.OnnxRuntime.DirectML")]
    [InlineData("nothing", "with that provider")]
    public void A_provider_that_ONNX_Runtime_lacks_is_told_with_what_to_add(string provider, string named)
    {
        OnnxModelOptions options = new() { Engine = OnnxEngine.OnnxRuntime, ExecutionProvider = provider, ProviderOptions = { ["device_id"] = "0" } };
        OnnxModelException exception = Assert.Throws<OnnxModelException>(() => OnnxModel.Load(Stories, options));
        Assert.Contains($"'{provider}'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }
}
