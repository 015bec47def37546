using System.Globalization;
using AiSdk;
using AiSdk.Onnx;
using Quickstart;

namespace TrainBankModel;

/// <summary>How good a model is, on what it has not learnt.</summary>
/// <param name="Routing">Its routing.</param>
/// <param name="CalibrationError">The expected calibration error on the half of the messages that the temperature was not fitted on.</param>
/// <param name="Temperature">The calibration's temperature.</param>
/// <param name="Facts">How many records it reads exactly, behind <see cref="FactsCheck"/>.</param>
/// <param name="WrittenFacts">How many records the model wrote exactly by itself.</param>
/// <param name="InventedFacts">How many records of the model have an amount or card ending that is not the message's own.</param>
/// <param name="PassedInventions">How many records have one behind <see cref="FactsCheck"/>.</param>
/// <param name="Replies">How many messages it answers with the reply of their intent, word for word.</param>
internal sealed record BankModelFigures(RoutingEvaluation Routing, double CalibrationError, double Temperature, WilsonInterval Facts, WilsonInterval WrittenFacts, int InventedFacts, int PassedInventions, WilsonInterval Replies)
{
    private const int WovenMessages = 2_000;
    private const int Answered = 300;
    private const int MostShown = 12;

    /// <summary>Calibrates a model, whose folder gets a calibration.json, and measures it.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="heldOut">Messages that it has not learnt.</param>
    /// <param name="seed">Of the woven messages.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<BankModelFigures> MeasureAsync(string folder, IReadOnlyList<LabelledMessage> heldOut, int seed, CancellationToken cancellationToken)
    {
        LabelledMessage[] fitted = [.. heldOut.Where(static (_, i) => i % 2 == 0)];
        LabelledMessage[] others = [.. heldOut.Where(static (_, i) => i % 2 == 1)];
        ConfidenceCalibration calibration = await ConfidenceCalibration.FitAsync(async temperature =>
        {
            using OnnxChatClient trial = Open(folder, temperature);
            return (await RoutingEvaluation.RunAsync(new BankDesk(trial), fitted, cancellationToken).ConfigureAwait(false)).Confidences;
        }).ConfigureAwait(false);
        calibration.Save(folder);

        using OnnxChatClient client = Open(folder, null);
        BankDesk desk = new(client);
        int shown = 0;
        RoutingEvaluation routing = await RoutingEvaluation.RunAsync(desk, heldOut, cancellationToken).ConfigureAwait(false);
        RoutingEvaluation unseen = await RoutingEvaluation.RunAsync(desk, others, cancellationToken).ConfigureAwait(false);
        (WilsonInterval facts, WilsonInterval written, int invented, int passed) = await FactsAsync(desk, heldOut, seed, WovenMessages, PrintMissed, cancellationToken).ConfigureAwait(false);
        return new BankModelFigures(routing, ConfidenceCalibration.ExpectedError(unseen.Confidences), calibration.Temperature, facts, written, invented, passed, await RepliesAsync(desk, heldOut, cancellationToken).ConfigureAwait(false));

        void PrintMissed(WovenMessage woven, MessageFacts written, MessageFacts facts)
        {
            if (facts != woven.Facts && shown++ < MostShown)
                Console.WriteLine($"  missed: {woven.Text}\n    expected {woven.Facts}\n    read     {written}");
        }
    }

    /// <summary>Prints them.</summary>
    public void Print(TextWriter output)
    {
        Routing.Print(output);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"temperature {Temperature}, calibration error on messages it was not fitted on: {CalibrationError:0.0000}"));
        output.WriteLine($"facts, whole record exact: {Facts}; as the model wrote them: {WrittenFacts}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"records with an amount or card ending that is not the message's own: {InventedFacts} written by the model, {PassedInventions} behind the check"));
        output.WriteLine($"replies, word for word that of the intent: {Replies}");
    }

    /// <summary>Whether a record has an amount or card ending that is not the message's own: made up, or another one of its numbers.</summary>
    /// <param name="read">The record.</param>
    /// <param name="own">What the message says.</param>
    public static bool HasForeignNumber(MessageFacts read, MessageFacts own) =>
        (read.Amount is { } amount && amount != own.Amount) || (read.CardEnding is { } ending && ending != own.CardEnding);

    /// <summary>Opens a model as the Quickstart does.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="temperature">The calibration to try; null for the folder's own.</param>
    public static OnnxChatClient Open(string folder, double? temperature) =>
        new(folder, new OnnxModelOptions { Engine = OnnxEngine.OnnxRuntime, IntraOpThreads = 1, JumpForward = true, MaxBatchSize = 1, ConfidenceTemperature = temperature });

    /// <summary>Has the facts of woven messages read, whose sentences and names of shops are all set aside.</summary>
    /// <param name="desk">Reads them.</param>
    /// <param name="heldOut">Messages that the model has not learnt.</param>
    /// <param name="seed">Of the woven messages.</param>
    /// <param name="messages">How many; fewer are the first of more.</param>
    /// <param name="told">Told of each record: the message, what the model wrote, what is behind the check.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<(WilsonInterval Exact, WilsonInterval Written, int Invented, int Passed)> FactsAsync(
        BankDesk desk, IReadOnlyList<LabelledMessage> heldOut, int seed, int messages, Action<WovenMessage, MessageFacts, MessageFacts> told, CancellationToken cancellationToken)
    {
        FactWeaver weaver = new(heldOut, seed, isHeldOut: true);
        int exact = 0;
        int exactAlone = 0;
        int invented = 0;
        int passed = 0;
        for (int i = 0; i < messages; i++)
        {
            WovenMessage woven = weaver.Next();
            MessageFacts written;
            try
            {
                written = (await desk.ExtractAsync(woven.Text, cancellationToken).ConfigureAwait(false)).Value;
            }
            // It ran on to the limit; that is no record.
            catch (AiTruncatedException)
            {
                continue;
            }
            MessageFacts facts = FactsCheck.Supported(written, woven.Text, out _);
            exact += facts == woven.Facts ? 1 : 0;
            exactAlone += written == woven.Facts ? 1 : 0;
            invented += HasForeignNumber(written, woven.Facts) ? 1 : 0;
            passed += HasForeignNumber(facts, woven.Facts) ? 1 : 0;
            told(woven, written, facts);
        }
        return (new WilsonInterval(exact, messages), new WilsonInterval(exactAlone, messages), invented, passed);
    }

    private static async Task<WilsonInterval> RepliesAsync(BankDesk desk, IReadOnlyList<LabelledMessage> heldOut, CancellationToken cancellationToken)
    {
        int right = 0;
        LabelledMessage[] messages = [.. heldOut.Where((_, i) => i % Math.Max(1, heldOut.Count / Answered) == 0)];
        foreach (LabelledMessage message in messages)
        {
            string reply = "";
            try
            {
                await foreach (string piece in desk.ReplyAsync(message.Text, cancellationToken).ConfigureAwait(false))
                    reply += piece;
            }
            catch (AiTruncatedException)
            {
                continue;
            }
            right += reply == BankReplies.All[message.Category] ? 1 : 0;
        }
        return new WilsonInterval(right, messages.Length);
    }
}
