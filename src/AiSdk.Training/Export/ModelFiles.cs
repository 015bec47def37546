using System.Text.Json;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>What goes with a model's weights, as it was when the model was made or loaded: tokenizer, chat template, settings of replies. What happens to their files afterwards does not change what is saved.</summary>
internal sealed class ModelFiles
{
    private static readonly JsonElement s_nothing = JsonElement.Parse("{}");

    private readonly Dictionary<string, byte[]> _contents;

    private ModelFiles(Dictionary<string, byte[]> contents, ModelTokenizer tokenizer, ChatPrompt prompt, JsonElement search)
    {
        _contents = contents;
        Tokenizer = tokenizer;
        Prompt = prompt;
        Search = search;
    }

    /// <summary>The files' names.</summary>
    public static IReadOnlyList<string> Names { get; } = [ModelTokenizer.FileName, "tokenizer_config.json", "chat_template.jinja", "chat_template.json", "special_tokens_map.json", "additional_chat_templates/default.jinja", "additional_chat_templates/tool_use.jinja"];

    public ModelTokenizer Tokenizer { get; }

    public ChatPrompt Prompt { get; }

    /// <summary>The object "search" of genai_config.json; empty where there is none.</summary>
    public JsonElement Search { get; }

    /// <summary>Reads a folder's.</summary>
    /// <exception cref="OnnxModelException">A file is missing or corrupt.</exception>
    public static ModelFiles Read(string folder)
    {
        var tokenizer = ModelTokenizer.Load(folder);
        var prompt = ChatPrompt.Load(folder, tokenizer.Guard);
        Dictionary<string, byte[]> contents = new(StringComparer.Ordinal);
        string config = Path.Combine(folder, GenAIConfig.FileName);
        try
        {
            foreach (string name in Names.Where(name => File.Exists(Path.Combine(folder, name))))
                contents.Add(name, File.ReadAllBytes(Path.Combine(folder, name)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OnnxModelException($"The tokenizer's files in '{folder}' cannot be read: {exception.Message}", exception);
        }
        JsonElement search = File.Exists(config) && JsonFile.Read(config).TryGet("search", out JsonElement found) && found.ValueKind == JsonValueKind.Object ? found : s_nothing;
        return new ModelFiles(contents, tokenizer, prompt, search);
    }

    /// <summary>Writes the files into a folder.</summary>
    public void Write(string folder)
    {
        foreach ((string name, byte[] content) in _contents)
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }
    }
}
