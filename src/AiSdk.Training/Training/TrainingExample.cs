using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.Training;

/// <summary>What a model is to learn: messages, as a chat client would be given them, and the answer it should give.</summary>
/// <param name="Messages">The conversation up to the answer. Empty: <paramref name="Answer"/> is plain text, all of which is to be learnt.</param>
/// <param name="Answer">The text that the model should write; its end token is added.</param>
public sealed record TrainingExample(IReadOnlyList<ChatMessage> Messages, string Answer)
{
    /// <summary>The options that would go with the messages: instructions and tools reach the template, as in serving.</summary>
    public ChatOptions? Options { get; init; }

    /// <summary>How much the example counts in the loss, 0 or more; 1 by default.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>For each token of the answer, its end token included, the tokens that may stand there and their probabilities, such as a larger model's; <see langword="null"/>: the answer's own token.</summary>
    public IReadOnlyList<IReadOnlyList<KeyValuePair<int, double>>>? SoftTargets { get; init; }

    /// <summary>Where the example comes from, such as <c>train.jsonl:12</c>; errors name it.</summary>
    public string? Source { get; init; }

    /// <summary>An example of plain text without any template. One that is longer than the model's context is learnt in pieces.</summary>
    /// <param name="text">The text.</param>
    public static TrainingExample FromText(string text) => new([], text);

    /// <summary>Reads examples from a file of JSON lines: <c>{"messages": [{"role": "user", "content": "…"}, …, {"role": "assistant", "content": "…"}]}</c> or <c>{"text": "…"}</c>, either with an optional <c>"weight"</c>. Empty lines are skipped.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The examples, in the file's order; the file is read anew by each enumeration.</returns>
    /// <exception cref="TrainingException">The file cannot be read, or a line does not parse; the message names file and line.</exception>
    public static async IAsyncEnumerable<TrainingExample> ReadJsonLinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using StreamReader reader = Open(path);
        int line = 0;
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } text)
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text))
                yield return Parse(text, string.Create(CultureInfo.InvariantCulture, $"{path}:{line}"));
        }
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"The training data '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static TrainingExample Parse(string line, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw Error(source, $"is a JSON {root.ValueKind.ToString().ToLowerInvariant()}; an object with \"messages\" or \"text\" is needed");
            double weight = root.TryGetProperty("weight", out JsonElement number) ? Weigh(number, source) : 1;
            if (root.TryGetProperty("text", out JsonElement text))
                return FromText(Text(text, source, "text")) with { Source = source, Weight = weight };
            if (!root.TryGetProperty("messages", out JsonElement messages) || messages.ValueKind != JsonValueKind.Array)
                throw Error(source, "has neither a list \"messages\" nor a \"text\"");
            List<ChatMessage> read = [];
            foreach (JsonElement message in messages.EnumerateArray())
            {
                string at = string.Create(CultureInfo.InvariantCulture, $"messages[{read.Count}]");
                if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("role", out JsonElement role) || !message.TryGetProperty("content", out JsonElement content))
                    throw Error(source, $"has in {at} no object with \"role\" and \"content\"");
                read.Add(new ChatMessage(new ChatRole(Text(role, source, at + ".role")), Text(content, source, at + ".content")));
            }
            if (read.Count < 2 || read[^1].Role != ChatRole.Assistant)
                throw Error(source, read.Count < 2 ? "has fewer than two messages; a question and an answer are needed" : $"ends with a message of the role '{read[^1].Role}'; the last one must be the assistant's, which is what is learnt");
            string answer = read[^1].Text;
            read.RemoveAt(read.Count - 1);
            return new TrainingExample(read, answer) { Source = source, Weight = weight };
        }
        catch (JsonException exception)
        {
            throw new TrainingException($"{source} is not JSON: {exception.Message}", exception);
        }
    }

    private static double Weigh(JsonElement number, string source) => number.ValueKind == JsonValueKind.Number && number.GetDouble() is >= 0 and double weight
        ? weight
        : throw Error(source, $"has the \"weight\" {number.GetRawText()}; a number from 0 is needed");

    private static string Text(JsonElement element, string source, string name) => element.ValueKind == JsonValueKind.String
        ? element.GetString()!
        : throw Error(source, $"has a JSON {element.ValueKind.ToString().ToLowerInvariant()} in \"{name}\"; a text is needed");

    private static TrainingException Error(string source, string problem) => new($"{source} {problem}.");
}
