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
            int this[string name] => 1; int Computed => 2; private int Private() => 3; static int Static() => 4; static virtual int Virtual() => 5; const int Constant = 6; class Nested;
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
}
