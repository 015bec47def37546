using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using AiSdk.Training;
using Quickstart;

namespace TrainBankModel;

/// <summary>What the model learns, epoch by epoch: to route each message, to read facts from woven ones, to answer some. The same recipe and messages give the same examples.</summary>
internal sealed partial class BankTrainingData
{
    // What customers want does not change with the facts that they tell.
    private const int WovenEvery = 12;
    private const int RoutedOfIntent = 3;
    private const int ComparedFacts = 200;

    private readonly IReadOnlyList<LabelledMessage> _messages;
    private readonly Dictionary<string, LabelledMessage[]> _byIntent;
    private readonly Recipe _recipe;

    public BankTrainingData(IReadOnlyList<LabelledMessage> messages, Recipe recipe)
    {
        _messages = messages;
        _byIntent = messages.GroupBy(static message => message.Category, StringComparer.Ordinal).ToDictionary(static intent => intent.Key, static intent => intent.ToArray(), StringComparer.Ordinal);
        _recipe = recipe;
    }

    /// <summary>Texts that are like all that the model will read and write, for the tokenizer, cut where a word does not begin with a small letter.</summary>
    /// <remarks>
    /// So no token holds the space before a name, and a name is the same tokens in a message, behind a space, as in an answer, behind a quotation mark: what is copied is found, not translated.
    /// </remarks>
    public IEnumerable<string> Texts() => WholeTexts().SelectMany(static text => BeforeNames().Split(text));

    private IEnumerable<string> WholeTexts()
    {
        FactWeaver weaver = new(_messages, _recipe.Seed, isHeldOut: false);
        foreach (LabelledMessage message in _messages)
        {
            yield return message.Text;
            yield return RoutingAnswer(message.Category);
            yield return BankReplies.All[message.Category];
            WovenMessage woven = weaver.Next();
            yield return woven.Text;
            yield return woven.Answer;
        }
        // Each call has them.
        foreach (var prompt in (IEnumerable<AiSdk.PromptTemplate>)[.. BankDesk.RouteAsyncInfo.Prompts, .. BankDesk.ExtractAsyncInfo.Prompts, .. BankDesk.ReplyAsyncInfo.Prompts])
        {
            for (int i = 0; i < _messages.Count && !prompt.Text.Contains("{{", StringComparison.Ordinal); i++)
                yield return prompt.Text;
        }
    }

    /// <summary>An epoch's examples.</summary>
    public async IAsyncEnumerable<TrainingExample> EpochAsync(int epoch, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        int seed = (_recipe.Seed * 1_000_003) + (epoch * 7_919);
        Random random = new(seed);
        MessageNoise noise = new(random, _recipe.WordDropout);
        FactWeaver weaver = new(_messages, seed, isHeldOut: false);
        using PromptRecorder recorder = new();
        BankDesk desk = new(recorder);
        foreach (LabelledMessage message in _messages)
        {
            string text = noise.Vary(_recipe.JoinedMessages > 0 && random.NextDouble() < _recipe.JoinedMessages ? Joined(message, random) : message.Text);
            if (random.Next(WovenEvery) == 0)
                text = weaver.Around(text);
            TrainingExample routed = await recorder.RecordAsync(() => desk.RouteAsync(text, cancellationToken), RoutingAnswer(message.Category)).ConfigureAwait(false);
            yield return routed with { TokenSplitting = _recipe.TokenSplitting };
        }
        for (int i = 0; i < _recipe.FactsPerEpoch; i++)
        {
            WovenMessage woven = weaver.Next();
            yield return await recorder.RecordAsync(() => desk.ExtractAsync(woven.Text, cancellationToken), woven.Answer).ConfigureAwait(false);
        }
        for (int i = 0; i < _recipe.RepliesPerEpoch; i++)
        {
            LabelledMessage message = _messages[random.Next(_messages.Count)];
            string text = noise.Vary(message.Text);
            if (random.Next(WovenEvery) == 0)
                text = weaver.Around(text);
            TrainingExample answered = await recorder.RecordAsync(() => ReadAsync(desk.ReplyAsync(text, cancellationToken)), BankReplies.All[message.Category]).ConfigureAwait(false);
            yield return answered with { TokenSplitting = _recipe.TokenSplitting };
        }
    }

    /// <summary>Examples of messages that are set aside, on which the quantized model is compared: of each intent some to route and one to answer, and woven ones.</summary>
    public static async Task<IReadOnlyList<TrainingExample>> HeldOutAsync(IReadOnlyList<LabelledMessage> heldOut, Recipe recipe, CancellationToken cancellationToken)
    {
        using PromptRecorder recorder = new();
        BankDesk desk = new(recorder);
        List<TrainingExample> examples = [];
        foreach (var intent in heldOut.GroupBy(static message => message.Category, StringComparer.Ordinal))
        {
            foreach (LabelledMessage message in intent.Take(RoutedOfIntent))
                examples.Add(await recorder.RecordAsync(() => desk.RouteAsync(message.Text, cancellationToken), RoutingAnswer(message.Category)).ConfigureAwait(false));
            examples.Add(await recorder.RecordAsync(() => ReadAsync(desk.ReplyAsync(intent.First().Text, cancellationToken)), BankReplies.All[intent.Key]).ConfigureAwait(false));
        }
        FactWeaver weaver = new(heldOut, recipe.Seed, isHeldOut: true);
        for (int i = 0; i < ComparedFacts; i++)
        {
            WovenMessage woven = weaver.Next();
            examples.Add(await recorder.RecordAsync(() => desk.ExtractAsync(woven.Text, cancellationToken), woven.Answer).ConfigureAwait(false));
        }
        return examples;
    }

    /// <summary>A message and another one that wants the same, one behind the other: what an intent is told by may stand anywhere.</summary>
    private string Joined(LabelledMessage message, Random random)
    {
        LabelledMessage[] same = _byIntent[message.Category];
        return $"{message.Text} {same[random.Next(same.Length)].Text}";
    }

    [GeneratedRegex(" (?=[^a-z ])", RegexOptions.CultureInvariant)]
    private static partial Regex BeforeNames();

    /// <summary>The answer that routes to an intent.</summary>
    private static string RoutingAnswer(string category) => $$"""{"value":"{{category}}"}""";

    private static async Task ReadAsync(IAsyncEnumerable<string> pieces)
    {
        await foreach (string _ in pieces.ConfigureAwait(false))
        {
        }
    }
}
