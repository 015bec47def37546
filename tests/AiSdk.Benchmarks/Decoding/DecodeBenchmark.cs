using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AiSdk.Onnx;
using Microsoft.Extensions.AI;

namespace AiSdk.Benchmarks;

/// <summary>How fast a local model writes, greedy, one sequence: tokens per second, what of the time is spent outside ONNX Runtime, what caches in place gain, and how near it comes to the memory's bandwidth.</summary>
internal static class DecodeBenchmark
{
    private const int Runs = 5;

    // Where a cache that is copied for each token has become long.
    private const int Context = 1_024;
    private const int Measured = 64;

    public static int Run(string[] args)
    {
        int tokens = int.Parse(Arguments.Value(args, "--tokens") ?? "256", CultureInfo.InvariantCulture);
        string prompt = Arguments.Value(args, "--prompt") ?? "Once upon a time, there was a little";
        if (Arguments.Value(args, "--model") is { } folder)
            return Decode(folder, "", tokens, prompt, new FileInfo(Path.Combine(folder, "model.onnx")) is { Exists: true } file ? file.Length : 0);
        if (RandomModel.Tokenizer(args) is not { } tokenizer)
        {
            Console.Error.WriteLine("Usage: decode [--model FOLDER | --tokenizer FILE] [--tokens N] [--prompt TEXT]; without a folder, models of 50 million random parameters are written, with GPT-2's tokenizer.json (or .gz)");
            return 2;
        }
        foreach (int bits in RandomModel.Widths)
        {
            int failed = RandomModel.Use(bits, tokenizer, made => Decode(made, RandomModel.Suffix(bits), tokens, prompt, RandomModel.BytesPerToken(made)));
            if (failed != 0)
                return failed;
        }
        return 0;
    }

    private static int Decode(string folder, string suffix, int tokens, string prompt, long bytesPerToken)
    {
        long loading = Stopwatch.GetTimestamp();
        OnnxModel model;
        try
        {
            model = OnnxModel.Load(folder, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime, PromptLookup = false, PrefixCacheBytes = 0 });
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
            double outside = Outside(model, prompt, options.MaxOutputTokens.Value);
            double bandwidth = MemoryBandwidth.Read();
            double weights = buffered * bytesPerToken;
            Report.Table(
                [$"{model.Name}{suffix.Replace('_', ' ')}, greedy, {options.MaxOutputTokens} tokens at most", "value"],
                [
                    ["load ms", $"{loadMilliseconds:0}"],
                    ["tokens/s, buffered", $"{buffered:0}"],
                    ["tokens/s, streamed", $"{streamed:0}"],
                    ["first piece ms", $"{first:0.0}"],
                    ["outside ONNX Runtime", $"{outside:P2}"],
                    ["weights read, GB/s", $"{weights / 1e9:0.0}"],
                    ["memory read by all cores, GB/s", $"{bandwidth / 1e9:0.0}"],
                ]);
            Report.Ratio($"decode.tokens_per_second{suffix}", buffered);
            Report.Ratio($"decode.streamed_vs_buffered{suffix}", streamed / buffered);
            Report.Ratio($"decode.outside_share{suffix}", outside, "<= 0.01 on the 50-million-parameter model");
            Report.Ratio($"decode.bandwidth_share{suffix}", weights / bandwidth);
            if (model.SharesBuffers && model.ContextLength >= Context)
                Report.Ratio($"decode.in_place_vs_copying{suffix}", InPlaceVersusCopying(folder, model), ">= 1.2");
            if (GenAILibrary.Find(Environment.GetEnvironmentVariable(GenAILibrary.Variable), GenAILibrary.Folders()) is { } library)
                Report.Ratio($"decode.vs_genai{suffix}", VersusGenAI(library, folder), ">= 1");
        }
        Console.WriteLine();
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

    /// <summary>The share of a reply's time that ONNX Runtime did not take.</summary>
    private static double Outside(OnnxModel model, string prompt, int tokens)
    {
        List<double> shares = [];
        for (int run = 0; run < Runs; run++)
            shares.Add(Task.Run(ShareAsync).GetAwaiter().GetResult());
        return Measure.Median(shares);

        async Task<double> ShareAsync()
        {
            long started = Stopwatch.GetTimestamp();
            await using TextGeneration generation = TextGeneration.Start(model, prompt, new GenerationSettings { MaxOutputTokens = tokens });
            while (generation.FinishReason is null)
                await generation.NextAsync(CancellationToken.None).ConfigureAwait(false);
            return 1 - (generation.EngineTime / Stopwatch.GetElapsedTime(started));
        }
    }

    /// <summary>The time for a token near the context's end with a cache that is copied, over that with one that is extended in place.</summary>
    private static double InPlaceVersusCopying(string folder, OnnxModel inPlace)
    {
        string copy = Directory.CreateTempSubdirectory("aisdk-model-").FullName;
        try
        {
            foreach (string file in Directory.GetFiles(folder))
                File.CreateSymbolicLink(Path.Combine(copy, Path.GetFileName(file)), Path.GetFullPath(file));
            string config = Path.Combine(copy, "genai_config.json");
            string text = File.ReadAllText(config).Replace("\"past_present_share_buffer\":true", "\"past_present_share_buffer\":false", StringComparison.Ordinal).Replace("\"past_present_share_buffer\": true", "\"past_present_share_buffer\": false", StringComparison.Ordinal);
            File.Delete(config);
            File.WriteAllText(config, text);
            using OnnxModel copying = OnnxModel.Load(copy, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime });
            List<double> ratios = [];
            for (int run = 0; run < 3; run++)
                ratios.Add(TimePerToken(copying) / TimePerToken(inPlace));
            return Measure.Median(ratios);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>The loop here over that of the GenAI library, which chooses the tokens itself: greedy, one sequence; the tokens must be the same.</summary>
    private static double VersusGenAI(string library, string folder)
    {
        const int count = 128;
        using OnnxModel ours = OnnxModel.Load(folder, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime });
        using GenAIEngine theirs = new(ours, library, folder, ours.Config, new OnnxModelOptions { Engine = OnnxEngine.GenAI });
        int[] prompt = [.. Enumerable.Range(1, 16)];
        List<double> ratios = [];
        for (int run = 0; run <= Runs; run++)
        {
            (TimeSpan ourTime, List<int> ourTokens) = Ours();
            (TimeSpan theirTime, List<int> theirTokens) = Theirs();
            // The library stops at an end token; what is compared is what both have.
            int both = Math.Min(ourTokens.Count, theirTokens.Count);
            if (!ourTokens.Take(both).SequenceEqual(theirTokens.Take(both)))
                throw new InvalidOperationException($"The tokens are not the same:\n{string.Join(' ', ourTokens)}\n{string.Join(' ', theirTokens)}");
            if (run > 0)
                ratios.Add(theirTime / theirTokens.Count / (ourTime / ourTokens.Count));
        }
        return Measure.Median(ratios);

        (TimeSpan, List<int>) Ours()
        {
            using IDecoder decoder = ours.CreateDecoder(prompt.Length + count);
            decoder.Append(prompt);
            List<int> tokens = [];
            long started = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
            {
                int next = TensorPrimitives.IndexOfMax(decoder.Logits);
                tokens.Add(next);
                decoder.Append([next]);
            }
            return (Stopwatch.GetElapsedTime(started), tokens);
        }

        (TimeSpan, List<int>) Theirs()
        {
            using GenAIGeneratorHandle generator = theirs.CreateGenerator(prompt.Length + count + 1);
            theirs.Check(GenAINative.OgaGenerator_AppendTokens(generator, prompt, (nuint)prompt.Length), "Reading the prompt");
            long started = Stopwatch.GetTimestamp();
            // Behind an end token it refuses to go on.
            for (int i = 0; i < count && GenAILibrary.Error(GenAINative.OgaGenerator_GenerateNextToken(generator)) is null; i++)
            {
            }
            TimeSpan time = Stopwatch.GetElapsedTime(started);
            int total = (int)GenAINative.OgaGenerator_GetSequenceCount(generator, 0);
            int[] tokens = new int[total];
            Marshal.Copy(GenAINative.OgaGenerator_GetSequenceData(generator, 0), tokens, 0, total);
            return (time, [.. tokens.Skip(prompt.Length)]);
        }
    }

    private static double TimePerToken(OnnxModel model)
    {
        using IDecoder decoder = model.CreateDecoder(Context);
        int[] prompt = [.. Enumerable.Range(0, Context - Measured - 1).Select(i => 1 + (i * 37 % (model.VocabularySize - 1)))];
        decoder.Append(prompt);
        decoder.Append([1]);
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < Measured; i++)
            decoder.Append([1 + i]);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
