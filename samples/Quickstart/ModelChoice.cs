using AiSdk.Onnx;
using Microsoft.Extensions.AI;

namespace Quickstart;

/// <summary>The model that answers instead of the embedded one: a local one or an endpoint.</summary>
internal sealed class ModelChoice : IDisposable
{
    private ModelChoice(IChatClient client) => Client = client;

    /// <summary>The client over the model.</summary>
    public IChatClient Client { get; }

    /// <summary>Opens the model that the options name, or gives null if they name none.</summary>
    public static ModelChoice? Open(string? folder, string? provider, string? endpoint, string? modelName, string? keyVariable)
    {
        if (folder is { Length: 0 })
            throw new UserException("--model is empty: it wants the folder of a model.");
        if (folder is not null && endpoint is not null)
            throw new UserException("Say --model or --endpoint, not both.");
        if (folder is null && provider is not null)
            throw new UserException("--provider belongs to --model, which is missing.");
        if (folder is not null)
            return new ModelChoice(OpenFolder(folder, provider));
        if (endpoint is null)
            return modelName is null && keyVariable is null ? null : throw new UserException("--model-name and --key-env belong to --endpoint, which is missing.");
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            throw new UserException($"--endpoint wants an address like http://localhost:11434/v1, not '{endpoint}'.");
        if (modelName is null)
            throw new UserException("--endpoint needs --model-name: the model's name as the server knows it.");

        string? key = keyVariable is null ? null : Environment.GetEnvironmentVariable(keyVariable);
        if (keyVariable is not null && string.IsNullOrEmpty(key))
            throw new UserException($"--key-env names the environment variable {keyVariable}, which is not set.");
        return new ModelChoice(EndpointClient.Create(address, modelName, key, Console.Error.WriteLine));
    }

    public void Dispose() => Client.Dispose();

    private static OnnxChatClient OpenFolder(string folder, string? provider)
    {
        try
        {
            return new OnnxChatClient(folder, new OnnxModelOptions { ExecutionProvider = provider });
        }
        catch (Exception e) when (e is OnnxModelException or ArgumentException)
        {
            throw new UserException(e.Message);
        }
    }
}
