using System.Text.Encodings.Web;
using System.Text.Json;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>Makes a byte-level BPE tokenizer (Sennrich et al., 2016; Radford et al., 2019) from texts, and writes it as Hugging Face's tokenizers do.</summary>
public static class BytePairTrainer
{
    private const string ConfigFile = "tokenizer_config.json";

    private static readonly JsonWriterOptions s_json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes a tokenizer and writes tokenizer.json and tokenizer_config.json.</summary>
    /// <param name="texts">The texts: what messages and answers say, without the template's marks.</param>
    /// <param name="folder">The folder, which is created if it does not exist.</param>
    /// <param name="options">What tokenizer; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The number of its tokens. The same texts and options give the same files.</returns>
    /// <exception cref="ArgumentException">A setting is not possible.</exception>
    public static int Train(IEnumerable<string> texts, string folder, BytePairOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new BytePairOptions();
        options.Validate();
        Directory.CreateDirectory(folder);
        // Words are cut as the tokenizer that is made will cut them.
        TextSplitter splitter = TextSplitter.Read(JsonFile.Parse(folder, WriteJson(writer => WriteSplitter(writer, options))));
        Dictionary<string, int> words = new(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (TextPiece piece in splitter.Split(text, isFirst: true))
                words[piece.Text] = words.GetValueOrDefault(piece.Text) + 1;
        }
        List<string> tokens = [.. options.SpecialTokens, .. Enumerable.Range(0, 256).Select(static value => BytePairMerges.Byte((byte)value))];
        BytePairMerges merges = new(words, tokens, options.SpecialTokens.Count);
        merges.Run(options.VocabularySize, options.MinFrequency, cancellationToken);
        File.WriteAllBytes(Path.Combine(folder, ModelTokenizer.FileName), WriteJson(writer => WriteTokenizer(writer, tokens, merges.Merges, options)));
        File.WriteAllBytes(Path.Combine(folder, ConfigFile), WriteJson(writer => WriteConfig(writer, options)));
        return tokens.Count;
    }

    private static void WriteTokenizer(Utf8JsonWriter writer, List<string> tokens, IReadOnlyList<(string Left, string Right)> merges, BytePairOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("version", "1.0");
        writer.WriteNull("truncation");
        writer.WriteNull("padding");
        writer.WriteStartArray("added_tokens");
        for (int id = 0; id < options.SpecialTokens.Count; id++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", id);
            writer.WriteString("content", options.SpecialTokens[id]);
            foreach (string flag in (ReadOnlySpan<string>)["single_word", "lstrip", "rstrip", "normalized"])
                writer.WriteBoolean(flag, false);
            writer.WriteBoolean("special", true);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNull("normalizer");
        writer.WritePropertyName("pre_tokenizer");
        WriteSplitter(writer, options);
        writer.WritePropertyName("post_processor");
        if (options.BeginToken is { } begin)
        {
            string token = JsonSerializer.Serialize(begin, TextJson.Default.String);
            int id = options.SpecialTokens.ToList().IndexOf(begin);
            writer.WriteRawValue($$$$"""{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":{{{{token}}}},"type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"SpecialToken":{"id":{{{{token}}}},"type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{{{{{token}}}}:{"id":{{{{token}}}},"ids":[{{{{id}}}}],"tokens":[{{{{token}}}}]}}}""");
        }
        else
        {
            writer.WriteNullValue();
        }
        writer.WritePropertyName("decoder");
        WriteByteLevel(writer);
        writer.WriteStartObject("model");
        writer.WriteString("type", "BPE");
        foreach (string name in (ReadOnlySpan<string>)["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"])
            writer.WriteNull(name);
        writer.WriteBoolean("fuse_unk", false);
        writer.WriteBoolean("byte_fallback", false);
        writer.WriteStartObject("vocab");
        for (int id = 0; id < tokens.Count; id++)
            writer.WriteNumber(tokens[id], id);
        writer.WriteEndObject();
        writer.WriteStartArray("merges");
        foreach ((string left, string right) in merges)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(left);
            writer.WriteStringValue(right);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteSplitter(Utf8JsonWriter writer, BytePairOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "Sequence");
        writer.WriteStartArray("pretokenizers");
        if (options.SplitDigits)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "Digits");
            writer.WriteBoolean("individual_digits", true);
            writer.WriteEndObject();
        }
        WriteByteLevel(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "ByteLevel");
        writer.WriteBoolean("add_prefix_space", false);
        writer.WriteBoolean("trim_offsets", true);
        writer.WriteBoolean("use_regex", true);
        writer.WriteEndObject();
    }

    private static void WriteConfig(Utf8JsonWriter writer, BytePairOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        if (options.BeginToken is { } begin)
            writer.WriteString("bos_token", begin);
        writer.WriteString("eos_token", options.EndToken);
        writer.WriteString("pad_token", options.EndToken);
        writer.WriteBoolean("clean_up_tokenization_spaces", false);
        if (options.ChatTemplate is { } template)
            writer.WriteString("chat_template", template);
        writer.WriteEndObject();
    }

    private static byte[] WriteJson(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, s_json))
            write(writer);
        return stream.ToArray();
    }
}
