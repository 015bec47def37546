using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>Turns messages into the text that the model reads, by the folder's chat template.</summary>
/// <remarks>
/// The template is one of <see cref="ChatTemplateFolder"/>'s: tool_use where tools are given and there is one, else the default. A folder without one has a model that
/// continues text; its prompt is the messages' texts, one after the other, with nothing in between.
/// A call's instructions come first: where the conversation begins with a system message, they are put before its text as a paragraph of their own, since many templates take one system message only.
/// Every text that comes from outside (contents, reasoning, instructions, tool calls, their results, tool declarations, the call's own variables) goes
/// through the tokenizer's guard first, so that only the template writes special tokens; <see cref="ModelTokenizer.EncodePrompt"/>
/// undoes that. Tools are given where the template looks for them (<see cref="ToolPlace"/>). Roles are the program's and stay as they are, because templates make special tokens of them.
/// </remarks>
internal sealed class ChatPrompt
{
    private readonly ChatTemplate? _template;
    private readonly ChatTemplate? _toolTemplate;
    private readonly IReadOnlyDictionary<string, object?> _tokens;
    private readonly SpecialTokenGuard _guard;
    private readonly PromptValues _values;

    private ChatPrompt(ChatTemplateFolder folder, SpecialTokenGuard guard)
    {
        Templates = [.. folder.Templates.Values];
        _template = Parse(folder, ChatTemplateFolder.Default);
        _toolTemplate = Parse(folder, "tool_use");
        _tokens = folder.SpecialTokens;
        _guard = guard;
        _values = new PromptValues(guard);
    }

    /// <summary>The templates' texts.</summary>
    public IReadOnlyCollection<string> Templates { get; }

    /// <summary>Reads a folder's template and the special tokens it may write.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="guard">The guard of the tokenizer that will encode the prompts.</param>
    /// <exception cref="OnnxModelException">A file is corrupt or the template is not valid.</exception>
    public static ChatPrompt Load(string folder, SpecialTokenGuard guard) => new(ChatTemplateFolder.Read(folder), guard);

    /// <summary>The prompt of a conversation, for <see cref="ModelTokenizer.EncodePrompt"/>.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="options">The call's options: its instructions, its tools and its variables reach the template.</param>
    /// <param name="cancellationToken">Stops a template that takes long.</param>
    /// <param name="asksForReply">Whether a reply is to follow, rather than the conversation to be over.</param>
    /// <param name="timeProvider">The clock that the template reads; the system's by default.</param>
    /// <exception cref="ChatTemplateException">The template refuses the conversation or fails on it.</exception>
    /// <exception cref="ArgumentException">The call's variables are none, or replace what the client or the folder gives.</exception>
    /// <exception cref="NotSupportedException">A message holds something that is not text, reasoning, a tool call or its result.</exception>
    public string Render(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken, bool asksForReply = true, TimeProvider? timeProvider = null)
    {
        List<object?> mapped = [];
        foreach (ChatMessage message in messages)
            AddMessage(message, mapped);
        if (options?.Instructions is { Length: > 0 } instructions)
            AddInstructions(_guard.Protect(instructions), mapped);
        List<object?> tools = options?.ToolMode is NoneChatToolMode ? [] : [.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>().Select(Tool)];
        if ((tools.Count > 0 ? _toolTemplate : null) is not { } template && (template = _template) is null)
            return string.Concat(mapped.Select(static message => (string)((Dictionary<string, object?>)message!)["content"]!));
        Dictionary<string, object?> variables = new(_tokens, StringComparer.Ordinal)
        {
            ["messages"] = mapped,
            ["add_generation_prompt"] = asksForReply,
        };
        foreach ((string name, object? value) in TemplateVariables.Read(options))
        {
            if (_tokens.ContainsKey(name))
                throw new ArgumentException($"ChatOptions.AdditionalProperties[\"{TemplateVariables.Key}\"] has the variable '{name}', which is a special token of the model. Leave it out.", nameof(options));
            variables[name] = _values.Of(value);
        }
        if (tools.Count > 0 && template.ToolPlace == ToolPlace.Variable)
            variables["tools"] = tools;
        else if (tools.Count > 0)
            SystemMessage(mapped)["tools"] = template.ToolPlace == ToolPlace.MessageList ? tools : Text(tools, cancellationToken);
        return template.Render(variables, timeProvider, cancellationToken);
    }

    private void AddInstructions(string instructions, List<object?> messages)
    {
        if (_template is null || messages is not [Dictionary<string, object?> first, ..] || (string)first["role"]! != ChatRole.System.Value)
            messages.Insert(0, Message(ChatRole.System.Value, instructions));
        else
            first["content"] = (string)first["content"]! is { Length: > 0 } text ? $"{instructions}\n\n{text}" : instructions;
    }

    /// <summary>The first system message; one without a text where there is none.</summary>
    private static Dictionary<string, object?> SystemMessage(List<object?> messages)
    {
        foreach (object? message in messages)
        {
            if (message is Dictionary<string, object?> known && (string)known["role"]! == ChatRole.System.Value)
                return known;
        }
        Dictionary<string, object?> added = Message(ChatRole.System.Value, "");
        messages.Insert(0, added);
        return added;
    }

    // As Phi 4 mini's model card has them: the functions alone.
    private static object? Text(List<object?> tools, CancellationToken cancellationToken) =>
        PythonJson.Filter(new RenderState("tools", TimeProvider.System, cancellationToken), tools.Select(static tool => ((Dictionary<string, object?>)tool!)["function"]).ToList(), CallArguments.None);

    private static ChatTemplate? Parse(ChatTemplateFolder folder, string name)
    {
        if (!folder.Templates.TryGetValue(name, out string? source))
            return null;
        try
        {
            return ChatTemplate.Parse(source, Path.GetFileName(folder.Source));
        }
        catch (ChatTemplateException exception)
        {
            throw new OnnxModelException($"The chat template '{name}' in '{folder.Source}' is not valid: {exception.Message}", exception);
        }
    }

    private void AddMessage(ChatMessage message, List<object?> mapped)
    {
        string content = _guard.Protect(message.Text);
        string reasoning = "";
        List<object?> calls = [];
        int results = 0;
        foreach (AIContent item in message.Contents)
        {
            switch (item)
            {
                case TextContent or UsageContent:
                    break;
                case TextReasoningContent thought:
                    reasoning += thought.Text;
                    break;
                case FunctionCallContent call:
                    calls.Add(ToolCall(call));
                    break;
                case FunctionResultContent result:
                    // Templates know one result for each message of the role tool.
                    Dictionary<string, object?> answer = Message(ChatRole.Tool.Value, _guard.Protect(ResultText(result)));
                    answer["tool_call_id"] = _guard.Protect(result.CallId);
                    mapped.Add(answer);
                    results++;
                    break;
                default:
                    throw new NotSupportedException($"A message holds {item.GetType().Name}, which this client cannot give to the model; it takes text, reasoning, tool calls and their results.");
            }
        }
        if (results > 0 && content.Length == 0 && calls.Count == 0)
            return;
        Dictionary<string, object?> values = Message(message.Role.Value, content);
        if (reasoning.Length > 0)
            values["reasoning_content"] = _guard.Protect(reasoning);
        if (calls.Count > 0)
            values["tool_calls"] = calls;
        mapped.Add(values);
    }

    private static Dictionary<string, object?> Message(string role, string content) => new(StringComparer.Ordinal) { ["role"] = role, ["content"] = content };

    private Dictionary<string, object?> ToolCall(FunctionCallContent call)
    {
        Dictionary<string, object?> arguments = new(StringComparer.Ordinal);
        foreach ((string name, object? value) in call.Arguments ?? new Dictionary<string, object?>())
            arguments[_guard.Protect(name)] = _values.Of(PromptValues.Json(value));
        return new(StringComparer.Ordinal)
        {
            ["id"] = _guard.Protect(call.CallId),
            ["type"] = "function",
            ["function"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = _guard.Protect(call.Name), ["arguments"] = arguments },
        };
    }

    private Dictionary<string, object?> Tool(AIFunctionDeclaration tool) => new(StringComparer.Ordinal)
    {
        ["type"] = "function",
        ["function"] = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = _guard.Protect(tool.Name),
            ["description"] = tool.Description is { } description ? _guard.Protect(description) : null,
            ["parameters"] = _values.Of(tool.JsonSchema),
        },
    };

    private static string ResultText(FunctionResultContent result) => result switch
    {
        { Exception: { } exception, Result: null } => $"Error: {exception.Message}",
        { Result: string text } => text,
        _ => PromptValues.Json(result.Result) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : PromptValues.Json(result.Result).GetRawText(),
    };
}
