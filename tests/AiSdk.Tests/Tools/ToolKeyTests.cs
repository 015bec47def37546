using System.Text;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Tests.Tools;

/// <summary>What counts as the same call.</summary>
public sealed class ToolKeyTests
{
    [Theory]
    [InlineData("""{"amount":10,"to":"Ann"}""", """{ "to": "Ann", "amount": 10.0 }""")]
    [InlineData("""{"amount":1e1}""", """{"amount":10.00}""")]
    [InlineData("""{"amounts":[0.50,-0]}""", """{"amounts":[5e-1,0]}""")]
    [InlineData("""{"to":"\u0041nn"}""", """{"to":"Ann"}""")]
    [InlineData("""{"to":"\ud83d\uDE00\ud83d","\ude00":1}""", """{"\udfff":1,"to":"😀\uFFFD"}""")]
    [InlineData("", "{}")]
    public void Equal_arguments_have_one_key(string one, string other) => Assert.Equal(Key("op", "pay", one), Key("op", "pay", other));

    [Theory]
    [InlineData("op", "pay", """{"amount":10}""", "op", "pay", """{"amount":100}""")]
    [InlineData("op", "pay", """{"amount":10}""", "op", "pay", """{"amount":"10"}""")]
    [InlineData("op", "pay", """{"a":[1,2]}""", "op", "pay", """{"a":[2,1]}""")]
    [InlineData("op", "pay", "{}", "op", "payx", "{}")]
    [InlineData("op1", "pay", "{}", "op", "1pay", "{}")]
    [InlineData("op", "pay", """{"n":1e300}""", "op", "pay", """{"n":1e301}""")]
    public void Others_have_others(string scope, string tool, string arguments, string otherScope, string otherTool, string otherArguments) =>
        Assert.NotEqual(Key(scope, tool, arguments), Key(otherScope, otherTool, otherArguments));

    [Fact]
    public void An_operation_that_ends_twice_or_late_ends_no_other()
    {
        ToolOperation first = ToolOperation.Begin("first");
        first.Dispose();
        using (ToolOperation.Begin("second"))
        {
            first.Dispose();
            Assert.Equal("second", ToolOperation.CurrentId);
        }
        Assert.Null(ToolOperation.CurrentId);

        ToolOperation outer = ToolOperation.Begin("outer");
        ToolOperation inner = ToolOperation.Begin("inner");
        outer.Dispose();
        Assert.Equal("inner", ToolOperation.CurrentId);
        inner.Dispose();
        Assert.Null(ToolOperation.CurrentId);
    }

    [Fact]
    public async Task A_journal_in_memory_forgets_what_ended_first_and_nothing_that_is_open()
    {
        MemoryToolJournal journal = new(capacity: 2);
        await journal.BeginAsync("open", "pay", TestContext.Current.CancellationToken);
        foreach (string key in (string[])["a", "b", "c"])
        {
            await journal.BeginAsync(key, "pay", TestContext.Current.CancellationToken);
            await journal.EndAsync(key, ToolJournalEntry.Succeeded(key), TestContext.Current.CancellationToken);
        }
        Assert.Equal(ToolJournalState.New, await StateAsync("a"));
        Assert.Equal(ToolJournalState.Succeeded, await StateAsync("b"));
        Assert.Equal(ToolJournalState.Succeeded, await StateAsync("c"));
        Assert.Equal(ToolJournalState.Interrupted, await StateAsync("open"));

        async Task<ToolJournalState> StateAsync(string key) => (await journal.BeginAsync(key, "pay", TestContext.Current.CancellationToken)).State;
    }

    [Theory]
    // An id of the endpoint's that says something.
    [InlineData("call_9f8e7d6c5b4a3928", null, null, "call call_9f8e7d6c5b4a3928")]
    [InlineData("call_9f8e7d6c5b4a3928", "6f1b2c3d4e5f60718293", "chatcmpl-1234567890abcdef", "call call_9f8e7d6c5b4a3928")]
    // One that is counted, in a conversation whose messages the host or the endpoint tells apart.
    [InlineData("call_0", "6f1b2c3d4e5f60718293", "chatcmpl-1234567890abcdef", "message 6f1b2c3d4e5f60718293 1 call_0")]
    [InlineData("call_0", null, "chatcmpl-1234567890abcdef", "reply chatcmpl-1234567890abcdef call_0")]
    [InlineData("", null, "chatcmpl-1234567890abcdef", "reply chatcmpl-1234567890abcdef ")]
    // Nothing that does not come again in another conversation.
    [InlineData("call_0", "1", "chatcmpl-123", null)]
    [InlineData("call_0", null, null, null)]
    public void A_call_is_known_by_what_is_unique_in_its_conversation(string callId, string? messageId, string? replyId, string? identity)
    {
        FunctionCallContent call = new(callId, "pay");
        List<ChatMessage> conversation =
        [
            new(ChatRole.User, "Pay Bob.") { MessageId = "0123456789abcdef0123" },
            new(ChatRole.Assistant, "Done."),
            new(ChatRole.User, "Pay Ann.") { MessageId = messageId },
            new(ChatRole.Assistant, [call]) { MessageId = replyId },
        ];
        Assert.Equal(identity, ToolKey.Identity(Context(conversation, call)));
    }

    [Fact]
    public void The_same_counted_id_later_in_a_turn_is_another_call()
    {
        FunctionCallContent first = new("call_0", "pay");
        FunctionCallContent second = new("call_0", "pay");
        List<ChatMessage> conversation =
        [
            new(ChatRole.User, "Pay Ann twice.") { MessageId = "6f1b2c3d4e5f60718293" },
            new(ChatRole.Assistant, [first]),
            new(ChatRole.Tool, [new FunctionResultContent("call_0", "Paid.")]),
            new(ChatRole.Assistant, [second]),
        ];
        Assert.NotEqual(ToolKey.Identity(Context(conversation[..2], first)), ToolKey.Identity(Context(conversation, second)));
        // Of a conversation that the endpoint keeps, the call may not be there.
        Assert.Null(ToolKey.Identity(Context([], first)));
    }

    [Fact]
    public void A_counted_id_is_not_unique_for_the_tools_name_in_it()
    {
        FunctionCallContent call = new("functions.transfer_money:0", "transfer_money");
        Assert.Null(ToolKey.Identity(Context([new(ChatRole.User, "Pay Ann."), new(ChatRole.Assistant, [call])], call)));
        Assert.Equal(
            "message 6f1b2c3d4e5f60718293 1 functions.transfer_money:0",
            ToolKey.Identity(Context([new(ChatRole.User, "Pay Ann.") { MessageId = "6f1b2c3d4e5f60718293" }, new(ChatRole.Assistant, [call])], call)));
    }

    [Fact]
    public async Task A_claim_that_was_given_back_can_be_made_again()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            foreach (IToolJournal journal in (IToolJournal[])[new FileToolJournal(folder.FullName), new MemoryToolJournal()])
            {
                Assert.Equal(ToolJournalState.New, (await journal.BeginAsync("a", "pay", TestContext.Current.CancellationToken)).State);
                Assert.Equal(ToolJournalState.Interrupted, (await journal.BeginAsync("a", "pay", TestContext.Current.CancellationToken)).State);
                await journal.EndAsync("a", ToolJournalEntry.New, TestContext.Current.CancellationToken);
                Assert.Equal(ToolJournalState.New, (await journal.BeginAsync("a", "pay", TestContext.Current.CancellationToken)).State);
                await journal.EndAsync("a", ToolJournalEntry.Succeeded("1"), TestContext.Current.CancellationToken);
                Assert.Equal(ToolJournalState.Succeeded, (await journal.BeginAsync("a", "pay", TestContext.Current.CancellationToken)).State);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static FunctionInvocationContext Context(IList<ChatMessage> conversation, FunctionCallContent call) => new() { Messages = conversation, CallContent = call };

    private static string Key(string scope, string tool, string arguments) => ToolKey.Of(scope, tool, Encoding.UTF8.GetBytes(arguments));
}
