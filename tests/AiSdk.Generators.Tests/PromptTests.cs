using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.Extensions.AI;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>The prompt language, compiled and run: each construct gives exactly the expected messages.</summary>
public sealed class PromptTests
{
    internal const string Types = """"
        using System.Text.Json.Serialization; using System.Collections.Immutable;
        namespace Demo;
        public record Order(int Id, decimal Total, string? Note = null, Customer? Customer = null, DateOnly? Due = null) { public string[] Tags { get; init; } = []; public ImmutableArray<int> Codes { get; init; } public Mood Mood { get; init; } public string WriteOnly { private get; init; } = ""; public readonly int Field = 5; }
        public record Customer(string Name, Address? Address = null) { public bool Vip { get; init; } public Order? Last { get; init; } }
        public record struct Address(string City, int? Zip = null) { public ImmutableArray<string> Lines { get; init; } }
        public enum Mood { Calm, [JsonStringEnumMemberName("very angry")] Angry }
        [JsonDerivedType(typeof(Cat), "cat")] [JsonDerivedType(typeof(Lion), 7)] public abstract record Animal(string Name); public record Cat(string Name, int Lives) : Animal(Name); public record Lion(string Name) : Cat(Name, 1);
        [Trusted] public record Policy(string Text, string[] Rules);
        """";

    private static Task<LiveCall> RenderAsync(string template, string parameters, string arguments) => Live.CallAsync(
        $"{Types}\n[AiFunctions] public interface IDesk {{ [UserPrompt({SymbolDisplay.FormatLiteral(template, quote: true)})] Task<string> AskAsync({parameters}); }}", $"await new Desk(client).AskAsync({arguments})", "ok");

    public static TheoryData<string, string, string, string> Templates() => new()
    {
        // Text
        { "plain", "", "", "plain" },
        { "", "", "", "" },
        { "a \\{{b}} } { {x} \"q\" \\ \u2028 \0 ä \U0001F600", "", "", "a {{b}} } { {x} \"q\" \\ \u2028 \0 ä \U0001F600" },
        { "\\\\{{a}}", "string a", "\"x\"", "\\x" },
        { "a\r\nb {{a}}\r\n", "string a", "\"x\"", "a\nb x\n" },
        { "{{! no }}a{{!-- {{no}} --}}b", "", "", "ab" },
        // Values
        { "{{a}}", "string a", "\"{{b}} {0} \\\" <>&'\"", "{{b}} {0} \" <>&'" },
        { "{{{a}}}-{{ a }}", "string a", "\"<\"", "<-<" },
        { "[{{a}}]", "string? a", "null", "[]" },
        { "{{a}}", "string? a", "null", "" },
        { "{{a}} {{b}} {{c}}", "int a, double b, decimal c", "-1, -1234.5, 0.10m", "-1 -1234.5 0.10" },
        { "{{a:N2}} {{b:yyyy'/'MM}} {{c:P0}} {{d:X}}", "double a, DateOnly b, double? c, int d", "-1234.567, new(2026,3,1), 0.5, 255", "-1,234.57 2026/03 50 % FF" },
        { "{{a:0.0 '{'\"x\"'}'}} {{a:#,##0;(0)}}", "double a", "-2.26", "-2.3 {x} (2)" },
        { "{{a:'\n'HH}} {{order.Mood:G}}", "DateTime a, Order order", "new(2026,1,1,7,5,0), new(1,2)", "\n07 Calm" },
        { "{{a:HH:mm}}", "TimeOnly a", "new(7,5)", "07:05" },
        { "{{a:0.0}}", "double? a", "null", "" },
        { "{{a}} {{b}} {{c}}", "bool a, bool? b, bool? c", "true, false, null", "true false " },
        { "{{a}} {{b}} {{c}} {{d}} {{e}}", "DateTime a, TimeSpan b, Guid c, Uri d, char e", "new(2026,1,2,3,4,5,DateTimeKind.Utc), TimeSpan.FromHours(25), Guid.Empty, new(\"http://x/ä b\"), '{'", "2026-01-02T03:04:05Z 1.01:00:00 00000000-0000-0000-0000-000000000000 http://x/ä b {" },
        { "{{a}} {{b}} {{c}} {{d}}", "Int128 a, Half b, nint c, System.Numerics.BigInteger d", "1, (Half)1.5, -3, 4", "1 1.5 -3 4" },
        { "{{a}} {{b}} {{c}} {{d}}", "Mood a, Mood? b, Mood? c, Mood d", "Mood.Angry, Mood.Calm, null, (Mood)9", "very angry Calm  9" },
        { "{{a:D}} {{b:D}} {{c:D}}|", "Mood a, Mood? b, Mood? c", "Mood.Angry, Mood.Angry, null", "1 1 |" },
        // Paths
        { "{{order.Id}} {{order.total:N1}} {{Order.NOTE}} {{order.Field}}", "Order order", "new(7, 2.25m, \"n\")", "7 2.3 n 5" },
        { "{{this.a}} {{this.b.Length}}", "string a, string b", "\"x\", \"yz\"", "x 2" },
        { "{{#each orders}}{{this.Id}}{{this/Total}}{{#each this.Tags}}{{../this.Id}}{{/each}}{{/each}}{{id}}", "Order[] orders, string id", "[new(7, 2) { Tags = [\"t\"] }], \"!\"", "727!" },
        { "{{Id}} {{this.Total}} {{@root.order.id}}", "Order order", "new(7, 2.25m)", "7 2.25 7" },
        { "[{{order.Customer.Name}}][{{order.Customer.Address.City}}][{{order.Customer.Address.Zip}}][{{order.Customer.Address.Zip:000}}][{{order.Due}}][{{order.Customer.Vip}}][{{order.Customer.Last.Customer.Last.Total}}]", "Order order", "new(1, 2)", "[][][][][][][]" },
        { "[{{order.Customer.Name}}][{{order.Customer.Address.City}}][{{order.Customer.Address.Zip:000}}][{{order.Due}}][{{order.Customer.Vip}}][{{order.Customer.Last.Mood}}]", "Order? order", "new(1, 2, null, new(\"A\", new(\"B\", 5)) { Vip = true, Last = new(2, 3) }, new(2026,1,2))", "[A][B][005][2026-01-02][true][Calm]" },
        { "[{{order.Customer.Name}}][{{order.Id}}][{{order.Tags.Length}}]", "Order? order", "null", "[][][]" },
        { "{{names.Count}} {{text.Length}}", "IReadOnlyList<string> names, string text", "[\"a\"], \"abc\"", "1 3" },
        // Conditions
        { "{{#if a}}y{{else}}n{{/if}}", "bool a", "true", "y" },
        { "{{#if a}}y{{else}}n{{/if}}{{#if b}}y{{else}}n{{/if}}{{#if c}}y{{else}}n{{/if}}{{#if d}}y{{else}}n{{/if}}", "bool? a, string b, string? c, int d", "null, \"\", \" \", 0", "nnyn" },
        { "{{#if a}}y{{^}}n{{/if}}{{#if b}}y{{else}}n{{/if}}{{#if c}}y{{else}}n{{/if}}{{#unless d}}y{{else}}n{{/unless}}", "int? a, decimal b, string[] c, List<int>? d", "0, 0.1m, [], null", "nyny" },
        { "{{#if a}}y{{else}}n{{/if}}{{#if b}}y{{else}}n{{/if}}{{#if c}}y{{else}}n{{/if}}{{#if d}}y{{else}}n{{/if}}", "ImmutableArray<int> a, ImmutableArray<int>? b, IEnumerable<int> c, Mood? d", "default, [1], System.Linq.Enumerable.Empty<int>(), Mood.Calm", "nyny" },
        { "{{#if a}}y{{else}}n{{/if}}{{#unless b}}y{{else}}n{{/unless}}{{#if o.Customer}}y{{else}}n{{/if}}{{#unless o.Customer.Vip}}y{{/unless}}{{#if o.Customer.Address.Lines}}y{{else}}n{{/if}}", "Dictionary<string, int> a, double? b, Order o", "new() { [\"x\"] = 1 }, 1.5, new(1, 2)", "ynnyn" },
        { "{{#if a}}1{{else if b}}2{{else unless c}}3{{else}}4{{/if}}", "bool a, int b, string c", "false, 0, \"x\"", "4" },
        { "{{#if a}}1{{else if b}}2{{else unless c}}3{{else}}4{{/if}}", "bool a, int b, string c", "false, 0, \"\"", "3" },
        { "{{#if a}}{{#if a}}{{a}}{{/if}}{{#unless a}}x{{/unless}}{{/if}}", "string? a", "\"in\"", "in" },
        // Loops
        { "{{#each a}}{{this}},{{/each}}", "int[] a", "[1,2]", "1,2," },
        { "{{#each a}}{{@index}}{{this}}{{#if @first}}F{{/if}}{{#unless @last}}-{{/unless}}{{/each}}", "IReadOnlyList<string> a", "[\"x\",\"y\"]", "0xF-1y" },
        { "{{#each a}}x{{else}}none{{/each}}{{#each b}}x{{else}}none{{/each}}{{#each c}}{{this}}{{else}}none{{/each}}", "string[] a, List<int>? b, ImmutableArray<int> c", "[], null, default", "nonenonenone" },
        { "{{#each a}}{{@key}}={{this}}{{#unless @last}};{{/unless}}{{/each}}", "Dictionary<string, int> a", "new() { [\"x\"] = 1, [\"y\"] = 2 }", "x=1;y=2" },
        { "{{#each a}}{{@key}}{{#each this}}{{@index}}{{../this.Length}}{{@last}}{{/each}}{{/each}}", "string[][] a", "[[\"a\",\"b\"],[\"c\"]]", "002false12true101true" },
        { "{{#each orders as |order i|}}{{i}}:{{order.Id}} {{#each order.Tags as |tag|}}{{tag}}/{{order.Id}}/{{../Id}}/{{../../suffix}} {{/each}}{{/each}}", "Order[] orders, string suffix", "[new(7, 1) { Tags = [\"a\",\"b\"] }], \"z\"", "0:7 a/7/7/z b/7/7/z " },
        { "{{#each orders}}{{Id}}{{Customer.Name}}{{suffix}}{{#each Tags}}{{this}}{{Id}}{{/each}}{{/each}}", "Order[] orders, string suffix", "[new(7, 1, Customer: new(\"A\")) { Tags = [\"t\"] }, new(8, 1)], \"!\"", "7A!t78!" },
        { "{{#each order.Customer.Address.Lines}}{{this}}{{@last}} {{else}}none{{/each}}", "Order? order", "new(1, 2, null, new(\"A\", new(\"B\") { Lines = [\"x\", \"y\"] }))", "xfalse ytrue " },
        { "{{#each order.Customer.Address.Lines}}{{this}}{{@last}} {{else}}none{{/each}}{{#each order.Tags}}{{this}}{{@last}}{{/each}}", "Order? order", "null", "none" },
        { "{{#each a}}[{{this}}]{{/each}}{{#each a}}{{#if this}}y{{else}}n{{/if}}{{/each}}", "int?[] a", "[1,null,0]", "[1][][0]ynn" },
        { "{{#each a}}{{this}}{{@last}}{{/each}}", "ICollection<int> a", "new List<int> { 1, 2 }", "1false2true" },
        // JSON
        { "{{json a}} {{json b}} {{json c}}", "string a, int? b, Mood c", "\"ä\\\"<\\n\", null, Mood.Angry", "\"ä\\\"<\\n\" null \"very angry\"" },
        { "{{order}}", "Order order", "new(1, 2.50m, \"é\", null, new(2026,1,2)) { Tags = [\"a\"], Codes = [1] }", "{\"id\":1,\"total\":2.50,\"note\":\"é\",\"customer\":null,\"due\":\"2026-01-02\",\"tags\":[\"a\"],\"codes\":[1],\"mood\":\"Calm\"}" },
        { "{{json a indent=2}}|{{json b indent=3}}", "int[] a, Dictionary<string, bool> b", "[1,2], new() { [\"k\"] = true }", "[\n  1,\n  2\n]|{\n   \"k\": true\n}" },
        { "{{a}}|{{json a}}|{{order.Customer}}|{{json order.Customer}}|{{json order.Customer.Address.Zip}}", "Order? a, Order order", "null, new(1, 2)", "|null||null|null" },
        { "{{animals}}", "Animal[] animals", "[new Cat(\"c\", 9), new Lion(\"l\")]", "[{\"$type\":\"cat\",\"name\":\"c\",\"lives\":9},{\"$type\":7,\"name\":\"l\",\"lives\":1}]" },
        { "{{json a}} {{json b}} {{json c}} {{json d}}", "Int128 a, TimeSpan b, Uri c, Dictionary<string, Mood?> d", "1, TimeSpan.Zero, new(\"/x\", UriKind.Relative), new() { [\"m\"] = Mood.Angry, [\"n\"] = null }", "1 \"00:00:00\" \"/x\" {\"m\":\"very angry\",\"n\":null}" },
        // White space
        { "a  {{~b~}}  c", "string b", "\"B\"", "aBc" },
        { "a  {{~b}} c", "string b", "\"B\"", "aB c" },
        { "a {{b~}}  \n c", "string b", "\"B\"", "a Bc" },
        { "<div>\n    {{~b~}}\n</div>", "string b", "\"B\"", "<div>B</div>" },
        { "Items:{{#each items~}}\n- {{this}}\n{{~/each}}Done", "string[] items", "[\"one\",\"two\"]", "Items:- one- twoDone" },
        { "Start\n{{~#if show~}}\nContent\n{{~/if~}}\nEnd", "bool show", "true", "StartContentEnd" },
        { "a\n  {{#if x}}\n  b\n  {{else}}\n  c\n  {{/if}}\nd", "bool x", "false", "a\n  c\nd" },
        { "{{#each x}}\n- {{this}}\n{{/each}}\n", "int[] x", "[1,2]", "- 1\n- 2\n" },
        { "a\r\n{{! alone }}\r\nb {{! not }}\r\n{{#if x}}\r\ny\r\n{{/if}}", "bool x", "true", "a\nb \ny\n" },
        { "{{#if x}}a{{/if}}\n{{x}}\n", "bool x", "true", "a\ntrue\n" },
        { "x  {{~! comment ~}}  y", "", "", "xy" },
    };

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task A_template_gives_exactly_this_text(string template, string parameters, string arguments, string expected)
    {
        LiveCall result = await RenderAsync(template, parameters, arguments);
        Assert.Equal(expected, result.Prompt);
        Assert.Empty(BoxingConversions(result.Code));
    }

    [Fact]
    public async Task Very_long_templates_compile()
    {
        string line = string.Concat(Enumerable.Repeat("{{a}} und ", 3)) + "\n";
        LiveCall result = await RenderAsync(string.Concat(Enumerable.Repeat(line, 3_000)), "string a", "\"x\"");
        Assert.Equal(string.Concat(Enumerable.Repeat(line.Replace("{{a}}", "x", StringComparison.Ordinal), 3_000)), result.Prompt);
        LiveCall literal = await RenderAsync(string.Concat(Enumerable.Repeat("line\n", 20_000)), "", "");
        Assert.Equal(100_000, literal.Prompt.Length);
    }

    [Fact]
    public async Task Roles_media_and_history_build_messages()
    {
        LiveCall result = await Live.CallAsync(
            $$$"""
            {{{Types}}}
            [AiFunctions] public interface IDesk
            {
                [SystemPrompt("S{{n}}")]
                [UserPrompt("Look:{{media photo}}{{#each more}}{{media this}}{{/each}} and{{#if deep}}{{role \"model\"}}thought{{role \"user\"}}{{/if}}{{history}}so {{n}}")]
                [UserPrompt("  {{! nothing }}")]
                IAsyncEnumerable<string> AskAsync(int n, bool deep, DataContent photo, UriContent[]? none, DataContent? absent, IReadOnlyList<ChatMessage> before, CancellationToken cancellationToken = default);
            }
            """.Replace("{{#each more}}{{media this}}{{/each}}", "{{media absent}}", StringComparison.Ordinal).Replace("UriContent[]? none, ", "", StringComparison.Ordinal),
            """
            string text = "";
            await foreach (string piece in new Desk(client).AskAsync(3, true, new DataContent(new byte[] { 1 }, "image/png"), null, [new(ChatRole.User, "q"), new(ChatRole.Assistant, "a")]))
                text += piece + "|";
            return text;
            """,
            "hey");
        Assert.Equal("h|e|y|", result.Value);
        Assert.Equal(["system: S3", "user: Look: and", "assistant: thought", "user: q", "assistant: a", "user: so 3"], result.Messages);
        Assert.Equal(["TextContent", "DataContent", "TextContent"], result.Client.Calls[0][1].Contents.Select(static c => c.GetType().Name));
    }

    [Fact]
    public async Task What_no_template_mentions_has_its_place()
    {
        LiveCall result = await Live.CallAsync(
            "namespace Demo; [AiFunctions] public interface IDesk { [SystemPrompt(\"s\")] [UserPrompt(\"a\")] [UserPrompt(\"b\")] Task<string> AskAsync(DataContent photo, List<ChatMessage>? before); }",
            "await new Desk(client).AskAsync(new DataContent(new byte[] { 1 }, \"image/png\"), [new(ChatRole.User, \"q\")])", "ok");
        Assert.Equal(["system: s", "user: q", "user: a", "user: b"], result.Messages);
        Assert.Equal(2, result.Client.Calls[0][3].Contents.Count);
    }

    [Fact]
    public async Task Lists_of_media_are_put_in_their_order_where_the_template_says_or_at_the_end()
    {
        LiveCall result = await Live.CallAsync(
            """
            namespace Demo;
            [AiFunctions] public interface IDesk
            {
                [UserPrompt("All: {{media photos}} each: {{#each links}}{{media this}}, {{/each}}end")]
                Task<string> AskAsync(IReadOnlyList<DataContent> photos, IEnumerable<UriContent>? links, DataContent[]? rest, List<UriContent>? none);
            }
            """,
            """
            await new Desk(client).AskAsync(
                [new(new byte[] { 1 }, "image/png"), new(new byte[] { 2 }, "image/gif")], [new("https://a.example/b.pdf", "application/pdf")], [new(new byte[] { 3 }, "audio/wav")], null)
            """,
            "ok");

        Assert.Equal(
            ["All: ", "image/png", "image/gif", " each: ", "application/pdf", ", end", "audio/wav"],
            result.Client.Calls[0][0].Contents.Select(static content => content switch { TextContent text => text.Text, DataContent data => data.MediaType, UriContent link => link.MediaType, _ => "?" }));
    }

    [Fact]
    public async Task Examples_are_rendered_like_the_question()
    {
        LiveCall result = await Live.CallAsync(
            """"
            namespace Demo;
            [AiFunctions] public interface IDesk
            {
                [SystemPrompt("s")] [UserPrompt("Q: {{text}}")] [Example("one {{x}}", "\"Monday\"")] [Example("\"two\"", "\"Friday\"")] Task<DayOfWeek> OneAsync(string text);
                [UserPrompt("{{a}}{{#each b}}/{{this}}{{/each}}")] [UserPrompt("{{c}}")] [Example("""{"a":1,"b":["x"],"c":"Friday"}""", "plain")] Task<string> SeveralAsync(int a, string[] b, DayOfWeek? c, IReadOnlyList<ChatMessage> before);
            }
            """",
            "var d = new Desk(client); await d.OneAsync(\"now\"); await d.SeveralAsync(2, [], null, [new(ChatRole.User, \"h\")]); return 1;", "\"Monday\"");
        Assert.Equal(1, result.Value);
        Assert.Equal(
            ["system: s", "user: Q: one {{x}}", "assistant: {\"value\":\"Monday\"}", "user: Q: \"two\"", "assistant: {\"value\":\"Friday\"}", "user: Q: now"],
            result.Client.Calls[0].Select(static m => $"{m.Role}: {m.Text}"));
        Assert.Equal(["user: 1/x", "user: Friday", "assistant: plain", "user: h", "user: 2"], result.Client.Calls[1].Select(static m => $"{m.Role}: {m.Text}"));
    }

    [Theory]
    [InlineData("{\"text\": \"one\"}", "one")]
    [InlineData("{\"text\": 1}", "{\"text\": 1}")]
    [InlineData("{\"text\": \"one\", \"b\": 1}", "{\"text\": \"one\", \"b\": 1}")]
    [InlineData("{\"other\": \"one\"}", "{\"other\": \"one\"}")]
    public async Task A_text_may_be_given_by_its_name(string input, string expected)
    {
        LiveCall result = await Live.CallAsync(
            $"namespace Demo; [AiFunctions] public interface IDesk {{ [UserPrompt(\"{{{{text}}}}\")] [Example({SymbolDisplay.FormatLiteral(input, quote: true)}, \"b\")] Task<string> AskAsync(string text); }}", "await new Desk(client).AskAsync(\"now\")", "ok");
        Assert.Equal([$"user: {expected}", "assistant: b", "user: now"], result.Messages);
    }

    [Theory]
    [InlineData("{{a}}", "string a", "'a' is data from outside and may not stand in a system prompt")]
    [InlineData("{{json a}}", "string a", "'a' is data from outside")]
    [InlineData("{{#each a}}{{this}}{{/each}}", "string[] a", "'this' is data from outside")]
    [InlineData("{{#each a}}{{@key}}{{/each}}", "Dictionary<string, int> a", "'@key' is data from outside")]
    [InlineData("{{a.Name}}", "Customer a", "'a.Name' is data from outside")]
    [InlineData("{{a}}", "Uri a", "'a' is data from outside")]
    [InlineData("{{#each a}}{{this}}{{/each}}", "char[] a", "'this' is data from outside")]
    [InlineData("{{#each a as |v k|}}{{k}}{{/each}}", "Dictionary<string, int> a", "'k' is data from outside")]
    [InlineData("See {{media a}}", "DataContent a", "'a' is data from outside")]
    [InlineData("See {{media a}}", "UriContent[] a", "'a' is data from outside")]
    [InlineData("{{role \"user\"}}x{{role \"system\"}}{{a}}", "string a", "'a' is data from outside")]
    [InlineData("{{#if b}}{{role \"user\"}}{{/if}}{{a}}", "string a, bool b", "'a' is data from outside")]
    [InlineData("{{role \"user\"}}{{#if b}}x{{else}}{{role \"system\"}}{{/if}}{{a}}", "string a, bool b", "'a' is data from outside")]
    [InlineData("{{role \"user\"}}{{#each a}}{{this}}{{role \"system\"}}{{/each}}", "string[] a", "'this' is data from outside")]
    [InlineData("{{#each a}}{{role \"user\"}}{{else}}x{{/each}}{{b}}", "int[] a, string b", "'b' is data from outside")]
    public async Task Untrusted_text_in_a_system_prompt_throws(string template, string parameters, string reason)
    {
        LiveCall result = await SystemAsync(template, parameters);
        Assert.Contains(reason, result.Threw<NotSupportedException>().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{a}} {{b}} {{c}} {{d}} {{e}}", "int a, Mood b, bool? c, Guid d, DateTime? e")]
    [InlineData("{{a}} {{json b}}", "[Trusted] string a, [Trusted] string[] b")]
    [InlineData("{{a.Text}}{{#each a.Rules}}{{this}}{{/each}}", "Policy a")]
    [InlineData("{{#each a}}{{Text}}{{/each}}{{#each b}}{{Text}}{{/each}}", "Policy[] a, IReadOnlyList<Policy> b")]
    [InlineData("{{#if a}}x{{/if}}{{#each a}}{{@index}}{{/each}}", "string[] a")]
    [InlineData("{{role \"user\"}}{{a}}", "string a")]
    [InlineData("{{#if b}}{{role \"user\"}}{{else}}{{role \"model\"}}{{/if}}{{a}}", "string a, bool b")]
    public async Task What_cannot_give_orders_may_stand_in_a_system_prompt(string template, string parameters)
    {
        LiveCall result = await SystemAsync(template, parameters);
        Assert.Equal("called", result.Value);
    }

    /// <summary>Calls with default arguments: null arguments are refused, but only by a function that compiled.</summary>
    private static Task<LiveCall> SystemAsync(string template, string parameters) => Live.CallAsync(
        $"{Types}\n[AiFunctions] public interface IDesk {{ [SystemPrompt({SymbolDisplay.FormatLiteral(template, quote: true)})] Task<string> AskAsync({parameters}); }}",
        $"var d = new Desk(client); try {{ await d.AskAsync({string.Join(", ", Enumerable.Repeat("default!", parameters.Split(", ").Count(static p => p.Contains(' ', StringComparison.Ordinal))))}); }} catch (ArgumentNullException) {{ }} return \"called\";", "ok");

    [Theory]
    [InlineData("ab {{x}}", "'x' is no parameter of the function; it has a, names (at character 5 of the prompt)")]
    [InlineData("{{a.Foo}}", "string has no member 'Foo'")]
    [InlineData("{{a", "'{{' is never closed")]
    [InlineData("{{#if a}}x", "'{{#if}}' is never closed: expected '{{/if}}' (at character 0 of the prompt)")]
    [InlineData("{{#if a}}x{{/each}}", "'{{/each}}' where '{{/if}}' was expected (at character 10 of the prompt)")]
    [InlineData("{{/if}}", "'{{/if}}' closes no block")]
    [InlineData("{{}}", "an empty '{{}}'")]
    [InlineData("{{> part}}", "there is no partial 'part': it would be the file _part.prompt")]
    [InlineData("{{#with a}}{{/with}}", "unknown block '#with'")]
    [InlineData("{{a b}}", "only ':format' may follow")]
    [InlineData("{{a:N2}}", "'a' is a string, which takes no format ':N2'")]
    [InlineData("{{a.Length:Q9}}", "'a.Length' is int, which has no format ':Q9'")]
    [InlineData("{{#each names}}{{this.a}}{{/each}}", "string has no member 'a'")]
    [InlineData("{{#each names}}{{#each ../names}}{{../this.a}}{{/each}}{{/each}}", "string has no member 'a'")]
    [InlineData("{{role \"robot\"}}", "expected {{role \"system\"}}")]
    [InlineData("{{media a.Length}}", "{{media}} takes DataContent, UriContent or an address")]
    [InlineData("{{history}}", "{{history}} needs a parameter of type IReadOnlyList<ChatMessage>")]
    [InlineData("{{#each a}}{{/each}}", "{{#each}} wants an array, list or dictionary")]
    [InlineData("{{@index}}", "means something only inside {{#each}}")]
    [InlineData("{{../a}}", "leaves more blocks than there are")]
    public async Task A_wrong_template_throws_with_the_place(string template, string reason)
    {
        LiveCall result = await RenderAsync(template, "string a, string[] names", "\"x\", []");
        string message = result.Threw<NotSupportedException>().Message;
        Assert.StartsWith("IDesk.AskAsync could not be compiled: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    /// <summary>The conversions in generated code that put a value type into a box.</summary>
    /// <summary>Where values are boxed on the way of a call, other than for prompt files at run time, which are not there unless they are asked for.</summary>
    private static IEnumerable<string> BoxingConversions(GeneratedCode code)
    {
        foreach (SyntaxTree tree in code.Compilation.SyntaxTrees.Where(static t => t.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)))
        {
            SemanticModel model = code.Compilation.GetSemanticModel(tree);
            foreach (SyntaxNode node in tree.GetRoot(TestContext.Current.CancellationToken)
                .DescendantNodes(static node => node is not (ClassDeclarationSyntax { Identifier.Text: "Overridable" } or IfStatementSyntax { Condition: IsPatternExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "_overrides" } } }))
                .OfType<ExpressionSyntax>())
            {
                CancellationToken cancellationToken = TestContext.Current.CancellationToken;
                if (model.GetConversion(node, cancellationToken).IsBoxing || model.GetOperation(node, cancellationToken) is IConversionOperation { Operand.Type.IsValueType: true, Type.IsReferenceType: true })
                    yield return node.ToString();
                // A call of a method that the value type itself does not have boxes its receiver.
                if (model.GetOperation(node, cancellationToken) is IInvocationOperation { Instance.Type: { IsValueType: true } receiver } call
                    && call.TargetMethod.ContainingType.SpecialType is SpecialType.System_Enum or SpecialType.System_ValueType or SpecialType.System_Object && receiver.TypeKind != TypeKind.TypeParameter)
                    yield return node.ToString();
            }
        }
    }
}
