using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.Benchmarks;

/// <summary>The ways of asking a chat client for a ticket.</summary>
internal static class Contestants
{
    private const string System = "You extract tickets from customer messages.";

    private static readonly ChatResponseFormatJson _format = ChatResponseFormat.ForJsonSchema(
        JsonElement.Parse(TicketDesk.ExtractAsyncInfo.Output!.JsonSchema), "Ticket");

    private static readonly JsonSerializerOptions _reflection = Reflection();

    /// <summary>The client alone.</summary>
    public static async Task<Ticket?> FloorAsync(IChatClient client)
    {
        await client.GetResponseAsync([]).ConfigureAwait(false);
        return null;
    }

    /// <summary>What one would write by hand if nothing else counted.</summary>
    public static async Task<Ticket> IdealAsync(IChatClient client, string message)
    {
        ChatMessage[] messages = [new(ChatRole.System, System), new(ChatRole.User, $"Extract the ticket from this message:\n{message}")];
        ChatOptions options = new() { ResponseFormat = _format };
        ChatResponse response = await client.GetResponseAsync(messages, options).ConfigureAwait(false);
        string text = response.Messages[0].Text;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            Utf8JsonReader reader = new(buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer)));
            reader.Read();
            return HandWrittenReader.ReadTicket(ref reader);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Microsoft.Extensions.AI by an expert: the format is cached, the reader source-generated.</summary>
    public static async Task<Ticket> ExpertAsync(IChatClient client, string message)
    {
        ChatMessage[] messages = [new(ChatRole.System, System), new(ChatRole.User, $"Extract the ticket from this message:\n{message}")];
        ChatOptions options = new() { ResponseFormat = _format };
        ChatResponse response = await client.GetResponseAsync(messages, options).ConfigureAwait(false);
        return JsonSerializer.Deserialize(response.Text, TicketContext.Default.Ticket)!;
    }

    /// <summary>Microsoft.Extensions.AI as its documentation shows it.</summary>
    public static async Task<Ticket> MeaiReflectionAsync(IChatClient client, string message)
    {
        ChatMessage[] messages = [new(ChatRole.System, System), new(ChatRole.User, $"Extract the ticket from this message:\n{message}")];
        ChatResponse<Ticket> response = await client.GetResponseAsync<Ticket>(messages, _reflection).ConfigureAwait(false);
        return response.Result;
    }

    /// <summary>The same with a source-generated context.</summary>
    public static async Task<Ticket> MeaiContextAsync(IChatClient client, string message)
    {
        ChatMessage[] messages = [new(ChatRole.System, System), new(ChatRole.User, $"Extract the ticket from this message:\n{message}")];
        ChatResponse<Ticket> response = await client.GetResponseAsync<Ticket>(messages, TicketContext.Default.Options).ConfigureAwait(false);
        return response.Result;
    }

    private static JsonSerializerOptions Reflection()
    {
        JsonSerializerOptions options = new(AIJsonUtilities.DefaultOptions);
        options.Converters.Add(new global::System.Text.Json.Serialization.JsonStringEnumConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
