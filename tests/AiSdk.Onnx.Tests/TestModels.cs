using AiSdk.Tests;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx.Tests;

/// <summary>The two real models, and what the native GenAI library made with them.</summary>
internal static class TestModels
{
    public const string StoriesPrompt = "Once upon a time, there was a little";

    public static readonly int[] StoriesPromptIds = [1, 403, 407, 261, 378, 432, 383, 286, 261, 376];

    public static readonly int[] StoriesFirstIds = [298, 315, 421, 395, 317, 426, 338, 401, 396, 267, 337, 410, 408, 419, 292, 411, 322, 265, 282, 295, 433];

    public const string StoriesContinuation = " girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. She wanted to play with it, but it was too high.\nLily's mom said, ";

    private static readonly Lazy<OnnxModel> s_stories = new(() => OnnxModel.Load(TestData.Path("models", "stories260K")));
    private static readonly Lazy<OnnxModel> s_gpt2 = new(() => OnnxModel.Load(TestData.Path("models", "tiny-gpt2")));

    /// <summary>Llama architecture; shared by the tests, as models are meant to be.</summary>
    public static OnnxModel Stories
    {
        get
        {
            // Asked first, because a skip must be raised by each test and not be remembered by the lazy value.
            TestData.Path("models", "stories260K");
            return s_stories.Value;
        }
    }

    /// <summary>GPT-2 architecture with random weights.</summary>
    public static OnnxModel Gpt2
    {
        get
        {
            TestData.Path("models", "tiny-gpt2");
            return s_gpt2.Value;
        }
    }

    public static List<ChatMessage> User(string text) => [new(ChatRole.User, text)];

    /// <summary>The most likely tokens, one after the other.</summary>
    public static List<int> Greedy(IDecoder decoder, ReadOnlySpan<int> prompt, int maxLength, CancellationToken cancellationToken)
    {
        List<int> ids = [.. prompt];
        decoder.Append(prompt, cancellationToken);
        while (true)
        {
            ids.Add(Best(decoder.Logits));
            if (ids.Count == maxLength)
                return ids;
            decoder.Append([ids[^1]], cancellationToken);
        }
    }

    public static int Best(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
                best = i;
        }
        return best;
    }

    /// <summary>A copy of a model folder, to be damaged.</summary>
    public static TemporaryFolder Copy(string name)
    {
        var folder = new TemporaryFolder();
        foreach (string file in Directory.GetFiles(TestData.Path("models", name)))
        {
            string copy = Path.Combine(folder.Path, Path.GetFileName(file));
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }
        return folder;
    }
}

/// <summary>A folder that a test fills and that is deleted with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("aisdk-onnx-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Replaces text in a file, which must be there.</summary>
    public void Edit(string name, string from, string to)
    {
        string text = System.IO.File.ReadAllText(File(name));
        Xunit.Assert.Contains(from, text, StringComparison.Ordinal);
        System.IO.File.WriteAllText(File(name), text.Replace(from, to, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
