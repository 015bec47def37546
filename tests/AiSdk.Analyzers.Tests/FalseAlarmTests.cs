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
        public record Rated([property: System.ComponentModel.DataAnnotations.Range(1, 5)] int Stars, [property: System.ComponentModel.DataAnnotations.StringLength(3)] string Title = "", [property: System.ComponentModel.DataAnnotations.AllowedValues("a", "b")] string Kind = "a", [property: System.ComponentModel.DataAnnotations.RegularExpression("x+")] string Code = "x", [property: System.ComponentModel.DataAnnotations.MaxLength(1)] string[]? Tags = null);
        public record Basket(IReadOnlyList<Item> Items, Topic Topic);
        public record Tree(string Name, IReadOnlyList<Tree> Children);
        public record Chain(string Name, Chain? Next);
        public record Endless(string Name, Endless Next);
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
    [InlineData("[UserPrompt(\"The customer asked us to respond in HTML. {{text}}\")] Task<Item> F(string text);")]
    [InlineData("[UserPrompt(\"Reply in YAML? No: JSON. {{text}}\")] Task<Item> F(string text);")]
    [InlineData("[UserPrompt(\"Your output must not be XML. {{text}}\")] Task<Item> F(string text);")]
    [InlineData("[UserPrompt(\"CSS: set {text: 1}. {{text}}\")] Task<string> F(string text);")]
    // Examples within their limits
    [InlineData("[UserPrompt(\"{{text}}\")] [Example(\"a\", \"{\\\"stars\\\":5,\\\"title\\\":\\\"abc\\\",\\\"kind\\\":\\\"b\\\",\\\"code\\\":\\\"xx\\\",\\\"tags\\\":[\\\"a\\\"]}\")] Task<Rated> F(string text);")]
    [InlineData("[UserPrompt(\"{{json a}} {{text}}\")] [Example(\"{\\\"a\\\":{\\\"stars\\\":9},\\\"text\\\":\\\"a\\\"}\", \"b\")] Task<string> F(Rated a, string text);")]
    // Order of parameters that cannot be another
    [InlineData("[UserPrompt(\"{{a}} {{b}}\")] Task<string> F(string a, CancellationToken token, int b = 1);")]
    // Names
    [InlineData("[UserPrompt(\"Do not sound like payment, delivery, or marketing. {{text}}\")] Task<Topic> F(string text);")]
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
    [InlineData("desk.Reset(); IDesk.Note();")]
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
    [InlineData("_ = Task.Run(async () => { if (await desk.ReadAsync(\"a\") is { Value: var v, Repairs.Count: 0 }) return v; return null; });")]
    [InlineData("_ = Task.Run(async () => { foreach (string s in new[] { \"a\" }) _last = await desk.AskAsync(_last + s); });")]
    [InlineData("_ = Task.Run(async () => { foreach (string s in new[] { \"a\" }) Last = await desk.AskAsync(Last + s); });")]
    [InlineData("_ = Task.Run(async () => { Dictionary<string, string> seen = []; foreach (string s in new[] { \"a\" }) seen[s] = await desk.AskAsync(s + seen.Count); });")]
    [InlineData("_ = Task.Run(async () => { System.Text.StringBuilder all = new(); foreach (string s in new[] { \"a\" }) all.Insert(0, await desk.AskAsync(all + s)); });")]
    [InlineData("_ = Task.Run(async () => { foreach (string s in new[] { \"a\" }) { await Task.Delay(9); await desk.AskAsync(s); } });")]
    [InlineData("_ = AnswersAsync(desk); static async IAsyncEnumerable<string> AnswersAsync(IDesk desk) { foreach (string s in new[] { \"a\" }) yield return await desk.AskAsync(s); }")]
    [InlineData("_ = Task.Run(async () => { string[] all = [\"a\"]; var r = await Task.WhenAll(all.Select(s => desk.ReadAsync(s))); return r.Select(x => (x.Value, x.Repairs)); });")]
    [InlineData("_ = Task.Run(async () => { string[] all = [\"a\"]; var r = await Task.WhenAll(all.Select(s => desk.ReadAsync(s))); return r.Where(x => x.Repairs.Count == 0).Select(x => x.Value); });")]
    [InlineData("_ = Task.Run(async () => { string[] all = [\"a\"]; var r = await Task.WhenAll(all.Select(s => desk.ReadAsync(s))); var v = r.Select(x => x.Value); return (v, r.Sum(x => x.Repairs.Count)); });")]
    [InlineData("_ = Task.Run(async () => { string[] all = [\"a\"]; return await Task.WhenAll(all.Select(s => desk.ReadAsync(s))); });")]
    [InlineData("_ = Task.Run(async () => { string[] all = [\"a\"]; var r = await Task.WhenAll(all.Select(s => desk.ReadAsync(s))); Console.WriteLine(r.Length); });")]
    [InlineData("Task<string> later = null!; Action start = () => later = desk.AskAsync(\"a\"); start(); later.Wait();")]
    public async Task Nothing_is_said_of_calls(string body)
    {
        Compilation compilation = ConsumerCompilation.Create(
            """
            [AiFunctions] public interface IDesk
            {
                [UserPrompt("{{text}}")] Task<string> AskAsync(string text);
                [UserPrompt("{{text}}")] IAsyncEnumerable<string> StreamAsync(string text);
                [UserPrompt("{{text}}")] [AllowLoss] Task<AiResult<Item>> ReadAsync(string text);
                void Reset() { }
                static Task Note() => Task.CompletedTask;
            }
            public static class Caller { static string _last = ""; static string Last { get; set; } = ""; public static void Run(IDesk desk) { BODY } }

            """.Replace("BODY", body, StringComparison.Ordinal) + Types,
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(AnalyzerRun.Errors(compilation));
        Assert.Empty(await AnalyzerRun.OnAsync(compilation));
    }

    [Theory]
    [InlineData("AISDK0050", "IAsyncEnumerable<string> s; s = desk.StreamAsync(\"a\");")]
    [InlineData("AISDK0051", "var t = desk.AskAsync(\"a\");")]
    [InlineData("AISDK0052", "_ = Task.Run(async () => { var r = await desk.ReadAsync(\"a\"); return r?.Value.Name; });")]
    [InlineData("AISDK0052", "_ = Task.Run(async () => { AiResult<Item> r; r = await desk.ReadAsync(\"a\"); return r.Value; });")]
    [InlineData("AISDK0052", "_ = Task.Run(async () => { if (await desk.ReadAsync(\"a\") is { Value: var v }) return v; return null; });")]
    [InlineData("AISDK0052", "Item i = desk.ReadAsync(\"a\").Result.Value;")]
    [InlineData("AISDK0052", "Item i = desk.ReadAsync(\"a\").GetAwaiter().GetResult().Value;")]
    [InlineData("AISDK0052", "_ = Task.Run(async () => { string[] all = [\"a\"]; var r = await Task.WhenAll(all.Select(s => desk.ReadAsync(s))); return r.Select(x => x.Value).ToList(); });")]
    [InlineData("AISDK0052", "_ = Task.Run(async () => { string[] all = [\"a\"]; return (await Task.WhenAll(all.Select(async s => await desk.ReadAsync(s)).ToList())).Select(x => x.Value.Name); });")]
    [InlineData("AISDK0052", "_ = Task.Run(async () => { string[] all = [\"a\"]; var t = all.Select(s => desk.ReadAsync(s)).ToArray(); foreach (var x in await Task.WhenAll(t)) Console.WriteLine(x.Value); });")]
    [InlineData("AISDK0052", "_ = Task.Run(async () => { string[] all = [\"a\"]; var r = await Task.WhenAll(all.Select(s => desk.ReadAsync(s))); for (int i = 0; i < r.Length; i++) Console.WriteLine(r[i].Value); });")]
    [InlineData("AISDK0053", "_ = Task.Run(async () => { string[] all = [\"a\"]; for (int i = 0; i < all.Length; i++) Console.WriteLine(await desk.AskAsync(all[i])); });")]
    public async Task It_is_said_of_calls(string id, string body)
    {
        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(
            """
            [AiFunctions] public interface IDesk
            {
                [UserPrompt("{{text}}")] Task<string> AskAsync(string text);
                [UserPrompt("{{text}}")] IAsyncEnumerable<string> StreamAsync(string text);
                [UserPrompt("{{text}}")] [AllowLoss] Task<AiResult<Item>> ReadAsync(string text);
            }
            public static class Caller { public static void Run(IDesk desk) { BODY } }

            """.Replace("BODY", body, StringComparison.Ordinal) + Types);

        Assert.Equal([id], diagnostics.Select(static d => d.Id));
    }

    /// <summary>A function is one where it is called through an interface of AI functions, whoever declares it.</summary>
    [Theory]
    [InlineData("public static void Run(IDesk desk) { desk.AskAsync(\"a\"); desk.StreamAsync(\"a\"); }", "AISDK0051", "AISDK0050")]
    [InlineData("public static void Run(IBase desk) { desk.AskAsync(\"a\"); desk.StreamAsync(\"a\"); }")]
    [InlineData("public static void Run(IFront desk) { desk.AskAsync(\"a\"); }", "AISDK0051")]
    [InlineData("public static void Run<T>(T desk) where T : class, IFront { desk.AskAsync(\"a\"); }", "AISDK0051")]
    [InlineData("public static void Run(IDesk? desk) { desk?.AskAsync(\"a\"); }", "AISDK0051")]
    [InlineData("public static void Run(Generated desk) { desk.AskAsync(\"a\"); desk.KeepAsync(\"a\"); Generated.Note(\"a\"); }", "AISDK0051")]
    [InlineData("public static async Task Run(IDesk desk, string[] all) { foreach (string one in all) await desk.AskAsync(one); }", "AISDK0053")]
    [InlineData("public static async Task<Item> Run(IDesk desk) { var r = await desk.ReadAsync(\"a\"); return r.Value; }", "AISDK0052")]
    [InlineData("public static async Task<Item> Run(IDesk desk) { var r = await desk.GetAsync(\"a\"); return r.Value; }", "AISDK0052")]
    [InlineData("public static void Run(IDesk desk) { desk.KeepAsync(\"a\"); desk.Reset(); }")]
    [InlineData("public static void Run(IFront desk) { desk.OtherAsync(\"a\"); }")]
    public async Task Inherited_functions_are_functions(string caller, params string[] ids)
    {
        Compilation compilation = ConsumerCompilation.Create(
            """
            public interface IRoot<T> { [UserPrompt("{{text}}")] [AllowLoss] Task<AiResult<T>> GetAsync(string text); }
            public interface IBase : IRoot<Item>
            {
                [UserPrompt("{{text}}")] Task<string> AskAsync(string text);
                [UserPrompt("{{text}}")] IAsyncEnumerable<string> StreamAsync(string text);
                [UserPrompt("{{text}}")] [AllowLoss] Task<AiResult<Item>> ReadAsync(string text);
                Task<string> KeepAsync(string text);
                Task Reset() => Task.CompletedTask;
            }
            [AiFunctions] public interface IDesk : IBase { Task<string> IBase.KeepAsync(string text) => Task.FromResult(text); }
            public interface IOther { Task<string> OtherAsync(string text); }
            public interface IFront : IDesk, IOther;
            [System.CodeDom.Compiler.GeneratedCode("AiSdk.Generators", "1.0")]
            public abstract class Generated : IDesk
            {
                public abstract Task<string> AskAsync(string text);
                public abstract IAsyncEnumerable<string> StreamAsync(string text);
                public abstract Task<AiResult<Item>> ReadAsync(string text);
                public abstract Task<AiResult<Item>> GetAsync(string text);
                public Task<string> KeepAsync(string text) => Task.FromResult(text);
                public static Task<string> Note(string text) => Task.FromResult(text);
            }
            public static class Caller { CALLER }

            """.Replace("CALLER", caller, StringComparison.Ordinal) + Types,
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(AnalyzerRun.Errors(compilation));
        Assert.Equal(ids, (await AnalyzerRun.OnAsync(compilation)).Select(static d => d.Id));
    }

    [Theory]
    [InlineData("AISDK0112", "[UserPrompt(\"Return XML with <name>. {{text}}\")] Task<Item> F(string text);")]
    [InlineData("AISDK0112", "[UserPrompt(\"Your output must be valid YAML. {{text}}\")] Task<Item> F(string text);")]
    [InlineData("AISDK0112", "[UserPrompt(\"Please format your response as a Markdown table. {{text}}\")] Task<Item> F(string text);")]
    [InlineData("AISDK0108", "[UserPrompt(\"Read {text}.\")] Task<string> F(string text);")]
    [InlineData("AISDK0114", "[UserPrompt(\"{{#if flag}}{{/if}}\")] Task<string> F(bool flag);")]
    [InlineData("AISDK0220", "[UserPrompt(\"{{text}}\")] [Example(\"a\", \"{\\\"stars\\\":9}\")] Task<Rated> F(string text);")]
    [InlineData("AISDK0220", "[UserPrompt(\"{{text}}\")] [Example(\"a\", \"[{\\\"stars\\\":1,\\\"title\\\":\\\"abcd\\\"}]\")] Task<Rated[]> F(string text);")]
    [InlineData("AISDK0220", "[UserPrompt(\"{{text}}\")] [Example(\"a\", \"{\\\"stars\\\":1,\\\"kind\\\":\\\"c\\\"}\")] Task<Rated> F(string text);")]
    [InlineData("AISDK0220", "[UserPrompt(\"{{text}}\")] [Example(\"a\", \"{\\\"stars\\\":1,\\\"code\\\":\\\"yx\\\"}\")] Task<Rated> F(string text);")]
    [InlineData("AISDK0220", "[UserPrompt(\"{{text}}\")] [Example(\"a\", \"{\\\"stars\\\":1,\\\"tags\\\":[\\\"a\\\",\\\"b\\\"]}\")] Task<Rated> F(string text);")]
    [InlineData("AISDK0206", "[UserPrompt(\"{{text}}\")] Task<Endless[]> F(string text);")]
    [InlineData("AISDK0206", "[UserPrompt(\"{{text}}\")] IAsyncEnumerable<Endless> F(string text);")]
    [InlineData("AISDK0206", "[UserPrompt(\"{{text}}\")] Task<Endless?> F(string text);")]
    [InlineData("AISDK0206", "[UserPrompt(\"{{text}}\")] Task<Dictionary<string, Endless>> F(string text);")]
    [InlineData("AISDK0111", "[UserPrompt(\"{{#ifEquals text \\\"a\\\"}}one two three four five six seven eight nine ten eleven twelve{{/ifEquals}}\")] [ModelOptions(MaxPromptTokens = 8)] Task<string> F(string text);")]
    [InlineData("AISDK0008", "[UserPrompt(\"{{text}}\")] [ModelOptions(Temperature = -5)] Task<string> F(string text);")]
    [InlineData("AISDK0008", "[UserPrompt(\"{{text}}\")] [ModelOptions(TopP = 2)] Task<string> F(string text);")]
    [InlineData("AISDK0008", "[UserPrompt(\"{{text}}\")] [ModelOptions(MaxOutputTokens = 0)] Task<string> F(string text);")]
    [InlineData("AISDK0008", "[UserPrompt(\"{{text}}\")] [ModelOptions(MaxPromptTokens = -1)] Task<string> F(string text);")]
    public async Task One_thing_is_said(string id, string functions) =>
        Assert.Equal([id], (await AnalyzerRun.OnAsync($"[AiFunctions] public interface IDesk {{ {functions} }}\n{Types}")).Select(static d => d.Id));

    [Fact]
    public async Task A_shared_file_is_spoken_of_once_and_an_empty_one_is_named()
    {
        ImmutableArray<Diagnostic> diagnostics = await AnalyzerRun.OnAsync(
            ConsumerCompilation.Create(
                "[AiFunctions] public interface IDesk { [Prompt(\"a.prompt\")] Task<string> F(); [Prompt(\"a.prompt\")] Task<string> G(); [UserPrompt(\"{{text}}\")] [Examples(\"b.jsonl\")] Task<string> H(string text); }",
                cancellationToken: TestContext.Current.CancellationToken),
            null, [new TextFile("/project/a.prompt", "{{nope}}"), new TextFile("/project/b.jsonl", "\n")]);

        Assert.Equal(["AISDK0101", "AISDK0220"], diagnostics.Select(static d => d.Id).Order(StringComparer.Ordinal));
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
