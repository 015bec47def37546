using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiSdk.Tests;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.IntegrationTests.Tools;

/// <summary>Tools that were declared elsewhere: 400 functions of the Berkeley Function Calling Leaderboard, with accepted and with mutated answers.</summary>
public sealed class ImportedToolTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_functions_are_imported_and_take_all_accepted_answers()
    {
        IReadOnlyList<ToolCallingCase> cases = ToolCallingCase.All();
        Assert.Equal(400, cases.Count);
        int answers = 0;
        foreach (ToolCallingCase one in cases)
        {
            AIFunction tool = Import(one);
            Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", tool.Name);
            Assert.DoesNotContain(Types(tool.JsonSchema), static type => type is not ("object" or "array" or "string" or "integer" or "number" or "boolean"));
            foreach (JsonObject answer in one.Answers())
            {
                answers++;
                Assert.Equal($"{one.Id} {answer.ToJsonString()}", $"{one.Id} {await CallAsync(tool, answer)}");
            }
        }
        Assert.True(answers > 400, $"{answers}");
    }

    [Fact]
    public async Task Mutated_answers_are_refused_in_words_that_name_the_argument()
    {
        int refused = 0;
        foreach (ToolCallingCase one in ToolCallingCase.All())
        {
            AIFunction tool = Import(one);
            JsonObject answer = one.Answers().First();
            foreach ((string argument, JsonObject mutation) in one.Mutations(answer))
            {
                string text = await CallAsync(tool, mutation);
                Assert.True(text.StartsWith($"{tool.Name} was not run", StringComparison.Ordinal) && text.Contains($"'{argument}'", StringComparison.Ordinal), $"{one.Id} {mutation.ToJsonString()}: {text}");
                refused++;
            }
        }
        Assert.Equal(3 * 400, refused);
    }

    [Theory]
    [InlineData("""{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}}""")]
    [InlineData("""{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}}}""")]
    [InlineData("""{"name":"f","inputSchema":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}}""")]
    public async Task Declarations_of_all_forms_are_taken(string declaration)
    {
        AIFunction tool = ImportedTool.Create(JsonElement.Parse(declaration), static (arguments, _) => new ValueTask<object?>(arguments.GetRawText()), ToolEffect.Read);
        Assert.Equal("f", tool.Name);
        Assert.Equal("""{"a":1}""", await CallAsync(tool, new JsonObject { ["a"] = 1 }));
        Assert.Contains("argument 'a'", await CallAsync(tool, new JsonObject { ["a"] = "x" }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_declaration_that_cannot_be_checked_is_refused_and_says_where()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(static () => ImportedTool.Create(
            JsonElement.Parse("""{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string","not":{"const":"x"}}}}}"""), static (_, _) => default));
        Assert.Contains("'f'", e.Message, StringComparison.Ordinal);
        Assert.Contains("not", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(static () => ImportedTool.Create(JsonElement.Parse("""{"parameters":{}}"""), static (_, _) => default));
    }

    [Fact]
    public void An_imported_tool_with_an_effect_needs_approval()
    {
        AIFunction tool = ImportedTool.Create(JsonElement.Parse("""{"name":"pay","description":"Pays."}"""), static (_, _) => default, ToolEffect.Write);
        Assert.NotNull(tool.GetService<ApprovalRequiredAIFunction>());
        Assert.Equal(ToolEffect.Write, tool.GetService<AiTool>()!.Effect);
    }

    [Theory]
    // Nothing is known of it, or only what it says of itself.
    [InlineData("""{"name":"f"}""", null, ToolEffect.Write)]
    [InlineData("""{"name":"f","annotations":{"readOnlyHint":true}}""", null, ToolEffect.Write)]
    [InlineData("""{"name":"f","annotations":{"destructiveHint":false}}""", null, ToolEffect.Write)]
    // Of danger it may warn.
    [InlineData("""{"name":"f","annotations":{"destructiveHint":true}}""", null, ToolEffect.Destructive)]
    [InlineData("""{"function":{"name":"f","annotations":{"destructiveHint":true}}}""", null, ToolEffect.Destructive)]
    // What the host says counts.
    [InlineData("""{"name":"f","annotations":{"destructiveHint":true}}""", ToolEffect.Read, ToolEffect.Read)]
    [InlineData("""{"name":"f"}""", ToolEffect.Destructive, ToolEffect.Destructive)]
    public void A_tool_of_which_nobody_says_that_it_only_reads_needs_approval(string declaration, ToolEffect? effect, ToolEffect known)
    {
        AIFunction tool = ImportedTool.Create(JsonElement.Parse(declaration), static (_, _) => default, effect);
        Assert.Equal(known, tool.GetService<AiTool>()!.Effect);
        Assert.Equal(known != ToolEffect.Read, tool.GetService<ApprovalRequiredAIFunction>() is not null);
    }

    [Theory]
    [InlineData("""{"name":"f","annotations":{"readOnlyHint":true}}""", ToolEffect.Read)]
    [InlineData("""{"name":"f","annotations":{"readOnlyHint":true,"destructiveHint":true}}""", ToolEffect.Destructive)]
    [InlineData("""{"name":"f","annotations":{"readOnlyHint":"true"}}""", ToolEffect.Write)]
    [InlineData("""{"name":"f","annotations":7}""", ToolEffect.Write)]
    [InlineData("7", ToolEffect.Write)]
    public void What_a_declaration_says_of_itself_can_be_asked_for(string declaration, ToolEffect said) => Assert.Equal(said, ImportedTool.DeclaredEffect(JsonElement.Parse(declaration)));

    [Fact]
    public async Task A_function_from_elsewhere_is_checked_needs_approval_and_runs_once()
    {
        int calls = 0;
        AIFunction plain = AIFunctionFactory.Create((int cents) => $"{++calls}: {cents}", "pay", "Pays.");

        AIFunction tool = ImportedTool.FromFunction(plain, journal: new MemoryToolJournal());

        Assert.NotNull(tool.GetService<ApprovalRequiredAIFunction>());
        Assert.Equal(("pay", "Pays.", ToolEffect.Write), (tool.Name, tool.Description, tool.GetService<AiTool>()!.Effect));
        using (ToolOperation.Begin(Guid.NewGuid().ToString()))
        {
            Assert.Contains("argument 'cents'", await InvokeAsync("five"), StringComparison.Ordinal);
            Assert.Equal(["1: 5", "1: 5"], [await InvokeAsync(5), await InvokeAsync(5)]);
        }
        Assert.Null(ImportedTool.FromFunction(plain, ToolEffect.Read).GetService<ApprovalRequiredAIFunction>());
        // A compiled tool says it.
        Assert.Equal(ToolEffect.Destructive, ImportedTool.FromFunction(new ShopTools().AsAiTools()[2]).GetService<AiTool>()!.Effect);
        Assert.Null(ImportedTool.FromFunction(new ShopTools().AsAiTools()[0]).GetService<ApprovalRequiredAIFunction>());

        async Task<string> InvokeAsync(object cents) => $"{await tool.InvokeAsync(new AIFunctionArguments { ["cents"] = cents }, CancellationToken)}";
    }

    [Fact]
    public async Task Tools_of_one_name_from_two_servers_have_effects_of_their_own()
    {
        MemoryToolJournal journal = new();
        AIFunction[] tools = [.. new[] { "GitHub", "Jira" }.Select(server => ImportedTool.FromFunction(AIFunctionFactory.Create((string title) => $"{server}: {title}", "create_issue"), journal: journal, source: server))];
        using (ToolOperation.Begin(Guid.NewGuid().ToString()))
        {
            string[] made = [.. await Task.WhenAll(tools.Concat(tools).Select(async tool => $"{await tool.InvokeAsync(new AIFunctionArguments { ["title"] = "Login broken" }, CancellationToken)}"))];
            Assert.Equal(["GitHub: Login broken", "Jira: Login broken", "GitHub: Login broken", "Jira: Login broken"], made);
        }
    }

    [Fact]
    public async Task An_answer_of_MCP_that_is_an_error_is_an_error_of_the_tool()
    {
        int calls = 0;
        AIFunction failing = AIFunctionFactory.Create(() => JsonElement.Parse($$"""{"content":[{"type":"text","text":"Too many requests: {{++calls}}"}],"isError":true}"""), "pay");
        AIFunction tool = ImportedTool.FromFunction(failing, journal: new MemoryToolJournal());
        using (ToolOperation.Begin(Guid.NewGuid().ToString()))
        {
            Assert.Equal("Too many requests: 1", $"{await tool.InvokeAsync(cancellationToken: CancellationToken)}");
            // It is not known whether that had an effect.
            Assert.Equal("This call of pay failed before, and is not run a second time: Too many requests: 1", $"{await tool.InvokeAsync(cancellationToken: CancellationToken)}");
        }
        // What only reads may be asked again.
        AIFunction reading = ImportedTool.FromFunction(failing, ToolEffect.Read);
        Assert.Equal(["Too many requests: 2", "Too many requests: 3"], [$"{await reading.InvokeAsync(cancellationToken: CancellationToken)}", $"{await reading.InvokeAsync(cancellationToken: CancellationToken)}"]);
    }

    private static AIFunction Import(ToolCallingCase one) => ImportedTool.Create(one.Function, static (arguments, _) => new ValueTask<object?>(JsonNode.Parse(arguments.GetRawText())!.ToJsonString()), ToolEffect.Read);

    private static async Task<string> CallAsync(AIFunction tool, JsonObject arguments) =>
        (string)(await ((AiTool)tool).InvokeJsonAsync(Encoding.UTF8.GetBytes(arguments.ToJsonString()), null, CancellationToken))!;

    private static IEnumerable<string> Types(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            yield break;
        if (schema.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String)
            yield return type.GetString()!;
        IEnumerable<JsonElement> parts = (schema.TryGetProperty("properties", out JsonElement properties) ? properties.EnumerateObject().Select(static p => p.Value) : [])
            .Concat(schema.TryGetProperty("items", out JsonElement items) ? [items] : []);
        foreach (string inner in parts.SelectMany(Types))
            yield return inner;
    }
}
