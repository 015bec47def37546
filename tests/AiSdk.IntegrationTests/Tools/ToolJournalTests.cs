using Xunit;

namespace AiSdk.IntegrationTests.Tools;

/// <summary>What every journal must do.</summary>
public sealed class ToolJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aisdk-journal-").FullName;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_is_claimed_once_and_tells_afterwards_how_it_ended(bool inFile)
    {
        IToolJournal journal = Journal(inFile);
        Assert.Equal(ToolJournalEntry.New, await journal.BeginAsync("a1", "pay", CancellationToken));
        Assert.Equal(ToolJournalEntry.Interrupted, await journal.BeginAsync("a1", "pay", CancellationToken));
        await journal.EndAsync("a1", ToolJournalEntry.Succeeded("\"Paid – 5 €\""), CancellationToken);
        Assert.Equal(ToolJournalEntry.Succeeded("\"Paid – 5 €\""), await journal.BeginAsync("a1", "pay", CancellationToken));

        Assert.Equal(ToolJournalEntry.New, await journal.BeginAsync("b2", "pay", CancellationToken));
        await journal.EndAsync("b2", ToolJournalEntry.Failed("no money"), CancellationToken);
        Assert.Equal(ToolJournalEntry.Failed("no money"), await journal.BeginAsync("b2", "pay", CancellationToken));

        Assert.Equal(ToolJournalEntry.New, await journal.BeginAsync("c3", "pay", CancellationToken));
        await journal.EndAsync("c3", ToolJournalEntry.Succeeded(null), CancellationToken);
        Assert.Equal(ToolJournalEntry.Succeeded(null), await journal.BeginAsync("c3", "pay", CancellationToken));

        // A claim that is given back can be had again, once.
        Assert.Equal(ToolJournalEntry.New, await journal.BeginAsync("d4", "pay", CancellationToken));
        await journal.EndAsync("d4", ToolJournalEntry.New, CancellationToken);
        Assert.Equal(ToolJournalEntry.New, await journal.BeginAsync("d4", "pay", CancellationToken));
        Assert.Equal(ToolJournalEntry.Interrupted, await journal.BeginAsync("d4", "pay", CancellationToken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_many_at_once_one_gets_the_key(bool inFile)
    {
        IToolJournal journal = Journal(inFile);
        for (int round = 0; round < 20; round++)
        {
            string key = $"k{round}";
            ToolJournalEntry[] entries = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await journal.BeginAsync(key, "pay", CancellationToken))));
            Assert.Single(entries, static entry => entry.State == ToolJournalState.New);
            Assert.Equal(15, entries.Count(static entry => entry.State == ToolJournalState.Interrupted));
        }
    }

    [Fact]
    public async Task A_journal_in_a_folder_outlives_its_object()
    {
        await Journal(true).BeginAsync("a1", "pay", CancellationToken);
        Assert.Equal(ToolJournalState.Interrupted, (await Journal(true).BeginAsync("a1", "pay", CancellationToken)).State);
        await Journal(true).EndAsync("a1", ToolJournalEntry.Succeeded("1"), CancellationToken);
        Assert.Equal("1", (await Journal(true).BeginAsync("a1", "pay", CancellationToken)).Result);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_key_does_not_lead_out_of_the_folder(string key) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Journal(true).BeginAsync(key, "pay", CancellationToken));

    [Fact]
    public async Task A_claim_that_cannot_be_written_is_an_error_and_no_leave()
    {
        IToolJournal journal = Journal(true);
        Directory.Delete(_folder, recursive: true);
        await Assert.ThrowsAnyAsync<IOException>(async () => await journal.BeginAsync("a1", "pay", CancellationToken));
        Directory.CreateDirectory(_folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IToolJournal Journal(bool inFile) => inFile ? new FileToolJournal(_folder) : new MemoryToolJournal();
}
