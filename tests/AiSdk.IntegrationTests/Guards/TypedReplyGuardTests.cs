using System.Runtime.CompilerServices;
using AiSdk.IntegrationTests.Deliberation;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>Guards of typed replies: however a text is escaped in JSON, they see what its reader does.</summary>
public sealed class TypedReplyGuardTests
{
    [Theory]
    [InlineData("""{"name":"first line\nAKIAIOSFODNN7EXAMPLE","email":"none"}""")]
    [InlineData("""{"name":"\u0041KIAIOSFODNN7EXAMPLE","email":"none"}""")]
    [InlineData("""{"name":"\u0041\u004bIAIOSFODNN7EXAMPLE\u000a","email":"none"}""")]
    [InlineData(""" "{\"name\":\"\\u0041KIAIOSFODNN7EXAMPLE\",\"email\":\"none\"}" """)]
    [InlineData(""" "{\"name\":\"a\",\"email\":\"\\u0041KIAIOSFODNN7EXAMPLE\"}" zzAKIAIOSFODNN7EXAMPLEzz""")]
    [InlineData("""{\"name\":\"\\u0041KIAIOSFODNN7EXAMPLE\",\"email\":\"none\"}""")]
    [InlineData("""{"result":"{\"name\":\"\\u0041KIAIOSFODNN7EXAMPLE\",\"email\":\"none\"}"}""")]
    [InlineData("""[{"contact":"{\"name\":\"x\",\"email\":\"\u005cu0041KIAIOSFODNN7EXAMPLE\"}"}]""")]
    public async Task A_secret_that_is_escaped_is_a_secret(string reply)
    {
        Assert.Equal("SecretGuard", (await Assert.ThrowsAsync<AiGuardException>(() => new TypedDesk(new PiecesClient(reply)).ReadAsync("x"))).GuardName);
        Assert.Equal("SecretGuard", (await Assert.ThrowsAsync<AiGuardException>(() => LastAsync(new PiecesClient(reply)))).GuardName);
    }

    [Fact]
    public async Task Personal_data_that_is_escaped_is_hidden_and_the_reply_can_be_read()
    {
        const string Reply = """{"name":"a\n4111 1111 1111 1111\nb\njohn@example.com","email":"ann\u0040example.com"}""";
        GuardedContact hidden = new("a\n[CARD]\nb\n[EMAIL]", "[EMAIL]");
        Assert.Equal(hidden, await new TypedDesk(new PiecesClient(Reply)).ReadAsync("x"));
        Assert.Equal(hidden, await LastAsync(new PiecesClient(Reply)));
    }

    [Theory]
    [InlineData("""{"name":"\ud835\udfdc111 1111 1111 1111","email":"none"}""", "[CARD]", "none")]
    [InlineData(""" "{\"name\":\"\\ud835\\udfdc111 1111 1111 1111\",\"email\":\"ann\\u0040example.com\"}" """, "[CARD]", "[EMAIL]")]
    [InlineData("```json\n{\"email\": \"{\\\"value\\\": 1}\", \"name\": \"\\ud83d\\ude00\",}\n```", "😀", """{"value": 1}""")]
    public async Task Personal_data_that_is_escaped_twice_or_in_two_halves_is_hidden(string reply, string name, string email)
    {
        GuardedContact hidden = new(name, email);
        Assert.Equal(hidden, await new TypedDesk(new PiecesClient(reply)).ReadAsync("x"));
        Assert.Equal(hidden, await LastAsync(new PiecesClient(reply)));
    }

    [Fact]
    public async Task What_was_hidden_from_the_model_is_shown_also_where_its_reply_is_escaped_twice()
    {
        AiResult<GuardedContact> result = await new TypedDesk(new PiecesClient(""" "{\"name\":\"\\u0041nn, bob\\u0040example.com\",\"email\":\"[EMAIL_1]\"}" """)).AskAsync("I am ann@example.com");

        Assert.Equal(new GuardedContact("Ann, [EMAIL]", "ann@example.com"), result.Value);
        Assert.Equal("""{"name":"Ann, [EMAIL]","email":"ann@example.com"}""", result.RawReply);
        Assert.Contains(result.Guards, static report => report is { Guard: "PiiGuard", Stage: GuardStage.Output, Verdict: GuardVerdictKind.Rewrite });
        Assert.Contains(result.Repairs, static repair => repair is { Kind: RepairKind.Structure, Before: "", After: "" });
    }

    [Fact]
    public async Task What_the_model_wrote_by_itself_is_hidden_also_where_it_was_asked_again()
    {
        const string Second = """{"name":"Ann, [EMAIL_2]","email":"[EMAIL_1]"}""";
        Bench bench = new("""{"name":"Ann, bob@example.com"}""", Second, Second);
        AiResult<GuardedContact> result = await new TypedDesk(bench).AskAgainAsync("I am ann@example.com");

        Assert.DoesNotContain("example.com", string.Concat(bench.Requests.SelectMany(static request => request.Messages).Select(static message => message.Text)), StringComparison.Ordinal);
        Assert.Contains("[EMAIL_2]", bench.Question(1), StringComparison.Ordinal);
        Assert.Equal(new GuardedContact("Ann, [EMAIL]", "ann@example.com"), result.Value);
    }

    [Theory]
    [InlineData("Call +49 30 901820.", """{"name":"[PHONE_1] 24 hours"}""", """{"name":"[PHONE_1]","email":"none"}""", "+49 30 901820")]
    [InlineData("My passport number is X1234567.", """{"name":"[DOCUMENT_1]"}""", """{"name":"[DOCUMENT_1]","email":"none"}""", "X1234567")]
    [InlineData("I am ann@example.com.", """{'name': '[EMAIL_1]'}""", """{"name":"[EMAIL_1]","email":"none"}""", "ann@example.com")]
    public async Task What_was_hidden_stays_hidden_in_a_reply_that_goes_back_to_the_model(string message, string first, string second, string hidden)
    {
        Bench bench = new(first, second, second);
        AiResult<GuardedContact> result = await new TypedDesk(bench).AskAgainAsync(message);

        Assert.DoesNotContain(hidden, string.Concat(bench.Requests.SelectMany(static request => request.Messages).Select(static sent => sent.Text)), StringComparison.Ordinal);
        Assert.Equal(new GuardedContact(hidden, "none"), result.Value);
    }

    [Fact]
    public async Task What_was_hidden_stays_hidden_in_the_path_of_what_is_wrong()
    {
        const string Second = """{"counts":{"[EMAIL_1]":1}}""";
        Bench bench = new("""{"counts":{"[EMAIL_1]":"many"}}""", Second, Second);
        AiResult<GuardedCounts> result = await new TypedDesk(bench).CountAgainAsync("I am ann@example.com");

        Assert.Contains("[EMAIL_1]'", bench.Question(1), StringComparison.Ordinal);
        Assert.DoesNotContain("ann@example.com", bench.Question(1), StringComparison.Ordinal);
        Assert.Equal(1, result.Value.Counts["ann@example.com"]);
    }

    [Fact]
    public async Task What_only_looks_like_a_placeholder_does_not_bring_back_what_the_model_wrote()
    {
        // The first reply goes back as "[TEXT_1], [EMAIL_2]".
        const string Second = """{"name":"[TEXT_1]","email":"[EMAIL_1]"}""";
        Bench bench = new("""{"name":"[EMAIL_2], bob@example.com"}""", Second, Second);
        AiResult<GuardedContact> result = await new TypedDesk(bench).AskAgainAsync("I am ann@example.com");

        Assert.Contains("[TEXT_1], [EMAIL_2]", bench.Question(1), StringComparison.Ordinal);
        Assert.Equal(new GuardedContact("[EMAIL_2]", "ann@example.com"), result.Value);
    }

    [Theory]
    [InlineData("bob@example.com", "[EMAIL_1]", "[EMAIL_2]", "[EMAIL]", "ann@example.com")]
    [InlineData("bob@example.com", "[EMAIL_2]", "[EMAIL_1]", "[EMAIL]", "[EMAIL_2]")]
    [InlineData("\\ud83d\\ude00bob@example.com", "[EMAIL_1]", "none", "😀[EMAIL]", "ann@example.com")]
    public async Task What_the_model_wrote_by_itself_is_hidden_in_a_value_that_samples_make_together(string email, string sender, string otherSender, string shownEmail, string shownSender)
    {
        Bench bench = new(
            $$"""{"name":"Ann","email":"{{email}}","sender":"{{otherSender}}"}""",
            $$"""{"name":"Ann","email":"eve@example.com","sender":"{{sender}}"}""",
            $$"""{"name":"Eve","email":"{{email}}","sender":"{{sender}}"}""");
        AiResult<GuardedSender> result = await new TypedDesk(bench).VoteAsync("I am ann@example.com");

        Assert.NotNull(result.Vote!.Properties);
        Assert.Equal(new GuardedSender("Ann", shownEmail, shownSender), result.Value);
        Assert.DoesNotContain("bob@example.com", result.RawReply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_that_repair_only_cuts_out_is_looked_at_once()
    {
        CountingGuard guard = new();
        AiFunctionsOptions options = new() { Guards = { guard } };
        Assert.Equal(new GuardedContact("Ann\n\"A\"", "none"), await new TypedDesk(new PiecesClient("""Sure: {'email': 'none', "name": "Ann\n\"A\"",} Bye."""), options).CountAsync("x"));
        Assert.Equal(1, guard.Count);
        Assert.Equal(new GuardedContact("Ann", "none"), await new TypedDesk(new PiecesClient(""" "{\"email\": \"none\", \"name\": \"\\u0041nn\"}" """), options).CountAsync("x"));
        Assert.Equal(3, guard.Count);
    }

    [Fact]
    public async Task What_is_wrong_with_a_reply_that_is_escaped_twice_is_not_quoted()
    {
        AiOutputException wrong = await Assert.ThrowsAsync<AiOutputException>(() => new TypedDesk(new PiecesClient(""" "{\"start\":\"\\u0041KIAIOSFODNN7EXAMPLE\"}" """)).TermAsync("x"));
        Assert.DoesNotContain("KIAIOSFODNN7EXAMPLE", $"{wrong} {wrong.RawReply} {string.Join(' ', wrong.Errors)} {string.Join(' ', wrong.Repairs)}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_behind_an_escape_must_be_given() =>
        Assert.Equal("the number 9876 is in nothing that the model was given", (await Assert.ThrowsAsync<AiGuardException>(() => new TypedDesk(new PiecesClient("""{"name":"Total:\n9876","email":"none"}""")).GroundedAsync("x"))).Reason);

    [Fact]
    public async Task A_window_that_allows_a_piece_shows_it()
    {
        PiecesClient client = new("as it came");
        Assert.Equal("as it came", await new TypedDesk(client).PassAsync("x"));
        string shown = "";
        await foreach (string piece in new TypedDesk(client).PassStreamAsync("x"))
            shown += piece;
        Assert.Equal("as it came", shown);
    }

    private static async Task<GuardedContact?> LastAsync(IChatClient client)
    {
        GuardedContact? last = null;
        await foreach (Partial<GuardedContact> part in new TypedDesk(client).PartsAsync("x"))
        {
            Assert.DoesNotContain("example.com", part.ToJson(), StringComparison.Ordinal);
            last = part.IsComplete ? part.Value : last;
        }
        return last;
    }

    private sealed class PiecesClient(string reply) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, reply)));

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (char[] piece in reply.Chunk(3))
            {
                await Task.Yield();
                yield return new ChatResponseUpdate(ChatRole.Assistant, new string(piece));
            }
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}

/// <summary>Functions whose typed replies are guarded.</summary>
[AiFunctions]
public interface ITypedDesk
{
    [UserPrompt("{{message}}")]
    [OutputGuard<SecretGuard>]
    [OutputGuard<PiiGuard>]
    Task<GuardedContact> ReadAsync(string message);

    [UserPrompt("{{message}}")]
    [OutputGuard<SecretGuard>]
    [OutputGuard<PiiGuard>]
    IAsyncEnumerable<Partial<GuardedContact>> PartsAsync(string message);

    [UserPrompt("{{message}}")]
    [InputGuard<PiiGuard>]
    [OutputGuard<PiiGuard>]
    Task<AiResult<GuardedContact>> AskAsync(string message);

    [UserPrompt("{{message}}")]
    [InputGuard<PiiGuard>]
    [OutputGuard<PiiGuard>]
    [SelfConsistency(2), Reask]
    Task<AiResult<GuardedContact>> AskAgainAsync(string message);

    [UserPrompt("{{message}}")]
    [InputGuard<PiiGuard>]
    [OutputGuard<PiiGuard>]
    [SelfConsistency(2), Reask]
    Task<AiResult<GuardedCounts>> CountAgainAsync(string message);

    [UserPrompt("{{message}}")]
    [InputGuard<PiiGuard>]
    [OutputGuard<PiiGuard>]
    [SelfConsistency(3)]
    Task<AiResult<GuardedSender>> VoteAsync(string message);

    [UserPrompt("{{message}}")]
    [OutputGuard<CountingGuard>]
    Task<GuardedContact> CountAsync(string message);

    [UserPrompt("{{message}}")]
    [OutputGuard<SecretGuard>]
    Task<GuardedTerm> TermAsync(string message);

    [UserPrompt("{{message}}")]
    [OutputGuard<GroundingGuard>]
    Task<GuardedContact> GroundedAsync(string message);

    [UserPrompt("{{message}}")]
    [OutputGuard<PassingGuard>]
    Task<string> PassAsync(string message);

    [UserPrompt("{{message}}")]
    [OutputGuard<PassingGuard>]
    IAsyncEnumerable<string> PassStreamAsync(string message);
}

/// <summary>What is read.</summary>
public sealed record GuardedTerm(DateOnly Start);

/// <summary>Counts what it looks at.</summary>
public sealed class CountingGuard : IOutputGuard
{
    /// <summary>How often it was asked.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken)
    {
        Count++;
        return new(GuardVerdict.Allow);
    }
}

/// <summary>Allows each piece.</summary>
public sealed class PassingGuard : IStreamingOutputGuard
{
    /// <inheritdoc/>
    public ReplyWindow OpenWindow(GuardContext context) => new Window();

    /// <inheritdoc/>
    public ValueTask<GuardVerdict> CheckOutputAsync(string reply, GuardContext context, CancellationToken cancellationToken) => new(GuardVerdict.Allow);

    private sealed class Window : ReplyWindow
    {
        public override GuardVerdict Append(string piece, bool isLast) => GuardVerdict.Allow;
    }
}
