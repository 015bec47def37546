using System.Collections.Immutable;
using System.Globalization;
using AiSdk.Declarations;
using Microsoft.CodeAnalysis;
using Xunit;

namespace AiSdk.Analyzers.Tests;

/// <summary>What looks like a mistake and is none: a false alarm costs more than a hint that is missing.</summary>
public sealed class FalseAlarmTests
{
    private const string Types = """
        public enum Topic { Payment, Delivery, Complaint }
        public record Page(string Title, string BodyHtml);
        public record Item(string Name, decimal Price);
        public record Basket(IReadOnlyList<Item> Items, Topic Topic);
        public record Tree(string Name, IReadOnlyList<Tree> Children);
        public record Chain(string Name, Chain? Next);
        public abstract record Expr { public record Leaf(int Value) : Expr; public record Sum(Expr Left, Expr Right) : Expr; }
        """;

    [Theory]
    // Braces that are text
    [InlineData("[UserPrompt(\"Reply like {\\\"a\\\": 1} or {x}: {{text}}\")] Task<string> F(string text);")]
    [InlineData("[UserPrompt(\"JavaScript writes ${text}: {{text}}\")] Task<string> F(string text);")]
    [InlineData("[UserPrompt(\"\\\\{{text}} is a placeholder: {{text}}\")] Task<string> F(string text);")]
    [InlineData("[UserPrompt(\"{{{text}}} {{! {text} }}\")] Task<string> F(string text);")]
    // Formats
    [InlineData("[UserPrompt(\"{{text}} Answer in XML.\")] Task<string> F(string text);")]
    [InlineData("[UserPrompt(\"{{text}} Do not answer in XML.\")] Task<Item> F(string text);")]
    [InlineData("[UserPrompt(\"{{text}} Answer in JSON.\")] Task<Item> F(string text);")]
    [InlineData("[UserPrompt(\"{{text}} Return the name in plain text.\")] Task<Item> F(string text);")]
    [InlineData("[UserPrompt(\"Write a page. Return it as HTML. {{text}}\")] Task<Page> F(string text);")]
    [InlineData("[UserPrompt(\"The input is in CSV: {{text}}\")] Task<Item> F(string text);")]
    [InlineData("[UserPrompt(\"Answer in the language of the text field: {{text}}\")] Task<Item> F(string text);")]
    // Names
    [InlineData("[UserPrompt(\"Payment, delivery, or complaint? {{text}}\")] Task<Topic> F(string text);")]
    [InlineData("[UserPrompt(\"Customers write about cards, payment, fees and delivery. {{text}}\")] Task<Topic> F(string text);")]
    [InlineData("[UserPrompt(\"Given {\\\"sku\\\": 1, \\\"qty\\\": 2, \\\"name\\\": \\\"x\\\"}: {{text}}\")] Task<Item> F(string text);")]
    [InlineData("[UserPrompt(\"Use 'Payment' for cards, 'Delivery' for parcels. {{text}}\")] Task<Topic> F(string text);")]
    [InlineData("[UserPrompt(\"Fill \\\"name\\\": and \\\"price\\\": and \\\"items\\\": {{text}}\")] Task<Basket> F(string text);")]
    // Delimiters
    [InlineData("[UserPrompt(\"<text>{{json text}}</text>\")] Task<string> F(string text);")]
    [InlineData("[UserPrompt(\"<b>Hello</b> {{text}} <b>\")] Task<string> F(string text);")]
    [InlineData("[UserPrompt(\"\\\"{{number}}\\\"\")] Task<string> F(int number);")]
    [InlineData("[SystemPrompt(\"\\\"{{bank}}\\\"\")] [UserPrompt(\"x\")] Task<string> F([Trusted] string bank);")]
    // Recursion that ends
    [InlineData("[UserPrompt(\"{{text}}\")] Task<Tree> F(string text); [UserPrompt(\"{{text}}\")] Task<Chain> G(string text); [UserPrompt(\"{{text}}\")] Task<Expr> H(string text);")]
    // Parameters that are used otherwise
    [InlineData("[UserPrompt(\"x\")] Task<string> F(DataContent photo, IReadOnlyList<ChatMessage> history, ChatOptions? options = null, CancellationToken cancellationToken = default);")]
    [InlineData("[UserPrompt(\"{{Name}} {{Price}}\")] Task<string> F(Item item);")]
    [InlineData("[UserPrompt(\"{{TEXT}}\")] Task<string> F(string text);")]
    [InlineData("[UserPrompt(\"{{#if flag}}a{{/if}}{{#each items}}b{{/each}}\")] Task<string> F(bool flag, string[] items);")]
    [InlineData("[UserPrompt(\"x {{a}}\")] Task<string> F(CancellationToken token, params string[] a);")]
    // Options with an effect
    [InlineData("[UserPrompt(\"{{text}}\")] [AllowLoss] [Reask] [StructuredOutput(StructuredOutputMode.Prompt)] [ModelOptions(\"fast\")] Task<Item> F(string text);")]
    [InlineData("[UserPrompt(\"{{text}}\")] [ModelOptions(Temperature = 0)] Task<string> F(string text);")]
    public async Task Nothing_is_said(string functions)
    {
        Compilation compilation = ConsumerCompilation.Create($"[AiFunctions] public interface IDesk {{ {functions} }}\n{Types}", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(AnalyzerRun.Errors(compilation));
        Assert.Empty(await AnalyzerRun.OnAsync(compilation));
    }

    [Theory]
    [InlineData("_ = desk.AskAsync(\"a\");")]
    [InlineData("Task<string> task = desk.AskAsync(\"a\"); task.Wait();")]
    [InlineData("Use(desk.AskAsync(\"a\")); static void Use(object o) { }")]
    [InlineData("Func<Task<string>> later = () => desk.AskAsync(\"a\");")]
    [InlineData("var stream = desk.StreamAsync(\"a\"); Use(stream); static void Use(object o) { }")]
    [InlineData("_ = Task.Run(async () => { await foreach (string s in desk.StreamAsync(\"a\").WithCancellation(default)) { } });")]
    [InlineData("_ = Task.Run(async () => { foreach (int i in new[] { 1, 2 }) await desk.AskAsync(\"same\"); });")]
    [InlineData("_ = Task.Run(async () => { string all = \"\"; foreach (string s in new[] { \"a\" }) all = await desk.AskAsync(all + s); });")]
    [InlineData("_ = Task.Run(async () => { List<string> turns = []; foreach (string s in new[] { \"a\" }) turns.Add(await desk.AskAsync(s + turns.Count)); });")]
    [InlineData("_ = Task.Run(async () => { foreach (string s in new[] { \"a\" }) { if (await desk.AskAsync(s) == \"yes\") break; } });")]
    [InlineData("_ = Task.Run(async () => { AiResult<Item> r = await desk.ReadAsync(\"a\"); return (r.Value, r.Repairs.Count); });")]
    [InlineData("_ = Task.Run(async () => { AiResult<Item> r = await desk.ReadAsync(\"a\"); Console.WriteLine(r); return r.Value; });")]
    [InlineData("_ = Task.Run(async () => await desk.ReadAsync(\"a\"));")]
    public async Task Nothing_is_said_of_calls(string body)
    {
        Compilation compilation = ConsumerCompilation.Create(
            """
            [AiFunctions] public interface IDesk
            {
                [UserPrompt("{{text}}")] Task<string> AskAsync(string text);
                [UserPrompt("{{text}}")] IAsyncEnumerable<string> StreamAsync(string text);
                [UserPrompt("{{text}}")] [AllowLoss] Task<AiResult<Item>> ReadAsync(string text);
            }
            public static class Caller { public static void Run(IDesk desk) { BODY } }

            """.Replace("BODY", body, StringComparison.Ordinal) + Types,
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(AnalyzerRun.Errors(compilation));
        Assert.Empty(await AnalyzerRun.OnAsync(compilation));
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("fi-FI")]
    public async Task The_culture_of_the_machine_does_not_matter(string name)
    {
        string[] ids = [DiagnosticIds.NameAMember, DiagnosticIds.NameWhatTheReturnTypeHas, DiagnosticIds.ShortenThePrompt, DiagnosticIds.AskForTheFormatOfTheReturnType];
        List<string> expected = await MessagesAsync();
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(name);
            Assert.Equal(expected, await MessagesAsync());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        async Task<List<string>> MessagesAsync()
        {
            List<string> messages = [];
            foreach (string id in ids)
                messages.AddRange((await AnalyzerRun.OnAsync(DiagnosticPage.Read(id).Bad)).Select(static d => d.ToString()));
            return messages;
        }
    }

    [Fact]
    public async Task A_shared_base_interface_is_spoken_of_once()
    {
        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(
            "[AiFunctions] public interface IBase { [UserPrompt(\"{{nope}}\")] Task<string> F(); } [AiFunctions] public interface IOne : IBase { } [AiFunctions] public interface ITwo : IBase { }");

        Assert.Equal(["AISDK0101"], diagnostics.Select(static d => d.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("#pragma warning disable AISDK0107")]
    [InlineData("[System.Diagnostics.CodeAnalysis.SuppressMessage(\"AiSdk.Prompt\", \"AISDK0107\")]")]
    public async Task It_can_be_suppressed(string how)
    {
        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(
            $"[AiFunctions] public interface IDesk {{\n{how}\n[UserPrompt(\"x\")] Task<string> F(string text); }}");

        Assert.Equal(how.Length == 0 ? 1 : 0, diagnostics.Length);
    }
}
