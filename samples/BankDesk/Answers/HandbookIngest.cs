using AiSdk.Retrieval;
using BankDesk.Functions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BankDesk.Answers;

/// <summary>Brings the index up to date before the desk opens: pages that are as they were cost a hash.</summary>
/// <param name="services">Give the index.</param>
/// <param name="options">Say where it is.</param>
/// <param name="pages">The pages.</param>
/// <param name="logger">Told of pages that could not be read.</param>
internal sealed partial class HandbookIngest(IServiceProvider services, IOptionsMonitor<RetrievalOptions> options, HandbookPages pages, ILogger<HandbookIngest> logger) : IHostedService
{
    // SQLITE_CORRUPT and SQLITE_NOTADB.
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <summary>What the ingest did; null before it has.</summary>
    public IngestReport? Report { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        RetrievalIndex index = Open();
        Report = await index.IngestAsync(Document.InFolder(pages.Folder, cancellationToken), cancellationToken: cancellationToken);
        foreach (RefusedDocument refused in Report.Refused)
            LogRefused(logger, refused.Key, refused.Reason);
        await index.LoadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The index. One that cannot be opened, such as that of another version, is made anew: all that is in it comes from the pages.</summary>
    private RetrievalIndex Open()
    {
        try
        {
            return services.GetRequiredKeyedService<RetrievalIndex>(IHandbookDesk.Handbook);
        }
        // Not one that is only locked or not allowed to be read.
        catch (RetrievalIndexException e) when (e.InnerException is null or SqliteException { SqliteErrorCode: Corrupt or NotADatabase })
        {
            LogUnreadable(logger, e);
            foreach (string suffix in (string[])["", "-wal", "-shm"])
                File.Delete(options.Get(IHandbookDesk.Handbook).Path + suffix);
            return services.GetRequiredKeyedService<RetrievalIndex>(IHandbookDesk.Handbook);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The index of the handbook cannot be opened and is made anew.")]
    private static partial void LogUnreadable(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The handbook's page {Page} cannot be found in: {Reason}")]
    private static partial void LogRefused(ILogger logger, string page, string reason);
}
