using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>Functions whose prompts and examples stand in files.</summary>
public sealed class PromptFileTests
{
    private const string Types = "namespace Demo; public enum Intent { Card, Other } public record Ticket(Intent Intent, string? Note = null); public record Order(string Id, decimal? Total = null);";

    private static Task<LiveCall> CallAsync(string member, string expression, params (string Path, string Text)[] files) => Live.CallAsync(
        $"{Types}\n[AiFunctions] public interface IDesk {{ {member} }}", expression, [.. files.Select(static f => (AdditionalText)new TextFile("/project/" + f.Path, f.Text))], "{\"intent\":\"Card\"}");

    private static async Task<string> RefusedAsync(string member, string expression, params (string Path, string Text)[] files) =>
        (await CallAsync(member, expression, files)).Threw<NotSupportedException>().Message;

    [Fact]
    public async Task Front_matter_sets_options_and_messages_begin_at_roles()
    {
        LiveCall call = await CallAsync(
            "[Prompt(\"Prompts/read.prompt\")] Task<Ticket> ReadAsync(string message, [Trusted] string bank);", "await new Desk(client).ReadAsync(\"hello\", \"Contoso\")",
            ("Prompts/read.prompt", """
                # A licence may stand here.
                ---
                model: gpt-4.1-mini   # a comment
                config:
                  temperature: 0.25
                  maxOutputTokens: 64
                  topP: 0.5
                  topK: 7
                  seed: 11
                  stopSequences: ["END", 'it''s over']
                input:
                  schema:
                    message: string, what the customer wrote
                    bank: string
                output:
                  format: json
                  schema:
                    intent(enum): [Card, Other]
                    note?: string
                ---
                {{role "system"}}
                You read messages for {{bank}}.
                {{role "user"}}
                {{message}}
                """));

        Assert.Equal(["system: \nYou read messages for Contoso.\n", "user: \nhello"], call.Messages);
        ChatOptions options = call.Client.Options.Single()!;
        Assert.Equal(("gpt-4.1-mini", 0.25f, 64, 0.5f, 7, 11L), (options.ModelId, options.Temperature, options.MaxOutputTokens, options.TopP, options.TopK, options.Seed));
        Assert.Equal(["END", "it's over"], options.StopSequences);
    }

    [Fact]
    public async Task The_attribute_wins_over_front_matter_and_the_caller_over_both()
    {
        LiveCall call = await CallAsync(
            "[Prompt(\"a.prompt\")] [ModelOptions(Temperature = 1)] Task<string> AskAsync(ChatOptions? options = null);", "await new Desk(client).AskAsync(new() { TopK = 3 })",
            ("a.prompt", "---\nmodel: m\nconfig:\n  temperature: 0\n  topK: 9\n---\nHi"));
        ChatOptions options = call.Client.Options.Single()!;
        Assert.Equal(("m", 1f, 3), (options.ModelId, options.Temperature, options.TopK));
    }

    [Theory]
    [InlineData("{{#ifEquals intent \"Card\"}}a{{else ifEquals intent 'Other'}}b{{/ifEquals}}", "Intent intent", "Intent.Other", "b")]
    [InlineData("{{#unlessEquals n 5}}a{{else}}b{{/unlessEquals}}", "long n", "5", "b")]
    [InlineData("{{#ifEquals n m}}a{{else}}b{{/ifEquals}}", "int? n, decimal m", "5, 5.0m", "a")]
    [InlineData("{{#ifEquals n null}}a{{else}}b{{/ifEquals}}{{#ifEquals s \"\"}}c{{else}}d{{/ifEquals}}", "int? n, string s", "null, \"x\"", "ad")]
    [InlineData("{{#ifEquals b true}}a{{else}}b{{/ifEquals}}{{#ifEquals n 300}}c{{else}}d{{/ifEquals}}", "bool b, byte n", "true, 44", "ad")]
    [InlineData("{{> part name=x}}|{{> part}}", "string x, string name", "\"1\", \"2\"", "<1>|<2>")]
    [InlineData("a\n  {{> lines}}\nb", "string x", "\"v\"", "a\n  one\n  v\nb")]
    [InlineData("{{#each orders}}{{> order this}}{{@index}};{{/each}}", "Order[] orders", "[new(\"A\"), new(\"B\")]", "[A]0;[B]1;")]
    [InlineData("Hi {{@user.Id}}", "Order user", "new(\"A\")", "Hi A")]
    public async Task The_language_has_what_dotprompt_has(string template, string parameters, string arguments, string expected)
    {
        LiveCall call = await CallAsync(
            $"[Prompt(\"a.prompt\")] Task<string> AskAsync({parameters});", $"await new Desk(client).AskAsync({arguments})",
            ("a.prompt", template), ("_part.prompt", "<{{name}}>"), ("_lines.prompt", "{{! alone }}\none\n{{x}}\n"), ("_order.prompt", "[{{Id}}]"));
        Assert.Equal(expected, call.Prompt);
    }

    [Fact]
    public async Task Defaults_stand_for_null()
    {
        (string, string) file = ("a.prompt", "---\ninput:\n  default:\n    name: you\n    count: 3\n    intent: Other\n---\n{{name}} {{count}} {{intent}} {{#if count}}y{{/if}}");
        const string Member = "[Prompt(\"a.prompt\")] Task<string> AskAsync(string? name = null, int? count = null, Intent? intent = null);";
        Assert.Equal("you 3 Other y", (await CallAsync(Member, "await new Desk(client).AskAsync()", file)).Prompt);
        Assert.Equal("Ada 0 Card ", (await CallAsync(Member, "await new Desk(client).AskAsync(\"Ada\", 0, Intent.Card)", file)).Prompt);
    }

    [Fact]
    public async Task History_that_no_template_mentions_stands_before_the_last_message_and_a_blank_message_is_left_out()
    {
        LiveCall call = await CallAsync(
            "[Prompt(\"a.prompt\")] Task<string> AskAsync(IReadOnlyList<ChatMessage> history, string? extra = null);", "await new Desk(client).AskAsync([new(ChatRole.User, \"before\")])",
            ("a.prompt", "{{role \"user\"}}example{{role \"model\"}}answer{{role \"system\"}}{{#if extra}}x{{/if}}{{role \"user\"}}question"));
        Assert.Equal(["user: example", "assistant: answer", "user: before", "user: question"], call.Messages);
    }

    [Fact]
    public async Task Examples_in_a_file_are_turns()
    {
        LiveCall call = await CallAsync(
            "[Prompt(\"a.prompt\")] [Examples(\"a.jsonl\")] [Example(\"{\\\"message\\\":\\\"c\\\",\\\"n\\\":3}\", \"\\\"Card\\\"\")] Task<Intent> ReadAsync(string message, int n);", "await new Desk(client).ReadAsync(\"q\", 9)",
            ("a.prompt", "{{role \"system\"}}S{{role \"user\"}}{{message}}{{n}}"),
            ("a.jsonl", "{\"input\": {\"message\": \"a\", \"n\": 1.0}, \"output\": \"Other\"}\r\n\r\n{\"output\":\"Card\",\"input\":{\"n\":2,\"message\":\"b\"}}\r\n"));
        Assert.Equal(
            ["system: S", "user: a1", "assistant: {\"value\":\"Other\"}", "user: b2", "assistant: {\"value\":\"Card\"}", "user: c3", "assistant: {\"value\":\"Card\"}", "user: q9"],
            call.Client.Calls.Single().Select(static m => $"{m.Role}: {m.Text}"));
    }

    [Theory]
    [InlineData("---\nmodel: [a\n---\nx", "'[' is never closed: expected ']' (a.prompt, line 2, column 8)")]
    [InlineData("---\nmodel: a\nmodel: b\n---\nx", "the key 'model' is there twice, and only one of its values could be kept (a.prompt, line 3, column 1)")]
    [InlineData("---\nmodel: *a\n---\nx", "anchors, aliases and tags are not read here; put the text in quotes if it is one (a.prompt, line 2, column 8)")]
    [InlineData("---\n\tmodel: a\n---\nx", "a tab cannot indent: write blanks (a.prompt, line 2, column 1)")]
    [InlineData("---\nmodel: a\n", "the front matter is never closed: expected a line '---' behind it (a.prompt, line 1, column 1)")]
    [InlineData("---\nconfig:\n  topK: many\n---\nx", "'config.topK' is a whole number of 1 or more (a.prompt, line 3, column 9)")]
    [InlineData("---\noutput:\n  schema:\n    intent(enum): [Card, Othr]\n---\nx", "Intent has no value 'Othr'; it has Card, Other (a.prompt, line 4, column 26)")]
    [InlineData("---\noutput:\n  schema:\n    intent: integer\n---\nx", "'intent' is integer in the file and Intent in C# (a.prompt, line 4, column 13)")]
    [InlineData("---\noutput:\n  schema:\n    nice: string\n---\nx", "Ticket has no property 'nice'; it has intent, note (a.prompt, line 4, column 5)")]
    [InlineData("---\noutput:\n  format: text\n---\nx", "the file says that the reply is text, but the function's return type is read from JSON (a.prompt, line 3, column 11)")]
    [InlineData("---\ninput:\n  schema:\n    mesage: string\n---\nx", "'mesage' is no parameter of the function; it has message (a.prompt, line 4, column 5)")]
    [InlineData("---\ninput:\n  schema:\n    message(array): string\n---\nx", "'message' is array in the file and String in C# (a.prompt, line 4, column 5)")]
    [InlineData("---\nmodel: a\n---\n\n  Hello {{nobody}}", "'nobody' is no parameter of the function; it has message (a.prompt, line 5, column 11)")]
    [InlineData("Hello\n{{#if message}}", "'{{#if}}' is never closed: expected '{{/if}}' (a.prompt, line 2, column 1)")]
    [InlineData("{{role \"system\"}}{{> outer}}", "'message' is data from outside and may not stand in a system prompt, where it could give orders: move it to a user prompt, or mark the parameter 'message' [Trusted] (_inner.prompt, line 2, column 3)")]
    [InlineData("{{> none}}", "there is no partial 'none': it would be the file _none.prompt (a.prompt, line 1, column 5)")]
    [InlineData("{{> self}}", "the partial 'self' contains itself: self > self (_self.prompt, line 1, column 5)")]
    [InlineData("---\nmodel: a\n---\n{{! nothing }}", "'a.prompt' has no prompt: below the front matter there is nothing that is sent (a.prompt, line 4, column 14)")]
    public async Task What_is_wrong_says_where(string text, string reason)
    {
        string message = await RefusedAsync(
            "[Prompt(\"a.prompt\")] Task<Ticket> ReadAsync(string message);", "await new Desk(client).ReadAsync(\"x\")",
            ("a.prompt", text), ("_outer.prompt", "{{> inner}}"), ("_inner.prompt", "\n{{message}}"), ("_self.prompt", "{{> self}}"));
        Assert.Equal($"IDesk.ReadAsync could not be compiled: {reason}.", message);
    }

    [Theory]
    [InlineData("{\"input\":\"a\",\"output\":\"Crad\"}", "the example's output does not fit Intent: at $: expected one of Card, Other, found the string \"Crad\" (a.jsonl, line 2, column 23)")]
    [InlineData("{\"input\":\"a\",\"output\":}", "a line is {\"input\": …, \"output\": …}, and this is no valid JSON (a.jsonl, line 2, column 23)")]
    [InlineData("{\"input\":5,\"output\":\"Card\"}", "the example's input is the number 5, but 'message' is a text (a.jsonl, line 2, column 10)")]
    [InlineData("{\"input\":\"a\",\"reply\":\"Card\"}", "a line is {\"input\": …, \"output\": …}, and 'reply' is neither (a.jsonl, line 2, column 14)")]
    [InlineData("{\"input\":\"a\"}", "a line is {\"input\": …, \"output\": …} (a.jsonl, line 2, column 1)")]
    public async Task A_line_that_does_not_fit_says_where(string line, string reason) => Assert.Equal(
        $"IDesk.ReadAsync could not be compiled: {reason}.",
        await RefusedAsync("[UserPrompt(\"{{message}}\")] [Examples(\"a.jsonl\")] Task<Intent> ReadAsync(string message);", "await new Desk(client).ReadAsync(\"x\")", ("a.jsonl", "{\"input\":{\"message\":\"m\"},\"output\":\"Card\"}\n" + line)));

    [Theory]
    [InlineData("none.prompt", "there is no file 'none.prompt' among the project's AdditionalFiles; there are a.prompt")]
    [InlineData("a.prompt", "there are several files 'a.prompt'; write more of the path: /project/A/a.prompt, /project/B/a.prompt")]
    public async Task A_file_that_is_not_there_says_so(string path, string reason) => Assert.Equal(
        $"IDesk.AskAsync could not be compiled: {reason}.",
        await RefusedAsync($"[Prompt(\"{path}\")] Task<string> AskAsync();", "await new Desk(client).AskAsync()", ("A/a.prompt", "x"), ("B/a.prompt", "y")));

    [Fact]
    public async Task Line_ends_of_the_checkout_change_nothing()
    {
        const string Text = "---\nmodel: a\n---\nOne\n{{#if x}}\nTwo\n{{/if}}\n{{> p}}\n";
        LiveCall[] calls = [.. await Task.WhenAll(new[] { Text, Text.Replace("\n", "\r\n", StringComparison.Ordinal) }.Select(static text => CallAsync(
            "[Prompt(\"a.prompt\")] Task<string> AskAsync(bool x);", "await new Desk(client).AskAsync(true)", ("a.prompt", text), ("_p.prompt", "p\r\n"))))];
        Assert.Equal(["One\nTwo\np\n"], calls.Select(static c => c.Prompt).Distinct());
        Assert.Equal(calls[0].Code.Files["Demo.IDesk.g.cs"], calls[1].Code.Files["Demo.IDesk.g.cs"]);
    }
}
