using System.IO.Compression;
using System.Text.Json;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class ModelTokenizerTests
{
    private static readonly Dictionary<string, Lazy<ModelTokenizer>> s_tokenizers = new(StringComparer.Ordinal)
    {
        ["gpt2"] = new(() => Read("gpt2")),
        ["qwen3"] = new(() => Read("qwen3")),
        ["phi-3-mini"] = new(() => Read("phi-3-mini")),
        ["roberta-base"] = new(() => Read("roberta-base")),
        ["clip-vit"] = new(() => Read("clip-vit")),
        ["t5-small"] = new(() => Read("t5-small")),
        ["all-minilm-l6-v2"] = new(() => Read("all-minilm-l6-v2")),
    };

    [Theory]
    [InlineData("gpt2")]
    [InlineData("qwen3")]
    [InlineData("phi-3-mini")]
    [InlineData("roberta-base")]
    [InlineData("clip-vit")]
    [InlineData("t5-small")]
    [InlineData("all-minilm-l6-v2")]
    public void Ids_and_text_are_those_of_the_reference(string name)
    {
        using JsonDocument vectors = Vectors(name);
        ModelTokenizer tokenizer = s_tokenizers[name].Value;
        Assert.Equal(vectors.RootElement.GetProperty("vocab_size").GetInt32(), tokenizer.VocabularySize);
        int count = 0;
        foreach (JsonElement item in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            string text = item.GetProperty("text").GetString()!;
            string where = $"{name}, {item.GetProperty("name").GetString()}";
            Assert.True(Ids(item.GetProperty("ids")).SequenceEqual(tokenizer.Encode(text, addSurroundings: false)), $"{where}: [{string.Join(",", tokenizer.Encode(text, addSurroundings: false))}] instead of {item.GetProperty("ids")}");
            Assert.True(Ids(item.GetProperty("ids_with_special")).SequenceEqual(tokenizer.Encode(text, addSurroundings: true)), where);
            Assert.Equal(item.GetProperty("decoded").GetString(), tokenizer.Decode(Ids(item.GetProperty("ids")), withSpecial: true));
            Assert.Equal(item.GetProperty("decoded_with_special").GetString(), tokenizer.Decode(Ids(item.GetProperty("ids_with_special")), withSpecial: true));
            Assert.Equal(item.GetProperty("decoded_skip_special").GetString(), tokenizer.Decode(Ids(item.GetProperty("ids_with_special"))));
            Assert.Equal(item.GetProperty("decoded_skip_special").GetString(), Decode(tokenizer, Ids(item.GetProperty("ids_with_special"))));
            count++;
        }
        foreach (JsonElement item in vectors.RootElement.TryGetProperty("llama_cpp_cases", out JsonElement more) ? more.EnumerateArray() : default)
        {
            Assert.Equal(Ids(item.GetProperty("ids")), tokenizer.Encode(item.GetProperty("text").GetString()!, addSurroundings: false));
            count++;
        }
        foreach (JsonElement item in vectors.RootElement.GetProperty("pair_cases").EnumerateArray())
        {
            TokenizedText input = tokenizer.EncodeInput(item.GetProperty("text").GetString()!, item.GetProperty("pair").GetString());
            Assert.Equal(Ids(item.GetProperty("ids_with_special")), input.Ids);
            Assert.Equal(Ids(item.GetProperty("type_ids")), input.TypeIds);
            Assert.Equal(input.Ids.Select(static _ => 1), input.AttentionMask);
        }
        Assert.True(count >= 60);
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("qwen3")]
    [InlineData("phi-3-mini")]
    [InlineData("roberta-base")]
    [InlineData("clip-vit")]
    [InlineData("t5-small")]
    [InlineData("all-minilm-l6-v2")]
    public void Random_ids_decode_as_in_the_reference(string name)
    {
        using JsonDocument vectors = Vectors(name);
        int count = 0;
        foreach (JsonElement item in vectors.RootElement.GetProperty("decode_cases").EnumerateArray())
        {
            Assert.Equal(item.GetProperty("decoded").GetString(), s_tokenizers[name].Value.Decode(Ids(item.GetProperty("ids")), withSpecial: true));
            Assert.Equal(item.GetProperty("decoded_skip_special").GetString(), Decode(s_tokenizers[name].Value, Ids(item.GetProperty("ids"))));
            count++;
        }
        Assert.True(count > 0);
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("qwen3")]
    [InlineData("phi-3-mini")]
    [InlineData("roberta-base")]
    [InlineData("clip-vit")]
    [InlineData("t5-small")]
    [InlineData("all-minilm-l6-v2")]
    public void Text_that_was_shown_is_never_taken_back(string name)
    {
        using JsonDocument vectors = Vectors(name);
        int count = 0;
        foreach (JsonElement item in vectors.RootElement.GetProperty("prefix_decodes").EnumerateArray())
        {
            TokenTextDecoder decoder = s_tokenizers[name].Value.CreateDecoder([]);
            string shown = "";
            string[] prefixes = [.. item.GetProperty("decoded_prefixes").EnumerateArray().Select(static p => p.GetString()!)];
            int[] ids = Ids(item.GetProperty("ids"));
            for (int i = 0; i < ids.Length; i++)
            {
                shown += decoder.Push(ids[i]);
                // At least what the reference has without the characters that are not complete yet: it decodes a run of byte tokens as one, and
                // so takes back the complete characters of the run while the next one is not.
                Assert.StartsWith(prefixes[i].TrimEnd('\uFFFD'), shown, StringComparison.Ordinal);
                Assert.StartsWith(shown, prefixes[^1], StringComparison.Ordinal);
                Assert.Equal(prefixes[i], s_tokenizers[name].Value.Decode(ids.AsSpan(0, i + 1)));
                count++;
            }
            Assert.Equal(prefixes[^1], shown + decoder.Finish());
        }
        Assert.True(count > 0);
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("phi-3-mini")]
    public void Threads_share_a_tokenizer(string name)
    {
        using JsonDocument vectors = Vectors(name);
        (string Text, int[] Ids)[] cases = [.. vectors.RootElement.GetProperty("cases").EnumerateArray().Select(static c => (c.GetProperty("text").GetString()!, Ids(c.GetProperty("ids"))))];
        // A new one, so that its caches are filled by all threads at once.
        ModelTokenizer tokenizer = Read(name);
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken }, _ =>
        {
            foreach ((string text, int[] ids) in cases)
                Assert.Equal(ids, tokenizer.Encode(text, addSurroundings: false));
        });
    }

    [Fact]
    public void The_models_read_the_reference_prompts()
    {
        Assert.Equal(TestModels.StoriesPromptIds, TestModels.Stories.Tokenizer.EncodePrompt(TestModels.StoriesPrompt));
        Assert.Equal([83, 258, 356, 265, 372, 318, 287, 262, 289, 280, 325], TestModels.Gpt2.Tokenizer.EncodePrompt("the weather is in the house"));
        Assert.Equal([83, 999, 258], TestModels.Gpt2.Tokenizer.EncodePrompt("t<|endoftext|>he"));
    }

    [Fact]
    public void The_begin_token_is_added_once()
    {
        ModelTokenizer tokenizer = TestModels.Stories.Tokenizer;
        Assert.Equal([1], tokenizer.EncodePrompt(""));
        Assert.Equal(tokenizer.EncodePrompt("Once"), tokenizer.EncodePrompt("<s>Once"));
        Assert.Equal(1, tokenizer.EncodePrompt("Once")[0]);
    }

    [Fact]
    public void A_continuation_keeps_its_space()
    {
        ModelTokenizer tokenizer = TestModels.Stories.Tokenizer;
        Assert.Equal(" g", tokenizer.CreateDecoder(TestModels.StoriesPromptIds).Push(298));
        Assert.Equal("g", tokenizer.CreateDecoder([1]).Push(298));
        Assert.Equal("", tokenizer.CreateDecoder([1]).Push(2));
        Assert.Equal("", tokenizer.CreateDecoder([1]).Push(100_000));
    }

    [Fact]
    public void Characters_that_no_token_holds_go_through_bytes()
    {
        ModelTokenizer tokenizer = TestModels.Stories.Tokenizer;
        const string text = "Zoë met 👩‍👧 at 5 €";
        List<int> ids = tokenizer.Encode(text, addSurroundings: false);
        Assert.Contains(3 + 0xF0, ids);
        Assert.Equal(text, Decode(tokenizer, [.. ids]));
        Assert.Equal("a\uFFFDb", Decode(tokenizer, [.. tokenizer.Encode("a\uD800b", addSurroundings: false)]));
    }

    [Fact]
    public void Files_load_or_are_refused_as_by_the_reference()
    {
        string folder = TestData.Path("data", "tokenizers", "load-errors");
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        foreach (JsonElement item in expected.RootElement.GetProperty("cases").EnumerateArray())
        {
            string path = Path.Combine(folder, item.GetProperty("file").GetString()!);
            if (item.GetProperty("loads").GetBoolean())
                Assert.Equal(Ids(item.GetProperty("ids_of_ab")), ModelTokenizer.Read(path).Encode("ab", addSurroundings: false));
            else
                Assert.Contains(path, Assert.Throws<OnnxModelException>(() => ModelTokenizer.Read(path)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"type":"Bigram","vocab":{"a":0}}""", "null", "field 'model.type' is 'Bigram'")]
    [InlineData("""{"type":"Unigram","vocab":[]}""", "null", "model.vocab")]
    [InlineData("""{"type":"Unigram","vocab":[["a"]]}""", "null", "model.vocab[0]")]
    [InlineData("""{"type":"Unigram","unk_id":1,"vocab":[["a",0]]}""", "null", "model.unk_id")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}""", "null", "model.dropout' is 0.1")]
    [InlineData("""{"type":"BPE","vocab":{},"merges":[]}""", "null", "vocab")]
    [InlineData("""{"type":"BPE","vocab":{"a":-1},"merges":[]}""", "null", "model.vocab.a")]
    [InlineData("""{"type":"BPE","vocab":{"a":2147483647},"merges":[]}""", "null", "model.vocab.a")]
    [InlineData("""{"type":"BPE","vocab":{"a":0}}""", "null", "merges")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":[]}""", """{"type":"Sequence","pretokenizers":[{"type":"UnicodeWords"}]}""", "pre_tokenizer.pretokenizers[0].type' is 'UnicodeWords'")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":[]}""", """{"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"}""", "regular expression '('")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":[]}""", """{"type":"Split","pattern":{"Regex":"a"},"behavior":"MergedWithBoth"}""", "MergedWithBoth")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":[]}""", """{"type":"Split","pattern":{"Regex":"[a\\p{Foo}]"},"behavior":"Removed"}""", "pattern.Regex' is '[a\\p{Foo}]'")]
    [InlineData("""{"type":"BPE","vocab":{"a":0},"merges":[]}""", """{"type":"Metaspace","replacement":"ab"}""", "replacement' is 'ab'")]
    public void What_is_not_supported_is_named(string model, string splitter, string named)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), $$"""{"model":{{model}},"pre_tokenizer":{{splitter}}}""");
        OnnxModelException exception = Assert.Throws<OnnxModelException>(() => ModelTokenizer.Load(folder.Path));
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", exception.Message, StringComparison.Ordinal);
    }

    // By the rule of current versions of Hugging Face's tokenizers; old ones did not count a token of the vocabulary, and gave 3 and 4 in the first case.
    [Theory]
    [InlineData("""{"a":0,"b":5}""", """[{"id":9,"content":"<x>"},{"id":5,"content":"b"},{"id":20,"content":"<y>"},{"id":7,"content":"<z>"}]""", "a<x>b<y><z>", new[] { 0, 2, 5, 6, 7 })]
    [InlineData("""{"a":0,"b":1}""", """[{"id":2,"content":"<x>"},{"id":50,"content":"<y>"}]""", "<x><y>", new[] { 2, 3 })]
    [InlineData("""{"a":0}""", """[{"id":1,"content":"<x>"},{"id":2,"content":"<x>","special":true},{"id":3,"content":"<y>"}]""", "<x><y>", new[] { 1, 2 })]
    [InlineData("""{"a":0,"b":1,"c":2}""", """[{"id":0,"content":"<x>"}]""", "<x>a", new[] { 3, 0 })]
    public void Added_tokens_outside_the_vocabulary_have_the_next_ids_that_are_free(string vocabulary, string added, string text, int[] ids)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), $$$"""{"added_tokens":{{{added}}},"model":{"type":"BPE","vocab":{{{vocabulary}}},"merges":[]}}""");
        Assert.Equal(ids, ModelTokenizer.Load(folder.Path).Encode(text, addSurroundings: false));
    }

    [Fact]
    public void Whole_words_of_the_vocabulary_can_pass_over_merges()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), """
            {"model":{"type":"BPE","ignore_merges":true,"vocab":{"a":0,"b":1,"c":2,"ab":3,"abc":4,"Ġ":5},"merges":["a b"]},
             "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},"decoder":{"type":"ByteLevel"}}
            """);
        ModelTokenizer tokenizer = ModelTokenizer.Load(folder.Path);
        Assert.Equal([4], tokenizer.Encode("abc", addSurroundings: false));
        Assert.Equal([4, 5, 3], tokenizer.Encode("abc ab", addSurroundings: false));
        Assert.Equal([3, 3], tokenizer.Encode("abab", addSurroundings: false));
    }

    private static string Decode(ModelTokenizer tokenizer, int[] ids)
    {
        TokenTextDecoder decoder = tokenizer.CreateDecoder([]);
        return string.Concat(ids.Select(decoder.Push)) + decoder.Finish();
    }

    private static int[] Ids(JsonElement array) => [.. array.EnumerateArray().Select(static id => id.GetInt32())];

    private static JsonDocument Vectors(string name) => JsonDocument.Parse(File.ReadAllText(TestData.Path("data", "tokenizers", $"{name}.vectors.json")));

    private static ModelTokenizer Read(string name)
    {
        string folder = TestData.Path("data", "tokenizers");
        string plain = Path.Combine(folder, $"{name}.tokenizer.json");
        if (File.Exists(plain))
            return ModelTokenizer.Read(plain);
        using var unpacked = new TemporaryFolder();
        using (FileStream packed = File.OpenRead(plain + ".gz"))
        using (GZipStream stream = new(packed, CompressionMode.Decompress))
        using (FileStream target = File.Create(unpacked.File("tokenizer.json")))
            stream.CopyTo(target);
        return ModelTokenizer.Load(unpacked.Path);
    }
}
