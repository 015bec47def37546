using System.Runtime.CompilerServices;
using System.Text.Json;
using AiSdk.Analyzers.Prompts;
using AiSdk.Tests;
using Microsoft.ML.Tokenizers;
using Xunit;

namespace AiSdk.Analyzers.Tests.Prompts;

/// <summary>The estimate against the tokenizers of the models that it stands for.</summary>
public sealed class TokenEstimateTests
{
    private const int LongEnough = 100;

    private static readonly Tokenizer[] _tokenizers = [TiktokenTokenizer.CreateForEncoding("cl100k_base"), TiktokenTokenizer.CreateForEncoding("o200k_base")];

    [Fact]
    public void English_is_estimated_within_15_percent()
    {
        Check(File.ReadLines(TestData.Path("data", "retrieval", "cranfield", "corpus.jsonl")).Select(Text));
        Check(File.ReadLines(TestData.Path("data", "guards", "prompts.jsonl")).Select(Text).Where(static text => text.All(char.IsAscii)));
    }

    [Fact]
    public void Code_is_estimated_within_15_percent() =>
        Check(Directory.EnumerateFiles(Repository(), "*.cs", SearchOption.AllDirectories).Where(static file => !file.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj")).Select(File.ReadAllText));

    [Fact]
    public void Pages_are_estimated_within_15_percent() => Check(Directory.EnumerateFiles(Repository(), "*.md", SearchOption.AllDirectories).Select(File.ReadAllText));

    [Theory]
    [InlineData("", 0)]
    [InlineData("Hello, world!", 4)]
    [InlineData("123456", 2)]
    [InlineData("a\n\n\nb", 3)]
    public void Small_texts(string text, int tokens) => Assert.Equal(tokens, TokenEstimate.Of(text));

    // All texts together, and of those that are not short 95 of 100 on their own.
    private static void Check(IEnumerable<string> texts)
    {
        List<string> all = [.. texts];
        Assert.NotEmpty(all);
        foreach (Tokenizer tokenizer in _tokenizers)
        {
            long estimated = 0, counted = 0;
            int longOnes = 0, near = 0;
            foreach (string text in all)
            {
                int estimate = TokenEstimate.Of(text);
                int count = tokenizer.CountTokens(text);
                estimated += estimate;
                counted += count;
                if (count < LongEnough)
                    continue;
                longOnes++;
                near += Math.Abs(estimate - count) <= 0.15 * count ? 1 : 0;
            }
            Assert.InRange(estimated / (double)counted, 0.92, 1.08);
            Assert.True(near >= 0.95 * longOnes, $"{near} of {longOnes}");
        }
    }

    private static string Text(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("text").GetString()!;
    }

    private static string Repository([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
