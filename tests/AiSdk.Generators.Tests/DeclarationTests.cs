using AiSdk.Generators.Tests;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>Interfaces of every form become classes that compile without a warning, and most of them are called.</summary>
public sealed class DeclarationTests
{
    private const string Greet = """[UserPrompt("Hello {{name}}")] Task<string> GreetAsync(string name);""";

    [Theory]
    // Inheritance
    [InlineData("public interface IBase { [UserPrompt(\"Hello {{name}}\")] Task<string> GreetAsync(string name); } [AiFunctions] public interface IDesk : IBase;", "new Desk(client)", "GreetAsync")]
    [InlineData("""
        public interface IRoot { [UserPrompt("Hello {{name}}")] Task<string> GreetAsync(string name); }
        public interface ILeft : IRoot; public interface IRight : IRoot { [UserPrompt("x")] Task<string> OtherAsync(); }
        [AiFunctions] public interface IDesk : ILeft, IRight;
        """, "new Desk(client)", "GreetAsync")]
    [InlineData("""
        public interface IBase { [UserPrompt("base {{name}}")] Task<string> GreetAsync(string name); }
        [AiFunctions] public interface IDesk : IBase { [UserPrompt("Hello {{name}}")] new Task<string> GreetAsync(string name); }
        """, "new Desk(client)", "GreetAsync")]
    [InlineData("""
        public interface IBase { [UserPrompt("base {{name}}")] Task<int> GreetAsync(string name); }
        [AiFunctions] public interface IDesk : IBase { [UserPrompt("Hello {{name}}")] new Task<string> GreetAsync(string name); }
        """, "new Desk(client)", "GreetAsync")]
    [InlineData("""
        public interface IA { [UserPrompt("a {{name}}")] Task<int> GreetAsync(string name); }
        public interface IB { [UserPrompt("b {{name}}")] Task<int> GreetAsync(string name); }
        [AiFunctions] public interface IDesk : IA, IB { [UserPrompt("Hello {{name}}")] new Task<string> GreetAsync(string name); }
        """, "new Desk(client)", "GreetAsync")]
    [InlineData("""
        public interface IA { [UserPrompt("a {{name}}")] Task<string> GreetAsync(string? name); }
        [AiFunctions] public interface IDesk : IA { [UserPrompt("Hello {{name}}")] new Task<string> GreetAsync(string name); }
        """, "new Desk(client)", "GreetAsync")]
    [InlineData("""
        public interface IA { [UserPrompt("a {{name}}")] Task<string?> GreetAsync(string name); }
        [AiFunctions] public interface IDesk : IA { [UserPrompt("Hello {{name}}")] new Task<string> GreetAsync(string name); }
        """, "new Desk(client)", "GreetAsync")]
    [InlineData("public interface IBase<T> { [UserPrompt(\"Hello {{name}}\")] Task<T> GreetAsync(string name); } [AiFunctions] public interface IDesk : IBase<string>;", "new Desk(client)", "GreetAsync")]
    [InlineData("[AiFunctions] public interface IOther { [UserPrompt(\"Hello {{name}}\")] Task<string> GreetAsync(string name); } [AiFunctions] public interface IDesk : IOther;", "new Desk(client)", "GreetAsync")]
    // Nesting
    [InlineData($"public partial class Outer {{ [AiFunctions] public interface IDesk {{ {Greet} }} }}", "new Outer.Desk(client)", "GreetAsync")]
    [InlineData($"public static partial class Outer {{ [AiFunctions] public interface IDesk {{ {Greet} }} }}", "new Outer.Desk(client)", "GreetAsync")]
    [InlineData($"public partial struct Outer {{ [AiFunctions] public interface IDesk {{ {Greet} }} }}", "new Outer.Desk(client)", "GreetAsync")]
    [InlineData($"public readonly partial struct Outer {{ [AiFunctions] public interface IDesk {{ {Greet} }} }}", "new Outer.Desk(client)", "GreetAsync")]
    [InlineData($"public ref partial struct Outer {{ [AiFunctions] public interface IDesk {{ {Greet} }} }}", "new Outer.Desk(client)", "GreetAsync")]
    [InlineData($"public partial record Outer {{ [AiFunctions] public interface IDesk {{ {Greet} }} }}", "new Outer.Desk(client)", "GreetAsync")]
    [InlineData($"public partial record struct Outer {{ [AiFunctions] public interface IDesk {{ {Greet} }} }}", "new Outer.Desk(client)", "GreetAsync")]
    [InlineData($"public partial interface IOuter {{ [AiFunctions] public interface IDesk {{ {Greet} }} }}", "new IOuter.Desk(client)", "GreetAsync")]
    [InlineData($"public partial class Outer<T> {{ public partial record Inner<TKey, TValue> where TKey : notnull {{ [AiFunctions] public interface IDesk {{ {Greet} }} }} }}", "new Outer<int>.Inner<string, int>.Desk(client)", "GreetAsync")]
    [InlineData($"public partial class Outer {{ [AiFunctions] private interface IDesk {{ {Greet} }} public static Task<string> Call(IChatClient c, string n) => new Desk(c).GreetAsync(n); }}", "new Wrapped(client)", "Call", "public sealed class Wrapped(IChatClient c) { public Task<string> Call(string n) => Outer.Call(c, n); }")]
    [InlineData($"public partial class Outer {{ [AiFunctions] protected internal interface IDesk {{ {Greet} }} }}", "new Outer.Desk(client)", "GreetAsync")]
    [InlineData($"public partial class Outer {{ [AiFunctions] internal interface IDesk {{ {Greet} }} }}", "new Outer.Desk(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] internal interface IDesk {{ {Greet} }}", "new Desk(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] interface IDesk {{ {Greet} }} public partial class Outer {{ [AiFunctions] public interface IDesk {{ {Greet} }} }} [AiFunctions] interface IOuterDesk {{ {Greet} }}", "new Outer.Desk(client)", "GreetAsync")]
    // Generics
    [InlineData($"[AiFunctions] public interface IDesk<T> where T : class, new() {{ {Greet} }}", "new Desk<object>(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface IDesk<in TIn, out TOut> where TIn : struct, IComparable<TIn> where TOut : class? {{ {Greet} }}", "new Desk<int, string?>(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface IDesk<T1, T2, T3, T4> where T1 : unmanaged where T2 : notnull where T3 : T2 where T4 : allows ref struct {{ {Greet} }}", "new Desk<int, object, string, int>(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface IDesk<Output, Arguments> {{ {Greet} [UserPrompt(\"x\")] Task<int> CountAsync(); [UserPrompt(\"{{{{json days}}}}\")] Task<int> ShowAsync(DayOfWeek[] days); }}", "new Desk<int, int>(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface IDesk {{ {Greet} }} [AiFunctions] public interface IDesk<T> {{ {Greet} }} [AiFunctions] public interface IDesk<T, U> {{ {Greet} }}", "new Desk<int>(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface IDesk<T> {{ {Greet} }} [AiFunctions] public interface IDesk__1 {{ {Greet} }}", "new Desk<int>(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface IDesk<TSelf> where TSelf : IDesk<TSelf> {{ {Greet} }} public sealed class Own : IDesk<Own> {{ public Task<string> GreetAsync(string name) => null!; }}", "new Desk<Own>(client)", "GreetAsync")]
    // Names
    [InlineData($"[AiFunctions] public interface Desk {{ {Greet} }}", "new DeskClient(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface I {{ {Greet} }}", "new IClient(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface Ice {{ {Greet} }}", "new IceClient(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface IX {{ {Greet} }}", "new X(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface @event {{ {Greet} }}", "new eventClient(client)", "GreetAsync")]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"Hello {{name}}\")] Task<string> @await(string @name); }", "new Desk(client)", "@await")]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"Hello {{event}}\")] Task<string> GreetAsync(string @event); }", "new Desk(client)", "GreetAsync")]
    [InlineData("[AiFunctions] public interface IGreet { [UserPrompt(\"Hello {{name}}\")] Task<string> Greet(string name); }", "((IGreet)new Greet(client))", "Greet")]
    [InlineData($"[AiFunctions] public interface IDesk {{ {Greet} [UserPrompt(\"x\")] Task<string> ToString(); [UserPrompt(\"x\")] Task<int> GetHashCode(); [UserPrompt(\"x\")] Task<string> GetType(); [UserPrompt(\"{{{{obj}}}}\")] Task<bool> Equals(string obj); }}", "new Desk(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface IÄrger {{ {Greet} }}", "new Ärger(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface IDesk {{ {Greet} }} [AiFunctions] public interface IdesK {{ {Greet} }} [AiFunctions] public interface Idesk {{ {Greet} }}", "new Desk(client)", "GreetAsync")]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"{{Output}} {{Arguments}} {{_caller}} {{json days}}\")] Task<DayOfWeek> F(string Output, string Arguments, string _caller, string FInfo, DayOfWeek[] days); [UserPrompt(\"Hello {{name}}\")] Task<string> GreetAsync(string name); }", "new Desk(client)", "GreetAsync")]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"{{#each prompt}}{{this}}{{messages}}{{else}}{{text}}{{/each}}{{chatOptions}}{{media photo}}{{item1}}{{index1}}{{#if any}}x{{/if}}{{json prompt}}\")] Task<DayOfWeek> F(string messages, string[]? prompt, string text, string chatOptions, DataContent photo, string item1, int index1, bool any, string json, ChatOptions? options, string value); [UserPrompt(\"Hello {{name}}\")] Task<string> GreetAsync(string name); }", "new Desk(client)", "GreetAsync")]
    [InlineData("""
        [AiFunctions] public interface IDesk {
            [UserPrompt("Hello {{name}}")] Task<string> GreetAsync(string name);
            [UserPrompt("x")] Task<int> Output(); [UserPrompt("x")] Task<int> Arguments(); [UserPrompt("x")] Task<int> _caller();
            [UserPrompt("{{x}}")] [Example("1", "2")] Task<int> Route(string x); [UserPrompt("x")] Task<int> RouteInfo(); [UserPrompt("x")] Task<int> RouteInfoExamples(); [UserPrompt("x")] Task<int> RouteInfo2Prompt0(); [UserPrompt("x")] Task<int> RouteInfo2();
            [UserPrompt("x")] Task<int> RouteInfo3Prompt0(); [UserPrompt("x")] Task<int> RouteInfo2Examples(); [UserPrompt("x")] Task<int> RouteInfo3Examples();
        }
        """, "new Desk(client)", "GreetAsync")]
    // The user's own half
    [InlineData($"[AiFunctions] public interface IDesk {{ {Greet} }} public sealed partial class Desk {{ private readonly int _caller = 3; public int Output => _caller; }}", "new Desk(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface IDesk {{ {Greet} }} internal partial class Desk {{ public int More => 1; }}", "new Desk(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public partial interface IDesk {{ {Greet} }} public partial interface IDesk {{ [UserPrompt(\"x\")] Task<int> CountAsync(); }}", "new Desk(client)", "GreetAsync")]
    [InlineData($"[AiFunctions] public interface IDesk {{ {Greet} }} public static class DeskServiceCollectionExtensions {{ public static int Mine => 1; }}", "new Desk(client)", "GreetAsync")]
    // Parameters
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"Hello {{name}}\")] Task<string> GreetAsync(in string name, in CancellationToken cancellationToken = default); }", "new Desk(client)", "GreetAsync")]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"Hello {{#each names}}{{this}}{{/each}}\")] Task<string> GreetAsync(params string[] names); }", "new Desk(client)", "GreetAsync")]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"Hello {{#each names}}{{this}}{{/each}}\")] Task<string> GreetAsync(params IReadOnlyList<string> names); }", "new Desk(client)", "GreetAsync")]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"Hello {{name}}\")] Task<string> GreetAsync(string name); [UserPrompt(\"{{n}}\")] Task<string> GreetAsync(int n); [UserPrompt(\"{{n}}\")] Task<string> GreetAsync(ref readonly int n, string b); [UserPrompt(\"{{n}}\")] Task<string> GreetAsync(int n, int m); }", "new Desk(client)", "GreetAsync")]
    // Members that are no functions, and code of other times
    [InlineData("""
        [AiFunctions] public interface IDesk {
            [UserPrompt("Hello {{name}}")] Task<string> GreetAsync(string name);
            int Count { get; } string Name { get; set; } string First { get; init; } string this[int i, string key] { get; set; } ref int Reference { get; } event EventHandler? Changed;
            Task<T> MakeAsync<T>(T? value) where T : class, new(); Task<T?> AnyAsync<T>(T? value); Task<bool> TryAsync(ref int a, out string b); void Nothing(); int Number(); ref readonly int Get(); Task Later();
            unsafe int Point(int* pointer); protected Task<int> HiddenAsync(); internal Task<int> InnerAsync();
            int this[string name] => 1; int Computed => 2; private int Private() => 3; static int Static() => 4; static virtual int Virtual() => 5; const int Constant = 6; class Nested; abstract class Abstract; interface INested { int Member { get; } }
            [UserPrompt("x")] Task<int> DefaultAsync() => Task.FromResult(1); sealed int Sealed() => 7;
        }
        """, "new Desk(client)", "GreetAsync")]
    [InlineData("""
        [AiFunctions] public interface IDesk<TSelf> where TSelf : IDesk<TSelf> {
            [UserPrompt("Hello {{name}}")] Task<string> GreetAsync(string name);
            static abstract int Static(); static abstract int Property { get; set; } static abstract event EventHandler Changed; static abstract TSelf operator +(TSelf a, TSelf b); static abstract TSelf operator checked -(TSelf a);
            static abstract TSelf operator -(TSelf a); static abstract implicit operator int(TSelf a); static abstract bool operator true(TSelf a); static abstract bool operator false(TSelf a); static abstract explicit operator checked byte(TSelf a); static abstract explicit operator byte(TSelf a);
            void operator +=(int other); void operator ++();
        }
        """, "(object)new Demo.Starter(client)", "GreetAsync", "public sealed class Starter(IChatClient c) { public Task<string> GreetAsync(string n) => c.GetResponseAsync(\"Hello \" + n).ContinueWith(t => t.Result.Text, TaskScheduler.Default); }")]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"Hello {{name}}\")] Task<string> GreetAsync(string name); static abstract int Static(); static abstract IDesk operator +(IDesk a, IDesk b); }", "new Desk(client)", "GreetAsync")]
    [InlineData($"#pragma warning disable CS0612, CS0618\n[Obsolete, AiFunctions] public interface IDesk {{ [Obsolete(\"old\")] {Greet} [UserPrompt(\"x\")] Task<Old> OldAsync(OldRecord record, Old old); }} [Obsolete] public enum Old {{ [Obsolete] A, B }} [Obsolete] public record OldRecord([property: Obsolete] int A);", "new Desk(client)", "GreetAsync")]
    [InlineData("#nullable disable\n[AiFunctions] public interface IDesk { [UserPrompt(\"Hello {{name}}{{#each order.Tags}}{{this}}{{/each}}\")] Task<string> GreetAsync(string name, Order order = null, string note = null); [UserPrompt(\"x {{order}} {{json order}} {{order.Inner.Name}}{{#if order.Tags}}{{/if}}\")] Task<Order> ReadAsync(Order order); [UserPrompt(\"x\")] Task<List<string>> ListAsync(); [UserPrompt(\"x\")] Task<Dictionary<string, Order>> MapAsync(); }\npublic class Order { public string Name { get; set; } public List<string> Tags { get; set; } = new(); public Order Inner { get; set; } public string[] Words { get; init; } = new string[0]; public Dictionary<string, Order> Map { get; set; } } public record Positional(string A, Order B, string C = null);", "new Desk(client)", "GreetAsync")]
    public async Task The_class_compiles_without_a_warning_and_answers(string declaration, string creation, string method, string more = "")
    {
        bool isList = declaration.Contains("IReadOnlyList<string> names", StringComparison.Ordinal);
        string call = creation.StartsWith("(object)", StringComparison.Ordinal) ? $"await new Demo.Starter(client).{method}(\"Ann\")" : $"await {creation}.{method}({(isList ? "[\"Ann\"]" : "\"Ann\"")})";
        LiveCall result = await Live.CallAsync($"namespace Demo;\n{declaration}\n{more}", call, "Good day");
        Assert.Equal("Good day", result.Value);
        Assert.Equal(["user: Hello Ann"], result.Messages);
    }

    [Fact]
    public async Task An_interface_in_the_global_namespace_is_called()
    {
        LiveCall result = await Live.CallAsync($"[AiFunctions] public interface IDesk {{ {Greet} }}", "await new global::Desk(client).GreetAsync(\"Ann\")", "Good day");
        Assert.Equal("Good day", result.Value);
        Assert.Equal("IDesk.g.cs", result.Code.Files.Keys.Single());
    }

    [Fact]
    public async Task Keywords_may_be_names_everywhere()
    {
        LiveCall result = await Live.CallAsync(
            """
            namespace @class.@namespace;
            [AiFunctions] public interface @interface
            {
                [UserPrompt("{{event}} {{record.base}} {{@root.this.string}} {{#each int}}{{is}}{{/each}}")]
                Task<@struct> @await(string @event, @record @record, @struct @this, @struct[] @int);
            }
            public enum @enum { @new, @void, other }
            public record @record(string @base);
            public class @struct { public required @enum @is { get; init; } public @string @string { get; init; } = new(); }
            public record @string { public int @out { get; init; } = 7; public override string ToString() => "s"; }
            """,
            "var r = await new @class.@namespace.interfaceClient(client).@await(\"E\", new(\"B\"), new() { @is = @class.@namespace.@enum.@void }, [new() { @is = @class.@namespace.@enum.@new }]); return $\"{r.@is} {r.@string.@out}\";",
            """{"is":"new"}""");
        Assert.Equal("new 7", result.Value);
        Assert.Equal("""E B {"out":7} new""", result.Prompt);
        Assert.Equal("class.namespace.interface.g.cs", result.Code.Files.Keys.Single());
    }

    [Fact]
    public async Task Default_values_of_every_kind_are_kept()
    {
        LiveCall result = await Live.CallAsync(
            """"
            namespace Demo;
            [AiFunctions] public interface IDesk
            {
                [UserPrompt("{{a}} {{b}} {{c}} {{d}} {{e}} {{f}} {{g}} {{h}} {{i}} {{j}} {{k}} {{l}} {{m}} {{n}} {{o}} {{p}} {{q}} {{r}} {{s}} {{t}} {{u}}")]
                Task<string> AskAsync(
                    DayOfWeek a = DayOfWeek.Friday, DayOfWeek? b = (DayOfWeek)(-3), decimal c = -1.50m, int d = int.MinValue, double e = double.NaN, double f = double.NegativeInfinity, float g = float.Epsilon,
                    string h = "\"{q}\\\n'\u2028\0", string? i = null, string j = null!, char k = '\'', bool l = true, long m = long.MinValue, ulong n = ulong.MaxValue, uint o = 3000000000, byte p = 255,
                    int? q = 5, DateTime r = default, Guid s = default, double t = 1e300, nint u = -5, CancellationToken cancellationToken = default);
            }
            """",
            "await new Desk(client).AskAsync(j: \"j\")", "ok");
        Assert.Equal("ok", result.Value);
        Assert.Equal(
            "Friday -3 -1.50 -2147483648 NaN -Infinity 1E-45 \"{q}\\\n'\u2028\0  j ' true -9223372036854775808 18446744073709551615 3000000000 255 5 0001-01-01T00:00:00 00000000-0000-0000-0000-000000000000 1E+300 -5",
            result.Prompt);
        IMethodSymbol declared = Method("IDesk"), generated = Method("Desk");
        Assert.Equal(declared.Parameters.Select(static p => p.ExplicitDefaultValue), generated.Parameters.Select(static p => p.ExplicitDefaultValue));

        IMethodSymbol Method(string type) => result.Code.Compilation.GetTypeByMetadataName("Demo." + type)!.GetMembers("AskAsync").OfType<IMethodSymbol>().Single();
    }

    [Theory]
    [InlineData("public class Outer { [AiFunctions] public interface IDesk { } }")]
    [InlineData("[AiFunctions] file interface IDesk { }")]
    [InlineData("[AiFunctions] public interface IDesk { } public class Desk;")]
    [InlineData("[AiFunctions] public interface IDesk { } public partial struct Desk;")]
    [InlineData("[AiFunctions] public interface IDesk { } public partial record Desk;")]
    [InlineData("[AiFunctions] public interface IDesk { } public static partial class Desk;")]
    [InlineData("[AiFunctions] public interface IDesk { } public partial interface Desk;")]
    [InlineData("public partial interface IOuter<out T> { [AiFunctions] public interface IDesk { } }")]
    [InlineData("[AiFunctions] public interface IDesk<Desk> { }")]
    public void Where_no_class_can_be_nothing_is_generated(string source) => Assert.Empty(GeneratorHarness.Run(source).Files);

    [Fact]
    public void Of_two_interfaces_with_one_class_name_the_one_with_I_gets_it()
    {
        GeneratedCode code = GeneratorHarness.Run("[AiFunctions] public interface IDeskClient { } [AiFunctions] public interface Desk { }");
        Assert.Equal(["IDeskClient.g.cs"], code.Files.Keys);
    }

    [Theory]
    [InlineData("[AiFunctions] public partial interface IDesk { } [AiFunctions] public partial interface IDesk { }")]
    [InlineData("[AiFunctions] public interface IDesk { } [AiFunctions] public interface IDesk { }")]
    [InlineData("[AiFunctions, AiFunctions] public interface IDesk { }")]
    [InlineData("public interface IDesk { } [AiFunctions] public interface IDesk { }")]
    public void An_interface_that_stands_there_twice_is_generated_once(string source) =>
        Assert.Equal(["IDesk.g.cs"], GeneratorHarness.Run(GeneratorHarness.Compile(source), sourceMayBeWrong: true).Files.Keys);

    [Fact]
    public async Task Registration_resolves_the_client_by_key()
    {
        LiveCall result = await Live.CallAsync(
            """
            namespace Demo;
            public partial class Outer { [AiFunctions] public interface IDesk { [UserPrompt("a")] Task<string> AskAsync(); [ModelOptions("fast", Temperature = 0.5, StopSequences = ["a\"b", "c"], MaxOutputTokens = 9, ModelId = "m", Seed = -1)] [UserPrompt("b")] Task<string> FastAsync(); } }
            [AiFunctions] public interface IOther<T> where T : struct { [UserPrompt("{{x}}")] Task<string> AskAsync(string x = "c"); }
            public sealed class Provider(IChatClient client) : Microsoft.Extensions.DependencyInjection.IKeyedServiceProvider
            {
                public object? GetService(Type type) => null;
                public object? GetKeyedService(Type type, object? key) => key is "fast" && type == typeof(IChatClient) ? client : null;
                public object GetRequiredKeyedService(Type type, object? key) => GetKeyedService(type, key) ?? throw new InvalidOperationException();
            }
            """,
            """
            var services = new Microsoft.Extensions.DependencyInjection.ServiceCollection();
            services.AddOuterDesk("fast").AddOther<int>("fast");
            var provider = new Provider(client);
            var desk = (Outer.IDesk)services[0].KeyedImplementationFactory!(provider, "fast");
            return await desk.AskAsync() + await desk.FastAsync() + await ((IOther<int>)services[2].KeyedImplementationFactory!(provider, "fast")).AskAsync();
            """,
            "1", "2", "3");
        Assert.Equal("123", result.Value);
        Microsoft.Extensions.AI.ChatOptions fast = result.Client.Options[1]!;
        Assert.Equal((0.5f, 9, "m", -1L), (fast.Temperature, fast.MaxOutputTokens, fast.ModelId, fast.Seed));
        Assert.Equal(["a\"b", "c"], fast.StopSequences);
        Assert.Null(result.Client.Options[0]);
    }

    [Fact]
    public async Task The_callers_options_win_and_stay_as_they_were()
    {
        LiveCall result = await Live.CallAsync(
            "namespace Demo; [AiFunctions] public interface IDesk { [ModelOptions(Temperature = 0.25, TopK = 3)] [UserPrompt(\"a\")] Task<int> AskAsync(ChatOptions? chatOptions = null); }",
            "var own = new ChatOptions { Temperature = 1 }; var n = await new Desk(client).AskAsync(own) + await new Desk(client).AskAsync(); return $\"{n} {own.TopK} {own.ResponseFormat}\";",
            "4");
        Assert.Equal("8  ", result.Value);
        Assert.Equal([(1f, 3), (0.25f, 3)], result.Client.Options.Select(static o => (o!.Temperature!.Value, o.TopK!.Value)));
    }

    [Fact]
    public async Task A_function_says_what_it_is()
    {
        LiveCall result = await Live.CallAsync(
            "namespace Demo;\n[AiFunctions] public interface IDesk {\n[SystemPrompt(\"s\")]\n[UserPrompt(\"{{x}}\")]\n[Example(\"i\", \"1\")]\nTask<int> AskAsync(string x); [SystemPrompt(\"s\")] [UserPrompt(\"{{x}}!\")] [Example(\"i\", \"1\")] Task<int> OtherAsync(string x); }",
            "return (Desk.AskAsyncInfo, Desk.OtherAsyncInfo);", "1");
        (AiFunctionInfo<int> info, AiFunctionInfo<int> other) = Assert.IsType<(AiFunctionInfo<int>, AiFunctionInfo<int>)>(result.Value);
        Assert.Equal(("IDesk.AskAsync", "Demo.IDesk.AskAsync(string)", "Source.cs", 6), (info.Name, info.Id, info.SourceFile, info.SourceLine));
        Assert.Equal([("system", "s"), ("user", "{{x}}")], info.Prompts.Select(static p => (p.Role.Value, p.Text)));
        Assert.Equal([new PromptExample("i", "1")], info.Examples);
        Assert.Matches("^[0-9a-f]{16}$", info.PromptHash);
        Assert.NotEqual(info.PromptHash, other.PromptHash);
    }

    [Theory]
    [InlineData("Task<T> MakeAsync<T>()", "MakeAsync<int>()", "IDesk.MakeAsync could not be compiled: a generic method has no one schema; make one function per type.")]
    [InlineData("Task<string> MakeAsync()", "MakeAsync()", "IDesk.MakeAsync could not be compiled: it has no prompt; add [UserPrompt(\"…\")].")]
    [InlineData("[UserPrompt(null!)] Task<string> MakeAsync()", "MakeAsync()", "IDesk.MakeAsync could not be compiled: a prompt's text is null.")]
    [InlineData("[UserPrompt(\"x\")] Task MakeAsync()", "MakeAsync()", "IDesk.MakeAsync could not be compiled: it returns nothing; the closest that a function can give is Task<string>; use Task<T>, ValueTask<T>, Task<AiResult<T>>, Task<string>, IAsyncEnumerable<string>, IAsyncEnumerable<T> or IAsyncEnumerable<Partial<T>>.")]
    [InlineData("[UserPrompt(\"x\")] Task<int> MakeAsync(CancellationToken a = default, CancellationToken b = default)", "MakeAsync()", "IDesk.MakeAsync could not be compiled: there are 2 parameters of type CancellationToken, but only one can count.")]
    [InlineData("[UserPrompt(\"{{x}}\")] [Example(\"a\", \"{\")] Task<int> MakeAsync(string x = \"\")", "MakeAsync()", "IDesk.MakeAsync could not be compiled: the example's output is not valid JSON: { (at character 1 of the output).")]
    [InlineData("[UserPrompt(\"{{x}}\")] [Example(\"a\", \"1\")] Task<int> MakeAsync(int x = 1)", "MakeAsync()", "IDesk.MakeAsync could not be compiled: the example's input is not valid JSON; with several parameters in the user prompt it must be a JSON object with a property for each: a (at character 0 of the input).")]
    [InlineData("[UserPrompt(\"{{x}}\")] [Example(\"{}\", \"1\")] Task<int> MakeAsync(int x = 1)", "MakeAsync()", "IDesk.MakeAsync could not be compiled: the example's input has no property 'x', which the user prompt uses (at character 0 of the input).")]
    [InlineData("[UserPrompt(\"{{x}}\")] [Example(\"{\\\"x\\\":1,\\\"y\\\":2}\", \"1\")] Task<int> MakeAsync(int x = 1)", "MakeAsync()", "IDesk.MakeAsync could not be compiled: the example's input has a property 'y', but the user prompt uses no such parameter (at character 7 of the input).")]
    [InlineData("[UserPrompt(\"x\")] Task<int> MakeAsync(Stream? stream = null)", "MakeAsync()", "IDesk.MakeAsync could not be compiled: the parameter 'stream' cannot be shown to a model: Stream: Stream has no JSON form; use a string, number, date, enum, record, list or dictionary.")]
    [InlineData("int Count { get; }", "Count", "IDesk.Count is no AI function: only methods are.")]
    public async Task What_cannot_be_compiled_throws_its_reason(string member, string use, string reason)
    {
        string declaration = member + (member.EndsWith('}') ? "" : ";");
        LiveCall result = await Live.CallAsync($"namespace Demo; [AiFunctions] public interface IDesk {{ {declaration} }}", $"object made = ((IDesk)new Desk(client)).{use}; if (made is Task task) await task; return made;");
        Assert.Equal(reason, result.Threw<NotSupportedException>().Message);
    }

    [Fact]
    public async Task Records_of_another_assembly_are_read_and_shown()
    {
        const string Library = """
            namespace Library;
            /// <summary>Not seen from outside.</summary>
            public class Order { public required string Id { get; init; } public int Count { get; set; } = 3; public string? Note { get; init; } = "n"; public List<Line> Lines { get; init; } = []; }
            public record Line(decimal Price, Kind Kind = Kind.Big);
            public enum Kind { [System.Text.Json.Serialization.JsonStringEnumMemberName("small one")] Small, Big }
            """;
        const string Consumer = "namespace Demo; using Library; [AiFunctions] public interface IDesk { [UserPrompt(\"{{order}}\")] Task<Order> AskAsync(Order order); }";
        CSharpCompilation library = GeneratorHarness.Compile(Library, assemblyName: "Library");
        byte[] image = Live.Image(library);
        LiveCall result = await Live.CallAsync(
            Consumer, "return System.Text.Json.JsonSerializer.Serialize(await new Desk(client).AskAsync(new() { Id = \"ä\", Lines = [new(1.50m, Library.Kind.Small)] }));", [image],
            """{"id":"b","count":1,"lines":[{"price":2}]}""");
        Assert.Equal("""{"Id":"b","Count":1,"Note":"n","Lines":[{"Price":2,"Kind":1}]}""", result.Value);
        Assert.Equal("""{"id":"ä","count":3,"note":"n","lines":[{"price":1.50,"kind":"small one"}]}""", result.Prompt);

        // The editor refers to the project, the build to its file: both must give the same code.
        Assert.Equal(
            GeneratorHarness.Run(Consumer, references: [MetadataReference.CreateFromImage(image)]).Single,
            GeneratorHarness.Run(Consumer, references: [library.ToMetadataReference()]).Single);
    }

    [Fact]
    public void The_documentation_mode_changes_nothing()
    {
        const string Source = """
            namespace Demo;
            /// <summary>An order.</summary>
            //// <summary>No comment at all.</summary>
            [AiFunctions] public interface IDesk { [UserPrompt("x")] Task<Order> AskAsync(); }
            /// <summary>An <see cref="Order"/> of <paramref name="Id"/>
            /// over several lines &amp; more.</summary>
            /// <param name="Id">The id.</param>
            public record Order(string Id, Kind Kind)
            {
                //// <summary>Four slashes are no documentation.</summary>
                public string? First { get; init; }
                /** <summary>In a block
                 * of lines.</summary> */
                public string? Second { get; init; }
                /*** <summary>Three stars are none.</summary> */
                public string? Third { get; init; }
                /**/
                /// <summary>Malformed <b></summary>
                public string? Fourth { get; init; }
                // <summary>Two slashes are none.</summary>
                public string? Fifth { get; init; }
                /// <summary>
                /// <para>One.</para>
                /// <para>Two.</para>
                /// </summary>
                [Obsolete] /// <summary>Too late.</summary>
                public string? Sixth { get; init; }
            }
            public enum Kind { /// <summary>Great.</summary>
                Big,
                /// <summary>Little.</summary>
                Small }
            """;
        string parsed = GeneratorHarness.Run(GeneratorHarness.Compile(Source), sourceMayBeWrong: true).Single;
        Assert.Equal(parsed, GeneratorHarness.Run(GeneratorHarness.Compile(Source, DocumentationMode.None), sourceMayBeWrong: true).Single);
        Assert.Equal(parsed, GeneratorHarness.Run(GeneratorHarness.Compile(Source, DocumentationMode.Diagnose), sourceMayBeWrong: true).Single);
        Assert.Contains("\"An Order of Id over several lines & more.\"", parsed, StringComparison.Ordinal);
        Assert.Contains("\"The id.\"", parsed, StringComparison.Ordinal);
        Assert.Contains("\"In a block of lines.\"", parsed, StringComparison.Ordinal);
        Assert.Contains("\"One. Two.\"", parsed, StringComparison.Ordinal);
        Assert.Contains("Little.", parsed, StringComparison.Ordinal);
        Assert.DoesNotContain("are no", parsed, StringComparison.Ordinal);
        Assert.DoesNotContain("Malformed", parsed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"{{p}}\")] Task<Person> AskAsync(Person p); } public record Person(string Name, int)")]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"{{p}}\")] Task<Person> AskAsync(Person p); } public class Person { public int { get; set; } }")]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(] Task<int> AskAsync(string")]
    [InlineData("[AiFunctions] public interface IDesk { [UserPrompt(\"{{x}}\")] Task<int> (string, int) ; Task<> BAsync(); [Example(\"a\")] Task<Missing> CAsync(Missing m = ); }")]
    [InlineData("[AiFunctions] public interface { Task<int> AskAsync(); }")]
    [InlineData("using System.ComponentModel.DataAnnotations; [AiFunctions] public interface IDesk { [UserPrompt(\"x\")] Task<P> AskAsync(); } public class P { [StringLength] [MinLength] [Range] [AllowedValues(null)] [RegularExpression] public string? A { get; set; } }")]
    [InlineData("[AiFunctions] public interface IDesk : IDesk { [ModelOptions(Temperature = )] [UserPrompt(\"x\")] Task<P> AskAsync(); } public record P : P;")]
    public void Code_that_is_being_typed_never_makes_the_generator_fail(string source)
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(source);
        GeneratorRunResult result = GeneratorHarness.Driver((CSharpParseOptions)compilation.SyntaxTrees[0].Options)
            .RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results.Single();
        Assert.Null(result.Exception);
    }
}
