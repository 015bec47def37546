using System.Globalization;
using AiSdk.Training;
using Quickstart;

namespace TrainBankModel;

/// <summary>Writes MODEL.md: what the model is, what it was made from, how good it is and what it cannot do.</summary>
internal static class ModelCard
{
    /// <summary>Its name.</summary>
    public const string FileName = "MODEL.md";

    /// <summary>Its first line, by which a folder of such a model is known.</summary>
    public const string Heading = "# The bank model";

    // Of routing, and of whole records of facts.
    private const double Target = 0.9;

    /// <summary>Writes it into the model's folder.</summary>
    public static void Write(string folder, Recipe recipe, long parameters, HeldOutSplit split, BankModelFigures figures, TrainingResult result, TimeSpan elapsed, int threads)
    {
        long bytes = Directory.GetFiles(folder).Sum(static file => new FileInfo(file).Length);
        File.WriteAllText(Path.Combine(folder, FileName), Text(recipe, parameters, bytes, split, figures, result, elapsed, threads));
    }

    /// <summary>What it says.</summary>
    public static string Text(Recipe recipe, long parameters, long bytes, HeldOutSplit split, BankModelFigures figures, TrainingResult result, TimeSpan elapsed, int threads) =>
        string.Create(CultureInfo.InvariantCulture, $"""
            {Heading}

            A language model of {parameters / 1e6:0.00} million parameters that routes customers' messages to a bank, reads the facts in them and answers politely, in English. It was trained from nothing, by
            `samples/TrainBankModel`, for the three functions of `samples/Quickstart/Bank/IBankDesk.cs`, and is embedded in the Quickstart. It is a demonstration: no bank's rules are in it.

            | | |
            |---|---|
            | architecture | Llama: {recipe.Layers} layers of {recipe.HiddenSize}, {recipe.Heads} heads ({recipe.KeyValueHeads} for keys and values), feed-forward {recipe.InnerSize}, one table for embeddings and logits |
            | tokenizer | byte-level BPE of {recipe.Vocabulary} tokens, each digit by itself |
            | context | {recipe.ContextLength} tokens |
            | weights | {recipe.Bits}-bit MatMulNBits, blocks of {recipe.BlockSize}; {bytes / 1e6:0.0} MB, tokenizer included |
            | files | ONNX Runtime GenAI's layout, and calibration.json for confidences |

            ## Data

            - Messages and intents: the training file of Banking77 (I. Casanueva et al., Efficient Intent Detection with Dual Sentence Encoders, 2020; PolyAI, CC BY 4.0), {split.Training.Count + split.HeldOut.Count} messages of 77 intents. Its test file was never looked at.
            - Facts: sentences, names and numbers of `FactSentences.cs`, `SentencePatterns.cs` and `FactPhrases.cs`, woven together, alone and around messages. Merchants' names are used to name them, nothing else.
            - Replies: one for each intent, written in `BankReplies.cs`.

            ## Recipe

            `dotnet run -c Release --project samples/TrainBankModel -- banking77_train.csv{Settings(recipe)}` makes the model again: {recipe.Epochs} epochs over {split.Training.Count} messages to route, {recipe.FactsPerEpoch} new woven ones and {recipe.RepliesPerEpoch}
            answers each, AdamW with a cosine schedule from {recipe.LearningRate}, batches of {recipe.BatchTokens} tokens, weight decay {recipe.WeightDecay}, dropout {recipe.Dropout}, label smoothing {recipe.LabelSmoothing}, prompt weight {recipe.PromptWeight}, words left out of messages {recipe.WordDropout},
            messages joined {recipe.JoinedMessages}, tokens of prompts split {recipe.TokenSplitting} except where facts are read, seed {recipe.Seed}. This one took {elapsed.TotalMinutes:0} minutes on {threads} cores with whatever else ran on them: {result.Tokens / 1e6:0.0} million tokens, {result.Tokens / elapsed.TotalSeconds / 1000:0.0} thousand a second.

            ## Figures

            On {split.HeldOut.Count} messages that were set aside: a tenth of each intent, and none of them nearly a message that was learnt (words the same but for a fifth). Of this model as it is here, quantized. Intervals are Wilson's, 95 %.
            Woven messages that are judged share with those that are learnt the forms in which amounts, dates and cards are written, and the sentences of `FactSentences.Fillers` that say nothing, of which one stands in a quarter of them.
            The recipe, and what the check mends, were chosen while looking at these messages, so that on others the figures may be a little lower. `--measure FOLDER` measures again.

            | | |
            |---|---|
            | routing, 77 intents, accuracy | {figures.Routing.Accuracy} |
            | routing, macro F1 | {figures.Routing.MacroF1:0.0000} |
            | confidence, expected calibration error (temperature {figures.Temperature} fitted on one half of the messages, measured on the other) | {figures.CalibrationError:0.0000} |
            | time of a routing on one core, where it was made | {figures.Routing.MillisecondsPerCall:0.00} ms |
            | facts, whole record exact, on 2,000 woven messages whose sentences and names of shops were all set aside, the sentences written by somebody who had not seen those that are learnt, behind the check that the Quickstart makes (`FactsCheck.cs`: what slipped is mended from the message) | {figures.Facts} |
            | the same, as the model wrote them | {figures.WrittenFacts} |
            | records with an amount or a card ending that is not the message's own (another of its numbers: one that is not in the message at all is mended or dropped by the check) | {figures.InventedFacts} of 2,000 written; {figures.PassedInventions} behind the check |
            | replies that are, word for word, that of the intent | {figures.Replies} |

            {Against("Routing", figures.Routing.Accuracy)} {Against("Reading facts", figures.Facts)}

            ## What it cannot do

            - Anything but English messages to a bank. Whatever is asked, it names one of 77 intents; its confidence is all that says that none fits, and on texts of another kind even that says little.
            - Two amounts, merchants or cards in one message: it reads one of each. Amounts in words ("fifty pounds"), dates as calendar dates ("yesterday" stays "yesterday"), currencies other than the ten it knows.
            - Answer what a message asks beyond its intent: the reply is one of 77, learnt by heart.
            - Follow instructions other than the three prompts that it was trained with.

            """);

    private static string Settings(Recipe recipe) => RecipeSettings.Differences(recipe) is { Count: > 0 } settings ? $" --set {string.Join(' ', settings)}" : "";

    /// <summary>How a share stands to what it was meant to reach.</summary>
    private static string Against(string what, WilsonInterval share) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} {(share.Share >= Target ? "reaches" : "falls short of")} the {Target:0.00} that was aimed at{(share.Low <= Target && Target <= share.High ? ", which the interval holds" : "")}.");
}
