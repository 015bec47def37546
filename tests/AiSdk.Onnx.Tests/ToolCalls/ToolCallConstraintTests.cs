using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>What calls are kept to while they are written, with vocabularies that have special tokens for them and with such that have none.</summary>
public sealed class ToolCallConstraintTests
{
    private const string NamedTemplate = "{% for m in messages %}{{ m.content }}{% endfor %}{# [TOOL_CALLS]name[ARGS]{} #}";
    private const string NamedTemplateWithIds = "{% for m in messages %}{{ m.content }}{% endfor %}{# [TOOL_CALLS]name[CALL_ID]id[ARGS]{} #}";
    private const string Format = """{"type":"object","properties":{"kind":{"enum":["a","b"]},"count":{"type":"integer","minimum":0,"maximum":20}},"required":["kind","count"],"additionalProperties":false}""";

    private static readonly AIFunctionDeclaration s_sum = Tool("sum", """{"type":"object","properties":{"a":{"type":"integer","minimum":-3,"maximum":3},"b":{"enum":[1,true,"x"]}},"required":["a"]}""");
    private static readonly AIFunctionDeclaration s_summary = Tool("summary", """{"type":"object","properties":{"of":{"$ref":"#/$defs/of"}},"required":["of"],"$defs":{"of":{"enum":["all","none"]}}}""");
    private static readonly AIFunctionDeclaration[] s_tools = [s_sum, s_summary];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sum[ARGS]{\"a\":1}", true)]
    [InlineData("sum[ARGS]{\"a\":1,\"b\":true}", true)]
    [InlineData("summary[ARGS]{\"of\":\"none\"}", true)]
    [InlineData("sum[CALL_ID]abcDEF123[ARGS]{\"a\":1}", true)]
    [InlineData("sum[CALL_ID]abcDEF12[ARGS]{\"a\":1}", false)]
    [InlineData("sum[ARGS]{\"a\":7}", false)]
    [InlineData("sum[ARGS]{\"of\":\"none\"}", false)]
    [InlineData("sum{\"a\":1}", false)]
    [InlineData("summ[ARGS]{\"a\":1}", false)]
    [InlineData("other[ARGS]{}", false)]
    [InlineData("[ARGS]{\"a\":1}", false)]
    public void A_name_before_the_arguments_decides_what_they_are(string text, bool isCall)
    {
        foreach (bool areSpecial in (bool[])[true, false])
        {
            using Marked marked = new(NamedTemplateWithIds, areSpecial);
            ConstraintState start = new ToolCallGrammar(marked.Syntax, s_tools).Call(TestContext.Current.CancellationToken).Start(marked.Vocabulary);
            Assert.Equal(isCall, start.TryAccept(marked.Syntax.Bytes(text), out ConstraintState end) && end.IsComplete);
        }
    }

    [Fact]
    public void A_template_without_ids_gets_none()
    {
        using Marked marked = new(NamedTemplate, areSpecial: true);
        ConstraintState start = new ToolCallGrammar(marked.Syntax, s_tools).Call(TestContext.Current.CancellationToken).Start(marked.Vocabulary);
        Assert.False(start.TryAccept(marked.Syntax.Bytes("sum[CALL_ID]"), out _));
    }

    [Fact]
    public void The_name_of_an_only_tool_and_the_special_token_behind_it_are_forced()
    {
        using Marked marked = new(NamedTemplate, areSpecial: true);
        ConstraintState state = new ToolCallGrammar(marked.Syntax, [s_summary]).Call(TestContext.Current.CancellationToken).Start(marked.Vocabulary);
        List<int> tokens = [];
        while (state.ForcedTokens is { IsEmpty: false } forced)
        {
            tokens.AddRange(forced);
            foreach (int token in forced)
                state = state.Accept(token);
        }
        Assert.StartsWith("summary[ARGS]{\"of\":\"", marked.Text(tokens), StringComparison.Ordinal);
        Assert.Single(tokens, marked.Id("[ARGS]"));
    }

    [Fact]
    public void Special_tokens_stand_where_a_call_has_them_and_nowhere_else()
    {
        using Marked marked = new(NamedTemplate, areSpecial: true);
        Constraint call = new ToolCallGrammar(marked.Syntax, s_tools).Call(TestContext.Current.CancellationToken);
        Constraint either = new ToolCallGrammar(marked.Syntax, s_tools).Or(Constraint.FromJsonSchema(JsonElement.Parse("""{"type":"string"}"""), cancellationToken: TestContext.Current.CancellationToken), call);
        ConstraintState start = either.Start(marked.Vocabulary);
        Assert.True(start.Allows(marked.Id("[TOOL_CALLS]")));
        Assert.False(start.Allows(marked.Id("[ARGS]")));
        Assert.True(start.TryAccept("\"x"u8, out ConstraintState inText));
        Assert.DoesNotContain(marked.Marks, token => inText.Allows(token));
        Assert.True(start.Accept(marked.Id("[TOOL_CALLS]")).TryAccept("sum"u8, out ConstraintState behindName));
        Assert.Equal([marked.Id("[ARGS]")], marked.Marks.Where(token => behindName.Allows(token)));
        // A byte that is in no text is the mark's alone, though the vocabulary has tokens of it.
        Assert.DoesNotContain(Enumerable.Range(0, marked.Vocabulary.Count), token => start.Allows(token) && !marked.Marks.Contains(token) && marked.Vocabulary[token].ContainsAnyInRange<byte>(0xF8, 0xFF));
    }

    [Theory]
    [InlineData(ToolCallFormat.Hermes, null, "<tool_call>\n{\"name\":\"sum\",\"arguments\":{\"a\":1}}\n</tool_call>", true)]
    [InlineData(ToolCallFormat.Hermes, null, "<tool_call>{\"name\":\"sum\",\"arguments\":{\"a\":1}}</tool_call>\n<tool_call>\n{\"name\":\"summary\",\"arguments\":{\"of\":\"all\"}}\n</tool_call>", true)]
    [InlineData(ToolCallFormat.Hermes, null, "<tool_call>\n{\"name\":\"sum\",\"arguments\":{\"a\":1}}\n</tool_call>{\"kind\":\"a\",\"count\":1}", false)]
    [InlineData(ToolCallFormat.Hermes, null, "<tool_call>\n{\"name\":\"sum\",\"arguments\":{\"a\":1}}", false)]
    [InlineData(ToolCallFormat.Hermes, null, "{\"name\":\"sum\",\"arguments\":{\"a\":1}}", false)]
    [InlineData(ToolCallFormat.Hermes, null, "{\"kind\":\"a\",\"count\":1}", true)]
    [InlineData(ToolCallFormat.Hermes, null, "{\"kind\":\"a\",\"count\":1}<tool_call>", false)]
    [InlineData(ToolCallFormat.Hermes, null, "Let me see.", false)]
    [InlineData(ToolCallFormat.Mistral, null, "[TOOL_CALLS][{\"name\":\"sum\",\"arguments\":{\"a\":1}},{\"name\":\"sum\",\"arguments\":{\"a\":2}}]", true)]
    [InlineData(ToolCallFormat.Mistral, null, "[TOOL_CALLS] [{\"name\":\"sum\",\"arguments\":{\"a\":1}}]", true)]
    [InlineData(ToolCallFormat.Mistral, null, "[TOOL_CALLS][]", false)]
    [InlineData(ToolCallFormat.Mistral, null, "{\"kind\":\"b\",\"count\":20}", true)]
    [InlineData(ToolCallFormat.Mistral, NamedTemplate, "[TOOL_CALLS]sum[ARGS]{\"a\":1}", true)]
    [InlineData(ToolCallFormat.Mistral, NamedTemplate, "[TOOL_CALLS]sum[ARGS]{\"a\":1}[TOOL_CALLS]summary[ARGS]{\"of\":\"all\"}", true)]
    [InlineData(ToolCallFormat.Mistral, NamedTemplate, "[TOOL_CALLS]sum[ARGS]{\"a\":1}[TOOL_CALLS]", false)]
    [InlineData(ToolCallFormat.Mistral, NamedTemplate, "sum[ARGS]{\"a\":1}", false)]
    [InlineData(ToolCallFormat.Phi, null, "<|tool_call|>[{\"name\":\"sum\",\"arguments\":{\"a\":1}}]<|/tool_call|>", true)]
    [InlineData(ToolCallFormat.Phi, null, "<|tool_call|>[{\"name\":\"sum\",\"arguments\":{\"a\":1}}]", true)]
    [InlineData(ToolCallFormat.Phi, null, "<|tool_call|>[{\"name\":\"sum\",\"arguments\":{\"a\":9}}]", false)]
    [InlineData(ToolCallFormat.Llama, null, "<|python_tag|>{\"name\":\"sum\",\"parameters\":{\"a\":1}}", true)]
    [InlineData(ToolCallFormat.Llama, null, "{\"name\":\"sum\",\"parameters\":{\"a\":1}}", true)]
    [InlineData(ToolCallFormat.Llama, null, "{\"kind\":\"b\",\"count\":20}", true)]
    [InlineData(ToolCallFormat.Llama, null, "{\"name\":\"sum\",\"count\":20}", false)]
    [InlineData(ToolCallFormat.Json, null, "{\"name\":\"sum\",\"arguments\":{\"a\":1}}", true)]
    [InlineData(ToolCallFormat.Json, null, "{\"kind\":\"b\",\"count\":20}", true)]
    public void Beside_tools_a_reply_is_of_the_format_or_calls(ToolCallFormat format, string? template, string text, bool isAllowed)
    {
        foreach (bool areSpecial in (bool[])[true, false])
        {
            using Marked marked = new(template ?? "", areSpecial, format);
            ConstraintState start = marked.Either(s_tools, Format).Start(marked.Vocabulary);
            Assert.Equal(isAllowed, start.TryAccept(marked.Syntax.Bytes(text), out ConstraintState end) && end.IsComplete);
        }
    }

    [Theory]
    [InlineData(ToolCallFormat.Hermes, "")]
    [InlineData(ToolCallFormat.Llama, "")]
    [InlineData(ToolCallFormat.Mistral, "")]
    [InlineData(ToolCallFormat.Mistral, NamedTemplate)]
    [InlineData(ToolCallFormat.Mistral, NamedTemplateWithIds)]
    [InlineData(ToolCallFormat.Phi, "")]
    [InlineData(ToolCallFormat.Json, "")]
    public void Whatever_the_masks_let_through_is_of_the_format_or_calls_that_are_read(ToolCallFormat format, string template)
    {
        Constraint schema = Constraint.FromJsonSchema(JsonElement.Parse(Format), cancellationToken: TestContext.Current.CancellationToken);
        var random = new Random(5);
        int calls = 0;
        int texts = 0;
        foreach (bool areSpecial in (bool[])[true, false])
        {
            using Marked marked = new(template, areSpecial, format);
            Dictionary<string, Constraint> arguments = s_tools.ToDictionary(static tool => tool.Name, static tool => Constraint.FromJsonSchema(ToolCallSyntax.ArgumentsSchema(tool)));
            for (int walk = 0; walk < 60; walk++)
            {
                ConstraintState state = marked.Either(s_tools, Format).Start(marked.Vocabulary);
                List<int> tokens = [];
                while (!state.IsComplete || (tokens.Count < 60 && random.Next(2) == 0))
                {
                    int[] allowed = [.. Enumerable.Range(0, marked.Vocabulary.Count).Where(token => state.Allows(token))];
                    if (allowed.Length == 0)
                    {
                        Assert.True(state.IsComplete, $"nothing may follow {marked.Text(tokens)}");
                        break;
                    }
                    // Special tokens have a chance among many others.
                    int[] special = [.. allowed.Where(marked.Marks.Contains)];
                    tokens.Add(special.Length > 0 && random.Next(2) == 0 ? special[random.Next(special.Length)] : allowed[random.Next(allowed.Length)]);
                    state = state.Accept(tokens[^1]);
                }
                ToolReply reply = new(marked.Syntax, ["sum", "summary"], "", isWhole: true);
                string shown = string.Concat(tokens.Select(token => reply.Push(marked.Text([token]))));
                List<AIContent> rest = reply.Finish(isCut: false);
                shown += string.Concat(rest.OfType<TextContent>().Select(static text => text.Text));
                if (rest.OfType<FunctionCallContent>().ToArray() is { Length: > 0 } made)
                {
                    calls++;
                    Assert.Equal("", shown);
                    foreach (FunctionCallContent call in made)
                    {
                        Assert.Null(call.Exception);
                        string json = $"{{{string.Join(',', call.Arguments!.Select(static a => $"{JsonSerializer.Serialize(a.Key)}:{((JsonElement)a.Value!).GetRawText()}"))}}}";
                        Assert.True(IsComplete(arguments[call.Name], json, marked), $"{call.Name}: {json}");
                    }
                }
                else
                {
                    texts++;
                    Assert.Equal(marked.Text(tokens), shown);
                    Assert.True(IsComplete(schema, shown, marked), shown);
                }
            }
        }
        Assert.True(calls >= 10 && texts >= 10, $"{calls} calls, {texts} texts");
    }

    [Theory]
    [InlineData("""{"type":"object"}""", true)]
    [InlineData("""{"type":"object","properties":{"name":{"type":"string"}}}""", true)]
    [InlineData("""{"type":"object","properties":{"name":{"type":"string"}},"additionalProperties":false}""", true)]
    [InlineData("""{"type":"object","properties":{"name":{"enum":["Lily","sum"]}},"additionalProperties":false}""", true)]
    [InlineData("""{"type":"object","properties":{"name":{"enum":["Lily","Sue"]}},"additionalProperties":false}""", false)]
    [InlineData("""{"type":"object","properties":{"kind":{"type":"string"}},"additionalProperties":false}""", false)]
    [InlineData("""{"type":"object","properties":{"function":{"$ref":"#/$defs/f"}},"additionalProperties":false,"$defs":{"f":{"type":"object"}}}""", true)]
    [InlineData("""{"type":"object","properties":{"function":{"$ref":"#/$defs/f"}},"additionalProperties":false,"$defs":{"f":{"type":"string"}}}""", false)]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", false)]
    [InlineData("""{"type":"array","items":{"type":["integer","object"]}}""", true)]
    [InlineData("""{"enum":[1,"two",null]}""", false)]
    [InlineData("true", true)]
    public void A_format_whose_values_could_be_calls_is_told(string schema, bool isAmbiguous)
    {
        using Marked marked = new("", areSpecial: false, ToolCallFormat.Json);
        JsonElement element = JsonElement.Parse(schema);
        Assert.Equal(isAmbiguous, new ToolCallGrammar(marked.Syntax, s_tools).IsAmbiguous(Constraint.FromJsonSchema(element, cancellationToken: TestContext.Current.CancellationToken), element));
    }

    [Fact]
    public async Task Calls_by_name_can_be_required()
    {
        using Marked marked = new(NamedTemplate, areSpecial: true);
        using var client = new OnnxChatClient(marked.Folder);
        HashSet<string> called = [];
        for (int seed = 0; seed < 16; seed++)
        {
            ChatOptions options = new() { Tools = [.. s_tools], ToolMode = ChatToolMode.RequireAny, Temperature = 8, Seed = seed, MaxOutputTokens = 200 };
            ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token);
            Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
            FunctionCallContent call = Assert.IsType<FunctionCallContent>(Assert.Single(response.Messages[0].Contents, static content => content is not TextContent { Text: "" }));
            called.Add(call.Name);
            Assert.Contains(call.Name == "sum" ? "a" : "of", call.Arguments!.Keys);
            Assert.Null(response.AdditionalProperties);
        }
        Assert.Equal(["sum", "summary"], called.Order());
        ChatOptions one = new() { Tools = [.. s_tools], ToolMode = ChatToolMode.RequireSpecific("summary"), Temperature = 0, MaxOutputTokens = 200 };
        Assert.Equal("summary", (await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), one, Token)).Messages[0].Contents.OfType<FunctionCallContent>().Single().Name);
    }

    [Fact]
    public async Task A_tool_whose_parameters_cannot_be_enforced_takes_any_object_and_the_response_says_so()
    {
        using Marked marked = new(NamedTemplate, areSpecial: true);
        using var client = new OnnxChatClient(marked.Folder);
        AIFunctionDeclaration odd = AIFunctionFactory.CreateDeclaration("odd", null, JsonElement.Parse("""{"type":"object","properties":{"p":{"type":"string","pattern":"(a)\\1"}}}"""));
        ChatOptions any = new() { Tools = [.. s_tools, odd], ToolMode = ChatToolMode.RequireAny, Temperature = 8, MaxOutputTokens = 60 };
        for (int seed = 0; seed < 12; seed++)
        {
            any.Seed = seed;
            ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), any, Token);
            string reason = (string)response.AdditionalProperties![OnnxChatClient.UnconstrainedReason]!;
            Assert.Contains("'odd' (#/properties/p: 'pattern'", reason, StringComparison.Ordinal);
            Assert.DoesNotContain("'sum", reason, StringComparison.Ordinal);
            foreach (FunctionCallContent call in response.Messages[0].Contents.OfType<FunctionCallContent>().Where(static call => call.Name != "odd"))
                Assert.Contains(call.Name == "sum" ? "a" : "of", call.Arguments!.Keys);
        }
        any.ToolMode = ChatToolMode.RequireSpecific("odd");
        NotSupportedException refused = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync(TestModels.User("x"), any, Token));
        Assert.Contains("'pattern'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_model_calls_tools_or_replies_in_the_format(bool jump)
    {
        using Marked marked = new(NamedTemplate, areSpecial: true);
        using var client = new OnnxChatClient(marked.Folder, new OnnxModelOptions { JumpForward = jump });
        Constraint schema = Constraint.FromJsonSchema(JsonElement.Parse(Format), cancellationToken: TestContext.Current.CancellationToken);
        int calls = 0;
        int texts = 0;
        for (int seed = 0; seed < 30; seed++)
        {
            ChatOptions options = new() { Tools = [.. s_tools], ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(Format)), Temperature = 8, Seed = seed, MaxOutputTokens = 300 };
            ChatResponse response = await client.GetResponseAsync(TestModels.User(TestModels.StoriesPrompt), options, Token);
            Assert.Null(response.AdditionalProperties);
            if (response.FinishReason == ChatFinishReason.Length)
                continue;
            FunctionCallContent[] made = [.. response.Messages[0].Contents.OfType<FunctionCallContent>()];
            if (made.Length > 0)
            {
                calls++;
                Assert.Equal("", response.Text);
                Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
            }
            else
            {
                texts++;
                Assert.True(IsComplete(schema, response.Text, marked), response.Text);
                Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
            }
        }
        Assert.True(calls > 0 && texts > 0, $"{calls} calls, {texts} texts");
    }

    [Fact]
    public async Task What_cannot_be_told_apart_is_not_kept_to_the_format_and_said()
    {
        using var client = new OnnxChatClient(TestData.Path("models", "stories260K"), new OnnxModelOptions { ToolCallFormat = ToolCallFormat.Json });
        ChatOptions options = new() { Tools = [.. s_tools], ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 3 };
        ChatResponse response = await client.GetResponseAsync(TestModels.User("x"), options, Token);
        Assert.Contains("could be taken for such", (string)response.AdditionalProperties![OnnxChatClient.UnconstrainedReason]!, StringComparison.Ordinal);
        options.ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(Format));
        response = await client.GetResponseAsync(TestModels.User("x"), options, Token);
        Assert.Null(response.AdditionalProperties);
        Assert.StartsWith("{\"", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_in_which_a_call_is_quoted_is_no_call()
    {
        ToolCallSyntax syntax = ToolCallSyntax.Of(ToolCallFormat.Hermes, [], TestModels.Stories.Tokenizer.Tokens);
        ToolReply reply = new(syntax, ["f"], "", isWhole: true);
        Assert.Equal("{\"text\":\"", reply.Push("{\"text\":\""));
        const string quoted = "<tool_call> {\\\"name\\\":\\\"f\\\"} </tool_call> \"}";
        Assert.Equal(quoted, reply.Push(quoted));
        Assert.Empty(reply.Finish(isCut: false));
        ToolReply call = new(syntax, ["f"], "", isWhole: true);
        Assert.Equal("", call.Push("<tool_"));
        Assert.Equal("", call.Push("call>{\"name\":\"f\",\"arguments\":{}}</tool_call>"));
        Assert.Equal("f", Assert.IsType<FunctionCallContent>(Assert.Single(call.Finish(isCut: false))).Name);
        ToolReply text = new(syntax, ["f"], "", isWhole: true);
        Assert.Equal("", text.Push("<tool"));
        Assert.Equal("<tools", text.Push("s"));
    }

    private static bool IsComplete(Constraint constraint, string text, Marked marked) =>
        constraint.Start(marked.Vocabulary).TryAccept(Encoding.UTF8.GetBytes(text), out ConstraintState end) && end.IsComplete;

    private static AIFunctionDeclaration Tool(string name, string schema) => AIFunctionFactory.CreateDeclaration(name, null, JsonElement.Parse(schema));

    /// <summary>A real model, of whose tokens some that no text has are made the special tokens of calls.</summary>
    private sealed class Marked : IDisposable
    {
        private static readonly string[] s_marks = ["<tool_call>", "</tool_call>", "<|python_tag|>", "[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "<|tool_call|>", "<|/tool_call|>"];

        private readonly TemporaryFolder _folder = new();
        private readonly ModelTokenizer _tokenizer;

        public Marked(string template, bool areSpecial, ToolCallFormat format = ToolCallFormat.Auto)
        {
            string from = TestData.Path("models", "stories260K");
            foreach (string file in (ReadOnlySpan<string>)["genai_config.json", "model.onnx"])
                File.Copy(Path.Combine(from, file), Path.Combine(Folder, file));
            JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(from, "tokenizer_config.json")))!;
            config["chat_template"] = template;
            File.WriteAllText(Path.Combine(Folder, "tokenizer_config.json"), config.ToJsonString());
            JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(from, "tokenizer.json")))!;
            for (int i = 0; areSpecial && i < s_marks.Length; i++)
            {
                JsonObject vocabulary = json["model"]!["vocab"]!.AsObject();
                string rare = $"<0x{i:X2}>";
                int id = vocabulary[rare]!.GetValue<int>();
                vocabulary.Remove(rare);
                vocabulary.Add(s_marks[i], id);
                json["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = id, ["content"] = s_marks[i], ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true });
            }
            File.WriteAllText(Path.Combine(Folder, "tokenizer.json"), json.ToJsonString());
            _tokenizer = ModelTokenizer.Load(Folder);
            Syntax = ToolCallSyntax.Of(format, [template], _tokenizer.Tokens);
            Vocabulary = TokenTrie.Create(_tokenizer, Syntax.MarkBytes);
        }

        public string Folder => _folder.Path;

        public ToolCallSyntax Syntax { get; }

        public TokenTrie Vocabulary { get; }

        public IEnumerable<int> Marks => Syntax.Marks.Keys;

        public int Id(string mark) => Syntax.Marks.Single(pair => pair.Value == mark).Key;

        public string Text(IEnumerable<int> tokens) =>
            Encoding.UTF8.GetString([.. tokens.SelectMany(token => Syntax.Marks.TryGetValue(token, out string? mark) ? Encoding.UTF8.GetBytes(mark) : Vocabulary[token].ToArray())]);

        public Constraint Either(AIFunctionDeclaration[] tools, string format)
        {
            ToolCallGrammar grammar = new(Syntax, tools);
            JsonElement schema = JsonElement.Parse(format);
            Constraint constraint = Constraint.FromJsonSchema(schema);
            Assert.False(grammar.IsAmbiguous(constraint, schema));
            return grammar.Or(constraint, grammar.Call());
        }

        public void Dispose() => _folder.Dispose();
    }
}
