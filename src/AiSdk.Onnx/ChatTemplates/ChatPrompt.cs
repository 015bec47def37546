using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace AiSdk.Onnx;

/// <summary>Turns messages into the text that the model reads, by the folder's chat template.</summary>
/// <remarks>
/// The template is chat_template.jinja, else chat_template in tokenizer_config.json. A folder without one has a model that
/// continues text; its prompt is the messages' texts, one after the other, with nothing in between.
/// Every text that comes from outside (contents, reasoning, instructions, tool calls, their results, tool declarations) goes
/// through the tokenizer's guard first, so that only the template writes special tokens; <see cref="ModelTokenizer.EncodePrompt"/>
/// undoes that. Tools are given where the template looks for them (<see cref="ToolPlace"/>). Roles are the program's and stay as they are, because templates make special tokens of them.
/// </remarks>
internal sealed class ChatPrompt
{
    private const string ConfigFile = "tokenizer_config.json";
    private const string TemplateFile = "chat_template.jinja";

    private static readonly string[] s_tokenNames = ["bos_token", "eos_token", "pad_token", "unk_token"];

    private readonly ChatTemplate? _template;
    private readonly ChatTemplate? _toolTemplate;
    private readonly Dictionary<string, object?> _tokens;

    private readonly SpecialTokenGuard _guard;

    private ChatPrompt(ChatTemplate? template, ChatTemplate? toolTemplate, Dictionary<string, object?> tokens, SpecialTokenGuard guard, IReadOnlyCollection<string> templates)
    {
        Templates = templates;
        _template = template;
        _toolTemplate = toolTemplate;
        _tokens = tokens;
        _guard = guard;
    }

    /// <summary>The templates' texts.</summary>
    public IReadOnlyCollection<string> Templates { get; }

    /// <summary>Reads a folder's template and the special tokens it may write.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="guard">The guard of the tokenizer that will encode the prompts.</param>
    /// <exception cref="OnnxModelException">A file is corrupt or the template is not valid.</exception>
    public static ChatPrompt Load(string folder, SpecialTokenGuard guard)
    {
        Dictionary<string, object?> tokens = new(StringComparer.Ordinal);
        Dictionary<string, string> templates = new(StringComparer.Ordinal);
        string configPath = Path.Combine(folder, ConfigFile);
        if (File.Exists(configPath))
        {
            JsonFile config = JsonFile.Read(configPath);
            foreach (string name in s_tokenNames)
            {
                if (TokenText(config, name) is { } token)
                    tokens.Add(name, token);
            }
            ReadTemplates(config, templates);
        }
        string templatePath = Path.Combine(folder, TemplateFile);
        string source = configPath;
        if (File.Exists(templatePath))
        {
            source = templatePath;
            try
            {
                templates["default"] = File.ReadAllText(templatePath);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new OnnxModelException($"'{templatePath}' cannot be read: {exception.Message}", exception);
            }
            templates.Remove("tool_use");
        }
        return new ChatPrompt(Parse(templates, "default", source), Parse(templates, "tool_use", source), tokens, guard, templates.Values);
    }

    /// <summary>The prompt of a conversation, for <see cref="ModelTokenizer.EncodePrompt"/>.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="options">The call's options: its instructions and its tools reach the template.</param>
    /// <param name="cancellationToken">Stops a template that takes long.</param>
    /// <exception cref="ChatTemplateException">The template refuses the conversation or fails on it.</exception>
    /// <exception cref="NotSupportedException">A message holds something that is not text, reasoning, a tool call or its result.</exception>
    public string Render(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        if (options?.Instructions is { Length: > 0 } instructions)
            messages = messages.Prepend(new ChatMessage(ChatRole.System, instructions));
        List<object?> mapped = [];
        foreach (ChatMessage message in messages)
            AddMessage(message, mapped);
        List<object?> tools = options?.ToolMode is NoneChatToolMode ? [] : [.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>().Select(Tool)];
        if ((tools.Count > 0 ? _toolTemplate : null) is not { } template && (template = _template) is null)
            return string.Concat(mapped.Select(static message => (string)((Dictionary<string, object?>)message!)["content"]!));
        Dictionary<string, object?> variables = new(_tokens, StringComparer.Ordinal)
        {
            ["messages"] = mapped,
            ["add_generation_prompt"] = true,
        };
        if (tools.Count > 0 && template.ToolPlace == ToolPlace.Variable)
            variables["tools"] = tools;
        else if (tools.Count > 0)
            SystemMessage(mapped)["tools"] = template.ToolPlace == ToolPlace.MessageList ? tools : Text(tools, cancellationToken);
        return template.Render(variables, cancellationToken: cancellationToken);
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

    private static ChatTemplate? Parse(Dictionary<string, string> templates, string name, string path)
    {
        if (!templates.TryGetValue(name, out string? source))
            return null;
        try
        {
            return ChatTemplate.Parse(source, Path.GetFileName(path));
        }
        catch (ChatTemplateException exception)
        {
            throw new OnnxModelException($"The chat template '{name}' in '{path}' is not valid: {exception.Message}", exception);
        }
    }

    private static void ReadTemplates(JsonFile config, Dictionary<string, string> templates)
    {
        if (!config.TryGet("chat_template", out JsonElement template))
            return;
        if (template.ValueKind != JsonValueKind.Array)
        {
            templates["default"] = config.String("chat_template");
            return;
        }
        foreach (JsonFile named in config.Objects("chat_template"))
            templates[named.String("name")] = named.String("template");
    }

    private static string? TokenText(JsonFile config, string name) =>
        config.TryGet(name, out JsonElement token) && token.ValueKind == JsonValueKind.Object ? config.Object(name).String("content") : config.OptionalString(name);

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
            arguments[_guard.Protect(name)] = Value(Json(value));
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
            ["parameters"] = Value(tool.JsonSchema),
        },
    };

    private static string ResultText(FunctionResultContent result) => result switch
    {
        { Exception: { } exception, Result: null } => $"Error: {exception.Message}",
        { Result: string text } => text,
        _ => Json(result.Result) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : Json(result.Result).GetRawText(),
    };

    private static JsonElement Json(object? value) =>
        value as JsonElement? ?? JsonSerializer.SerializeToElement(value, (JsonTypeInfo<object?>)AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object)));

    private object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Aggregate(new Dictionary<string, object?>(StringComparer.Ordinal), (values, property) =>
        {
            values[_guard.Protect(property.Name)] = Value(property.Value);
            return values;
        }),
        JsonValueKind.Array => element.EnumerateArray().Select(Value).ToList(),
        JsonValueKind.String => _guard.Protect(element.GetString()!),
        // Without the cast both would become double, and 1 would be shown as 1.0.
        JsonValueKind.Number => element.TryGetInt64(out long number) ? (object)number : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
