using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.IntegrationTests;

/// <summary>One provider's protocol: the real client on one side, what its service does on the other, recorded from its documentation.</summary>
internal abstract class Dialect
{
    public const int Input = 120;
    public const int Cached = 100;
    public const int Output = 40;
    public const int Reasoning = 25;

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, Dialect> All { get; } =
        new Dialect[] { new OpenAIStrictDialect(), new OpenAIToolsDialect(), new AnthropicDialect(), new GeminiDialect(), new ProseDialect(), new OllamaDialect() }
            .ToDictionary(static dialect => dialect.GetType().Name[..^nameof(Dialect).Length]);

    /// <summary>The mode that a function is asked in.</summary>
    public abstract StructuredOutputMode Mode { get; }

    /// <summary>Whether the protocol says how many tokens came from a cache and went into reasoning.</summary>
    public virtual bool CountsDetails => true;

    /// <summary>Whether the model can call tools.</summary>
    public virtual bool HasTools => true;

    /// <summary>The media type of the server's streams.</summary>
    public virtual string StreamType => "text/event-stream";

    /// <summary>The client that an application would make; it asks the provider's own address, and does not retry.</summary>
    public abstract IChatClient CreateClient(HttpClient http);

    /// <summary>Why the provider refuses the request (status 400), or null.</summary>
    public abstract string? Refuses(JsonElement request);

    /// <summary>Whether a request asks for a stream.</summary>
    public virtual bool IsStream(string path, JsonElement request) => request.TryGetProperty("stream", out JsonElement stream) && stream.GetBoolean();

    /// <summary>The body of an error.</summary>
    public abstract string Error(string type, string message);

    /// <summary>The body of a reply.</summary>
    public abstract string Reply(JsonElement request, Answer answer);

    /// <summary>The pieces of a streamed reply, as they go over the wire.</summary>
    public abstract IEnumerable<string> Stream(JsonElement request, Answer answer);

    /// <summary>Texts in pieces that end in the middle of everything.</summary>
    protected static IEnumerable<string> Pieces(string text)
    {
        const int Length = 7;
        for (int start = 0; start < text.Length; start += Length)
            yield return text.Substring(start, Math.Min(Length, text.Length - start));
    }
}
