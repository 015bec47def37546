using System.Diagnostics;
using System.Globalization;
using AiSdk.Onnx;
using Microsoft.Extensions.AI;

namespace AiSdk.Benchmarks;

/// <summary>How fast a local model folder writes: greedy, one sequence.</summary>
internal static class DecodeBenchmark
{
    private const int Runs = 5;

    public static int Run(string[] args)
    {
        if (Arguments.Value(args, "--model") is not { } folder)
        {
            Console.Error.WriteLine("Usage: decode --model FOLDER [--tokens N] [--prompt TEXT]");
            return 2;
        }
        int tokens = int.Parse(Arguments.Value(args, "--tokens") ?? "256", CultureInfo.InvariantCulture);
        string prompt = Arguments.Value(args, "--prompt") ?? "Once upon a time, there was a little";
        long loading = Stopwatch.GetTimestamp();
        OnnxModel model;
        try
        {
            model = OnnxModel.Load(folder);
        }
        catch (OnnxModelException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
        using (model)
        {
            double loadMilliseconds = Stopwatch.GetElapsedTime(loading).TotalMilliseconds;
            using OnnxChatClient client = new(model);
            ChatOptions options = new() { MaxOutputTokens = Math.Min(tokens, model.ContextLength / 2) };
            (double buffered, double streamed, double first) = RunAsync(client, prompt, options).GetAwaiter().GetResult();
            Report.Table(
                [$"{model.Name}, greedy, {options.MaxOutputTokens} tokens at most", "value"],
                [
                    ["load ms", $"{loadMilliseconds:0}"],
                    ["tokens/s, buffered", $"{buffered:0}"],
                    ["tokens/s, streamed", $"{streamed:0}"],
                    ["first piece ms", $"{first:0.0}"],
                ]);
            Report.Ratio("decode.tokens_per_second", buffered);
            Report.Ratio("decode.streamed_vs_buffered", streamed / buffered);
        }
        return 0;
    }

    private static async Task<(double Buffered, double Streamed, double First)> RunAsync(OnnxChatClient client, string prompt, ChatOptions options)
    {
        List<double> buffered = [], streamed = [], first = [];
        for (int run = 0; run <= Runs; run++)
        {
            long started = Stopwatch.GetTimestamp();
            ChatResponse response = await client.GetResponseAsync(prompt, options).ConfigureAwait(false);
            double bufferedRate = response.Usage!.OutputTokenCount!.Value / Stopwatch.GetElapsedTime(started).TotalSeconds;

            started = Stopwatch.GetTimestamp();
            double firstPiece = 0;
            string text = "";
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(prompt, options).ConfigureAwait(false))
            {
                if (firstPiece == 0 && update.Text.Length > 0)
                    firstPiece = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                text += update.Text;
            }
            double streamedRate = response.Usage.OutputTokenCount.Value / Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (text != response.Text)
                throw new InvalidOperationException($"The streamed text is not the buffered one:\n{text}\n{response.Text}");
            if (run == 0)
                continue;
            buffered.Add(bufferedRate);
            streamed.Add(streamedRate);
            first.Add(firstPiece);
        }
        return (Measure.Median(buffered), Measure.Median(streamed), Measure.Median(first));
    }
}
