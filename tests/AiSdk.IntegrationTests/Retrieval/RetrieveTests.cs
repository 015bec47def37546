using System.Runtime.CompilerServices;
using AiSdk.Retrieval;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiSdk.IntegrationTests.Retrieval;

/// <summary>Functions that answer from documents: generated code, real index, a model that is played.</summary>
public sealed class RetrieveTests : IDisposable
{
    private const string Handbook = "# Cards\n\n## Fees\n\nA replacement card costs 12 euros. Cards for students are free.\n\n## Loss\n\nReport a lost card within one day on 0800 1234.\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("aisdk-handbook-").FullName;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_model_is_shown_what_the_retriever_finds_and_its_citation_is_checked()
    {
        using RetrievalIndex index = await IndexAsync();
        PlayedClient client = new((prompt, _) => $$"""{"text":"12 euros","citations":[{"passageId":"{{IdIn(prompt)}}","quote":"costs 12  euros"}]}""");

        HandbookAnswer answer = await Desk(client, index).AnswerAsync("What does a replacement card cost?", cancellationToken: CancellationToken);

        string prompt = Assert.Single(client.Prompts);
        Assert.Matches("(?s)^Answer from the passages only\\.\n<(passage-[0-9a-f]{8}) id=\"[0-9a-f]{12}\" source=\"handbook\\.md\" section=\"Cards › Fees\">\n## Fees\n\nA replacement card costs 12 euros\\. Cards for students are free\\.\n</\\1>", prompt);
        Assert.EndsWith("\n\nQuestion: What does a replacement card cost?", prompt, StringComparison.Ordinal);
        Assert.Equal("12 euros", answer.Text);
        Assert.Equal("costs 12  euros", Assert.Single(answer.Citations).Quote);
    }

    [Fact]
    public async Task A_wrong_citation_is_asked_for_again_with_what_is_wrong()
    {
        using RetrievalIndex index = await IndexAsync();
        PlayedClient client = new((prompt, turn) => turn == 0
            ? $$"""{"text":"12 euros","citations":[{"passageId":"feed","quote":"free"},{"passageId":"{{IdIn(prompt)}}","quote":"costs 13 euros"}]}"""
            : $$"""{"text":"12 euros","citations":[{"passageId":"{{IdIn(prompt)}}","quote":"costs 12 euros"}]}""");

        HandbookAnswer answer = await Desk(client, index).AnswerAsync("What does a replacement card cost?", cancellationToken: CancellationToken);

        Assert.Single(answer.Citations);
        string again = client.Prompts[1];
        Assert.Contains("$.citations[0].passageId", again, StringComparison.Ordinal);
        Assert.Contains("there is no passage 'feed'; the passages are ", again, StringComparison.Ordinal);
        Assert.Contains("$.citations[1].quote", again, StringComparison.Ordinal);
        Assert.Contains("the quote does not occur in the passage", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examples_show_passages_of_their_own_as_the_question_does()
    {
        using RetrievalIndex index = await IndexAsync();
        List<ChatMessage> sent = [];
        PlayedClient client = new((prompt, _) => $$"""{"text":"12 euros","citations":[{"passageId":"{{IdIn(prompt[prompt.IndexOf("Who won?", StringComparison.Ordinal)..])}}","quote":"costs 12 euros"}]}""", sent);

        AiResult<HandbookAnswer> result = await Desk(client, index).TaughtAsync("What does a replacement card cost?", cancellationToken: CancellationToken);

        Assert.Equal(["user", "assistant", "user", "assistant", "user"], sent.Select(static message => message.Role.Value));
        Assert.Matches("(?s)^<(passage-[0-9a-f]{8}) id=\"m1\" source=\"moon\\.md\" section=\"Moon\">\nThe moon is made of rock\\.\n</\\1>\n\nQuestion: Is the moon made of rock\\?$", sent[0].Text);
        Assert.Equal("""{"text":"Yes.","citations":[{"passageId":"m1","quote":"made of rock"}]}""", sent[1].Text);
        Assert.Equal("\n\nQuestion: Who won?", sent[2].Text);
        Assert.EndsWith("Question: What does a replacement card cost?", sent[4].Text, StringComparison.Ordinal);
        Assert.Equal("12 euros", result.Value.Text);
        // What an example shows was not retrieved, and cannot be cited.
        Assert.Null(result.Passages.Find("m1"));
        PlayedClient wrong = new(static (_, _) => """{"text":"Yes.","citations":[{"passageId":"m1","quote":"made of rock"}]}""");
        AiOutputException e = await Assert.ThrowsAsync<AiOutputException>(() => Desk(wrong, index).TaughtAsync("What does a replacement card cost?", cancellationToken: CancellationToken));
        Assert.Contains("there is no passage 'm1'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passages_of_the_caller_go_before_the_retrievers_and_the_result_tells_what_was_shown()
    {
        Passages given = new([new Passage { Id = "p1", Text = "The moon is made of rock.", Source = "moon.txt" }]);
        PlayedClient client = new((_, _) => """{"text":"rock","citations":[{"passageId":"p1","quote":"made of rock"}]}""");

        // No retriever is there; none is asked.
        AiResult<HandbookAnswer> result = await new HandbookDesk(client).ExplainAsync("What is the moon made of?", given);

        Assert.Same(given, result.Passages);
        Assert.Contains("The moon is made of rock.", client.Prompts[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_passages_any_citation_is_wrong_and_none_is_right()
    {
        PlayedClient client = new((_, _) => """[{"passageId":"p1","quote":"a"}]""");

        AiOutputException wrong = await Assert.ThrowsAsync<AiOutputException>(() => new HandbookDesk(client).CiteAsync(Passages.Empty).AsTask());

        Assert.Contains("no passages were found, so nothing can be cited", wrong.Message, StringComparison.Ordinal);
        Assert.Empty(await new HandbookDesk(new PlayedClient((_, _) => "[]")).CiteAsync(Passages.Empty));
    }

    [Fact]
    public async Task Streams_and_several_retrievers_are_filled_too()
    {
        using RetrievalIndex index = await IndexAsync();
        PlayedClient client = new((_, _) => "ok");
        HandbookDesk desk = Desk(client, index);
        List<string> pieces = [];
        await foreach (string piece in desk.StreamAsync("lost card"))
            pieces.Add(piece);

        Assert.Equal(["ok"], pieces);
        Assert.Contains("0800 1234", client.Prompts[0], StringComparison.Ordinal);
        InvalidOperationException missing = await Assert.ThrowsAsync<InvalidOperationException>(() => desk.CompareAsync("lost card"));
        Assert.StartsWith("IHandbookDesk.CompareAsync retrieves from 'law', but there is no such retriever", missing.Message, StringComparison.Ordinal);
        AiResult<string> both = await desk.CompareAsync("lost card", second: new Passages([new Passage { Id = "law-1", Text = "Banks must answer." }]));
        Assert.Contains("law-1", both.Passages.Select(static passage => passage.Id));
        Assert.Contains(both.Passages, static passage => passage.Source == "handbook.md");
    }

    [Fact]
    public async Task Each_planted_injection_is_between_delimiters_and_is_taken_out_and_reported_where_a_guard_is_declared()
    {
        string[] payloads = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Retrieval", "injections.txt"), CancellationToken);
        Assert.True(payloads.Length >= 30);
        List<string> unreported = [];
        foreach (string payload in payloads)
        {
            Passages planted = new([
                new Passage { Id = "good", Text = "A replacement card costs 12 euros.", Source = "fees.md" },
                new Passage { Id = "bad", Text = $"Cards are sent by post. {payload.Replace("\\n", "\n", StringComparison.Ordinal)}", Source = "post.md" },
            ]);
            PlayedClient open = new((_, _) => """{"text":null,"citations":[]}""");
            await new HandbookDesk(open).AnswerAsync("What does a card cost?", planted, CancellationToken);
            string prompt = open.Prompts[0];
            string tag = prompt[(prompt.IndexOf('<', StringComparison.Ordinal) + 1)..prompt.IndexOf(' ', prompt.IndexOf('<', StringComparison.Ordinal))];
            // Whatever it writes, the delimiter opens and closes twice, and the payload is in the second.
            Assert.Equal(3, prompt.Split($"<{tag} ").Length);
            Assert.Equal(3, prompt.Split($"</{tag}>").Length);
            Assert.InRange(prompt.IndexOf(planted[1].Text, StringComparison.Ordinal), prompt.LastIndexOf($"<{tag} ", StringComparison.Ordinal), prompt.LastIndexOf($"</{tag}>", StringComparison.Ordinal));

            PlayedClient guarded = new((_, _) => "12 euros");
            AiResult<string> result = await new HandbookDesk(guarded).GuardedAsync("What does a card cost?", planted, CancellationToken);
            if (!result.Guards.Any(static report => report is { Guard: "InjectionGuard", Verdict: GuardVerdictKind.Block, Parameter: "passages" } && report.Reason!.Contains("'bad' of 'post.md'", StringComparison.Ordinal)))
                unreported.Add(payload);
            else
                Assert.Equal("good", Assert.Single(result.Passages).Id);
        }
        Assert.Empty(unreported);
    }

    [Fact]
    public async Task What_a_guard_hides_in_a_passage_may_be_quoted_as_it_is()
    {
        Passages passages = new([new Passage { Id = "p1", Text = "Write to anna@example.com about cards.", Source = "a.md" }]);
        PlayedClient client = new((prompt, _) => "Write to [EMAIL_1].");

        AiResult<string> result = await new HandbookDesk(client).GuardedAsync("Whom do I write to?", passages, CancellationToken);

        Assert.DoesNotContain("anna@example.com", client.Prompts[0], StringComparison.Ordinal);
        Assert.Equal("Write to anna@example.com.", result.Value);
        Assert.Null(result.Passages.Check(new Citation("p1", "anna@example.com")));
    }

    [Fact]
    public async Task Registered_by_key_it_is_found_and_a_missing_one_is_told_at_the_start()
    {
        ServiceCollection services = new();
        services.AddSingleton<IChatClient>(new PlayedClient((_, _) => """{"text":null,"citations":[]}"""));
        services.AddHandbookDesk();
        services.AddRetrieval("handbook", options => options.Path = Path.Combine(_folder, "registered.db"));
        await using ServiceProvider provider = services.BuildServiceProvider();
        await provider.GetRequiredKeyedService<RetrievalIndex>("handbook").IngestAsync([new Document { Key = "handbook.md", Text = Handbook, Format = DocumentFormat.Markdown }], cancellationToken: CancellationToken);

        OptionsValidationException missing = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
        AiResult<HandbookAnswer> result = await provider.GetRequiredService<IHandbookDesk>().ExplainAsync("What does a replacement card cost?");

        Assert.Equal(["Functions of IHandbookDesk retrieve from 'law', but there is no such retriever: register one with services.AddRetrieval(\"law\", …) or as a keyed IRetriever service."], missing.Failures);
        Assert.Contains(result.Passages, static passage => passage.Text.Contains("12 euros", StringComparison.Ordinal));
    }

    private async Task<RetrievalIndex> IndexAsync()
    {
        RetrievalIndex index = RetrievalIndex.Open(Path.Combine(_folder, "handbook.db"));
        await index.IngestAsync([new Document { Key = "handbook.md", Text = Handbook, Format = DocumentFormat.Markdown }], cancellationToken: CancellationToken);
        return index;
    }

    private static HandbookDesk Desk(IChatClient client, RetrievalIndex index) => new(client, new AiFunctionsOptions { Retrievers = { ["handbook"] = new Retriever(index) } });

    /// <summary>The id of the first passage in a prompt.</summary>
    private static string IdIn(string prompt)
    {
        int start = prompt.IndexOf(" id=\"", StringComparison.Ordinal) + 5;
        return prompt[start..prompt.IndexOf('"', start)];
    }

    private sealed class PlayedClient(Func<string, int, string> reply, List<ChatMessage>? sent = null) : IChatClient
    {
        public List<string> Prompts { get; } = [];

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Next(messages))));

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            yield return new ChatResponseUpdate(ChatRole.Assistant, Next(messages));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }

        private string Next(IEnumerable<ChatMessage> messages)
        {
            sent?.AddRange(messages);
            Prompts.Add(string.Join("\n", messages.Select(static message => message.Text)));
            return reply(Prompts[^1], Prompts.Count - 1);
        }
    }
}
