using AiSdk.Onnx;

namespace Quickstart;

/// <summary>The model that comes with this program: samples/models/bank, copied beside it.</summary>
internal static class EmbeddedModel
{
    /// <summary>What it is good for.</summary>
    public const string Knowledge = "It knows messages to a bank, in English, and nothing else";

    /// <summary>What is said of it before it speaks.</summary>
    public const string Introduction = $"Model: bank, embedded in this program, running on this machine. {Knowledge}.";

    /// <summary>Its folder.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "models", "bank");

    /// <summary>Loads it.</summary>
    /// <exception cref="UserException">It is not there.</exception>
    public static OnnxChatClient Open()
    {
        try
        {
            // It is so small that a second thread costs more than it brings, each run more than its tokens, and joining replies more than running them.
            return new OnnxChatClient(Folder, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime, IntraOpThreads = 1, JumpForward = true, MaxBatchSize = 1 });
        }
        catch (OnnxModelException e)
        {
            throw new UserException($"The embedded model cannot be loaded: {e.Message}");
        }
    }
}
