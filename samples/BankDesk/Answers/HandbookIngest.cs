using AiSdk.Retrieval;
using BankDesk.Functions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BankDesk.Answers;

/// <summary>Brings the index up to date before the desk opens: pages that are as they were cost a hash.</summary>
/// <param name="index">The index.</param>
/// <param name="pages">The pages.</param>
/// <param name="logger">Told of pages that could not be read.</param>
internal sealed partial class HandbookIngest([FromKeyedServices(IHandbookDesk.Handbook)] RetrievalIndex index, HandbookPages pages, ILogger<HandbookIngest> logger) : IHostedService
{
    /// <summary>What the ingest did; null before it has.</summary>
    public IngestReport? Report { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Report = await index.IngestAsync(Document.InFolder(pages.Folder, cancellationToken), cancellationToken: cancellationToken);
        foreach (RefusedDocument refused in Report.Refused)
            LogRefused(logger, refused.Key, refused.Reason);
        await index.LoadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The handbook's page {Page} cannot be found in: {Reason}")]
    private static partial void LogRefused(ILogger logger, string page, string reason);
}
