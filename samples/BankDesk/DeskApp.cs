using System.Net;
using System.Text.Json.Serialization;
using AiSdk;
using AiSdk.Retrieval;
using BankDesk.Answers;
using BankDesk.Bank;
using BankDesk.Functions;
using BankDesk.Tickets;
using BankDesk.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BankDesk;

/// <summary>Puts the desk together.</summary>
internal static class DeskApp
{
    private const int MaxBody = 16 * 1024;

    // By the handbook and questions that it does not answer (HandbookTests): these have less, those that it answers have more.
    private const double LeastEvidence = 0.5;

    /// <summary>A web application that serves the desk to this machine, and to nobody else.</summary>
    /// <param name="model">The model; it is the caller's.</param>
    /// <param name="port">The port; 0 for one that is free.</param>
    /// <param name="absence">How long tickets go on without anybody looking.</param>
    /// <param name="data">The folder of the index of the handbook; null for one of the user's.</param>
    public static WebApplication Create(DeskModel model, int port, Absence? absence = null, string? data = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.AddServerHeader = false;
        });
        // A name that somebody has pointed at this machine is not ours.
        builder.Services.Configure<HostFilteringOptions>(static hosts => hosts.AllowedHosts = ["localhost", "127.0.0.1"]);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        builder.Services.ConfigureHttpJsonOptions(static json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, DeskJson.Default);
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter<ToolEffect>());
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter<DecisionOutcome>());
        });
        builder.Services.AddSingleton(model);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(absence ?? Absence.Default);
        builder.Services.AddSingleton(static services => InventedBank.Open(services.GetRequiredService<TimeProvider>()));
        // The records are gone with the process, and so are the effects that the journal remembers: use FileToolJournal where they stay.
        builder.Services.AddSingleton<IToolJournal, MemoryToolJournal>();
        builder.Services.AddSingleton(static _ => HandbookPages.Load(Path.Combine(AppContext.BaseDirectory, "handbook")));
        builder.Services.AddRetrieval(IHandbookDesk.Handbook, options =>
        {
            options.Path = Path.Combine(data ?? DataFolder(), "handbook.db");
            options.Search.MinimumEvidence = LeastEvidence;
        });
        builder.Services.AddHostedService<HandbookIngest>();
        builder.Services.AddSingleton<TicketWorker>();
        builder.Services.AddSingleton<TicketBook>();

        WebApplication app = builder.Build();
        PhysicalFileProvider page = new(Path.Combine(AppContext.BaseDirectory, "wwwroot"));
        app.UseHostFiltering();
        app.Use(LocalOnly.InvokeAsync);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = page });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = page });
        app.MapDesk();
        return app;
    }

    /// <summary>A folder that is the user's alone: what others could write into the index, the desk would tell.</summary>
    private static string DataFolder() => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "AiSdk.BankDesk");
}
