using System.Globalization;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class OnnxModelTests
{
    [Fact]
    public void A_model_says_what_it_is()
    {
        OnnxModel model = TestModels.Stories;
        Assert.Equal("stories260K", model.Name);
        Assert.Equal(512, model.ContextLength);
        Assert.Equal(512, model.VocabularySize);
        Assert.True(Path.IsPathFullyQualified(model.Folder));
        Assert.False(model.SharesBuffers);
        Assert.Equal("tiny-gpt2", TestModels.Gpt2.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void A_folder_must_be_named(string folder) => Assert.Throws<ArgumentException>(() => OnnxModel.Load(folder));

    [Fact]
    public void A_folder_that_does_not_exist_is_named()
    {
        string folder = Path.Combine(Path.GetTempPath(), "aisdk-no-such-model");
        Assert.Contains(folder, Assert.Throws<OnnxModelException>(() => OnnxModel.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void Options_out_of_range_are_refused(int value)
    {
        Assert.Equal("IntraOpThreads", Assert.Throws<ArgumentOutOfRangeException>(() => OnnxModel.Load("x", new OnnxModelOptions { IntraOpThreads = value })).ParamName);
        Assert.Equal("PrefillChunkSize", Assert.Throws<ArgumentOutOfRangeException>(() => OnnxModel.Load("x", new OnnxModelOptions { PrefillChunkSize = value })).ParamName);
    }

    [Theory]
    [InlineData("genai_config.json", "genai_config.json")]
    [InlineData("tokenizer.json", "tokenizer.json")]
    [InlineData("model.onnx", "model.onnx")]
    public void A_missing_file_is_named(string file, string named)
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        File.Delete(folder.File(file));
        Assert.Contains(named, Load(folder).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("genai_config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_config.json")]
    [InlineData("model.onnx")]
    public void A_corrupt_file_is_named_and_the_cause_kept(string file)
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        File.WriteAllText(folder.File(file), "{ this is neither JSON nor ONNX");
        OnnxModelException exception = Load(folder);
        Assert.Contains(folder.File(file), exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.InnerException);
    }

    [Fact]
    public void A_cut_off_graph_is_refused()
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        File.WriteAllBytes(folder.File("model.onnx"), File.ReadAllBytes(folder.File("model.onnx"))[..100_000]);
        Assert.Contains("model.onnx", Load(folder).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"context_length\": 512,", "", "model.context_length")]
    [InlineData("\"context_length\": 512,", "\"context_length\": 0,", "model.context_length")]
    [InlineData("\"vocab_size\": 512,", "\"vocab_size\": \"512\",", "model.vocab_size")]
    [InlineData("\"num_hidden_layers\": 5,", "", "model.decoder.num_hidden_layers")]
    [InlineData("\"filename\": \"model.onnx\",", "", "model.decoder.filename")]
    [InlineData("\"filename\": \"model.onnx\",", "\"filename\": \"other.onnx\",", "other.onnx")]
    [InlineData("\"filename\": \"model.onnx\",", "\"filename\": \"../model.onnx\",", "model.decoder.filename' is '../model.onnx', which is not the name of a file in the model's folder")]
    [InlineData("\"filename\": \"model.onnx\",", "\"filename\": \"onnx\\\\..\\\\..\\\\x\",", "model.decoder.filename")]
    [InlineData("\"filename\": \"model.onnx\",", "\"filename\": \"/etc/model.onnx\",", "model.decoder.filename")]
    [InlineData("\"filename\": \"model.onnx\",", "\"filename\": \"C:model.onnx\",", "model.decoder.filename")]
    [InlineData("\"type\": \"llama\",", "", "model.type")]
    [InlineData("\"eos_token_id\": 2,", "\"eos_token_id\": [2, \"x\"],", "model.eos_token_id[1]")]
    [InlineData("\"type\": \"llama\",", "\"type\": 5,", "model.type' must be a text, but is a number (5).")]
    [InlineData("\"context_length\": 512,", "\"context_length\": 1.5,", "model.context_length' must be a whole number, but is a number (1.5).")]
    [InlineData("\"eos_token_id\": 2,", "", "model.eos_token_id' is missing")]
    [InlineData("\"eos_token_id\": 2,", "\"eos_token_id\": null,", "model.eos_token_id' is missing")]
    [InlineData("\"eos_token_id\": 2,", "\"eos_token_id\": [],", "model.eos_token_id' names no token")]
    [InlineData("\"eos_token_id\": 2,", "\"eos_token_id\": -1,", "model.eos_token_id' is -1, which is no token of the model: model.vocab_size is 512")]
    [InlineData("\"eos_token_id\": 2,", "\"eos_token_id\": [2, 512],", "model.eos_token_id' is 512")]
    [InlineData("\"bos_token_id\": 1,", "\"bos_token_id\": 512,", "model.bos_token_id' is 512")]
    [InlineData("\"past_key_values.%d.key\"", "\"past\"", "model.decoder.inputs.past_key_names")]
    [InlineData("\"past_present_share_buffer\": false", "\"num_beams\": 4", "search.num_beams")]
    [InlineData("\"past_present_share_buffer\": false", "\"num_return_sequences\": 2", "search.num_return_sequences")]
    [InlineData("\"past_present_share_buffer\": false", "\"min_length\": 5", "search.min_length")]
    [InlineData("\"past_present_share_buffer\": false", "\"no_repeat_ngram_size\": 3", "search.no_repeat_ngram_size")]
    [InlineData("\"past_present_share_buffer\": false", "\"diversity_penalty\": 0.5", "search.diversity_penalty")]
    [InlineData("\"past_present_share_buffer\": false", "\"past_present_share_buffer\": 1", "search.past_present_share_buffer")]
    [InlineData("\"past_present_share_buffer\": false", "\"temperature\": -1", "search.temperature")]
    [InlineData("\"model\": {", "\"models\": {", "model")]
    [InlineData("\"decoder\": {", "\"decoder\": { \"pipeline\": [],", "model.decoder.pipeline")]
    public void A_field_that_is_missing_or_wrong_is_named(string from, string to, string named)
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        folder.Edit("genai_config.json", from, to);
        OnnxModelException exception = Load(folder);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.Contains("genai_config.json", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_change_nothing_are_accepted()
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        folder.Edit("genai_config.json", "\"past_present_share_buffer\": false", "\"num_beams\": 1, \"num_return_sequences\": 1, \"min_length\": 0, \"no_repeat_ngram_size\": 0, \"diversity_penalty\": 0.0, \"length_penalty\": 1.0, \"early_stopping\": true");
        using OnnxModel model = OnnxModel.Load(folder.Path);
        Assert.Equal([2], model.Config.EndTokens);
    }

    [Fact]
    public void An_input_that_cannot_be_fed_is_named_with_what_can()
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        // The graph's position_ids are then an input that nobody told the engine about.
        folder.Edit("genai_config.json", "\"position_ids\": \"position_ids\"", "\"position_ids\": \"positions\"");
        string message = Load(folder).Message;
        Assert.Contains("'position_ids', which this engine does not know how to feed", message, StringComparison.Ordinal);
        Assert.Contains("attention_mask", message, StringComparison.Ordinal);
        Assert.Contains("past_key_values.%d.key", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"num_hidden_layers\": 5", "\"num_hidden_layers\": 6", "past_key_values.5.key")]
    [InlineData("\"present.%d.key\"", "\"now.%d.key\"", "now.0.key")]
    [InlineData("\"logits\": \"logits\"", "\"logits\": \"scores\"", "scores")]
    [InlineData("\"input_ids\": \"input_ids\"", "\"input_ids\": \"ids\"", "input_ids")]
    public void A_graph_that_differs_from_its_configuration_is_refused(string from, string to, string named)
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        folder.Edit("genai_config.json", from, to);
        Assert.Contains(named, Load(folder).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "tokenizer.json")]
    [InlineData(600, "512")]
    public void A_vocabulary_of_another_size_is_refused(int size, string named)
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        folder.Edit("genai_config.json", "\"vocab_size\": 512", string.Create(CultureInfo.InvariantCulture, $"\"vocab_size\": {size}"));
        string message = Refusal(folder);
        Assert.Contains("vocab_size", message, StringComparison.Ordinal);
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_is_not_valid_is_refused()
    {
        using TemporaryFolder folder = TestModels.Copy("stories260K");
        File.WriteAllText(folder.File("chat_template.jinja"), "{% for m in messages %}never closed");
        Assert.Contains("chat_template.jinja", Load(folder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_of_a_model_exception_can_be_had_in_all_the_usual_ways()
    {
        Assert.NotEmpty(new OnnxModelException().Message);
        Assert.Equal("m", new OnnxModelException("m").Message);
        Assert.IsType<IOException>(new OnnxModelException("m", new IOException()).InnerException);
    }

    private static OnnxModelException Load(TemporaryFolder folder) => Assert.Throws<OnnxModelException>(() => OnnxModel.Load(folder.Path));

    private static string Refusal(TemporaryFolder folder) => Assert.Throws<OnnxModelException>(() =>
    {
        // Where the graph leaves the size open, the first run shows it.
        using OnnxModel model = OnnxModel.Load(folder.Path);
        using IDecoder decoder = model.CreateDecoder(8);
        decoder.Append([1], TestContext.Current.CancellationToken);
    }).Message;
}
