using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>What a declaration says of replies that do not fit, and of how to ask for them.</summary>
public sealed class OutputRuleTests
{
    private const string Types = "namespace Demo;\npublic record Ticket(string Title, int Priority);\n";

    private static Task<LiveCall> AskAsync(string interfaceAttributes, string attributes, string prompts, string options, params string[] replies) => Live.CallAsync(
        $"{Types}{interfaceAttributes}[AiFunctions] public interface IDesk {{ {attributes} {prompts} Task<AiResult<Ticket>> AskAsync(string text); }}",
        $"AiResult<Ticket> result = await new Desk(client, {options}).AskAsync(\"Hi\"); return (result.Value.ToString(), result.Attempts, result.OutputMode, string.Join(\",\", result.Repairs.Select(r => r.Kind)));",
        replies);

    [Theory]
    [InlineData("", "", "null", StructuredOutputMode.JsonSchema)]
    [InlineData("", "", "new() { OutputMode = StructuredOutputMode.Prompt }", StructuredOutputMode.Prompt)]
    [InlineData("[StructuredOutput(StructuredOutputMode.Prompt)]", "", "null", StructuredOutputMode.Prompt)]
    [InlineData("[StructuredOutput(StructuredOutputMode.Prompt)]", "[StructuredOutput(StructuredOutputMode.JsonSchema)]", "new() { OutputMode = StructuredOutputMode.Prompt }", StructuredOutputMode.JsonSchema)]
    [InlineData("[StructuredOutput(StructuredOutputMode.Prompt)]", "[StructuredOutput(StructuredOutputMode.Auto)]", "new() { OutputMode = StructuredOutputMode.JsonSchema }", StructuredOutputMode.JsonSchema)]
    [InlineData("", "[StructuredOutput(StructuredOutputMode.ToolCall)]", "null", StructuredOutputMode.ToolCall)]
    public async Task The_mode_is_the_functions_else_the_interfaces_else_that_of_the_options(string interfaceAttributes, string attributes, string options, StructuredOutputMode mode)
    {
        LiveCall call = await AskAsync(interfaceAttributes, attributes, "[UserPrompt(\"{{text}}\")]", options, """{"title":"A","priority":1}""");
        (string value, int attempts, StructuredOutputMode? used, string repairs) = Assert.IsType<(string, int, StructuredOutputMode?, string)>(call.Value);
        Assert.Equal("Ticket { Title = A, Priority = 1 }", value);
        Assert.Equal(1, attempts);
        Assert.Equal(mode, used);
        Assert.Equal("", repairs);
        ChatOptions sent = Assert.Single(call.Client.Options)!;
        Assert.Equal(mode == StructuredOutputMode.JsonSchema, sent.ResponseFormat is ChatResponseFormatJson { Schema: not null });
        Assert.Equal(mode == StructuredOutputMode.ToolCall, sent is { Tools: [AIFunctionDeclaration { Name: "Ticket" }], ToolMode: RequiredChatToolMode { RequiredFunctionName: "Ticket" } });
        Assert.Equal(
            mode == StructuredOutputMode.Prompt
                ? "user: Hi\n\nReply with JSON of this type, and with nothing else:\n{\n  title: string;\n  // a whole number\n  priority: number;\n}"
                : "user: Hi",
            call.Messages.Single());
    }

    [Theory]
    [InlineData("[UserPrompt(\"{{text}}|{{output_format}}|\")]", "user: Hi|Reply with {…}|", "user: Hi||")]
    [InlineData("[SystemPrompt(\"Route. {{output_format}}\")] [UserPrompt(\"{{text}}\")]", "system: Route. Reply with {…}\nuser: Hi", "system: Route. \nuser: Hi")]
    [InlineData("[UserPrompt(\"{{text}}{{#if output_format}}\\nFormat: {{output_format}}{{/if}}\")]", "user: Hi\nFormat: Reply with {…}", "user: Hi")]
    [InlineData("[SystemPrompt(\"{{output_format}}\")] [UserPrompt(\"{{text}}\")]", "system: Reply with {…}\nuser: Hi", "user: Hi")]
    [InlineData("[UserPrompt(\"{{text}}\")] [UserPrompt(\"B\")]", "user: Hi\nuser: B\n\nReply with {…}", "user: Hi\nuser: B")]
    [InlineData("[SystemPrompt(\"S\")]", "system: S\nuser: Reply with {…}", "system: S")]
    [InlineData("[Example(\"E\", \"{\\\"title\\\":\\\"T\\\",\\\"priority\\\":2}\")] [UserPrompt(\"{{text}}|{{output_format}}\")]", "user: E|\nassistant: {\"title\":\"T\",\"priority\":2}\nuser: Hi|Reply with {…}", "user: E|\nassistant: {\"title\":\"T\",\"priority\":2}\nuser: Hi|")]
    public async Task The_type_is_described_where_the_template_says_else_after_the_last_user_message(string prompts, string inPrompt, string inSchema)
    {
        const string Instructions = "Reply with JSON of this type, and with nothing else:\n{\n  title: string;\n  // a whole number\n  priority: number;\n}";
        foreach ((string mode, string expected) in ((string, string)[])[("Prompt", inPrompt), ("JsonSchema", inSchema)])
        {
            LiveCall call = await AskAsync("", "", prompts, $"new() {{ OutputMode = StructuredOutputMode.{mode} }}", """{"title":"A","priority":1}""");
            Assert.Equal(expected.Replace("Reply with {…}", Instructions, StringComparison.Ordinal), string.Join("\n", call.Messages));
        }
    }

    [Theory]
    [InlineData("new ChatOptions()", "Hi||")]
    [InlineData("new ChatOptions().WithModelProfile(ModelProfile.TextOnly)", "Hi|{0}|")]
    public async Task The_type_is_described_where_the_template_says_if_the_model_of_the_call_wants_it(string options, string expected)
    {
        LiveCall call = await Live.CallAsync(
            $"{Types}[AiFunctions] public interface IDesk {{ [UserPrompt(\"{{{{text}}}}|{{{{output_format}}}}|\")] Task<Ticket> AskAsync(string text, ChatOptions options); }}", $"await new Desk(client).AskAsync(\"Hi\", {options})", """{"title":"A","priority":1}""");
        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, "Reply with JSON of this type, and with nothing else:\n{\n  title: string;\n  // a whole number\n  priority: number;\n}"), call.Prompt);
    }

    [Fact]
    public async Task The_descriptor_shows_the_prompts_as_they_are_sent()
    {
        LiveCall call = await Live.CallAsync(
            $"{Types}[AiFunctions] public interface IDesk {{ [UserPrompt(\"{{{{text}}}}\")] Task<Ticket> OneAsync(string text); [SystemPrompt(\"{{{{output_format}}}}!\")] [UserPrompt(\"{{{{text}}}}\")] Task<Ticket> TwoAsync(string text); }}",
            "string.Join(\"|\", new[] { Desk.OneAsyncInfo, Desk.TwoAsyncInfo }.SelectMany(i => i.PromptsFor(StructuredOutputMode.Prompt).Concat(i.PromptsFor(StructuredOutputMode.JsonSchema))).Select(p => p.Role + \":\" + p.Text.Replace(Desk.OneAsyncInfo.Output!.Instructions, \"#\")))");
        Assert.Equal("user:{{text}}\n\n#|user:{{text}}|system:#!|user:{{text}}|system:!|user:{{text}}", call.Value);
    }

    [Fact]
    public void Text_has_no_output_format()
    {
        GeneratedCode code = GeneratorHarness.Run("namespace Demo; [AiFunctions] public interface IDesk { [UserPrompt(\"{{output_format}}\")] Task<string> AskAsync(); }");
        Assert.Contains("describes the type of a reply, but the function returns text", code.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parameter_of_that_name_is_a_parameter()
    {
        LiveCall call = await Live.CallAsync($"{Types}[AiFunctions] public interface IDesk {{ [UserPrompt(\"{{{{output_format}}}}\")] Task<Ticket> AskAsync(string output_format); }}", "await new Desk(client).AskAsync(\"x\")", """{"title":"A","priority":1}""");
        Assert.Equal("x", call.Prompt);
    }

    [Theory]
    [InlineData("", "", false)]
    [InlineData("", "[AllowLoss]", true)]
    [InlineData("[AllowLoss]", "", true)]
    public async Task A_loss_is_an_error_unless_it_is_allowed(string interfaceAttributes, string attributes, bool isAllowed)
    {
        LiveCall call = await AskAsync(interfaceAttributes, attributes, "[UserPrompt(\"{{text}}\")]", "null", """{"title":"A","priority":1.5}""");
        if (isAllowed)
        {
            (string value, _, _, string repairs) = Assert.IsType<(string, int, StructuredOutputMode?, string)>(call.Value);
            Assert.StartsWith("Ticket { Title = A, Priority = ", value, StringComparison.Ordinal);
            Assert.Contains("Loss", repairs, StringComparison.Ordinal);
            return;
        }
        AiOutputException error = call.Threw<AiOutputException>();
        Assert.Equal("$.priority", Assert.Single(error.Errors).Path);
        Assert.Contains(error.Repairs, static repair => repair.Kind == RepairKind.Loss);
    }

    [Theory]
    [InlineData("[Reask]", "", 2)]
    [InlineData("", "[Reask(2, TokenBudget = 10000)]", 3)]
    [InlineData("", "[Reask(Attempts = 2, TokenBudget = 10000)]", 3)]
    [InlineData("[Reask(2)]", "[Reask(0)]", 1)]
    [InlineData("", "", 1)]
    public async Task A_reply_that_does_not_fit_is_asked_for_again_as_often_as_declared(string interfaceAttributes, string attributes, int attempts)
    {
        LiveCall call = await AskAsync(interfaceAttributes, attributes, "[SystemPrompt(\"S\")] [UserPrompt(\"{{text}}\")]", "null", """{"title":"A"}""");
        AiOutputException error = call.Threw<AiOutputException>();
        Assert.Equal(attempts, error.Attempts);
        Assert.Equal(attempts, call.Client.Calls.Count);
        Assert.Equal("$.priority", Assert.Single(error.Errors).Path);
    }

    [Theory]
    [InlineData("[Reask(-1)]")]
    [InlineData("[Reask(11)]")]
    [InlineData("[Reask(TokenBudget = 0)]")]
    public void A_policy_that_makes_no_sense_is_refused(string attribute)
    {
        GeneratedCode code = GeneratorHarness.Run($"{Types}[AiFunctions] public interface IDesk {{ {attribute} [UserPrompt(\"x\")] Task<Ticket> AskAsync(); }}");
        Assert.Contains("[Reask] wants 0 to 10 attempts and a budget of 1 token or more", code.ToString(), StringComparison.Ordinal);
    }
}
