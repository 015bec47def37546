using System.Text;
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

    private static string Key(string scope, string tool, string arguments) => ToolKey.Of(scope, tool, Encoding.UTF8.GetBytes(arguments));
}
