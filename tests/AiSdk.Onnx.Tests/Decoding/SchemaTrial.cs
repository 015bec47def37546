using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using NJsonSchema;

namespace AiSdk.Onnx.Tests;

/// <summary>Random schemas, each asked for of a model at a temperature that makes it write anything; another library's validator judges the replies.</summary>
internal sealed class SchemaTrial
{
    /// <summary>Replies that ended by themselves.</summary>
    public int Ended { get; private set; }

    /// <summary>Replies that the token limit cut, and that said so.</summary>
    public int Cut { get; private set; }

    /// <summary>Schemas that were refused, by keyword and place.</summary>
    public ConcurrentBag<string> Refused { get; } = [];

    /// <summary>What is wrong: schema, reply and why.</summary>
    public ConcurrentBag<string> Wrong { get; } = [];

    /// <summary>Runs some schemas.</summary>
    public async Task RunAsync(OnnxChatClient client, int first, int count, CancellationToken cancellationToken)
    {
        int ended = 0;
        int cut = 0;
        await Parallel.ForEachAsync(Enumerable.Range(first, count), new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, async (seed, token) =>
        {
            string schema = new RandomSchema(seed).Create().ToJsonString();
            ChatOptions options = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema)), Temperature = 2, Seed = seed, MaxOutputTokens = 400 };
            ChatResponse response;
            try
            {
                response = await client.GetResponseAsync("Write.", options, token).ConfigureAwait(false);
            }
            catch (NotSupportedException refused)
            {
                Refused.Add(refused.Message);
                return;
            }
            if (response.FinishReason == ChatFinishReason.Length)
            {
                Interlocked.Increment(ref cut);
                return;
            }
            Interlocked.Increment(ref ended);
            string? problem = response.FinishReason != ChatFinishReason.Stop ? $"finish reason {response.FinishReason}" : await ProblemAsync(schema, response.Text, token).ConfigureAwait(false);
            if (problem is not null)
                Wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{seed}: {problem}\n  {response.Text}\n  is not of {schema}"));
        }).ConfigureAwait(false);
        Ended += ended;
        Cut += cut;
    }

    private static async Task<string?> ProblemAsync(string schema, string reply, CancellationToken cancellationToken)
    {
        JsonSchema validator = await JsonSchema.FromJsonAsync(schema, cancellationToken).ConfigureAwait(false);
        try
        {
            // That library counts a character beyond the first 65,536 as two.
            return validator.Validate(string.Concat(reply.EnumerateRunes().Select(static rune => rune.IsBmp ? rune.ToString() : "□"))).FirstOrDefault() is { } error ? $"{error.Kind} at {error.Path}" : null;
        }
        catch (Newtonsoft.Json.JsonException e)
        {
            return e.Message;
        }
    }
}
