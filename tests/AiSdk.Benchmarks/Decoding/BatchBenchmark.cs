using System.Diagnostics;
using System.Globalization;
using AiSdk.Onnx;
using Microsoft.Extensions.AI;

namespace AiSdk.Benchmarks;

/// <summary>Replies of a local model that are made at the same time: the tokens they get together in a second, over those of one reply at a time.</summary>
/// <remarks>Prompts differ, in length too. Each reply must be the one that its prompt gets alone. The numbers of replies take turns, so that the machine's moods hit all of them alike.</remarks>
internal static class BatchBenchmark
{
    private const int Runs = 5;
    private const int Tokens = 96;
    private static readonly int[] _numbers = [1, 4, 8, 16];

    public static int Run(string[] args)
    {
        if (Arguments.Value(args, "--model") is { } folder)
            return Measured(folder, "");
        if (RandomModel.Tokenizer(args) is not { } tokenizer)
        {
            Console.Error.WriteLine("""
                Usage: batch [--model FOLDER | --tokenizer FILE] [--bits 32|8|4]
                  --model FOLDER    a model folder; without it, models of 50 million random parameters are written, in 32, 8 and 4 bits
                  --tokenizer FILE  GPT-2's tokenizer.json (or .gz) for those; by default that of the test material (AISDK_TESTDATA, else ../shared)
                """);
            return 2;
        }
        foreach (int bits in RandomModel.Widths)
        {
            if (Arguments.Value(args, "--bits") is { } only && only != bits.ToString(CultureInfo.InvariantCulture))
                continue;
            if (RandomModel.Use(bits, tokenizer, made => Measured(made, RandomModel.Suffix(bits))) is not 0 and int failed)
                return failed;
        }
        return 0;
    }

    private static int Measured(string folder, string suffix)
    {
        OnnxChatClient client;
        try
        {
            // What one reply gains by reading nothing twice and by guesses is the benchmark 'structured''s.
            client = new OnnxChatClient(folder, new OnnxModelOptions { PrefixCacheBytes = 0, PromptLookup = false });
        }
        catch (OnnxModelException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
        using (client)
        {
            string[] prompts = [.. Enumerable.Range(0, _numbers[^1]).Select(static i => string.Create(CultureInfo.InvariantCulture, $"Letter {i} begins: {string.Concat(Enumerable.Repeat("and so on, ", 2 + (i % 5)))}"))];
            string[] alone = new string[prompts.Length];
            for (int i = 0; i < prompts.Length; i++)
                alone[i] = Task.Run(() => ReplyAsync(client, prompts[i])).GetAwaiter().GetResult().Text;
            List<double>[] rates = [.. _numbers.Select(static _ => new List<double>())];
            int different = 0;
            for (int run = 0; run < Runs; run++)
            {
                for (int n = 0; n < _numbers.Length; n++)
                {
                    long started = Stopwatch.GetTimestamp();
                    (string Text, long Tokens)[] replies = Task.WhenAll(prompts[.._numbers[n]].Select(prompt => ReplyAsync(client, prompt))).GetAwaiter().GetResult();
                    rates[n].Add(replies.Sum(static reply => reply.Tokens) / Stopwatch.GetElapsedTime(started).TotalSeconds);
                    different += replies.Where((reply, i) => reply.Text != alone[i]).Count();
                }
            }
            double[] medians = [.. rates.Select(Measure.Median)];
            Report.Table(
                ["replies at once", "tokens/s", "x one"],
                _numbers.Select((number, n) => new[] { number.ToString(CultureInfo.InvariantCulture), medians[n].ToString("F0", CultureInfo.InvariantCulture), (medians[n] / medians[0]).ToString("F2", CultureInfo.InvariantCulture) }));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{different} of {Runs * _numbers.Sum()} replies differ from those made alone"));
            Report.Ratio("batch_of_8_vs_single" + suffix, medians[2] / medians[0], ">= 2.5");
            return different == 0 ? 0 : 1;
        }
    }

    private static async Task<(string Text, long Tokens)> ReplyAsync(OnnxChatClient client, string prompt)
    {
        ChatResponse response = await client.GetResponseAsync(prompt, new ChatOptions { MaxOutputTokens = Tokens, Temperature = 0 }).ConfigureAwait(false);
        return (response.Text, response.Usage!.OutputTokenCount!.Value);
    }
}
