namespace AiSdk.IntegrationTests.Retrieval;

/// <summary>Functions that answer from documents, compiled by the real generator.</summary>
[AiFunctions]
public interface IHandbookDesk
{
    [UserPrompt("Answer from the passages only.\n{{passages}}\n\nQuestion: {{question}}")]
    [Reask(Attempts = 1)]
    Task<HandbookAnswer> AnswerAsync(string question, [Retrieve("handbook", Query = nameof(question), Top = 6)] Passages? passages = null, CancellationToken cancellationToken = default);

    [UserPrompt("{{passages}}\n\n{{question}}")]
    Task<AiResult<HandbookAnswer>> ExplainAsync(string question, [Retrieve("handbook", TokenBudget = 120)] Passages? passages = null);

    [UserPrompt("{{passages}}\n\n{{question}}")]
    [InputGuard<PiiGuard>]
    [InputGuard<InjectionGuard>]
    Task<AiResult<string>> GuardedAsync(string question, [Retrieve("handbook", Top = 50)] Passages? passages = null, CancellationToken cancellationToken = default);

    [UserPrompt("{{#if passages}}{{passages}}{{else}}nothing{{/if}}\n\n{{question}}")]
    IAsyncEnumerable<string> StreamAsync(string question, [Retrieve("handbook", Query = "question")] Passages? passages = null);

    [UserPrompt("{{passages}}")]
    ValueTask<IReadOnlyList<Citation>> CiteAsync(Passages passages);

    [UserPrompt("{{passages}}\n\nQuestion: {{question}}")]
    [Example("""{"question":"Is the moon made of rock?","passages":[{"id":"m1","text":"The moon is made of rock.","source":"moon.md","headings":["Moon"]}]}""", """{"text":"Yes.","citations":[{"passageId":"m1","quote":"made of rock"}]}""")]
    [Example("""{"question":"Who won?"}""", """{"text":null,"citations":[]}""")]
    Task<AiResult<HandbookAnswer>> TaughtAsync(string question, [Retrieve("handbook", Query = nameof(question))] Passages? passages = null, CancellationToken cancellationToken = default);

    [UserPrompt("{{first}}\n{{second}}")]
    Task<AiResult<string>> CompareAsync(string question, [Retrieve("handbook")] Passages? first = null, [Retrieve("law")] Passages? second = null);
}

/// <summary>An answer; the text is null where the passages do not say.</summary>
public sealed record HandbookAnswer(string? Text, IReadOnlyList<Citation> Citations);
