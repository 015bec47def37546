using System.Text.Json;
using System.Text.Json.Nodes;
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
    public void Instructions_come_first_and_make_one_system_message()
    {
        ChatOptions options = new() { Instructions = "be brief" };
        Assert.Equal("[system|be brief\n\nS][user|ab]>", Render("{}", Everything, s_hello, options));
        Assert.Equal("[system|be brief][user|ab]>", Render("{}", Everything, s_hello[1..], options));
        Assert.Equal("[system|be brief][user|ab][system|S]>", Render("{}", Everything, [s_hello[1], s_hello[0]], options));
        Assert.Equal("be briefSab", Render("{}", null, s_hello, options));
    }

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
    public void A_call_gives_the_template_variables()
    {
        const string template = "{{ enable_thinking is false }} {{ effort }} {{ n is integer }} {{ f }} {{ documents | tojson }} {{ map.a | tojson }} {{ node | tojson }} {{ absent is defined }} {{ none is none }}";
        using var json = JsonDocument.Parse("""[{"title":"t","score":1.0}]""");
        ChatOptions options = new ChatOptions()
            .WithTemplateVariable("enable_thinking", false)
            .WithTemplateVariable("effort", "high")
            .WithTemplateVariable("n", (byte)3)
            .WithTemplateVariable("f", 2.0)
            .WithTemplateVariable("documents", json.RootElement)
            .WithTemplateVariable("map", new Dictionary<string, int[]> { ["a"] = [1, 2] })
            .WithTemplateVariable("node", new JsonObject { ["x"] = null, ["y"] = new JsonArray(1, "z") })
            .WithTemplateVariable("none", null);
        Assert.Equal("""True high True 2.0 [{"title": "t", "score": 1.0}] [1, 2] {"x": null, "y": [1, "z"]} False True""", Render("{}", template, s_hello, options));
    }

    [Fact]
    public void Variables_may_be_set_by_the_name_that_servers_use()
    {
        foreach (object given in (object[])[new Dictionary<string, object?> { ["a"] = 1 }, new Dictionary<string, int> { ["a"] = 1 }, new JsonObject { ["a"] = 1 }, JsonDocument.Parse("""{"a":1}""").RootElement])
        {
            ChatOptions options = new() { AdditionalProperties = new() { ["chat_template_kwargs"] = given } };
            Assert.Equal("1", Render("{}", "{{ a }}", s_hello, options));
            Assert.Equal("12", Render("{}", "{{ a }}{{ b }}", s_hello, options.Clone().WithTemplateVariable("b", 2)));
            Assert.Equal("1", Render("{}", "{{ a }}{{ b }}", s_hello, options));
        }
    }

    [Fact]
    public void Variables_of_a_clone_are_its_own()
    {
        ChatOptions options = new ChatOptions().WithTemplateVariable("a", 1);
        options.Clone().WithTemplateVariable("a", 2);
        Assert.Equal("1", Render("{}", "{{ a }}", s_hello, options));
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("tools")]
    [InlineData("add_generation_prompt")]
    [InlineData("bos_token")]
    public void A_variable_replaces_nothing_that_is_not_the_calls(string name)
    {
        if (name != "bos_token")
            Assert.Contains(name, Assert.Throws<ArgumentException>(() => new ChatOptions().WithTemplateVariable(name, 1)).Message, StringComparison.Ordinal);
        ChatOptions options = new() { AdditionalProperties = new() { ["chat_template_kwargs"] = new Dictionary<string, object?> { [name] = "x" } } };
        Assert.Contains($"'{name}'", Assert.Throws<ArgumentException>(() => Render("""{"bos_token":"<s>"}""", Everything, s_hello, options)).Message, StringComparison.Ordinal);
        options.AdditionalProperties["chat_template_kwargs"] = 5;
        Assert.Contains("WithTemplateVariable", Assert.Throws<ArgumentException>(() => Render("{}", Everything, s_hello, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_in_variables_is_guarded()
    {
        SpecialTokenGuard guard = TestModels.Stories.Tokenizer.Guard;
        ChatOptions options = new ChatOptions().WithTemplateVariable("documents", new[] { new Dictionary<string, object?> { ["</s>"] = "Ends </s> here." } });
        string prompt = Render("{}", "{% for d in documents %}{% for k, v in d.items() %}{{ k }}: {{ v }}{% endfor %}{% endfor %}", s_hello, options, guard);
        Assert.DoesNotContain("</s>", prompt, StringComparison.Ordinal);
        Assert.Contains("</s>: Ends </s> here.", SpecialTokenGuard.Restore(prompt), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_templates_take_the_place_of_the_configurations()
    {
        using var folder = new TemporaryFolder();
        AIFunctionDeclaration tool = AIFunctionFactory.CreateDeclaration("f", null, JsonDocument.Parse("{}").RootElement);
        ChatOptions options = new() { Tools = [tool] };
        File.WriteAllText(folder.File("chat_template.json"), """{"chat_template":{"default":"json","tool_use":"json tools"}}""");
        Assert.Equal("json", RenderFolder(folder));
        Assert.Equal("json tools", RenderFolder(folder, options));
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"chat_template":[{"name":"default","template":"plain"},{"name":"tool_use","template":"tools"}]}""");
        Assert.Equal("tools", RenderFolder(folder, options));
        Directory.CreateDirectory(folder.File("additional_chat_templates"));
        File.WriteAllText(folder.File("additional_chat_templates/tool_use.jinja"), "more");
        Assert.Contains("'default'", Assert.Throws<OnnxModelException>(() => RenderFolder(folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(folder.File("chat_template.jinja"), "file");
        Assert.Equal("file", RenderFolder(folder));
        Assert.Equal("more", RenderFolder(folder, options));
    }

    [Fact]
    public void All_special_tokens_reach_the_template()
    {
        const string template = "{{ bos_token }} {{ cls_token }} {{ image_token }} {{ additional_special_tokens }} {{ pad_token is defined }}";
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("chat_template.jinja"), template);
        File.WriteAllText(folder.File("special_tokens_map.json"), """{"bos_token":{"content":"<map>"},"cls_token":"[CLS]"}""");
        Assert.Equal("<map> [CLS]   False", RenderFolder(folder));
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"bos_token":"<s>","pad_token":null,"additional_special_tokens":["<a>",{"content":"<b>"}],"extra_special_tokens":{"image_token":"<img>"}}""");
        Assert.Equal("<map> [CLS] <img> ['<a>', '<b>'] False", RenderFolder(folder));
        // What such a configuration says is all that counts.
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"bos_token":"<s>","added_tokens_decoder":{}}""");
        Assert.Equal("<s>    False", RenderFolder(folder));
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
        return RenderFolder(folder, options, messages, guard);
    }

    private static string RenderFolder(TemporaryFolder folder, ChatOptions? options = null, IEnumerable<ChatMessage>? messages = null, SpecialTokenGuard? guard = null) =>
        ChatPrompt.Load(folder.Path, guard ?? new SpecialTokenGuard([], TextNormalizer.Read(null))).Render(messages ?? s_hello, options, TestContext.Current.CancellationToken);
}
