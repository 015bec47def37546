using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace AiSdk.BankDesk.Tests;

/// <summary>Requests that are wrong, or come from elsewhere.</summary>
public sealed class RequestTests : IAsyncLifetime
{
    private Desk _desk = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _desk = await Desk.OpenAsync();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Theory]
    [InlineData("""{"customerId":"C-1001","message":"Hello"}""", HttpStatusCode.BadRequest, "'request' must be")]
    [InlineData("""{"request":"1","customerId":"C-1001","message":"  "}""", HttpStatusCode.BadRequest, "empty")]
    [InlineData("""{"request":"1","customerId":"C-9999","message":"Hello"}""", HttpStatusCode.NotFound, "no such customer")]
    [InlineData("""{"request":"1","retryOf":"T-0"}""", HttpStatusCode.NotFound, "tried again")]
    public async Task Wrong_tickets_are_refused_with_the_reason(string body, HttpStatusCode status, string reason)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _desk.Http.PostAsync("/api/tickets", content, CancellationToken);
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(reason, (await Desk.ReadAsync(response)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_and_bodies_that_are_too_long_are_refused()
    {
        using HttpResponseMessage message = await _desk.PostAsync("/api/tickets", new { request = "1", customerId = "C-1001", message = new string('x', 1001) });
        Assert.Equal(HttpStatusCode.BadRequest, message.StatusCode);
        using HttpResponseMessage body = await _desk.PostAsync("/api/tickets", new { request = "1", customerId = "C-1001", message = new string('x', 20_000) });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, body.StatusCode);
    }

    [Fact]
    public async Task A_message_that_is_longer_than_the_model_reads_closes_the_ticket_with_the_reason()
    {
        JsonElement closed = Desk.The(await _desk.WorkAsync("C-1001", string.Concat(Enumerable.Repeat("ßüñ 7391 ", 110))), "closed");
        Assert.Equal("Failed", closed.GetProperty("status").GetString());
        Assert.Contains("512", closed.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_sent_twice_opens_one_ticket()
    {
        List<string?> ids = [];
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage response = await _desk.PostAsync("/api/tickets", new { request = "the same", customerId = "C-1005", message = "Can I have a virtual card?" });
            ids.Add((await Desk.ReadAsync(response)).GetProperty("id").GetString());
        }
        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(1, JsonElement.Parse(await _desk.Http.GetStringAsync("/api/tickets", CancellationToken)).GetArrayLength());
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Other_sites_change_nothing(string header, string value)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/tickets") { Content = new StringContent("""{"request":"1","customerId":"C-1001","message":"Hello"}""", Encoding.UTF8, "application/json") };
        request.Headers.Add(header, value);
        using HttpResponseMessage response = await _desk.Http.SendAsync(request, CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task A_form_of_another_site_is_no_request()
    {
        using StringContent content = new("""{"request":"1","customerId":"C-1001","message":"Hello"}""", MediaTypeHeaderValue.Parse("text/plain"));
        using HttpResponseMessage response = await _desk.Http.PostAsync("/api/tickets", content, CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task A_name_that_somebody_has_pointed_at_this_machine_is_refused()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/desk");
        request.Headers.Host = "rebound.example";
        using HttpResponseMessage response = await _desk.Http.SendAsync(request, CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task The_page_runs_its_own_scripts_only()
    {
        using HttpResponseMessage response = await _desk.Http.GetAsync("/", CancellationToken);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("/api/nothing")]
    [InlineData("/api/customers/C-9999")]
    [InlineData("/api/tickets/T-0/events")]
    public async Task What_is_not_there_is_said_not_to_be(string path)
    {
        using HttpResponseMessage response = await _desk.Http.GetAsync(path, CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.NotEmpty((await Desk.ReadAsync(response)).GetProperty("error").GetString()!);
    }

    [Fact]
    public async Task The_page_is_told_what_the_model_knows()
    {
        JsonElement info = JsonElement.Parse(await _desk.Http.GetStringAsync("/api/desk", CancellationToken));
        Assert.Equal("offline, on this machine. It knows messages to a bank, in English, and nothing else", info.GetProperty("where").GetString());
    }

    [Fact]
    public async Task The_tools_are_listed_with_what_they_do()
    {
        JsonElement tools = JsonElement.Parse(await _desk.Http.GetStringAsync("/api/desk", CancellationToken)).GetProperty("tools");
        Assert.Equal("Read", tools.EnumerateArray().Single(static tool => tool.GetProperty("name").GetString() == "find_transfers").GetProperty("effect").GetString());
        Assert.Equal("Destructive", tools.EnumerateArray().Single(static tool => tool.GetProperty("name").GetString() == "cancel_transfer").GetProperty("effect").GetString());
    }
}
