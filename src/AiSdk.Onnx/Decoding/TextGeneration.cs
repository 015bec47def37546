using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>One reply in the making: prompt, next token, text, until it ends. The one loop behind buffered and streamed replies.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class TextGeneration : IDisposable
{
    private readonly IDecoder _decoder;
    private readonly IReadOnlyList<int> _endTokens;
    private readonly TokenSampler _sampler;
    private readonly TokenTextDecoder _text;
    private readonly StopSequenceFilter _stop;
    private readonly int[] _prompt;
    private readonly int _maxOutput;
    private int _lastToken;

    private TextGeneration(IDecoder decoder, OnnxModel model, int[] prompt, int maxOutput, GenerationSettings settings)
    {
        _decoder = decoder;
        _prompt = prompt;
        _maxOutput = maxOutput;
        _endTokens = model.Config.EndTokens;
        _text = model.Tokenizer.CreateDecoder(prompt);
        _stop = new StopSequenceFilter(settings.StopSequences);
        _sampler = new TokenSampler(settings);
        _sampler.ObservePrompt(prompt);
    }

    /// <summary>The number of the prompt's tokens.</summary>
    public int InputTokens => _prompt.Length;

    /// <summary>The number of tokens made so far, an end token included.</summary>
    public int OutputTokens { get; private set; }

    /// <summary>Why the reply ended; null while it goes on.</summary>
    public ChatFinishReason? FinishReason { get; private set; }

    /// <summary>Prepares a reply; the model is not run yet.</summary>
    /// <exception cref="InvalidOperationException">The prompt leaves no room for a reply, or is empty.</exception>
    public static TextGeneration Start(OnnxModel model, string prompt, GenerationSettings settings)
    {
        List<int> ids = model.Tokenizer.EncodePrompt(prompt);
        if (ids.Count == 0 && model.Config.BeginToken is { } begin)
            ids.Add(begin);
        if (ids.Count == 0)
            throw new InvalidOperationException("The prompt is empty, and the model has no begin token to start from: give it some text.");
        // max_length is the model's default for prompt and reply together; a call that says how much it wants is held by the context only.
        int context = model.ContextLength;
        int limit = settings.MaxOutputTokens is { } wanted
            ? (int)Math.Min((long)ids.Count + wanted, context)
            : Math.Min(context, model.Config.Search.MaxLength ?? context);
        if (ids.Count >= limit)
            throw new InvalidOperationException(limit < context
                ? string.Create(CultureInfo.InvariantCulture, $"The prompt has {ids.Count} tokens, but {GenAIConfig.FileName} limits prompt and reply to search.max_length {limit} (the context has {context}). Shorten the prompt, or set ChatOptions.MaxOutputTokens, which takes that limit's place.")
                : string.Create(CultureInfo.InvariantCulture, $"The prompt has {ids.Count} tokens, but the model's context length is {context}, and the reply needs at least one of them. Shorten the prompt or the history, or use a model with a longer context."));
        IDecoder decoder = model.CreateDecoder(limit);
        try
        {
            return new TextGeneration(decoder, model, [.. ids], limit - ids.Count, settings);
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    /// <summary>Makes tokens until there is text to show or the reply ends.</summary>
    /// <returns>The next piece of text; empty only at the end.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled: between two tokens, or within a run.</exception>
    public string Next(CancellationToken cancellationToken)
    {
        string text = "";
        while (text.Length == 0 && FinishReason is null)
            text = Step(cancellationToken);
        return text;
    }

    public void Dispose() => _decoder.Dispose();

    private string Step(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _decoder.Append(OutputTokens == 0 ? _prompt : MemoryMarshal.CreateReadOnlySpan(ref _lastToken, 1), cancellationToken);
        _lastToken = _sampler.Next(_decoder.Logits);
        _sampler.ObserveReply(_lastToken);
        OutputTokens++;
        string text = "";
        if (_endTokens.Contains(_lastToken))
        {
            FinishReason = ChatFinishReason.Stop;
        }
        else
        {
            text = _stop.Push(_text.Push(_lastToken));
            if (OutputTokens == _maxOutput)
                FinishReason = ChatFinishReason.Length;
        }
        if (FinishReason is not null)
            text += _stop.Push(_text.Finish()) + _stop.Finish();
        if (_stop.IsStopped)
            FinishReason = ChatFinishReason.Stop;
        return text;
    }
}
