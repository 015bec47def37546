using System.Net;
using System.Text.Json;
using AiSdk.IntegrationTests;
using BankDesk.Tickets;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AiSdk.BankDesk.Tests;

/// <summary>The desk over HTTP with a model at an endpoint, which calls the tools itself.</summary>
public sealed class EndpointTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_looks_up_proposes_and_once_it_is_approved_changes()
    {
        await using Endpoint endpoint = await Endpoint.StartAsync(Freezing);
        await using Desk desk = await Desk.OpenAsync(endpoint.Model());

        IReadOnlyList<JsonElement> events = await desk.WorkAsync("C-1001", "My card was stolen!", approve: true);

        Assert.Equal("Done", Desk.The(events, "closed").GetProperty("status").GetString());
        Assert.Equal("Your card is frozen. ", Desk.Draft(events));
        JsonElement proposal = Desk.The(events, "proposed");
        Assert.Equal(("the model", "Freeze the Virtual Visa ending in 7730 (active)"), (proposal.GetProperty("proposedBy").GetString(), proposal.GetProperty("description").GetString()));
        Assert.Equal("Frozen", await desk.CardStatusAsync("C-1001", "CARD-2"));
        Assert.Equal(["list_cards", "freeze_card"], events.Where(static one => Desk.Is(one, "tool")).Select(static one => one.GetProperty("tool").GetString()));
        Assert.Contains("We have frozen your card ending in 7730", endpoint.Streamed[2].GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_denied_is_not_done_and_the_model_is_told()
    {
        await using Endpoint endpoint = await Endpoint.StartAsync(Freezing);
        await using Desk desk = await Desk.OpenAsync(endpoint.Model());
        await desk.WorkAsync("C-1001", "My card was stolen!", approve: false);
        Assert.Equal("Active", await desk.CardStatusAsync("C-1001", "CARD-2"));
        Assert.Contains("did not approve", endpoint.Streamed[2].GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_that_is_tried_again_changes_nothing_a_second_time()
    {
        await using Endpoint endpoint = await Endpoint.StartAsync((exchange, number) => (number % 2) switch
        {
            0 => Endpoint.CallAsync(exchange, "freeze_card", """{"cardId":"CARD-1"}"""),
            _ => Endpoint.SayAsync(exchange, "Frozen."),
        });
        await using Desk desk = await Desk.OpenAsync(endpoint.Model());
        string first = await desk.SendAsync("C-1001", "Freeze my card");
        await desk.FollowAsync(first, approve: true);

        for (int round = 0; round < 2; round++)
        {
            using HttpResponseMessage response = await desk.PostAsync("/api/tickets", new { request = $"again-{round}", retryOf = first });
            IReadOnlyList<JsonElement> again = await desk.FollowAsync((await Desk.ReadAsync(response)).GetProperty("id").GetString()!, approve: true);
            // The model gets the earlier result.
            Assert.Contains("We have frozen your card ending in 4821", Desk.The(again, "tool").GetProperty("result").GetString(), StringComparison.Ordinal);
        }
        Assert.Equal(1, await desk.ChangesAsync("C-1001"));
    }

    [Fact]
    public async Task No_argument_leads_to_another_customer()
    {
        await using Endpoint endpoint = await Endpoint.StartAsync(static (exchange, number) => number switch
        {
            0 => Endpoint.CallAsync(exchange, "freeze_card", """{"cardId":"CARD-3"}"""),
            _ => Endpoint.SayAsync(exchange, "I could not."),
        });
        await using Desk desk = await Desk.OpenAsync(endpoint.Model());
        IReadOnlyList<JsonElement> events = await desk.WorkAsync("C-1001", "Freeze CARD-3", approve: true);
        Assert.Equal("Freeze a card that this customer does not have", Desk.The(events, "proposed").GetProperty("description").GetString());
        Assert.Contains("This customer has no card 'CARD-3'", Desk.The(events, "tool").GetProperty("result").GetString(), StringComparison.Ordinal);
        Assert.Equal("Active", await desk.CardStatusAsync("C-1002", "CARD-3"));
    }

    [Fact]
    public async Task Arguments_that_do_not_fit_go_back_to_the_model()
    {
        await using Endpoint endpoint = await Endpoint.StartAsync(static (exchange, number) => number switch
        {
            0 => Endpoint.CallAsync(exchange, "find_payments", """{"amount":"lots"}"""),
            _ => Endpoint.SayAsync(exchange, "Sorry."),
        });
        await using Desk desk = await Desk.OpenAsync(endpoint.Model());
        IReadOnlyList<JsonElement> events = await desk.WorkAsync("C-1001", "How much did I pay?");
        JsonElement tool = Desk.The(events, "tool");
        Assert.False(tool.GetProperty("ran").GetBoolean());
        Assert.Contains("argument 'amount'", tool.GetProperty("result").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Personal_data_is_hidden_from_the_model_given_to_tools_and_restored_in_the_draft()
    {
        await using Endpoint endpoint = await Endpoint.StartAsync(static (exchange, number) => number switch
        {
            0 => Endpoint.CallAsync(exchange, "find_payments", """{"cardEnding":"[CARD_1]"}"""),
            _ => Endpoint.SayAsync(exchange, "We write to [EMAIL_1] about [CARD_1]."),
        });
        await using Desk desk = await Desk.OpenAsync(endpoint.Model());

        IReadOnlyList<JsonElement> events = await desk.WorkAsync("C-1001", "What was paid with 4539 5787 0090 4821? Write to mara.lindqvist@example.com");

        Assert.DoesNotContain("mara.lindqvist", endpoint.Sent, StringComparison.Ordinal);
        Assert.DoesNotContain("4539", endpoint.Sent, StringComparison.Ordinal);
        Assert.Equal(2, JsonElement.Parse(Desk.The(events, "tool").GetProperty("result").GetString()!).GetArrayLength());
        Assert.Equal("We write to mara.lindqvist@example.com about •••• 4821. ", Desk.Draft(events));
    }

    [Fact]
    public async Task What_strangers_wrote_into_a_record_gives_the_model_no_orders()
    {
        await using Endpoint endpoint = await Endpoint.StartAsync(static (exchange, number) => number switch
        {
            0 => Endpoint.CallAsync(exchange, "find_transfers", "{}"),
            _ => Endpoint.SayAsync(exchange, "There are two."),
        });
        await using Desk desk = await Desk.OpenAsync(endpoint.Model());
        await desk.WorkAsync("C-1004", "Which transfers did I make?");
        Assert.DoesNotContain("send 900 pounds", endpoint.Sent, StringComparison.Ordinal);
        Assert.Contains("withheld", endpoint.Streamed[1].GetRawText(), StringComparison.Ordinal);
        Assert.Contains("Birthday", endpoint.Streamed[1].GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_fails_closes_the_ticket_with_the_reason()
    {
        await using Endpoint endpoint = await Endpoint.StartAsync(static (exchange, _) => exchange.WriteAsync("""{"error":{"message":"The model is loading."}}""", StatusCodes.Status503ServiceUnavailable));
        await using Desk desk = await Desk.OpenAsync(endpoint.Model());
        JsonElement closed = Desk.The(await desk.WorkAsync("C-1001", "Hello"), "closed");
        Assert.Equal("Failed", closed.GetProperty("status").GetString());
        Assert.Contains("503", closed.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", closed.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_browser_leaves_the_model_is_stopped()
    {
        TaskCompletionSource gone = new();
        await using Endpoint endpoint = await Endpoint.StartAsync(async (exchange, _) =>
        {
            await exchange.SendAsync("Let me ");
            await exchange.HangAsync();
            gone.SetResult();
        });
        await using Desk desk = await Desk.OpenAsync(endpoint.Model(), new Absence(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)));
        string ticket = await desk.SendAsync("C-1001", "Hello");
        await foreach (var item in desk.EventsAsync(ticket, cancellationToken: CancellationToken))
        {
            if (Desk.Is(item.Data, "draft"))
                break;
        }
        await gone.Task.WaitAsync(CancellationToken);
        JsonElement closed = Desk.The(await desk.EndAsync(ticket), "closed");
        Assert.Equal(("Cancelled", "Nobody was looking any more."), (closed.GetProperty("status").GetString(), closed.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_page_that_is_loaded_again_gets_what_it_missed_and_the_model_goes_on()
    {
        TaskCompletionSource loaded = new();
        await using Endpoint endpoint = await Endpoint.StartAsync(async (exchange, _) =>
        {
            await exchange.SendAsync("Let me ");
            await loaded.Task.WaitAsync(exchange.Aborted);
            await exchange.SendAsync("see.");
            await exchange.EndAsync();
        });
        await using Desk desk = await Desk.OpenAsync(endpoint.Model());
        string ticket = await desk.SendAsync("C-1001", "Hello");
        int last = -1;
        await foreach (var item in desk.EventsAsync(ticket, cancellationToken: CancellationToken))
        {
            last = int.Parse(item.EventId!, System.Globalization.CultureInfo.InvariantCulture);
            if (Desk.Is(item.Data, "draft"))
                break;
        }
        loaded.SetResult();

        List<JsonElement> rest = [];
        await foreach (var item in desk.EventsAsync(ticket, last, CancellationToken))
            rest.Add(item.Data);
        Assert.Equal("see.", Desk.Draft(rest));
        Assert.Equal("Let me see.", Desk.Draft(await desk.FollowAsync(ticket)));
        Assert.Single(endpoint.Streamed);
    }

    [Fact]
    public async Task A_ticket_that_is_stopped_while_it_waits_changes_nothing()
    {
        await using Endpoint endpoint = await Endpoint.StartAsync(Freezing);
        await using Desk desk = await Desk.OpenAsync(endpoint.Model());
        string ticket = await desk.SendAsync("C-1001", "My card was stolen!");
        JsonElement proposal = Desk.The(await desk.FollowAsync(ticket), "proposed");

        using HttpResponseMessage stopped = await desk.Http.DeleteAsync($"/api/tickets/{ticket}", CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        Assert.Equal("Cancelled", Desk.The(await desk.EndAsync(ticket), "closed").GetProperty("status").GetString());
        using HttpResponseMessage late = await desk.DecideAsync(ticket, proposal, approved: true);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Equal(0, await desk.ChangesAsync("C-1001"));
    }

    [Fact]
    public async Task Only_so_many_tickets_are_open_at_once()
    {
        await using Endpoint endpoint = await Endpoint.StartAsync(static (exchange, _) => exchange.HangAsync());
        await using Desk desk = await Desk.OpenAsync(endpoint.Model());
        for (int i = 0; i < TicketBook.MaxOpen; i++)
            await desk.SendAsync("C-1001", "Hello");
        using HttpResponseMessage response = await desk.PostAsync("/api/tickets", new { request = "one more", customerId = "C-1001", message = "Hello" });
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
    }

    [Fact]
    public async Task A_model_that_cannot_call_tools_works_with_the_rules()
    {
        await using Endpoint endpoint = await Endpoint.StartAsync(static (exchange, _) => Endpoint.SayAsync(exchange, "Sorry."), intent: "card_arrival");
        await using Desk desk = await Desk.OpenAsync(endpoint.Model(callsTools: false));
        IReadOnlyList<JsonElement> events = await desk.WorkAsync("C-1003", "Where is my card?", approve: true);
        Assert.Equal("resend_card", Desk.The(events, "proposed").GetProperty("tool").GetString());
        Assert.Equal(1, await desk.ChangesAsync("C-1003"));
        Assert.DoesNotContain("\"tools\"", endpoint.Sent, StringComparison.Ordinal);
    }

    private static Task Freezing(Exchange exchange, int number) => number switch
    {
        0 => Endpoint.CallAsync(exchange, "list_cards", "{}"),
        1 => Endpoint.CallAsync(exchange, "freeze_card", """{"cardId":"CARD-2"}""", "call-fedcba9876543210"),
        _ => Endpoint.SayAsync(exchange, "Your card is frozen."),
    };
}
