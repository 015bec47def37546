using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>The tokens that begin, end and fill up texts.</summary>
internal sealed record SpecialTokens(int? Begin, IReadOnlyList<int> End, int? Padding)
{
    private const string ConfigFile = "tokenizer_config.json";

    /// <summary>Reads them from tokenizer_config.json.</summary>
    /// <exception cref="TrainingException">There is no end token.</exception>
    public static SpecialTokens Of(string folder, ModelTokenizer tokenizer)
    {
        string path = Path.Combine(folder, ConfigFile);
        if (!File.Exists(path))
            throw new TrainingException($"'{folder}' holds no {ConfigFile}, which names the end token (eos_token).");
        JsonFile config = JsonFile.Read(path);
        int? Id(string name) => config.TryGet(name, out System.Text.Json.JsonElement token)
            ? IdOf(tokenizer, token.ValueKind == System.Text.Json.JsonValueKind.Object ? config.Object(name).String("content") : config.String(name), path, name)
            : null;
        int end = Id("eos_token") ?? throw new TrainingException($"'{path}' names no eos_token; without an end token no reply would end.");
        return new SpecialTokens(Id("bos_token"), [end], Id("pad_token") ?? end);
    }

    /// <summary>The padding token that genai_config.json names.</summary>
    public static int? Pad(string folder) => JsonFile.Read(Path.Combine(folder, GenAIConfig.FileName)).Object("model").OptionalInt("pad_token_id");

    private static int IdOf(ModelTokenizer tokenizer, string text, string path, string name) => tokenizer.Encode(text, addSurroundings: false) is [int id]
        ? id
        : throw new TrainingException($"'{path}' names the {name} '{text}', which is no token of tokenizer.json.");
}
