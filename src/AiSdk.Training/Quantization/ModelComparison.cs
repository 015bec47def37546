using System.Diagnostics;
using System.Numerics.Tensors;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>Compares two models with one tokenizer on texts and examples.</summary>
internal static class ModelComparison
{
    private const int TimedTokens = 48;
    private const int Rounds = 3;

    public static QuantizationReport Compare(string original, string quantized, QuantizationOptions options, int matrices, CancellationToken cancellationToken)
    {
        OnnxModelOptions run = new() { Engine = OnnxEngine.OnnxRuntime, IntraOpThreads = options.Threads };
        using var first = OnnxModel.Load(original, run);
        using var second = OnnxModel.Load(quantized, run);
        // Made once: a template that writes the time must not give the two different prompts.
        List<(int[] Tokens, int First)> pieces = [.. Texts(first, options.Texts), .. Answers(first, options.Examples, cancellationToken)];
        (double lossBefore, List<int> before) = Read(first, pieces, cancellationToken);
        (double lossAfter, List<int> after) = Read(second, pieces, cancellationToken);
        double same = before.Zip(after).Count(static pair => pair.First == pair.Second) / (double)before.Count;
        (double Before, double After) speed = Speed(first, second, cancellationToken);
        return new QuantizationReport(
            new ModelFigures(Size(original, first.Config.GraphFile), Math.Exp(lossBefore), speed.Before),
            new ModelFigures(Size(quantized, second.Config.GraphFile), Math.Exp(lossAfter), speed.After),
            same,
            matrices);
    }

    // Longer texts are read in pieces; each begins anew.
    private static IEnumerable<(int[] Tokens, int First)> Texts(OnnxModel model, IReadOnlyList<string> texts) =>
        from text in texts
        from piece in model.Tokenizer.EncodePrompt(model.Tokenizer.Guard.Protect(text)).ToArray().Chunk(model.ContextLength)
        where piece.Length > 1
        select (piece, 1);

    private static IEnumerable<(int[] Tokens, int First)> Answers(OnnxModel model, IReadOnlyList<TrainingExample> examples, CancellationToken cancellationToken)
    {
        TrainingEncoder encoder = new(model.Tokenizer, model.Prompt, model.Config.EndTokens, model.ContextLength, model.Tokenizer.VocabularySize);
        return examples.SelectMany((example, i) => encoder.Encode(example with { SoftTargets = null }, i + 1, cancellationToken, checkParity: true)).Select(static example => (example.Tokens, example.PromptLength));
    }

    /// <summary>The mean loss of tokens, each piece's from its first one that counts, and the most likely token at each position.</summary>
    private static (double Loss, List<int> Best) Read(OnnxModel model, List<(int[] Tokens, int First)> pieces, CancellationToken cancellationToken)
    {
        List<int> best = [];
        double sum = 0;
        foreach ((int[] tokens, int first) in pieces)
        {
            using IDecoder decoder = model.CreateDecoder(tokens.Length);
            for (int at = 0; at < tokens.Length - 1;)
            {
                int count = Math.Min(decoder.MaxKeptLogits, tokens.Length - 1 - at);
                decoder.Append(tokens.AsSpan(at, count), count, cancellationToken);
                for (int i = Math.Max(0, first - 1 - at); i < count; i++)
                {
                    ReadOnlySpan<float> logits = decoder.KeptLogits(i);
                    sum -= logits[tokens[at + i + 1]] - LogSoftmax.Normalizer(logits);
                    best.Add(TensorPrimitives.IndexOfMax(logits));
                }
                at += count;
            }
        }
        return best.Count > 0 ? (sum / best.Count, best) : throw new TrainingException($"{nameof(QuantizationOptions)}.{nameof(QuantizationOptions.Texts)} have no text of two tokens or more.");
    }

    // In turns, and the best of them: other programs only ever take time.
    private static (double Before, double After) Speed(OnnxModel first, OnnxModel second, CancellationToken cancellationToken)
    {
        double[] best = [0, 0];
        OnnxModel[] models = [first, second];
        for (int round = 0; round < 2 * Rounds; round++)
        {
            int i = round % 2;
            int tokens = Math.Min(TimedTokens, models[i].ContextLength - 1);
            using IDecoder decoder = models[i].CreateDecoder(tokens + 1);
            decoder.Append([models[i].Config.BeginToken ?? 0], cancellationToken);
            long start = Stopwatch.GetTimestamp();
            for (int t = 0; t < tokens; t++)
                decoder.Append([TensorPrimitives.IndexOfMax(decoder.Logits)], cancellationToken);
            best[i] = Math.Max(best[i], tokens / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return (best[0], best[1]);
    }

    private static long Size(string folder, string graph) => Directory.GetFiles(folder).Where(file => Path.GetFileName(file).StartsWith(graph, StringComparison.Ordinal) || Path.GetExtension(file) == ".data").Sum(static file => new FileInfo(file).Length);
}
