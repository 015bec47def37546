using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using AiSdk.Onnx;
using Microsoft.Extensions.AI;

namespace AiSdk.Benchmarks;

/// <summary>An execution provider such as CUDA: whether replies are those of the CPU, whether a state survives being copied, cut and grown there, and how fast one reply and eight at once are written.</summary>
internal static class ProviderBenchmark
{
    private const int Tokens = 128;
    private const int Runs = 5;
    private const string AdapterName = "adapter";

    public static int Run(string[] args)
    {
        string? folder = Arguments.Value(args, "--model");
        string? tokenizer = RandomModel.Tokenizer(args);
        if ((folder ?? tokenizer) is null)
        {
            Console.Error.WriteLine("""
                Usage: provider [--provider cuda] [--option KEY=VALUE] [--model FOLDER [--adapter FILE]] [--prompt TEXT] [--tokenizer FILE]
                  --provider NAME   what the models run on, as ONNX Runtime names it; cuda unless it is given. The application's ONNX Runtime must have it
                  --option K=V      a setting of it, such as use_tf32=1
                  --model FOLDER    a model that the CPU runs too, whose replies to the prompt are compared; random models are then left out
                  --adapter FILE    an adapter of it (.onnx_adapter), with which they are compared, too
                  --tokenizer FILE  GPT-2's tokenizer.json (or .gz) for random models; by default that of the test material (AISDK_TESTDATA, else ../shared)
                """);
            return 2;
        }
        string provider = Arguments.Value(args, "--provider") ?? "cuda";
        string? option = Arguments.Value(args, "--option");
        try
        {
            if (folder is not null)
            {
                Compare(folder, provider, option, Arguments.Value(args, "--adapter"), Arguments.Value(args, "--prompt") ?? "Once upon a time, there was a little");
                return 0;
            }
            foreach (int bits in (ReadOnlySpan<int>)[32, 4])
                RandomModel.Use(bits, tokenizer!, made => Measured(made, provider, option, bits == 32 ? "_fp16" : "_int4"), isHalf: true);
            return 0;
        }
        catch (OnnxModelException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static OnnxModel Load(string folder, string? provider, string? option, string? adapter = null)
    {
        OnnxModelOptions options = new() { Engine = OnnxEngine.OnnxRuntime, ExecutionProvider = provider, PromptLookup = false, PrefixCacheBytes = 0 };
        if (option?.Split('=') is [string key, string value])
            options.ProviderOptions[key] = value;
        if (adapter is not null)
            options.Adapters[AdapterName] = Path.GetFullPath(adapter);
        return OnnxModel.Load(folder, options);
    }

    private static void Compare(string folder, string provider, string? option, string? adapter, string text)
    {
        using OnnxModel cpu = Load(folder, null, null, adapter);
        using OnnxModel device = Load(folder, provider, option, adapter);
        int[] prompt = [.. cpu.Tokenizer.EncodePrompt(text)];
        int count = Math.Min(Tokens, cpu.ContextLength - prompt.Length);
        List<int> expected = Greedy(cpu, prompt, count), got = Greedy(device, prompt, count);
        int same = Same(expected, got);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cpu.Name}: the first {same} of {count} tokens are the CPU's; states copied, cut and grown: {(Consistent(device, prompt, got) ? "consistent" : "DIFFERENT")}"));
        Report.Ratio($"provider.same_tokens_{cpu.Name}", (double)same / count, "1");
        if (adapter is null)
            return;
        List<int> adapted = Greedy(cpu, prompt, count, AdapterName), gotAdapted = Greedy(device, prompt, count, AdapterName);
        int sameAdapted = Same(adapted, gotAdapted);
        bool isBaseKept = Greedy(device, prompt, count).SequenceEqual(got);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"with the adapter: the first {sameAdapted} of {count} tokens are the CPU's, whose first {Same(expected, adapted)} are those without it; without it again: {(isBaseKept ? "as before" : "DIFFERENT")}"));
        Report.Ratio($"provider.same_tokens_{cpu.Name}_adapter", (double)sameAdapted / count, "1");
    }

    private static int Same(List<int> expected, List<int> got)
    {
        int same = 0;
        while (same < expected.Count && expected[same] == got[same])
            same++;
        return same;
    }

    private static int Measured(string folder, string provider, string? option, string suffix)
    {
        using OnnxModel model = Load(folder, provider, option);
        int[] prompt = [.. Enumerable.Range(0, 400).Select(i => 1 + (i * 37 % (model.VocabularySize - 1)))];
        List<int> tokens = Greedy(model, prompt, Tokens);
        bool consistent = Consistent(model, prompt, tokens);
        List<double> rates = [], outside = [];
        for (int run = 0; run < Runs; run++)
        {
            using IDecoder decoder = model.CreateDecoder(prompt.Length + Tokens);
            decoder.Append(prompt);
            TimeSpan before = decoder.EngineTime;
            long started = Stopwatch.GetTimestamp();
            for (int i = 0; i < Tokens; i++)
                decoder.Append([TensorPrimitives.IndexOfMax(decoder.Logits)]);
            TimeSpan time = Stopwatch.GetElapsedTime(started);
            rates.Add(Tokens / time.TotalSeconds);
            outside.Add(1 - ((decoder.EngineTime - before) / time));
        }
        long prefill = Stopwatch.GetTimestamp();
        using (IDecoder decoder = model.CreateDecoder(prompt.Length))
            decoder.Append(prompt);
        double prefillMilliseconds = Stopwatch.GetElapsedTime(prefill).TotalMilliseconds;
        (double one, _) = Together(model, 1);
        (double eight, int different) = Together(model, 8);
        double rate = Measure.Median(rates);
        Report.Table(
            [$"{provider}{suffix.Replace('_', ' ')}, 50 million random parameters", "value"],
            [
                ["tokens/s, one sequence", $"{rate:0}"],
                ["outside ONNX Runtime", $"{Measure.Median(outside):P2}"],
                ["prefill of 400 tokens, ms", $"{prefillMilliseconds:0.0}"],
                ["replies, one at a time, tokens/s", $"{one:0}"],
                ["replies, eight at once, tokens/s", $"{eight:0}"],
                ["replies of eight that differ from those alone", $"{different}"],
                ["states copied, cut and grown", consistent ? "consistent" : "DIFFERENT"],
            ]);
        Report.Ratio($"provider.tokens_per_second{suffix}", rate);
        Report.Ratio($"provider.batch_of_8_vs_single{suffix}", eight / one);
        return 0;
    }

    private static List<int> Greedy(OnnxModel model, int[] prompt, int count, string? adapter = null)
    {
        using IDecoder decoder = model.CreateDecoder(prompt.Length + count, adapter);
        decoder.Append(prompt);
        return Continue(decoder, count);
    }

    private static List<int> Continue(IDecoder decoder, int count)
    {
        List<int> tokens = [];
        while (tokens.Count < count)
        {
            tokens.Add(TensorPrimitives.IndexOfMax(decoder.Logits));
            if (tokens.Count < count)
                decoder.Append([tokens[^1]]);
        }
        return tokens;
    }

    /// <summary>Whether a state that was moved to another decoder, went astray, was cut back and had to grow goes on as the first one did.</summary>
    private static bool Consistent(OnnxModel model, int[] prompt, List<int> expected)
    {
        int half = prompt.Length / 2;
        using IDecoder first = model.CreateDecoder(half + 3);
        first.Append(prompt.AsSpan(0, half));
        using IDecoder second = model.CreateDecoder(half + 8);
        second.CopyFrom(first, half - 1);
        second.Append([prompt[^1], prompt[^2]]);
        second.Rewind(half - 1);
        second.Reserve(prompt.Length + expected.Count);
        second.Append(prompt.AsSpan(half - 1));
        return Continue(second, expected.Count).SequenceEqual(expected);
    }

    private static (double Rate, int Different) Together(OnnxModel model, int count)
    {
        using OnnxChatClient client = new(model);
        string[] prompts = [.. Enumerable.Range(0, count).Select(static i => string.Create(CultureInfo.InvariantCulture, $"Letter {i} begins: {string.Concat(Enumerable.Repeat("and so on, ", 2 + (i % 5)))}"))];
        string[] alone = [.. prompts.Select(prompt => Task.Run(() => ReplyAsync(prompt)).GetAwaiter().GetResult().Text)];
        List<double> rates = [];
        int different = 0;
        for (int run = 0; run < Runs; run++)
        {
            long started = Stopwatch.GetTimestamp();
            (string Text, long Tokens)[] replies = Task.WhenAll(prompts.Select(ReplyAsync)).GetAwaiter().GetResult();
            rates.Add(replies.Sum(static reply => reply.Tokens) / Stopwatch.GetElapsedTime(started).TotalSeconds);
            different = Math.Max(different, replies.Where((reply, i) => reply.Text != alone[i]).Count());
        }
        return (Measure.Median(rates), different);

        async Task<(string Text, long Tokens)> ReplyAsync(string prompt)
        {
            ChatResponse response = await client.GetResponseAsync(prompt, new ChatOptions { MaxOutputTokens = Tokens, Temperature = 0 }).ConfigureAwait(false);
            return (response.Text, response.Usage!.OutputTokenCount!.Value);
        }
    }
}
