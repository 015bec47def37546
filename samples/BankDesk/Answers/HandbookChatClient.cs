using System.Runtime.CompilerServices;
using System.Text.Json;
using AiSdk;
using Microsoft.Extensions.AI;

namespace BankDesk.Answers;

/// <summary>Stands in the model's place where none is needed or none can write: nothing was found, so that the handbook does not say; or the model that is there only routes, and the passages' own sentences are the answer.</summary>
/// <remarks>What it replies goes the way of a model's reply: guards, reader, the check of citations.</remarks>
/// <param name="model">Writes answers; null if there is none that does.</param>
/// <param name="question">The question.</param>
/// <param name="found">What was found, once that is known.</param>
/// <param name="weights">What words weigh.</param>
internal sealed class HandbookChatClient(IChatClient? model, string question, Func<IReadOnlyList<Passage>> found, WordWeights weights) : IChatClient
{
    private static readonly JsonSerializerOptions _web = new(JsonSerializerDefaults.Web);

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatMessage> sent = [.. messages];
        IReadOnlyList<Passage> passages = found();
        if (model is not null && passages.Count > 0)
            return await model.GetResponseAsync(sent, options, cancellationToken);
        // What the prompt had no room for cannot be cited.
        HandbookAnswer answer = SentencePicker.Pick(question, [.. passages.Where(passage => sent.Exists(message => message.Text.Contains($"id=\"{passage.Id}\"", StringComparison.Ordinal)))], weights);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, JsonSerializer.Serialize(answer, _web))) { FinishReason = ChatFinishReason.Stop };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (ChatResponseUpdate update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
            yield return update;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : model?.GetService(serviceType, serviceKey);

    /// <summary>Disposes nothing: the model serves others too.</summary>
    public void Dispose()
    {
    }
}
