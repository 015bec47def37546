using System.Runtime.CompilerServices;
using AiSdk.Training;
using Microsoft.Extensions.AI;

namespace TrainBankModel;

/// <summary>
/// A chat client that gives the right answer and keeps what it was asked: called through the generated class, it makes examples whose prompts are those of serving, and whose answers the generated reader
/// takes. For one call at a time.
/// </summary>
internal sealed class PromptRecorder : IChatClient
{
    private string _answer = "";
    private TrainingExample? _example;

    /// <summary>Calls a function and gives what was sent and what should come back.</summary>
    /// <param name="call">Calls the function, with this client behind it.</param>
    /// <param name="answer">The right answer.</param>
    public async Task<TrainingExample> RecordAsync(Func<Task> call, string answer)
    {
        (_answer, _example) = (answer, null);
        await call().ConfigureAwait(false);
        return _example!;
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        _example = new TrainingExample([.. messages], _answer) { Options = options };
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, _answer)));
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (ChatResponseUpdate update in (await GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false)).ToChatResponseUpdates())
            yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
