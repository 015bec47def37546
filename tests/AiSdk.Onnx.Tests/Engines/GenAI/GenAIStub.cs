using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>A GenAI library of our own, compiled from genai_stub.c: the part of the C API that the engine uses, over a toy model, with counters. One per process.</summary>
/// <remarks>Its tests run one after the other, as they count what is made and destroyed.</remarks>
internal static unsafe class GenAIStub
{
    public const string Collection = "GenAI stub";

    private static readonly string[] s_kinds = ["config", "model", "parameters", "generator", "tensor", "adapters", "sequences", "engine", "request", "result", "string"];

    private static readonly Lazy<string> s_folder = new(static () =>
    {
        string folder = Directory.CreateTempSubdirectory("aisdk-genai-stub-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    private static readonly Lazy<string> s_path = new(static () => Compile("whole"));
    private static readonly Lazy<string> s_withoutRewind = new(static () => Compile("without-rewind", "-DWITHOUT_REWIND"));

    /// <summary>The library; skips the running test where there is no compiler.</summary>
    public static string Path
    {
        get
        {
            RequireCompiler();
            return s_path.Value;
        }
    }

    /// <summary>One that lacks a function, as an old version would.</summary>
    public static string PathWithoutRewind
    {
        get
        {
            RequireCompiler();
            return s_withoutRewind.Value;
        }
    }

    /// <summary>What the library was told of providers, options, adapters and parameters, a line each.</summary>
    public static string Events => Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)Export("stub_events"))())!;

    public static long Steps => Number("stub_steps");

    public static long MostTogether => Number("stub_most_together");

    public static long ReadTokens => Number("stub_read_tokens");

    public static long Rewinds => Number("stub_rewinds");

    public static OnnxModelOptions Options() => new() { Engine = OnnxEngine.GenAI, GenAILibraryPath = Path };

    /// <summary>Loads a test model's folder on the library, with all counters at 0.</summary>
    public static OnnxModel Load(string folder, Action<OnnxModelOptions>? configure = null)
    {
        OnnxModelOptions options = Options();
        configure?.Invoke(options);
        Reset();
        return OnnxModel.Load(folder, options);
    }

    public static void Reset()
    {
        GenAILibrary.Load(Path);
        ((delegate* unmanaged<void>)Export("stub_reset"))();
    }

    /// <summary>Lets a function fail.</summary>
    /// <param name="function">The function.</param>
    /// <param name="after">After how many calls.</param>
    /// <param name="text">What it says.</param>
    public static void Fail(string function, string text, int after = 0)
    {
        nint name = Marshal.StringToCoTaskMemUTF8(function);
        nint message = Marshal.StringToCoTaskMemUTF8(text);
        ((delegate* unmanaged<nint, int, nint, void>)Export("stub_fail"))(name, after, message);
        Marshal.FreeCoTaskMem(name);
        Marshal.FreeCoTaskMem(message);
    }

    /// <summary>Makes each run take time.</summary>
    public static void Delay(TimeSpan time) => ((delegate* unmanaged<int, void>)Export("stub_delay"))((int)time.TotalMicroseconds);

    /// <summary>Lets patterns be followed, where the token of 0 is given; else they are passed over.</summary>
    public static void Guide(int zero) => ((delegate* unmanaged<int, void>)Export("stub_guide"))(zero);

    /// <summary>A variable as native code sees it.</summary>
    public static string? Variable(string name)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(name);
        try
        {
            return Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Export("stub_variable"))(text));
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    /// <summary>Asserts that all that was made is destroyed, once, and that nothing was used behind its end or in the wrong order.</summary>
    public static void AssertBalanced()
    {
        Assert.True(Number("stub_violations") == 0, Events);
        Assert.Equal(Counts("stub_created"), Counts("stub_destroyed"));
    }

    /// <summary>How many of a kind were made.</summary>
    public static long Created(string kind) => ((delegate* unmanaged<int, long>)Export("stub_created"))(Array.IndexOf(s_kinds, kind));

    private static string Counts(string function) =>
        string.Join(", ", s_kinds.Select((kind, i) => string.Create(CultureInfo.InvariantCulture, $"{kind} {((delegate* unmanaged<int, long>)Export(function))(i)}")));

    private static long Number(string function) => ((delegate* unmanaged<long>)Export(function))();

    private static nint Export(string name) => NativeLibrary.GetExport(GenAILibrary.Handle, name);

    private static void RequireCompiler()
    {
        if (OperatingSystem.IsWindows() || Compiler() is null)
            TestData.Missing("no C compiler: install gcc or clang");
    }

    private static string? Compiler() => (Environment.GetEnvironmentVariable("PATH")?.Split(System.IO.Path.PathSeparator) ?? [])
        .SelectMany(static folder => (string[])[System.IO.Path.Combine(folder, "cc"), System.IO.Path.Combine(folder, "gcc"), System.IO.Path.Combine(folder, "clang")])
        .FirstOrDefault(File.Exists);

    private static string Compile(string name, params string[] definitions)
    {
        string folder = Directory.CreateDirectory(System.IO.Path.Combine(s_folder.Value, name)).FullName;
        string library = System.IO.Path.Combine(folder, GenAILibrary.FileName);
        ProcessStartInfo start = new(Compiler()!, ["-shared", "-fPIC", "-O1", .. definitions, "-o", library, System.IO.Path.Combine(AppContext.BaseDirectory, "Engines", "GenAI", "genai_stub.c"), "-lpthread"]) { RedirectStandardError = true };
        using Process compiler = Process.Start(start)!;
        string errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, errors);
        return library;
    }
}

/// <summary>The stub's model: logits that are a hash of the last three tokens and their place.</summary>
internal static class ToyModel
{
    public static float Logit(ReadOnlySpan<int> tokens, int token)
    {
        uint hash = Mix(17, (uint)tokens.Length);
        foreach (int before in tokens[Math.Max(0, tokens.Length - 3)..])
            hash = Mix(hash, (uint)before);
        return ((Mix(hash, (uint)token) & 0xFFFFFF) / 16777216f * 8) - 4;
    }

    public static float[] Logits(ReadOnlySpan<int> tokens, int vocabulary)
    {
        float[] logits = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++)
            logits[i] = Logit(tokens, i);
        return logits;
    }

    /// <summary>The most likely tokens behind a prompt, without the end token.</summary>
    public static List<int> Greedy(OnnxModel model, ReadOnlySpan<int> prompt, int count)
    {
        List<int> tokens = [.. prompt];
        while (tokens.Count < prompt.Length + count)
        {
            int best = TestModels.Best(Logits(CollectionsMarshal.AsSpan(tokens), model.VocabularySize));
            if (model.Config.EndTokens.Contains(best))
                break;
            tokens.Add(best);
        }
        return tokens[prompt.Length..];
    }

    /// <summary>The text that the model likes best behind a prompt.</summary>
    public static string GreedyText(OnnxModel model, string prompt, int count)
    {
        List<int> ids = model.Tokenizer.EncodePrompt(prompt);
        TokenTextDecoder text = model.Tokenizer.CreateDecoder(CollectionsMarshal.AsSpan(ids));
        return string.Concat(Greedy(model, CollectionsMarshal.AsSpan(ids), count).Select(text.Push)) + text.Finish();
    }

    private static uint Mix(uint hash, uint value)
    {
        unchecked
        {
            hash ^= value + 0x9E3779B9u + (hash << 6) + (hash >> 2);
            hash *= 0x85EBCA6Bu;
            return hash ^ (hash >> 13);
        }
    }
}

/// <summary>The real library, where one is named from outside.</summary>
internal static class RealGenAILibrary
{
    /// <summary>Set in the process that runs on it.</summary>
    public const string ChildVariable = "AISDK_GENAI_TEST_CHILD";

    /// <summary>The library's file or folder; null for none.</summary>
    public static string? Named { get; private set; }

    public static bool IsChild => Environment.GetEnvironmentVariable(ChildVariable) == "1";

    // A process has one GenAI library only, which here is the stub.
    [ModuleInitializer]
    internal static void TakeAway()
    {
        Named = Environment.GetEnvironmentVariable(GenAILibrary.Variable) is { Length: > 0 } named ? named : null;
        if (!IsChild)
            Environment.SetEnvironmentVariable(GenAILibrary.Variable, null);
    }
}
