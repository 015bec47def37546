using System.Text.Json;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.IntegrationTests;

/// <summary>Images, sounds and documents as arguments: sent as the dialect wants them, or refused before anything is sent.</summary>
public sealed class MediaTests
{
    private static readonly byte[] _bytes = [1, 2, 3];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("OpenAIStrict", "data:image/png;base64,AQID")]
    [InlineData("Anthropic", "AQID")]
    [InlineData("Gemini", "AQID")]
    [InlineData("Ollama", "AQID")]
    public async Task An_image_goes_over_the_wire(string dialect, string sent)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => new Answer { Text = "a window" });

        Assert.Equal("a window", await new ClaimDesk(server.CreateClient()).LookAsync(new DataContent(_bytes, "image/png"), CancellationToken));

        Assert.Contains($"\"{sent}\"", server.Requests[0].GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OpenAIStrict", "audio/wav", "image/*, application/pdf")]
    [InlineData("OpenAIStrict", "video/mp4", "image/*, application/pdf")]
    [InlineData("Anthropic", "audio/wav", "image/jpeg, image/png, image/gif, image/webp, application/pdf, text/*")]
    [InlineData("Anthropic", "image/tiff", "image/jpeg, image/png, image/gif, image/webp, application/pdf, text/*")]
    [InlineData("Gemini", "application/zip", "image/*, audio/*, video/*, text/*, application/pdf")]
    [InlineData("Ollama", "application/pdf", "image/*")]
    [InlineData("Prose", "image/png", "text only")]
    public async Task What_the_endpoint_does_not_take_is_refused_before_anything_is_sent(string dialect, string mediaType, string takes)
    {
        await using DialectServer server = await DialectServer.StartAsync(dialect, static _ => new Answer { Text = "a window" });

        AiUnsupportedInputException refused = await Assert.ThrowsAsync<AiUnsupportedInputException>(
            () => new ClaimDesk(server.CreateClient()).LookAsync(new DataContent(_bytes, mediaType) { Name = "claim" }, CancellationToken));

        Assert.Equal((mediaType, "IClaimDesk.LookAsync"), (refused.MediaType, refused.FunctionName));
        Assert.Contains($"'claim' ({mediaType}) in message 0 cannot be sent to {refused.Profile.Name}, which takes {takes}.", refused.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Lists_of_media_go_where_the_template_says_in_their_order()
    {
        await using DialectServer server = await DialectServer.StartAsync("Gemini", static _ => new Answer { Text = "ok" });
        DataContent[] before = [new(_bytes, "image/png"), new(_bytes, "audio/wav")];
        UriContent[] after = [new(new Uri("https://files.example/a.pdf"), "application/pdf")];

        await new ClaimDesk(server.CreateClient()).CompareAsync(before, after, [new(_bytes, "image/gif")], CancellationToken);

        Assert.Equal(
            ["Compare ", "image/png", "audio/wav", " with ", "application/pdf", ". 0: ", "image/gif"],
            server.Requests[0].GetProperty("contents")[0].GetProperty("parts").EnumerateArray().Select(static part =>
                part.TryGetProperty("text", out JsonElement text) ? text.GetString() : part.EnumerateObject().First().Value.GetProperty("mimeType").GetString()));
    }

    [Fact]
    public async Task An_address_is_refused_where_only_data_is_taken()
    {
        await using DialectServer server = await DialectServer.StartAsync("OpenAIStrict", static _ => new Answer { Text = "ok" });

        AiUnsupportedInputException refused = await Assert.ThrowsAsync<AiUnsupportedInputException>(
            () => new ClaimDesk(server.CreateClient()).CompareAsync([], [new(new Uri("https://files.example/a.pdf"), "application/pdf")], [], CancellationToken));

        Assert.Contains("application/pdf in message 0 cannot be sent as an address to OpenAI, which takes image/*.", refused.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_endpoint_of_which_nothing_is_known_gets_everything()
    {
        ClaimDesk desk = new(new ScriptedChatClient("ok"));
        Assert.Equal("ok", await desk.LookAsync(new DataContent(_bytes, "video/mp4"), CancellationToken));
    }

    [Fact]
    public async Task Tools_are_refused_where_the_endpoint_knows_none()
    {
        await using DialectServer server = await DialectServer.StartAsync("Prose", static _ => new Answer { Text = "ok" });

        AiUnsupportedInputException refused = await Assert.ThrowsAsync<AiUnsupportedInputException>(() => new ClaimDesk(server.CreateClient()).ReadWithRatesAsync("x", CancellationToken));

        Assert.Contains("knows none", refused.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }
}
