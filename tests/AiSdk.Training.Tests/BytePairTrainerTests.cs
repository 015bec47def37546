using AiSdk.Onnx;
using CsCheck;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Training.Tests;

public sealed class BytePairTrainerTests
{
    private static readonly string[] s_texts = ["My card was declined. My card is lost!", "The rate is 12.50 EUR, the card's fee 3.", "Grüße aus Köln, naïve café 🙂"];

    [Fact]
    public void Frequent_pairs_become_tokens_and_digits_stay_alone()
    {
        using Folder folder = new();
        int count = BytePairTrainer.Train(s_texts, folder.Path, new BytePairOptions { VocabularySize = 290 }, TestContext.Current.CancellationToken);
        var tokenizer = ModelTokenizer.Load(folder.Path);
        Assert.Equal(tokenizer.VocabularySize, count);
        List<string> tokens = [.. tokenizer.Encode("My card 12.50", addSurroundings: false).Select(id => tokenizer.Decode([id]))];
        Assert.Equal(["My", " card", " ", "1", "2", ".", "5", "0"], tokens);
        Assert.Equal([0], tokenizer.Encode("<|end|>", addSurroundings: false));
    }

    [Fact]
    public void Any_text_is_encoded_and_comes_back()
    {
        using Folder folder = new();
        BytePairTrainer.Train(s_texts, folder.Path, new BytePairOptions { VocabularySize = 400 }, TestContext.Current.CancellationToken);
        var tokenizer = ModelTokenizer.Load(folder.Path);
        Gen.String.Sample(text =>
        {
            string whole = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
            List<int> ids = tokenizer.Encode(whole, addSurroundings: false);
            return tokenizer.Decode([.. ids], withSpecial: true) == whole;
        }, iter: 500, threads: 1);
    }

    [Fact]
    public void The_same_texts_give_the_same_files_in_any_culture()
    {
        using Folder folder = new();
        BytePairTrainer.Train(s_texts, folder["a"], cancellationToken: TestContext.Current.CancellationToken);
        System.Globalization.CultureInfo culture = System.Globalization.CultureInfo.CurrentCulture;
        System.Globalization.CultureInfo.CurrentCulture = new System.Globalization.CultureInfo("tr-TR");
        try
        {
            BytePairTrainer.Train(s_texts, folder["b"], cancellationToken: TestContext.Current.CancellationToken);
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = culture;
        }
        foreach (string file in Directory.GetFiles(folder["a"]))
            Assert.Equal(File.ReadAllText(file), File.ReadAllText(Path.Combine(folder["b"], Path.GetFileName(file))));
    }

    [Fact]
    public void A_begin_token_is_put_before_prompts()
    {
        using Folder folder = new();
        BytePairTrainer.Train(s_texts, folder.Path, new BytePairOptions { SpecialTokens = ["<s>", "</s>"], BeginToken = "<s>", EndToken = "</s>", ChatTemplate = null }, TestContext.Current.CancellationToken);
        var tokenizer = ModelTokenizer.Load(folder.Path);
        Assert.Equal(0, tokenizer.EncodePrompt("My card")[0]);
        var prompt = ChatPrompt.Load(folder.Path, tokenizer.Guard);
        Assert.Equal("x", prompt.Render([new ChatMessage(ChatRole.User, "x")], null, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(100, "<|end|>", "VocabularySize")]
    [InlineData(300, "nothing", "EndToken")]
    public void Settings_that_cannot_be_are_refused(int size, string end, string named)
    {
        using Folder folder = new();
        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(() => BytePairTrainer.Train(s_texts, folder.Path, new BytePairOptions { VocabularySize = size, EndToken = end }, TestContext.Current.CancellationToken));
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<eos>", null, "writes the mark '<|user|>', which is none of SpecialTokens")]
    [InlineData("<|end|> <|user|> <|assistant|> <|stop|>", null, "EndToken, at which replies end, is '<|stop|>'")]
    [InlineData("<eos>", "{% for message in messages %}{{ message.content }}<eos>", "cannot be rendered")]
    [InlineData("<eos>", "{{ messages[0].content }}<eos>", "does not write the answer")]
    public void A_template_whose_marks_are_no_special_tokens_is_refused(string special, string? template, string problem)
    {
        using Folder folder = new();
        string[] tokens = special.Split(' ');
        BytePairOptions options = new() { SpecialTokens = tokens, EndToken = tokens[^1] };
        options.ChatTemplate = template ?? options.ChatTemplate;
        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(() => BytePairTrainer.Train(s_texts, folder["tokenizer"], options, TestContext.Current.CancellationToken));
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["tokenizer"]));
    }
}
