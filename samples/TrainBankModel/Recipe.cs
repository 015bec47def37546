using AiSdk.Training;

namespace TrainBankModel;

/// <summary>All that decides what model comes out, besides the messages.</summary>
internal sealed record Recipe
{
    /// <summary>Of the split, the data and the weights.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The share of the messages that is set aside for judging the model.</summary>
    public double HeldOut { get; init; } = 0.1;

    /// <summary>The tokenizer's tokens.</summary>
    public int Vocabulary { get; init; } = 1536;

    public int HiddenSize { get; init; } = 128;

    public int InnerSize { get; init; } = 352;

    public int Layers { get; init; } = 4;

    // Names are copied letter by letter, which heads of 16 learn late.
    public int Heads { get; init; } = 4;

    public int KeyValueHeads { get; init; } = 4;

    public int ContextLength { get; init; } = 512;

    /// <summary>How often each message is learnt to be routed.</summary>
    public int Epochs { get; init; } = 28;

    /// <summary>How many woven messages are new in each epoch.</summary>
    public int FactsPerEpoch { get; init; } = 5_500;

    /// <summary>How many messages are answered in each epoch.</summary>
    public int RepliesPerEpoch { get; init; } = 900;

    public double LearningRate { get; init; } = 3e-3;

    public int BatchTokens { get; init; } = 2_048;

    public double WeightDecay { get; init; } = 0.1;

    public double Dropout { get; init; } = 0.2;

    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>The weight of the messages' own tokens in the loss: what customers write is learnt a little, too.</summary>
    public double PromptWeight { get; init; } = 0.2;

    /// <summary>The share of words left out of messages that are learnt to be routed (<see cref="MessageNoise"/>).</summary>
    public double WordDropout { get; init; } = 0.15;

    /// <summary>The share of messages that are learnt to be routed with another one of the same intent behind them.</summary>
    public double JoinedMessages { get; init; } = 0.15;

    /// <summary>The probability with which a token of a prompt is learnt in pieces (<see cref="TrainingExample.TokenSplitting"/>), except where facts are read: they are copied token by token.</summary>
    public double TokenSplitting { get; init; } = 0.1;

    /// <summary>The bits of a weight in the model that is shipped: 8 or 4.</summary>
    public int Bits { get; init; } = 8;

    /// <summary>How many weights share a scale.</summary>
    public int BlockSize { get; init; } = 32;

    /// <summary>Whether what is multiplied with the weights is quantized, too: 4, which is fast; 0 computes with it as it is, so that replies do not depend on how a prompt is cut.</summary>
    public int AccuracyLevel { get; init; } = 4;

    /// <summary>What a chat with this model looks like: a role's mark before each message, an end behind each reply.</summary>
    public static string ChatTemplate =>
        "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{% if message.role == 'assistant' %}<|end|>{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    /// <summary>The model's sizes.</summary>
    public LlamaConfiguration Configuration => new()
    {
        HiddenSize = HiddenSize,
        InnerSize = InnerSize,
        Layers = Layers,
        Heads = Heads,
        KeyValueHeads = KeyValueHeads,
        ContextLength = ContextLength,
        TiedEmbeddings = true,
    };
}
