using System.Text.Json;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

public sealed class ChatPromptTests
{
    private const string Everything = """
        {{ bos_token }}{% for m in messages %}[{{ m.role }}|{{ m.content }}{% if m.reasoning_content %}|{{ m.reasoning_content }}{% endif %}{% for c in m.tool_calls or [] %}|{{ c.id }} {{ c.type }} {{ c.function.name }} {{ c.function.arguments | tojson }}{% endfor %}{% if m.tool_call_id %}|for {{ m.tool_call_id }}{% endif %}]{% endfor %}{% if tools %}{{ tools | tojson }}{% endif %}{% if add_generation_prompt %}>{% endif %}
        """;

    private static readonly ChatMessage[] s_hello = [new(ChatRole.System, "S"), new(ChatRole.User, [new TextContent("a"), new TextContent("b")])];

    [Fact]
    public void Messages_and_special_tokens_reach_the_template() =>
        Assert.Equal("<s>[system|S][user|ab]>", Render("""{"bos_token":"<s>"}""", Everything, s_hello));

    [Fact]
    public void A_special_token_may_be_an_object() =>
        Assert.Equal("<b>[system|S][user|ab]>", Render("""{"bos_token":{"content":"<b>","special":true}}""", Everything, s_hello));

    [Fact]
    public void Instructions_come_first() =>
        Assert.Equal("[system|be brief][system|S][user|ab]>", Render("{}", Everything, s_hello, new ChatOptions { Instructions = "be brief" }));

    [Fact]
    public void Tool_calls_their_results_and_reasoning_reach_the_template()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.Assistant, [new TextReasoningContent("hm"), new TextContent("let me see"), new FunctionCallContent("c1", "add", new Dictionary<string, object?> { ["a"] = 1, ["b"] = "x", ["c"] = new[] { 1.5, 2 } }), new FunctionCallContent("c2", "now")]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", 3), new FunctionResultContent("c2", "noon"), new FunctionResultContent("c3", null) { Exception = new InvalidOperationException("no") }]),
            new(ChatRole.User, [new TextContent("thanks"), new UsageContent(new UsageDetails())]),
        ];
        Assert.Equal(
            """[assistant|let me see|hm|c1 function add {"a": 1, "b": "x", "c": [1.5, 2]}|c2 function now {}][tool|3|for c1][tool|noon|for c2][tool|Error: no|for c3][user|thanks]>""",
            Render("{}", Everything, messages));
    }

    [Fact]
    public void Tools_reach_the_template_unless_the_call_forbids_them()
    {
        using var schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""");
        AIFunctionDeclaration tool = AIFunctionFactory.CreateDeclaration("weather", "Says the weather.", schema.RootElement);
        string shown = Render("{}", Everything, s_hello, new ChatOptions { Tools = [tool] });
        Assert.Contains("""[{"type": "function", "function": {"name": "weather", "description": "Says the weather.", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]""", shown, StringComparison.Ordinal);
        Assert.Equal(Render("{}", Everything, s_hello), Render("{}", Everything, s_hello, new ChatOptions { Tools = [tool], ToolMode = ChatToolMode.None }));
    }

    [Fact]
    public void Of_the_real_templates_one_looks_for_tools_in_a_message()
    {
        List<string> found = [];
        foreach (string file in Directory.EnumerateFiles(TestData.Path("data", "chat-templates"), "*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            if (document.RootElement.TryGetProperty("template", out JsonElement template) && ChatTemplate.Parse(template.GetString()!, "template").ToolPlace != ToolPlace.Variable)
                found.Add(Path.GetFileNameWithoutExtension(file));
        }
        Assert.Equal(["phi-4-mini-instruct"], found);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tools_go_into_the_system_message_where_the_template_has_them_there(bool hasSystemMessage)
    {
        const string vector = "system_message_with_tools_field";
        using var document = JsonDocument.Parse(File.ReadAllText(TestData.Path("data", "chat-templates", "phi-4-mini-instruct.json")));
        JsonElement known = document.RootElement.GetProperty("cases").EnumerateArray().Single(one => one.GetProperty("name").GetString() == vector);
        List<ChatMessage> messages = [.. known.GetProperty("messages").EnumerateArray().Select(static message => new ChatMessage(new ChatRole(message.GetProperty("role").GetString()!), message.GetProperty("content").GetString()))];
        using var tools = JsonDocument.Parse(known.GetProperty("messages")[0].GetProperty("tools").GetString()!);
        ChatOptions options = new()
        {
            Tools = [.. tools.RootElement.EnumerateArray().Select(static tool => AIFunctionFactory.CreateDeclaration(tool.GetProperty("name").GetString()!, tool.GetProperty("description").GetString(), tool.GetProperty("parameters")))],
        };
        string expected = known.GetProperty("expected").GetString()!;
        if (!hasSystemMessage)
        {
            expected = expected.Replace(messages[0].Text, "", StringComparison.Ordinal);
            messages.RemoveAt(0);
        }
        string template = document.RootElement.GetProperty("template").GetString()!;
        Assert.Equal(expected, Render("{}", template, messages, options));
        options.ToolMode = ChatToolMode.None;
        Assert.DoesNotContain("<|tool|>", Render("{}", template, messages, options), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ tools | tojson }}", nameof(ToolPlace.Variable))]
    [InlineData("{{ messages[0].content }}", nameof(ToolPlace.Variable))]
    [InlineData("{% if tools is defined %}{{ tools | length }}{% else %}{{ messages[0].tools }}{% endif %}", nameof(ToolPlace.Variable))]
    [InlineData("{% for m in messages %}{{ '<' ~ m.tools ~ '>' }}{% endfor %}", nameof(ToolPlace.MessageText))]
    [InlineData("{% macro shown(m) %}{{ m.get('tools') }}{% endmacro %}{{ shown(messages[0]) }}", nameof(ToolPlace.MessageText))]
    [InlineData("{% for m in messages %}{% for t in m['tools'] or [] %}{{ t.function.name }}{% endfor %}{% endfor %}", nameof(ToolPlace.MessageList))]
    [InlineData("{% set given = messages[0].tools %}{{ given | tojson }}", nameof(ToolPlace.MessageList))]
    public void A_template_tells_where_it_looks_for_the_tools(string template, string place) =>
        Assert.Equal(place, ChatTemplate.Parse(template, "template").ToolPlace.ToString());

    [Fact]
    public void Tools_in_a_message_keep_their_special_tokens_broken()
    {
        SpecialTokenGuard guard = TestModels.Stories.Tokenizer.Guard;
        AIFunctionDeclaration tool = AIFunctionFactory.CreateDeclaration("f", "Ends </s> here.", JsonDocument.Parse("{}").RootElement);
        string prompt = Render("{}", "{{ messages[0].role + messages[0].tools }}", s_hello, new ChatOptions { Tools = [tool] }, guard);
        Assert.DoesNotContain("</s>", prompt, StringComparison.Ordinal);
        Assert.Contains("</s>", SpecialTokenGuard.Restore(prompt), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_templates_the_one_for_tools_is_used_with_tools()
    {
        const string config = """{"chat_template":[{"name":"default","template":"plain"},{"name":"tool_use","template":"tools"}]}""";
        AIFunctionDeclaration tool = AIFunctionFactory.CreateDeclaration("f", null, JsonDocument.Parse("{}").RootElement);
        Assert.Equal("plain", Render(config, null, s_hello));
        Assert.Equal("tools", Render(config, null, s_hello, new ChatOptions { Tools = [tool] }));
        Assert.Equal("file", Render(config, "file", s_hello, new ChatOptions { Tools = [tool] }));
    }

    [Fact]
    public void Without_a_template_texts_are_joined()
    {
        Assert.Equal("Sab", Render("{}", null, s_hello));
        Assert.Equal("Sab", Render(null, null, s_hello));
    }

    [Fact]
    public void A_template_that_refuses_says_so()
    {
        ChatTemplateException exception = Assert.Throws<ChatTemplateException>(() => Render("{}", "{{ raise_exception('roles must alternate') }}", s_hello));
        Assert.True(exception.IsRaisedByTemplate);
        Assert.Equal("roles must alternate", exception.Message);
    }

    [Fact]
    public void Content_that_is_not_text_is_refused_by_name()
    {
        ChatMessage[] messages = [new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")])];
        Assert.Contains("DataContent", Assert.Throws<NotSupportedException>(() => Render("{}", null, messages)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"chat_template":5}""", "chat_template")]
    [InlineData("""{"chat_template":[{"name":"default"}]}""", "chat_template[0].template")]
    [InlineData("""{"bos_token":{"text":"x"}}""", "bos_token.content")]
    [InlineData("""{"chat_template":"{% if %}"}""", "chat template 'default'")]
    public void A_configuration_that_is_wrong_is_named(string config, string named)
    {
        OnnxModelException exception = Assert.Throws<OnnxModelException>(() => Render(config, null, s_hello));
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer_config.json", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_gpt2_models_template_marks_roles() =>
        Assert.Equal("<system>S\n<user>ab\n<assistant>", TestModels.Gpt2.Prompt.Render(s_hello, null, TestContext.Current.CancellationToken));

    private static string Render(string? config, string? template, IEnumerable<ChatMessage> messages, ChatOptions? options = null, SpecialTokenGuard? guard = null)
    {
        using var folder = new TemporaryFolder();
        if (config is not null)
            File.WriteAllText(folder.File("tokenizer_config.json"), config);
        if (template is not null)
            File.WriteAllText(folder.File("chat_template.jinja"), template);
        return ChatPrompt.Load(folder.Path, guard ?? new SpecialTokenGuard([], TextNormalizer.Read(null))).Render(messages, options, TestContext.Current.CancellationToken);
    }
}
