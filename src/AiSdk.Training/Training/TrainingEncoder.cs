using System.Globalization;
using AiSdk.Onnx;
using Microsoft.Extensions.AI;

namespace AiSdk.Training;

/// <summary>A training example as tokens.</summary>
/// <param name="Tokens">Prompt, answer, end token.</param>
/// <param name="PromptLength">How many of them are not learnt with full weight; at least 1, as nothing comes before the first.</param>
/// <param name="Weight">The example's weight.</param>
/// <param name="SoftTargets">The targets of the tokens from <paramref name="PromptLength"/> on, where they are not the tokens themselves.</param>
/// <param name="Source">Where it comes from.</param>
internal sealed record EncodedExample(int[] Tokens, int PromptLength, float Weight, IReadOnlyList<IReadOnlyList<KeyValuePair<int, double>>>? SoftTargets, string Source);

/// <summary>Turns examples into tokens exactly as serving does: the prompt by the model's template and tokenizer, then what the model should write.</summary>
internal sealed class TrainingEncoder(ModelTokenizer tokenizer, ChatPrompt prompt, IReadOnlyList<int> endTokens, int contextLength)
{
    /// <summary>The tokens of an example; several pieces where plain text is longer than the context.</summary>
    /// <exception cref="TrainingException">It is too long, or its soft targets do not fit.</exception>
    public IEnumerable<EncodedExample> Encode(TrainingExample example, int number, CancellationToken cancellationToken)
    {
        string source = example.Source ?? string.Create(CultureInfo.InvariantCulture, $"example {number}");
        if (!(example.Weight >= 0) || double.IsInfinity(example.Weight))
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{source} has the weight {example.Weight}; a number from 0 is needed."));
        if (example.Messages.Count == 0)
            return EncodeText(example, source);
        (List<int> tokens, int promptLength) = EncodeChat(example, cancellationToken);
        if (tokens.Count > contextLength)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{source} has {tokens.Count} tokens ({promptLength} of the prompt), but the model's context is {contextLength}. Shorten it, or train a model with a longer context."));
        if (example.SoftTargets is { } targets && targets.Count != tokens.Count - promptLength)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{source} has soft targets for {targets.Count} tokens, but its answer has {tokens.Count - promptLength}, the end token included."));
        return [new EncodedExample([.. tokens], Math.Max(1, promptLength), (float)example.Weight, example.SoftTargets, source)];
    }

    /// <summary>Compares what training would show the model with what serving would; where they differ, what is learnt would not be what is asked.</summary>
    /// <remarks>Serving renders the conversation without the answer, and the model goes on from there; a later turn renders it with the answer. Training needs the second to begin with the first and the answer's tokens.</remarks>
    /// <exception cref="TrainingException">They differ; the message shows both.</exception>
    public void RequireParity(TrainingExample example, int number, CancellationToken cancellationToken)
    {
        if (example.Messages.Count == 0)
            return;
        (List<int> serving, int promptLength) = EncodeChat(example, cancellationToken);
        serving.RemoveAt(serving.Count - 1);
        List<int> training = tokenizer.EncodePrompt(prompt.Render([.. example.Messages, new ChatMessage(ChatRole.Assistant, example.Answer)], example.Options, cancellationToken));
        int same = 0;
        while (same < serving.Count && same < training.Count && serving[same] == training[same])
            same++;
        if (same == serving.Count)
            return;
        string source = example.Source ?? string.Create(CultureInfo.InvariantCulture, $"example {number}");
        throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"""
            The chat template renders {source} for training otherwise than for serving; they differ from token {same} on ({(same < promptLength ? "within the prompt" : "within the answer")}).
            training: {Show(training, same)}
            serving:  {Show(serving, same)}
            Mend the template: what it writes with add_generation_prompt must be the beginning of what it writes with the answer, and the answer must stand there unchanged.
            """));
    }

    private (List<int> Tokens, int PromptLength) EncodeChat(TrainingExample example, CancellationToken cancellationToken)
    {
        string rendered = prompt.Render(example.Messages, example.Options, cancellationToken);
        List<int> tokens = tokenizer.EncodePrompt(rendered);
        int length = tokens.Count;
        List<int> whole = tokenizer.EncodePrompt(rendered + tokenizer.Guard.Protect(example.Answer));
        // Where prompt and answer would merge into one token, the answer is what a model writes after the prompt's tokens.
        tokens.AddRange(whole.Take(length).SequenceEqual(tokens) ? whole.Skip(length) : tokenizer.EncodeWithin(example.Answer));
        tokens.Add(endTokens[0]);
        return (tokens, length);
    }

    private IEnumerable<EncodedExample> EncodeText(TrainingExample example, string source)
    {
        int[] tokens = [.. tokenizer.EncodePrompt(tokenizer.Guard.Protect(example.Answer)), endTokens[0]];
        for (int start = 0; start + 1 < tokens.Length; start += contextLength - 1)
            yield return new EncodedExample(tokens[start..Math.Min(tokens.Length, start + contextLength)], 1, (float)example.Weight, null, source);
    }

    private string Show(List<int> tokens, int at)
    {
        int[] shown = [.. tokens.Skip(Math.Max(0, at - 8)).Take(24)];
        return $"{(at > 8 ? "… " : "")}[{string.Join(", ", shown)}] = {System.Text.Json.JsonSerializer.Serialize(tokenizer.Decode(shown, withSpecial: true), TextJson.Default.String)}";
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class TextJson : System.Text.Json.Serialization.JsonSerializerContext;
