using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.Training;

/// <summary>What a model is to learn: messages, as a chat client would be given them, and the answer it should give.</summary>
/// <param name="Messages">The conversation up to the answer. Empty: <paramref name="Answer"/> is plain text, all of which is to be learnt.</param>
/// <param name="Answer">The text that the model should write; its end token is added.</param>
public sealed record TrainingExample(IReadOnlyList<ChatMessage> Messages, string Answer)
{
    private static readonly string[] s_properties = ["messages", "text", "weight"];
    private static readonly string[] s_messageProperties = ["role", "content"];
    private static readonly string[] s_roles = [ChatRole.System.Value, ChatRole.User.Value, ChatRole.Assistant.Value, ChatRole.Tool.Value];
    private static readonly JsonDocumentOptions s_json = new() { AllowDuplicateProperties = false };

    /// <summary>The options that would go with the messages: instructions and tools reach the template, as in serving.</summary>
    public ChatOptions? Options { get; init; }

    /// <summary>How much the example counts in the loss: 0, or from 0.000001 to 1,000,000; 1 by default.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>For each token of the answer, its end token included, the tokens that may stand there and their probabilities, which come to 1 (within 0.01), such as a larger model's; <see langword="null"/>: the answer's own token.</summary>
    public IReadOnlyList<IReadOnlyList<KeyValuePair<int, double>>>? SoftTargets { get; init; }

    /// <summary>
    /// The probability, from 0 to below 1, with which a token of the prompt is learnt as two shorter ones that spell the same, and each of those again, drawn anew in each epoch: the model sees words in
    /// pieces, too, and learns what is common to words that are different tokens. It can help where examples are few; epochs take longer. 0 by default: all tokens are those of serving.
    /// </summary>
    /// <remarks>
    /// StochasTok (A. Sims et al., 2025), which does for any vocabulary what BPE-dropout (I. Provilkov et al., 2020) does for byte-pair merges. Marks such as special tokens are never split, and an
    /// example that would not fit into the context is split no further. Evaluations and quantization, which compare with serving, split nothing.
    /// </remarks>
    public double TokenSplitting { get; init; }

    /// <summary>Where the example comes from, such as <c>train.jsonl:12</c>; errors name it.</summary>
    public string? Source { get; init; }

    /// <summary>An example of plain text without any template. One that is longer than the model's context is learnt in pieces.</summary>
    /// <param name="text">The text.</param>
    public static TrainingExample FromText(string text) => new([], text);

    /// <summary>Reads examples from a file of JSON lines: <c>{"messages": [{"role": "user", "content": "…"}, …, {"role": "assistant", "content": "…"}]}</c> or <c>{"text": "…"}</c>, either with an optional <c>"weight"</c>. Roles are system, user, assistant and tool. Empty lines are skipped; anything else is an error, so that nothing is passed over in silence.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The examples, in the file's order; the file is read anew by each enumeration.</returns>
    /// <exception cref="TrainingException">The file cannot be read, or a line does not parse; the message names file and line.</exception>
    public static async IAsyncEnumerable<TrainingExample> ReadJsonLinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = Open(path);
        int number = 0;
        await foreach (ReadOnlyMemory<byte> line in LinesAsync(stream, path, cancellationToken).ConfigureAwait(false))
        {
            number++;
            if (line.Span.ContainsAnyExcept(" \t\r"u8))
                yield return Parse(line, string.Create(CultureInfo.InvariantCulture, $"{path}:{number}"));
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"The training data '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The lines' bytes: what is no UTF-8 is found where its line is parsed, which a reader of text would replace or find too early.</summary>
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync(FileStream stream, string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        int start = 0;
        int end = 0;
        bool isFirst = true;
        while (true)
        {
            int length = buffer.AsSpan(start..end).IndexOf((byte)'\n');
            bool isLast = false;
            if (length < 0)
            {
                // The rest of a line to the buffer's beginning, and as much again behind it.
                buffer.AsSpan(start..end).CopyTo(buffer);
                (start, end) = (0, end - start);
                if (end == buffer.Length)
                    Array.Resize(ref buffer, 2 * buffer.Length);
                int read = await ReadAsync(stream, path, buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
                end += read;
                if (read > 0)
                    continue;
                isLast = true;
                length = end;
            }
            int from = isFirst && buffer.AsSpan(start, length).StartsWith("\uFEFF"u8) ? start + 3 : start;
            isFirst = false;
            yield return buffer.AsMemory(from, start + length - from);
            if (isLast)
                yield break;
            start += length + 1;
        }
    }

    private static async ValueTask<int> ReadAsync(FileStream stream, string path, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"The training data '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static TrainingExample Parse(ReadOnlyMemory<byte> line, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(line, s_json);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw Error(source, $"is a JSON {root.ValueKind.ToString().ToLowerInvariant()}; an object with \"messages\" or \"text\" is needed");
            RequireKnown(root, source, "", s_properties);
            double weight = root.TryGetProperty("weight", out JsonElement number) ? Weigh(number, source) : 1;
            bool hasMessages = root.TryGetProperty("messages", out JsonElement messages);
            if (root.TryGetProperty("text", out JsonElement text))
                return hasMessages ? throw Error(source, "has both \"messages\" and \"text\"; it is one or the other") : FromText(Text(text, source, "text")) with { Source = source, Weight = weight };
            if (!hasMessages || messages.ValueKind != JsonValueKind.Array)
                throw Error(source, "has neither a list \"messages\" nor a \"text\"");
            List<ChatMessage> read = [];
            foreach (JsonElement message in messages.EnumerateArray())
                read.Add(Message(message, source, string.Create(CultureInfo.InvariantCulture, $"messages[{read.Count}]")));
            if (read.Count < 2 || read[^1].Role != ChatRole.Assistant)
                throw Error(source, read.Count < 2 ? "has fewer than two messages; a question and an answer are needed" : $"ends with a message of the role '{read[^1].Role}'; the last one must be the assistant's, which is what is learnt");
            string answer = read[^1].Text;
            read.RemoveAt(read.Count - 1);
            return new TrainingExample(read, answer) { Source = source, Weight = weight };
        }
        catch (JsonException exception)
        {
            throw new TrainingException($"{source} is not JSON{Place(line, exception)}: {Reason(exception)}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // What the reader of JSON says of bytes that are no UTF-8, and of \uD800 without its other half.
            throw new TrainingException($"{source} has a text that is not valid Unicode: {exception.Message} The file must be UTF-8, without half surrogate pairs.", exception);
        }
    }

    // The reader appends a line, which is always its first, and a byte: where it is, is told once, in the file's terms.
    private static string Reason(JsonException exception)
    {
        int location = exception.Message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return location < 0 ? exception.Message : exception.Message[..location];
    }

    private static string Place(ReadOnlyMemory<byte> line, JsonException exception) =>
        exception.BytePositionInLine is { } at && at <= line.Length ? string.Create(CultureInfo.InvariantCulture, $" (column {Encoding.UTF8.GetCharCount(line.Span[..(int)at]) + 1})") : "";

    private static ChatMessage Message(JsonElement message, string source, string at)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("role", out JsonElement role) || !message.TryGetProperty("content", out JsonElement content))
            throw Error(source, $"has in {at} no object with \"role\" and \"content\"");
        RequireKnown(message, source, at + ".", s_messageProperties);
        string name = Text(role, source, at + ".role");
        return s_roles.Contains(name)
            ? new ChatMessage(new ChatRole(name), Text(content, source, at + ".content"))
            : throw Error(source, $"has in {at} the role '{name}'; roles are {string.Join(", ", s_roles)}");
    }

    private static void RequireKnown(JsonElement element, string source, string at, string[] known)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
                throw Error(source, $"has the property \"{at}{property.Name}\", which is not known; there are {string.Join(", ", known)}{(property.Name is "tools" or "tool_calls" ? $" (tools reach the template by {nameof(TrainingExample)}.{nameof(Options)}, in code)" : "")}");
        }
    }

    private static double Weigh(JsonElement number, string source) => number.ValueKind == JsonValueKind.Number && number.GetDouble() is 0 or (>= TrainerOptions.SmallestWeight and <= TrainerOptions.LargestWeight)
        ? number.GetDouble()
        : throw Error(source, $"has the \"weight\" {number.GetRawText()}; 0 or a number from 0.000001 to 1000000 is needed");

    private static string Text(JsonElement element, string source, string name) => element.ValueKind == JsonValueKind.String
        ? element.GetString()!
        : throw Error(source, $"has a JSON {element.ValueKind.ToString().ToLowerInvariant()} in \"{name}\"; a text is needed");

    private static TrainingException Error(string source, string problem) => new($"{source} {problem}.");
}
