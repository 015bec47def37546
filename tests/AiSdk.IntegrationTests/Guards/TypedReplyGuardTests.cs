using System.Runtime.CompilerServices;
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
    [OutputGuard<GroundingGuard>]
    Task<GuardedContact> GroundedAsync(string message);

    [UserPrompt("{{message}}")]
    [OutputGuard<PassingGuard>]
    Task<string> PassAsync(string message);

    [UserPrompt("{{message}}")]
    [OutputGuard<PassingGuard>]
    IAsyncEnumerable<string> PassStreamAsync(string message);
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
