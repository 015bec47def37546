using System.Globalization;
using AiSdk.Onnx;

namespace AiSdk.Training;

/// <summary>Compares a model that was imported with the graph it came from: what a graph does that Llama models do not is found even where it does not show in its operators.</summary>
internal static class ImportCheck
{
    private const int Tokens = 24;

    // Rounding shows in the fifth digit; quantized activations in the third.
    private const double Tolerance = 0.02;

    /// <exception cref="TrainingException">They predict differently.</exception>
    public static void Require(TrainableModel model, string folder)
    {
        Xoshiro256 random = new(1);
        int[] tokens = [.. Enumerable.Range(0, Math.Min(Tokens, model.Configuration.ContextLength)).Select(_ => (int)(random.NextDouble() * model.Configuration.VocabularySize))];
        if (tokens.Length < 2)
            return;
        double wanted = 0;
        using (var original = OnnxModel.Load(folder, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime, IntraOpThreads = 1 }))
        {
            using IDecoder decoder = original.CreateDecoder(tokens.Length);
            for (int i = 0; i + 1 < tokens.Length; i++)
            {
                decoder.Append([tokens[i]], CancellationToken.None);
                wanted += LogSoftmax.Normalizer(decoder.Logits) - decoder.Logits[tokens[i + 1]];
            }
        }
        using var batch = TrainingBatch.Create([new EncodedExample(tokens, 1, 1, null, "")], promptWeight: 0, smoothing: 0);
        using LlamaSession session = new(model, new LlamaGraphOptions { IsTraining = false }, [], threads: 1);
        double found = session.Run([batch], 0, 0, CancellationToken.None)[0];
        if (!(Math.Abs(found - wanted) <= Tolerance * batch.Weight))
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"The model in '{folder}' has the weights of a Llama model, but computes something else with them: on test tokens its mean loss is {wanted / batch.Weight:F4}, a Llama's would be {found / batch.Weight:F4}. It cannot be trained."));
    }
}
