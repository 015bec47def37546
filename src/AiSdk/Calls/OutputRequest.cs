using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace AiSdk;

/// <summary>Asks for a reply of a type in the modes that are more than a response format, and finds the reply of a tool call.</summary>
internal static partial class OutputRequest
{
    /// <summary>The mode that an endpoint is best asked in for a function's type.</summary>
    public static StructuredOutputMode Mode(AiFunctionInfo function, ModelProfile profile, ChatOptions? options)
    {
        StructuredOutputMode mode = profile.OutputMode == StructuredOutputMode.Auto ? StructuredOutputMode.JsonSchema : profile.OutputMode;
        // OpenAI takes without strict what it refuses with it.
        if (mode == StructuredOutputMode.JsonSchema && profile.Schema is { } dialect and not ProviderProfile.OpenAIStrict && function.Output is { } output && output.For(dialect).Refused.Count > 0)
            return profile.Tools == ToolSupport.None ? StructuredOutputMode.Prompt : StructuredOutputMode.ToolCall;
        if (mode == StructuredOutputMode.JsonSchema && !profile.SchemaBesideTools && (function.ToolLimits is not null || options?.Tools is { Count: > 0 }))
            return StructuredOutputMode.ToolCall;
        return mode == StructuredOutputMode.ToolCall && profile.Tools == ToolSupport.None ? StructuredOutputMode.Prompt : mode;
    }

    /// <summary>Makes a call's messages and options ask in a mode.</summary>
    /// <param name="output">What is asked for.</param>
    /// <param name="isPlaced">Whether a template has placed its description in a message.</param>
    /// <param name="profile">What the endpoint can do.</param>
    /// <param name="mode">The mode, not Auto.</param>
    /// <param name="messages">The messages; they stay as they are.</param>
    /// <param name="options">The call's own options, which are changed.</param>
    /// <param name="isConstrained">Whether the client is an <see cref="IConstrainedChatClient"/>.</param>
    /// <returns>The messages to send.</returns>
    public static IList<ChatMessage> Prepare(
        OutputSchema output, bool isPlaced, ModelProfile profile, StructuredOutputMode mode, IList<ChatMessage> messages, ChatOptions options, bool isConstrained)
    {
        ProviderSchema? schema = profile.Schema is { } dialect ? output.For(dialect) : null;
        bool isOnlyTool = options.Tools is not { Count: > 0 };
        switch (mode)
        {
            case StructuredOutputMode.Prompt:
                options.ResponseFormat = isConstrained ? output.UnwrappedFormat : profile is { JsonMode: true, OutputMode: StructuredOutputMode.Prompt } && output.Shape.Kind is OutputShapeKind.Object ? ChatResponseFormat.Json : null;
                return isPlaced ? messages : WithAppendix(messages, output.Instructions);
            case StructuredOutputMode.ToolCall:
                AIFunctionDeclaration tool = schema is { Refused.Count: 0 } ? schema.Tool : output.Tool;
                options.ResponseFormat = null;
                options.Tools = [.. options.Tools ?? [], tool];
                // Other tools may have to run first.
                options.ToolMode = !CanRequire(profile, options) ? ChatToolMode.Auto : isOnlyTool ? ChatToolMode.RequireSpecific(tool.Name) : ChatToolMode.RequireAny;
                return messages;
            default:
                if (schema is null)
                    return messages;
                options.ResponseFormat = schema.Format;
                // It would hold for the other tools, too, whose schemas need not be made for it.
                if (schema.IsStrict && isOnlyTool)
                    (options.AdditionalProperties ??= []).TryAdd("strict", true);
                return messages;
        }
    }

    /// <summary>Whether the endpoint may be told to call a tool.</summary>
    public static bool CanRequire(ModelProfile profile, ChatOptions options) => profile.Tools switch
    {
        ToolSupport.Required => true,
        ToolSupport.RequiredUnlessReasoning => options.Reasoning is null or { Effort: ReasoningEffort.None },
        _ => false,
    };

    /// <summary>The messages with a text at the end of the last one of the user, else in a message of its own.</summary>
    /// <remarks>No second message of the user: many chat templates want the turns to alternate.</remarks>
    public static IList<ChatMessage> WithAppendix(IList<ChatMessage> messages, string text)
    {
        List<ChatMessage> extended = [.. messages];
        int last = extended.FindLastIndex(static message => message.Role == ChatRole.User);
        if (last < 0)
        {
            extended.Add(new ChatMessage(ChatRole.User, text));
            return extended;
        }
        // A copy: the message may be one of the caller's history.
        ChatMessage message = extended[last].Clone();
        message.Contents = [.. message.Contents];
        if (message.Contents is [.., TextContent before])
            message.Contents[^1] = new TextContent($"{before.Text}\n\n{text}");
        else
            message.Contents.Add(new TextContent(text));
        extended[last] = message;
        return extended;
    }

    /// <summary>The arguments with which the model called the function's tool, as JSON; several calls one below the other; <see langword="null"/> if it called none.</summary>
    /// <param name="output">The function's type.</param>
    /// <param name="contents">What the model said.</param>
    /// <param name="failure">Why the arguments are not at hand.</param>
    public static string? ToolReply(OutputSchema output, IEnumerable<AIContent> contents, out string? failure)
    {
        failure = null;
        string? reply = null;
        foreach (FunctionCallContent call in contents.OfType<FunctionCallContent>().Where(call => string.Equals(call.Name, output.Name, StringComparison.Ordinal)))
        {
            if (call.Exception is { } problem)
                failure = problem.Message;
            string json = Json(call.Arguments);
            reply = reply is null || string.Equals(reply, json, StringComparison.Ordinal) ? json : $"{reply}\n{json}";
        }
        return reply;
    }

    /// <inheritdoc cref="AiFunctionInfo.PromptsFor"/>
    public static IReadOnlyList<PromptTemplate> Prompts(AiFunctionInfo function, StructuredOutputMode mode)
    {
        string instructions = mode == StructuredOutputMode.Prompt ? function.Output!.Instructions : "";
        if (function.PlacesOutputFormat)
            return [.. function.Prompts.Select(prompt => prompt with { Text = Placeholder().Replace(prompt.Text, _ => instructions) })];
        if (instructions.Length == 0)
            return function.Prompts;
        List<PromptTemplate> prompts = [.. function.Prompts];
        int last = prompts.FindLastIndex(static prompt => prompt.Role == ChatRole.User);
        if (last < 0)
            prompts.Add(new PromptTemplate(ChatRole.User, instructions));
        else
            prompts[last] = prompts[last] with { Text = $"{prompts[last].Text}\n\n{instructions}" };
        return prompts;
    }

    [GeneratedRegex(@"\{\{\{?~?\s*output_format\s*~?\}?\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    private static string Json(IDictionary<string, object?>? arguments)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach ((string name, object? value) in arguments ?? new Dictionary<string, object?>())
            {
                writer.WritePropertyName(name);
                if (value is null)
                    writer.WriteNullValue();
                else if (value is JsonElement element)
                    element.WriteTo(writer);
                else
                    JsonSerializer.Serialize(writer, value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()));
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
