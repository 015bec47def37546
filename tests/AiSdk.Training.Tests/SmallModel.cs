using Microsoft.Extensions.AI;

namespace AiSdk.Training.Tests;

/// <summary>A task that a tiny model learns in seconds, and the model.</summary>
internal static class SmallModel
{
    private static readonly string[] s_things = ["card", "cash", "loan", "rate", "transfer", "account"];

    public static IReadOnlyList<TrainingExample> Examples { get; } =
    [
        .. from thing in s_things
           from frame in new[] { "where is my {0}", "the {0} is lost", "I ask about a {0}!", "{0}?", "please tell me more of the {0}, now" }
           select new TrainingExample([new ChatMessage(ChatRole.User, string.Format(System.Globalization.CultureInfo.InvariantCulture, frame, thing))], $"\"{thing}\"") { Source = $"{thing}:{frame.Length}" },
    ];

    public static LlamaConfiguration Sizes { get; } = new() { HiddenSize = 32, InnerSize = 64, Layers = 2, Heads = 4, KeyValueHeads = 2, ContextLength = 64 };

    /// <summary>A model of some ten thousand weights with its own tokenizer.</summary>
    public static TrainableModel Create(Folder folder, ulong seed = 1)
    {
        string tokenizer = folder["tokenizer"];
        if (!Directory.Exists(tokenizer))
            BytePairTrainer.Train(Examples.SelectMany(static example => new[] { example.Messages[0].Text, example.Answer }), tokenizer, new BytePairOptions { VocabularySize = 300 });
        return TrainableModel.Create(Sizes, tokenizer, seed);
    }

    public static IAsyncEnumerable<TrainingExample> Stream(IEnumerable<TrainingExample>? examples = null) => (examples ?? Examples).ToAsyncEnumerable();

    /// <summary>All weights, as bits.</summary>
    public static int[] Bits(TrainableModel model) => [.. LlamaLayout.Parameters(model.Configuration).SelectMany(parameter => model.Weights[parameter.Name]).Select(BitConverter.SingleToInt32Bits)];
}
