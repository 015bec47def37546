using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>Tools, compiled by the generator and called.</summary>
public sealed class ToolTests
{
    private const string Orders = """
        using System.ComponentModel;
        using System.ComponentModel.DataAnnotations;
        namespace Demo;

        /// <summary>An order.</summary>
        public sealed record Order(string Id, decimal Total, Status Status, DateOnly? Shipped = null);

        public enum Status { Open, Shipped }

        public sealed record Filter(Status? Status, [property: Range(0, 1000)] int? Above = null);

        public interface IClock { string Now(); }

        public sealed class Clock : IClock { public string Now() => "noon"; }

        public sealed class Services(params object[] all) : IServiceProvider
        {
            public object? GetService(Type type) => all.FirstOrDefault(type.IsInstanceOfType);
        }

        public class OrderTools
        {
            /// <summary>Finds an order.</summary>
            /// <param name="id">Its number.</param>
            [AiTool] public Task<Order?> FindAsync(string id, CancellationToken cancellationToken = default) =>
                Task.FromResult(id == "none" ? null : new Order(id, 12.50m, Status.Open));

            /// <summary>Lists orders.</summary>
            [AiTool("list_orders")] public async IAsyncEnumerable<Order> ListAsync(Filter filter, [Range(1, 10)] int count = 2)
            {
                for (int i = 0; i < count; i++)
                {
                    await Task.Yield();
                    yield return new Order($"{filter.Status}{i}", filter.Above ?? 0, Status.Shipped, new DateOnly(2026, 3, 31));
                }
            }

            /// <summary>Adds.</summary>
            [AiTool] public static int Add(int a, int b = 5) => checked(a + b);

            /// <summary>Greets.</summary>
            [AiTool] public string Greet(string name, [FromServices] IClock clock, IServiceProvider services, AIFunctionArguments arguments) => $"{name} at {clock.Now()} {services is Services} {arguments.Count}";

            /// <summary>Does nothing.</summary>
            [AiTool] public Task PingAsync() => Task.CompletedTask;

            /// <summary>Fails.</summary>
            [AiTool] public Task<string> FailAsync(bool late)
            {
                if (!late)
                    throw new AiToolException("no such order");
                return Late();
                static async Task<string> Late() { await Task.Yield(); throw new AiToolException("no such order, late"); }
            }

            /// <summary>Gives all that there is.</summary>
            [AiTool] public Dictionary<string, List<Status>> All(params string[] names) => names.ToDictionary(n => n, n => new List<Status> { Status.Open });
        }
        """;

    private static Task<LiveCall> CallAsync(string tool, string arguments, string services = "null") => Live.CallAsync(
        Orders,
        $$$$"""
        var tool = new OrderTools().AsAiTools().Single(t => t.Name == "{{{{tool}}}}");
        var json = System.Text.Encoding.UTF8.GetBytes({{{{JsonSerializer.Serialize(arguments)}}}});
        object? direct = await ((AiTool)tool).InvokeJsonAsync(json, {{{{services}}}});
        object? result = direct;
        try
        {
            var parsed = new AIFunctionArguments(System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, object?>>(json)) { Services = {{{{services}}}} };
            result = await tool.InvokeAsync(parsed);
        }
        catch (System.Text.Json.JsonException) { }
        return $"{direct ?? "null"}|{(Equals(direct?.ToString(), result?.ToString()) ? "same" : result)}";
        """);

    [Theory]
    [InlineData("Find", """{"id":"17"}""", """{"id":"17","total":12.50,"status":"Open","shipped":null}|same""")]
    [InlineData("Find", """{"id":"none"}""", "null|same")]
    [InlineData("list_orders", """{"filter":{"status":"Shipped"},"count":1}""", """[{"id":"Shipped0","total":0,"status":"Shipped","shipped":"2026-03-31"}]|same""")]
    [InlineData("Add", """{"a":1}""", "6|same")]
    [InlineData("Add", """{"a":1.0,"b":2}""", "3|same")]
    [InlineData("Ping", "{}", "null|same")]
    [InlineData("Ping", "", "null|same")]
    [InlineData("Fail", """{"late":false}""", "no such order|same")]
    [InlineData("Fail", """{"late":true}""", "no such order, late|same")]
    [InlineData("All", """{"names":["a"]}""", """{"a":["Open"]}|same""")]
    [InlineData("All", "{}", "{}|same")]
    public async Task A_tool_reads_its_arguments_and_writes_its_result(string tool, string arguments, string expected) =>
        Assert.Equal(expected, (await CallAsync(tool, arguments)).Value);

    [Fact]
    public async Task Services_and_the_call_itself_are_not_the_models() =>
        Assert.Equal("Ann at noon True 0|Ann at noon True 1", (await CallAsync("Greet", """{"name":"Ann"}""", "new Services(new Clock())")).Value);

    [Theory]
    [InlineData("Add", """{"a":"x"}""", "Add was not run, because its arguments do not fit: argument 'a': expected a whole number from -2147483648 to 2147483647, found the string \"x\". Call it again with the arguments that its schema describes.|same")]
    [InlineData("Add", """{"b":1}""", "Add was not run, because its arguments do not fit: the required argument is missing: 'a' (integer). Call it again with the arguments that its schema describes.|same")]
    [InlineData("Add", """{"a":1,"c":1}""", "Add was not run, because its arguments do not fit: argument 'c': there is no argument of this name; those that there are: a, b. Call it again with the arguments that its schema describes.|same")]
    [InlineData("Ping", """{"c":1}""", "Ping was not run, because its arguments do not fit: argument 'c': there is no argument of this name; the tool takes none. Call it again with the arguments that its schema describes.|same")]
    [InlineData("list_orders", """{"filter":{"status":"Lost"}}""", "list_orders was not run, because its arguments do not fit: argument 'filter.status': expected one of Open, Shipped, found the string \"Lost\". Call it again with the arguments that its schema describes.|same")]
    [InlineData("list_orders", """{"filter":{"status":null},"count":11}""", "list_orders was not run, because its arguments do not fit: argument 'count': 11 is not from 1 to 10. Call it again with the arguments that its schema describes.|same")]
    public async Task Arguments_that_do_not_fit_are_told_to_the_model(string tool, string arguments, string expected) =>
        Assert.Equal(expected, (await CallAsync(tool, arguments)).Value);

    [Fact]
    public async Task Arguments_that_are_no_JSON_are_told_to_the_model() => Assert.StartsWith("Add was not run, because its arguments do not fit: they are not valid JSON", (string)(await CallAsync("Add", "{\"a\":"))!.Value!, StringComparison.Ordinal);

    [Fact]
    public void The_generated_file_of_a_type_with_tools() => Snapshot.Matches(GeneratorHarness.Run(Orders, withTools: true));

    [Fact]
    public void The_generated_file_of_functions_as_tools() => Snapshot.Matches(GeneratorHarness.Run(
        """
        namespace Contoso;

        [AiFunctions]
        public interface ISupportDesk
        {
            /// <summary>Says what a customer wants.</summary>
            /// <param name="message">What the customer wrote.</param>
            [UserPrompt("{{message}}")]
            Task<AiResult<Intent>> RouteAsync(string message, CancellationToken cancellationToken = default);
        }

        public enum Intent { Card, Other }
        """, withTools: true));

    [Fact]
    public async Task Tools_of_a_static_class_of_an_interface_and_of_a_nested_class() => Assert.Equal(
        "3 Sum|found 7|7 twice",
        (await Live.CallAsync(
            """
            namespace Demo;
            public static class MathTools { /** <summary>Sums.</summary> */ [AiTool("Sum")] internal static int Add(int a, int b) => a + b; }
            public interface IFinder { /** <summary>Finds.</summary> */ [AiTool] ValueTask<string> FindAsync(int id); }
            public sealed class Finder : IFinder { public ValueTask<string> FindAsync(int id) => new($"found {id}"); }
            public static class Outer { public sealed class Inner { /** <summary>Says it twice.</summary> */ [AiTool] public string @this(int @class) => $"{@class} twice"; } }
            """,
            """
            var sum = MathTools.AsAiTools().Single();
            var found = ((IFinder)new Finder()).AsAiTools().Single();
            var twice = new Outer.Inner().AsAiTools().Single();
            return $"{await sum.InvokeAsync(new() { ["a"] = 1, ["b"] = 2 })} {sum.Name}|{await found.InvokeAsync(new() { ["id"] = 7 })}|{await twice.InvokeAsync(new() { ["class"] = 7L })}";
            """)).Value);

    [Fact]
    public async Task Tools_are_inherited() => Assert.Equal(
        "Own, Find, Ping | found by base, pong of heir | Below, Above",
        (await Live.CallAsync(
            """
            namespace Demo;
            public abstract class BaseTools
            {
                /** <summary>Finds.</summary> */ [AiTool] public string Find() => "found by base";
                /** <summary>Pings.</summary> */ [AiTool] public abstract string Ping();
                /** <summary>Is hidden.</summary> */ [AiTool] public static string Own() => "hidden";
                /** <summary>Cannot be reached.</summary> */ [AiTool("none")] public string Overridden<T>() => "";
            }
            public class MiddleTools : BaseTools { /** <summary>Pings.</summary> */ public override string Ping() => "pong of middle"; }
            public sealed class HeirTools : MiddleTools
            {
                /** <summary>Is its own.</summary> */ [AiTool] public static new string Own() => "own";
                public override string Ping() => "pong of heir";
            }
            public interface IAbove { /** <summary>Above.</summary> */ [AiTool] string Above(); }
            public interface IBelow : IAbove { /** <summary>Below.</summary> */ [AiTool] string Below(); }
            public sealed class Both : IBelow { public string Above() => "a"; public string Below() => "b"; }
            """,
            """
            var tools = new HeirTools().AsAiTools();
            var both = ((IBelow)new Both()).AsAiTools();
            return $"{string.Join(", ", tools.Select(t => t.Name))} | {await tools[1].InvokeAsync()}, {await tools[2].InvokeAsync()} | {string.Join(", ", both.Select(t => t.Name))}";
            """)).Value);

    [Fact]
    public async Task What_is_experimental_can_be_a_tool_and_a_function() => Assert.Equal(
        "new a|b",
        (await Live.CallAsync(
            """
            #pragma warning disable DEMO002, DEMO004
            using System.Diagnostics.CodeAnalysis;
            namespace Demo;
            [Experimental("DEMO002")] public sealed record Options(string Text, Inner? Inner = null);
            [Obsolete("Use another.", DiagnosticId = "DEMO004")] public sealed record Inner(string Text);
            public static class Tools
            {
                /** <summary>Is new.</summary> */ [AiTool, Experimental("DEMO001")] public static string Try(Options options) => $"new {options.Text}";
            }
            [AiFunctions]
            public interface IDesk
            {
                [UserPrompt("{{text}}"), Experimental("DEMO003")] Task<Options> AskAsync(string text);
            }
            """,
            """
            #pragma warning disable DEMO002, DEMO003
            var tool = Tools.AsAiTools().Single();
            return $"{await tool.InvokeAsync(new() { ["options"] = System.Text.Json.JsonElement.Parse("{\"text\":\"a\"}") })}|{(await ((IDesk)new Desk(client)).AskAsync("x")).Text}";
            """,
            """{"text":"b"}""")).Value);

    [Fact]
    public async Task Values_that_are_no_JSON_are_arguments_too() => Assert.Equal(
        "17 Open 2026-03-31",
        (await Live.CallAsync(
            """
            namespace Demo;
            public enum Status { Open }
            public sealed record Filter(int Id, Status Status);
            public static class Tools { /** <summary>Shows.</summary> */ [AiTool] public static string Show(Filter filter, DateOnly day) => $"{filter.Id} {filter.Status} {day:yyyy-MM-dd}"; }
            """,
            """await Tools.AsAiTools()[0].InvokeAsync(new() { ["filter"] = new Filter(17, Status.Open), ["day"] = new DateOnly(2026, 3, 31) })""")).Value);

    [Theory]
    [InlineData("""["text"] = "t", ["number"] = 7, ["day"] = new DateOnly(2026, 3, 31), ["status"] = Status.Shipped, ["filter"] = new Filter(17, Status.Open), ["any"] = System.Text.Json.JsonElement.Parse("[1]")""", "t 7 2026-03-31 Shipped 17 [1] 9")]
    [InlineData("""["text"] = "t", ["number"] = System.Text.Json.JsonElement.Parse("7.0"), ["day"] = "2026-03-31", ["status"] = null, ["filter"] = System.Text.Json.JsonElement.Parse("{\"id\":17,\"status\":\"Open\"}"), ["any"] = 1, ["last"] = 3""", "t 7 2026-03-31  17 1 3")]
    [InlineData("""["text"] = System.Text.Json.JsonElement.Parse("\"\\u00e9\""), ["number"] = 7L, ["day"] = new DateOnly(2026, 3, 31), ["filter"] = new Filter(17, Status.Open), ["any"] = System.Text.Json.JsonElement.Parse("null"), ["last"] = 3""", "é 7 2026-03-31  17  3")]
    [InlineData("""["text"] = System.Text.Json.JsonElement.Parse("\"\\ud800\""), ["number"] = 7, ["day"] = new DateOnly(2026, 3, 31), ["filter"] = new Filter(17, Status.Open), ["any"] = 1""", "Show was not run, because its arguments do not fit: argument 'text': an escape that is half of a surrogate pair. Call it again with the arguments that its schema describes.")]
    [InlineData("""["text"] = 5, ["number"] = 7, ["day"] = new DateOnly(2026, 3, 31), ["filter"] = new Filter(17, Status.Open), ["any"] = 1""", "Show was not run, because its arguments do not fit: argument 'text': expected a string, found the number 5. Call it again with the arguments that its schema describes.")]
    [InlineData("""["text"] = "t", ["number"] = 7, ["day"] = new DateOnly(2026, 3, 31), ["any"] = 1""", "Show was not run, because its arguments do not fit: the required argument is missing: 'filter' (an object). Call it again with the arguments that its schema describes.")]
    [InlineData("""["text"] = "t", ["number"] = 7, ["day"] = new DateOnly(2026, 3, 31), ["filter"] = new Filter(17, Status.Open), ["any"] = 1, ["last"] = 11""", "Show was not run, because its arguments do not fit: argument 'last': 11 is not from 1 to 10. Call it again with the arguments that its schema describes.")]
    [InlineData("""["text"] = "t", ["number"] = 7, ["day"] = new DateOnly(2026, 3, 31), ["filter"] = new Filter(17, Status.Open), ["any"] = 1, ["more"] = 11""", "Show was not run, because its arguments do not fit: argument 'more': there is no argument of this name; those that there are: text, number, day, filter, any, status, last. Call it again with the arguments that its schema describes.")]
    public async Task Values_and_pieces_of_JSON_are_bound_as_they_are(string arguments, string expected) => Assert.Equal(
        expected,
        (await Live.CallAsync(
            """
            namespace Demo;
            public enum Status { Open, Shipped }
            public sealed record Filter(int Id, Status Status);
            public static class Tools
            {
                /// <summary>Shows.</summary>
                [AiTool] public static string Show(string text, int number, DateOnly day, Filter filter, System.Text.Json.JsonElement any, Status? status = null, [System.ComponentModel.DataAnnotations.Range(1, 10)] int last = 9) =>
                    $"{text} {number} {day:yyyy-MM-dd} {status} {filter.Id} {any} {last}";
            }
            """,
            $$"""await Tools.AsAiTools()[0].InvokeAsync(new() { {{arguments}} })""")).Value?.ToString());

    [Fact]
    public async Task A_tool_that_is_cancelled_is_not_begun() => (await Live.CallAsync(
        "namespace Demo; public static class Tools { /** <summary>Shows.</summary> */ [AiTool] public static string Show() => throw new InvalidOperationException(); }",
        "await Tools.AsAiTools()[0].InvokeAsync(new(), new CancellationToken(true))")).Threw<OperationCanceledException>();

    [Fact]
    public async Task Tools_of_another_assembly_are_offered()
    {
        GeneratedCode library = GeneratorHarness.Run(GeneratorHarness.Compile("namespace Lib; public sealed class Tools { /** <summary>Adds.</summary> */ [AiTool] public int Add(int a) => a + 1; }", assemblyName: "Lib"), withTools: true);
        LiveCall call = await Live.CallAsync(
            "namespace Demo; [AiFunctions] public interface IDesk { [UserPrompt(\"x\")] [Tools<Lib.Tools>] Task<string> AskAsync(); }", "await new Desk(client).AskAsync()", [Live.Image(library.Compilation)], "hello");
        Assert.Equal("hello", call.Value);
        Assert.Equal("Add", Assert.Single(call.Client.Options.Single()!.Tools!).Name);
    }

    [Fact]
    public void Before_CSharp_14_tools_of_a_static_class_are_given_by_the_generated_class()
    {
        CSharpParseOptions options = new(LanguageVersion.CSharp13);
        CSharpCompilation compilation = GeneratorHarness.Compile("namespace Demo; class X;");
        compilation = compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(
            CSharpSyntaxTree.ParseText("using AiSdk; namespace Demo; public static class MathTools { /** <summary>Sums.</summary> */ [AiTool] public static int Add(int a) => a; static object X => MathToolsAiTools.AsAiTools(); }", options, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Single(GeneratorHarness.Run(compilation, withTools: true).Files);
    }

    [Fact]
    public void What_has_nothing_to_do_with_tools_changes_nothing()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        CSharpCompilation compilation = GeneratorHarness.Compile(
            Orders, moreSources: ["namespace Demo; public static class Other { public static int A; }", "namespace Demo; public static class More { /** <summary>Sums.</summary> */ [AiTool] public static int Add(int a) => a; }"]);
        CSharpParseOptions options = (CSharpParseOptions)compilation.SyntaxTrees[0].Options;
        GeneratorDriver driver = GeneratorHarness.Driver(options, withTools: true).RunGenerators(compilation, cancellationToken);
        Assert.Empty(Changed(2, "namespace Demo; public static class Other { public static int B; }"));
        Assert.Empty(Changed(3, "\n\nnamespace Demo; public static class More { /** <summary>Sums.</summary> */ [AiTool] public static int Add(int a) => a + 1; }"));
        Assert.Equal(["Demo.More.AiTools.g.cs"], Changed(3, "namespace Demo; public static class More { /** <summary>Adds.</summary> */ [AiTool] public static int Add(int a) => a; }"));

        string[] Changed(int tree, string text)
        {
            CSharpCompilation edited = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[tree], CSharpSyntaxTree.ParseText(text, options, compilation.SyntaxTrees[tree].FilePath, cancellationToken: cancellationToken));
            Dictionary<string, object> before = Texts(driver.GetRunResult());
            return [.. Texts(driver.RunGenerators(edited, cancellationToken).GetRunResult()).Where(file => !ReferenceEquals(before.GetValueOrDefault(file.Key), file.Value)).Select(static file => file.Key)];
        }

        static Dictionary<string, object> Texts(GeneratorDriverRunResult result) => result.Results.SelectMany(static r => r.GeneratedSources).ToDictionary(static s => s.HintName, static s => (object)s.SourceText);
    }
}
