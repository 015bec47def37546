using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AiSdk.Onnx;
using Microsoft.Extensions.AI;

namespace AiSdk.Training;

/// <summary>A training example as tokens.</summary>
/// <param name="Tokens">Prompt, answer, end token.</param>
/// <param name="PromptLength">How many of them are not learnt with full weight; at least 1, as nothing comes before the first.</param>
/// <param name="Weight">The example's weight.</param>
/// <param name="SoftTargets">The targets of the tokens from <paramref name="PromptLength"/> on, where they are not the tokens themselves.</param>
/// <param name="Source">Where it comes from.</param>
internal sealed record EncodedExample(int[] Tokens, int PromptLength, float Weight, IReadOnlyList<IReadOnlyList<KeyValuePair<int, double>>>? SoftTargets, string Source)
{
    /// <summary>How likely each of the prompt's tokens is to be learnt in pieces.</summary>
    public double Splitting { get; init; }
}

/// <summary>Turns examples into tokens exactly as serving does: the prompt by the model's template and tokenizer, then what the model should write. Thread-safe.</summary>
internal sealed class TrainingEncoder(ModelTokenizer tokenizer, ChatPrompt prompt, IReadOnlyList<int> endTokens, int contextLength, int vocabularySize)
{
    /// <summary>How far the probabilities of a soft target may be from 1 together: a larger model's most likely tokens leave some out.</summary>
    private const double SumTolerance = 0.01;

    private static readonly TextJson s_json = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly Lock _gate = new();
    private readonly Lazy<TokenSplitter> _splitter = new(() => new TokenSplitter(tokenizer.Tokens));
    private int? _end;

    /// <summary>An example as one epoch learns it: some of its prompt's tokens are in pieces (<see cref="TrainingExample.TokenSplitting"/>).</summary>
    /// <param name="example">The example.</param>
    /// <param name="seed">Of the epoch and the example.</param>
    public EncodedExample Split(EncodedExample example, ulong seed) => example.Splitting == 0 ? example : _splitter.Value.Split(example, contextLength, new Xoshiro256(seed));

    /// <summary>The tokens of an example; several pieces where plain text is longer than the context.</summary>
    /// <param name="example">The example.</param>
    /// <param name="number">Its number, from 1, which names it where it has no source.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <param name="checkParity">Whether to compare what training would show the model with what serving would.</param>
    /// <param name="what">What the example is called.</param>
    /// <param name="clock">The clock that the template reads; the system's by default.</param>
    /// <exception cref="TrainingException">It is wrong, the chat template refuses it, it spells a special token in what is to be learnt, is too long, or its soft targets do not fit; or training and serving differ (the message shows both).</exception>
    public IReadOnlyList<EncodedExample> Encode(TrainingExample example, int number, CancellationToken cancellationToken, bool checkParity = false, string what = "example", TimeProvider? clock = null)
    {
        string source = example?.Source ?? string.Create(CultureInfo.InvariantCulture, $"{what} {number}");
        Require(example, source);
        if (example!.Messages.Count == 0)
            return [.. EncodeText(example, source)];
        (List<int> tokens, int promptLength) = EncodeChat(example, source, clock, cancellationToken);
        tokens.Add(End(example, source, tokens, promptLength, checkParity, clock, cancellationToken));
        if (tokens.Count > contextLength)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{source} has {tokens.Count} tokens ({promptLength} of the prompt), but the model's context is {contextLength}. Shorten it, or train a model with a longer context."));
        if (example.SoftTargets is { } targets)
            RequireTargets(targets, tokens.Count - promptLength, source);
        return [new EncodedExample([.. tokens], Math.Max(1, promptLength), (float)example.Weight, example.SoftTargets, source) { Splitting = example.TokenSplitting }];
    }

    private void Require(TrainingExample? example, string source)
    {
        if (example is null)
            throw new TrainingException($"{source} is null.");
        if (example.Messages is null || example.Answer is null || example.Messages.Contains(null!))
            throw new TrainingException($"{source} has no {(example.Answer is null ? nameof(TrainingExample.Answer) : example.Messages is null ? nameof(TrainingExample.Messages) : "message where one is null")}.");
        if (example.Weight is not (0 or (>= TrainerOptions.SmallestWeight and <= TrainerOptions.LargestWeight)))
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{source} has the weight {example.Weight}; 0 or a number from 0.000001 to 1000000 is needed."));
        if (example.Messages.Count == 0 && example.SoftTargets is not null)
            throw new TrainingException($"{source} is plain text, which cannot have soft targets; they are for an answer to messages.");
        if (!(example.TokenSplitting is >= 0 and < 1))
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{source} has the {nameof(TrainingExample.TokenSplitting)} {example.TokenSplitting}; a number from 0 to below 1 is needed."));
        if (example.Messages.Count == 0 && example.TokenSplitting > 0)
            throw new TrainingException($"{source} is plain text, which has no prompt whose tokens could be split; {nameof(TrainingExample.TokenSplitting)} is for messages.");
        if (tokenizer.Guard.FirstIn(example.Answer) is { } token)
            throw new TrainingException($"{source} spells the special token '{token}' in its {(example.Messages.Count == 0 ? "text" : "answer")}, where it would be learnt as plain characters, which serving never reads as the token. Leave it out: the end token is added behind each {(example.Messages.Count == 0 ? "text, and turns are given as messages" : "answer, and other marks are the chat template's to write")}.");
    }

    private void RequireTargets(IReadOnlyList<IReadOnlyList<KeyValuePair<int, double>>> targets, int tokens, string source)
    {
        if (targets.Count != tokens)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{source} has soft targets for {targets.Count} tokens, but its answer has {tokens}, the end token included."));
        for (int i = 0; i < targets.Count; i++)
        {
            double sum = 0;
            foreach ((int token, double probability) in targets[i] ?? [])
            {
                if (token < 0 || token >= vocabularySize)
                    throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{source} has among the soft targets of token {i} the token {token}; the model has 0 to {vocabularySize - 1}."));
                if (!(probability >= 0 && probability <= 1 + SumTolerance))
                    throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{source} has among the soft targets of token {i} the probability {probability}; a number from 0 to 1 is needed."));
                sum += probability;
            }
            if (Math.Abs(sum - 1) > SumTolerance)
                throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{source} has soft targets of token {i} whose probabilities come to {sum}; 1 is needed."));
        }
    }

    private (List<int> Tokens, int PromptLength) EncodeChat(TrainingExample example, string source, TimeProvider? clock, CancellationToken cancellationToken)
    {
        string rendered = Render(example.Messages, example, source, asksForReply: true, clock, cancellationToken);
        List<int> tokens = tokenizer.EncodePrompt(rendered);
        int length = tokens.Count;
        List<int> whole = tokenizer.EncodePrompt(rendered + tokenizer.Guard.Protect(example.Answer));
        // Where prompt and answer would merge into one token, the answer is what a model writes after the prompt's tokens.
        tokens.AddRange(whole.Take(length).SequenceEqual(tokens) ? whole.Skip(length) : tokenizer.EncodeWithin(example.Answer));
        return (tokens, length);
    }

    private string Render(IReadOnlyList<ChatMessage> messages, TrainingExample example, string source, bool asksForReply, TimeProvider? clock, CancellationToken cancellationToken)
    {
        try
        {
            return prompt.Render(messages, example.Options, cancellationToken, asksForReply, clock);
        }
        // The template refuses the turns, a message holds what no template takes, or its variables are wrong.
        catch (Exception exception) when (exception is ChatTemplateException or NotSupportedException or ArgumentException)
        {
            throw new TrainingException($"{source} cannot be made a prompt{(asksForReply ? "" : " with its answer")}: {exception.Message}", exception);
        }
    }

    private IEnumerable<EncodedExample> EncodeText(TrainingExample example, string source)
    {
        int[] tokens = [.. tokenizer.EncodePrompt(tokenizer.Guard.Protect(example.Answer)), endTokens[0]];
        if (example.Answer.Length == 0 || tokens.Length < 2)
            throw new TrainingException($"{source} is a text without a token, of which nothing can be learnt. Leave it out.");
        for (int start = 0; start + 1 < tokens.Length; start += contextLength - 1)
            yield return new EncodedExample(tokens[start..Math.Min(tokens.Length, start + contextLength)], 1, (float)example.Weight, null, source);
    }

    /// <summary>The token at which answers end: one for all, which the first example's rendering gives.</summary>
    private int End(TrainingExample example, string source, List<int> serving, int promptLength, bool checkParity, TimeProvider? clock, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_end is { } known && !checkParity)
                return known;
        }
        int end = EndInTemplate(example, source, serving, promptLength, clock, cancellationToken);
        lock (_gate)
            _end ??= end;
        return end == _end ? end : throw new TrainingException($"The chat template ends the answer of {source} with {Show([end])}, but those of other examples with {Show([_end.Value])}; all must end alike.");
    }

    /// <summary>Compares what training would show the model with what serving would, where a difference would make what is learnt another thing than what is asked; and finds what the template writes after the answer.</summary>
    /// <remarks>Serving renders the conversation without the answer, and the model goes on from there; a later turn renders it with the answer. Training needs the second to begin with the first and the answer's tokens, and to go on with a token at which serving ends.</remarks>
    private int EndInTemplate(TrainingExample example, string source, List<int> serving, int promptLength, TimeProvider? clock, CancellationToken cancellationToken)
    {
        List<int> training = tokenizer.EncodePrompt(Render([.. example.Messages, new ChatMessage(ChatRole.Assistant, example.Answer)], example, source, asksForReply: false, clock, cancellationToken));
        int same = 0;
        while (same < serving.Count && same < training.Count && serving[same] == training[same])
            same++;
        if (same < serving.Count)
        {
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"""
                The chat template renders {source} for training otherwise than for serving; they differ from token {same} on ({(same < promptLength ? "within the prompt" : "within the answer")}).
                training: {ShowAround(training, same)}
                serving:  {ShowAround(serving, same)}
                Mend the template: what it writes with add_generation_prompt must be the beginning of what it writes with the answer, and the answer must stand there unchanged.
                """));
        }
        int at = same;
        while (at < training.Count && !endTokens.Contains(training[at]) && string.IsNullOrWhiteSpace(tokenizer.Decode([training[at]], withSpecial: true)))
            at++;
        if (at == training.Count)
            return endTokens[0];
        return endTokens.Contains(training[at])
            ? training[at]
            : throw new TrainingException($"The chat template writes {Show([.. training.Skip(at).Take(8)])} after the answer of {source}, but serving ends replies at {string.Join(" or ", endTokens.Select(token => Show([token])))} only: what is learnt would not end there. Let the template write that token after an answer, or name its mark as the end token (eos_token in tokenizer_config.json, eos_token_id in {GenAIConfig.FileName}).");
    }

    private string ShowAround(List<int> tokens, int at) => (at > 8 ? "… " : "") + Show([.. tokens.Skip(Math.Max(0, at - 8)).Take(24)]);

    private string Show(int[] tokens) => $"[{string.Join(", ", tokens)}] = {JsonSerializer.Serialize(tokenizer.Decode(tokens, withSpecial: true), s_json.String)}";
}

[JsonSerializable(typeof(string))]
internal sealed partial class TextJson : JsonSerializerContext;
