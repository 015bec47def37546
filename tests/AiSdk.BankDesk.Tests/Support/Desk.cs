using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using BankDesk;
using BankDesk.Tickets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AiSdk.BankDesk.Tests;

/// <summary>The desk as a program serves it, on a port of its own.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DeskModel _model;

    private Desk(WebApplication app, DeskModel model)
    {
        _app = app;
        _model = model;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    /// <summary>A client.</summary>
    public HttpClient Http { get; }

    /// <summary>The desk's address.</summary>
    public string Address => Http.BaseAddress!.ToString();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>Opens a desk.</summary>
    /// <param name="model">Its model; null for the embedded one.</param>
    /// <param name="absence">How long tickets go on alone.</param>
    /// <param name="data">The folder of the handbook's index; null for one that all tests share.</param>
    public static async Task<Desk> OpenAsync(DeskModel? model = null, Absence? absence = null, string? data = null)
    {
        model ??= DeskModels.Embedded();
        WebApplication app = DeskApp.Create(model, port: 0, absence, data ?? Path.Combine(AppContext.BaseDirectory, "handbook-data"));
        await app.StartAsync();
        return new Desk(app, model);
    }

    /// <summary>Sends a message, and gives the ticket's id.</summary>
    public async Task<string> SendAsync(string customerId, string message)
    {
        using HttpResponseMessage response = await PostAsync("/api/tickets", new { request = Guid.NewGuid().ToString(), customerId, message });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await ReadAsync(response)).GetProperty("id").GetString()!;
    }

    /// <summary>Asks the handbook, and gives the events.</summary>
    public async Task<IReadOnlyList<JsonElement>> AskAsync(string question)
    {
        using HttpResponseMessage response = await PostAsync("/api/tickets", new { request = Guid.NewGuid().ToString(), customerId = "C-1001", message = question, isQuestion = true });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return await EndAsync((await ReadAsync(response)).GetProperty("id").GetString()!);
    }

    /// <summary>What the desk keeps for the whole program.</summary>
    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Posts JSON.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, object body) => Http.PostAsJsonAsync(path, body, CancellationToken);

    /// <summary>A response's JSON.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>(CancellationToken);

    /// <summary>A ticket's events, from the one after a number.</summary>
    public async IAsyncEnumerable<SseItem<JsonElement>> EventsAsync(string ticket, int? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/tickets/{ticket}/events");
        if (after is not null)
            request.Headers.Add("Last-Event-ID", $"{after}");
        using HttpResponseMessage response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (SseItem<JsonElement> item in SseParser.Create(stream, static (_, data) => JsonElement.Parse(data)).EnumerateAsync(cancellationToken))
            yield return item;
    }

    /// <summary>All events of a ticket until it is closed; each change is decided as the test says.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="approve">Whether to approve; null leaves the ticket when it waits.</param>
    public async Task<IReadOnlyList<JsonElement>> FollowAsync(string ticket, bool? approve = null)
    {
        List<JsonElement> events = [];
        await foreach (SseItem<JsonElement> item in EventsAsync(ticket, cancellationToken: CancellationToken))
        {
            events.Add(item.Data);
            if (Is(item.Data, "proposed"))
            {
                if (approve is not { } approved)
                    return events;
                using HttpResponseMessage response = await DecideAsync(ticket, item.Data, approved);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }
        }
        return events;
    }

    /// <summary>All events of a ticket until it is closed, whatever waits: others decide.</summary>
    public async Task<IReadOnlyList<JsonElement>> EndAsync(string ticket)
    {
        List<JsonElement> events = [];
        await foreach (SseItem<JsonElement> item in EventsAsync(ticket, cancellationToken: CancellationToken))
            events.Add(item.Data);
        return events;
    }

    /// <summary>Sends a message and follows it.</summary>
    public async Task<IReadOnlyList<JsonElement>> WorkAsync(string customerId, string message, bool? approve = null) => await FollowAsync(await SendAsync(customerId, message), approve);

    /// <summary>Decides on a proposal.</summary>
    public Task<HttpResponseMessage> DecideAsync(string ticket, JsonElement proposal, bool approved) =>
        PostAsync($"/api/tickets/{ticket}/approvals/{proposal.GetProperty("approval").GetString()}", new { approved });

    /// <summary>A customer's record.</summary>
    public async Task<JsonElement> RecordAsync(string customerId) => await Http.GetFromJsonAsync<JsonElement>($"/api/customers/{customerId}", CancellationToken);

    /// <summary>A card's status.</summary>
    public async Task<string?> CardStatusAsync(string customerId, string cardId) =>
        (await RecordAsync(customerId)).GetProperty("cards").EnumerateArray().Single(card => card.GetProperty("id").GetString() == cardId).GetProperty("status").GetString();

    /// <summary>How many changes were made for a customer.</summary>
    public async Task<int> ChangesAsync(string customerId) => (await RecordAsync(customerId)).GetProperty("changes").GetArrayLength();

    /// <summary>Whether an event is of a type.</summary>
    public static bool Is(JsonElement one, string type) => one.GetProperty("type").GetString() == type;

    /// <summary>The only event of a type.</summary>
    public static JsonElement The(IEnumerable<JsonElement> events, string type) => Assert.Single(events, one => Is(one, type));

    /// <summary>The draft as far as it has come.</summary>
    public static string Draft(IEnumerable<JsonElement> events) => string.Concat(events.Where(static one => Is(one, "draft")).Select(static one => one.GetProperty("text").GetString()));

    /// <summary>All events as text.</summary>
    public static string Text(IEnumerable<JsonElement> events) => string.Join('\n', events.Select(static one => one.GetRawText()));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _model.Dispose();
    }
}
