using System.Text.Json;

namespace AiSdk.Onnx;

/// <summary>What a model folder says of its chat template: the templates by name and the special tokens that they may write.</summary>
/// <remarks>
/// Read as transformers does. Templates are chat_template.jinja (called default) and additional_chat_templates/*.jinja; where there is
/// neither, chat_template in tokenizer_config.json, one or a list with names; else chat_template.json. Special tokens are those of
/// tokenizer_config.json, with those of special_tokens_map.json above them unless the former lists added_tokens_decoder.
/// </remarks>
/// <param name="Templates">The templates' texts.</param>
/// <param name="Source">The file that they come from, for errors; of several, the first.</param>
/// <param name="SpecialTokens">The special tokens as variables: texts, and lists of them.</param>
internal sealed record ChatTemplateFolder(IReadOnlyDictionary<string, string> Templates, string Source, IReadOnlyDictionary<string, object?> SpecialTokens)
{
    /// <summary>The name of the template that is used where no other one is asked for.</summary>
    public const string Default = "default";

    private const string ConfigFile = "tokenizer_config.json";
    private const string TokensFile = "special_tokens_map.json";
    private const string TemplateFile = "chat_template.jinja";
    private const string LegacyFile = "chat_template.json";
    private const string MoreFolder = "additional_chat_templates";
    private const string TemplateField = "chat_template";
    private const string ListField = "additional_special_tokens";
    private const string NamedField = "extra_special_tokens";

    private static readonly string[] s_tokenNames = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    /// <summary>Reads a folder's files; all of them may be absent.</summary>
    /// <exception cref="OnnxModelException">A file is corrupt or cannot be read.</exception>
    public static ChatTemplateFolder Read(string folder)
    {
        JsonFile? config = Optional(folder, ConfigFile);
        Dictionary<string, object?> tokens = new(StringComparer.Ordinal);
        if (config is { } known)
            ReadTokens(known, tokens);
        if (config?.Has("added_tokens_decoder") != true && Optional(folder, TokensFile) is { } map)
            ReadTokens(map, tokens);
        Dictionary<string, string> templates = new(StringComparer.Ordinal);
        string source = Path.Combine(folder, TemplateFile);
        if (File.Exists(source))
            templates.Add(Default, ReadText(source));
        string more = Path.Combine(folder, MoreFolder);
        if (Directory.Exists(more))
        {
            foreach (string file in Directory.EnumerateFiles(more, "*.jinja").Order(StringComparer.Ordinal))
                templates[Path.GetFileNameWithoutExtension(file)] = ReadText(file);
        }
        foreach ((JsonFile? file, string name) in (ReadOnlySpan<(JsonFile?, string)>)[(config, ConfigFile), (templates.Count > 0 ? null : Optional(folder, LegacyFile), LegacyFile)])
        {
            if (templates.Count > 0 || file is null)
                continue;
            source = Path.Combine(folder, name);
            ReadTemplates(file.Value, templates);
        }
        if (templates.Count > 0 && !templates.ContainsKey(Default))
            throw new OnnxModelException($"'{folder}' has the chat templates {string.Join(", ", templates.Keys.Order(StringComparer.Ordinal))}, but none is called '{Default}', which is the one used without tools.");
        return new ChatTemplateFolder(templates, source, tokens);
    }

    private static JsonFile? Optional(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? JsonFile.Read(path) : null;
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OnnxModelException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static void ReadTemplates(JsonFile file, Dictionary<string, string> templates)
    {
        if (!file.TryGet(TemplateField, out JsonElement template))
            return;
        if (template.ValueKind == JsonValueKind.Object)
        {
            JsonFile byName = file.Object(TemplateField);
            foreach (JsonProperty property in template.EnumerateObject())
                templates[property.Name] = byName.String(property.Name);
            return;
        }
        if (template.ValueKind != JsonValueKind.Array)
        {
            templates[Default] = file.String(TemplateField);
            return;
        }
        foreach (JsonFile named in file.Objects(TemplateField))
            templates[named.String("name")] = named.String("template");
    }

    private static void ReadTokens(JsonFile file, Dictionary<string, object?> tokens)
    {
        foreach (string name in s_tokenNames)
        {
            if (file.Has(name))
                tokens[name] = TokenText(file, name);
        }
        if (file.TryGet(ListField, out JsonElement list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0)
            tokens[ListField] = list.EnumerateArray().Select(token => token.ValueKind == JsonValueKind.String ? (object?)token.GetString()
                : token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out JsonElement content) && content.ValueKind == JsonValueKind.String ? content.GetString()
                : throw file.WrongKind(ListField, "texts and objects with the text content", token)).ToList();
        // Further ones, to which the model gives names; old files have a list, which has none.
        if (file.TryGet(NamedField, out JsonElement extra) && extra.ValueKind == JsonValueKind.Object)
        {
            JsonFile named = file.Object(NamedField);
            foreach (JsonProperty property in extra.EnumerateObject())
                tokens[property.Name] = TokenText(named, property.Name);
        }
    }

    // A token is its text or an object that has it.
    private static string TokenText(JsonFile file, string name) =>
        file.TryGet(name, out JsonElement token) && token.ValueKind == JsonValueKind.Object ? file.Object(name).String("content") : file.String(name);
}
