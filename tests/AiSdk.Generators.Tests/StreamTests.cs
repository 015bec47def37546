using Xunit;

namespace AiSdk.Generators.Tests;

/// <summary>Functions that give a list's elements or a value's parts as they come, compiled and run.</summary>
public sealed class StreamTests
{
    private const string Types = """
        using System.Text.Json.Serialization;
        namespace Demo;
        public enum Mood { Calm, [JsonStringEnumMemberName("very angry")] Angry }
        public record Ticket(string Title, int Priority, Mood Mood, DateOnly? Due, Person Author, List<Person> Watchers, string[] Tags, int[] Codes, Dictionary<string, double> Prices, Shape? Shape, Ticket? Parent = null)
        {
            /// <summary>How sure the model is.</summary>
            public double Value { get; init; }
        }
        public record Person([property: JsonPropertyName("full_name")] string Name, Uri? Home = null);
        public abstract record Shape { public record Circle(double Radius) : Shape; public record Square(double Side, string? Note = null) : Shape; }

        """;

    private const string Reply = """
        {"title":"It \"broke\"","priority":3,"mood":"very angry","due":"2026-03-01","author":{"full_name":"Ada","home":"http://x/"},"watchers":[{"full_name":"Bob"},{"full_name":"Cy"}],"tags":["a","bc"],"codes":[1,20],"prices":{"x":1.5},"shape":{"type":"Circle","radius":2},"value":0.5}
        """;

    private static Task<LiveCall> StreamAsync(string returns, string body, params string[] replies) => Live.CallAsync(
        $"{Types}[AiFunctions] public interface IDesk {{ [UserPrompt(\"x\")] IAsyncEnumerable<{returns}> AskAsync(CancellationToken cancellationToken = default); }}",
        $"List<string> seen = []; await foreach (var part in new Desk(client).AskAsync()) {{ {body} }} return string.Join(\"|\", seen);", replies);

    [Theory]
    [InlineData("int", "[1, 20,3]", "1|20|3")]
    [InlineData("int", "{\"value\":[1,20,3]}", "1|20|3")]
    [InlineData("int", "Here:\n```json\n[1,\n20,\n3,\n]\n```", "1|20|3")]
    [InlineData("int", "[]", "")]
    [InlineData("int", "7", "7")]
    [InlineData("Mood", "[\"very angry\", \"Calm\"]", "Angry|Calm")]
    [InlineData("Person", "{\"value\":[{\"full_name\":\"Ada\"},{\"full_name\":\"Bob\",\"home\":\"/x\"}]}", "Person { Name = Ada, Home =  }|Person { Name = Bob, Home = /x }")]
    [InlineData("Person", "{\"full_name\":\"Ada\"}\n{\"full_name\":\"Bob\"}", "Person { Name = Ada, Home =  }|Person { Name = Bob, Home =  }")]
    [InlineData("DateOnly?", "[\"2026-03-01\", null]", "03/01/2026|")]
    [InlineData("IReadOnlyList<int>", "[[1,2],[3]]", "2|1", "part.Count")]
    public async Task Elements_are_given_each_once(string element, string reply, string expected, string shown = "part")
    {
        LiveCall call = await StreamAsync(element, $"seen.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $\"{{{shown}}}\"));", reply);
        Assert.Equal(expected, call.Value);
    }

    [Fact]
    public async Task An_element_that_does_not_fit_ends_the_stream_with_its_path()
    {
        LiveCall call = await StreamAsync("int", "seen.Add(part.ToString());", "[1,2,\"many\",4]");
        AiOutputException error = call.Threw<AiOutputException>();
        Assert.Equal("$[2]", error.Path);
        Assert.Equal("[1,2,\"many\",4]", error.RawReply);
    }

    [Fact]
    public async Task Elements_come_before_the_reply_has_ended()
    {
        LiveCall call = await Live.CallAsync(
            $"{Types}[AiFunctions] public interface IDesk {{ [UserPrompt(\"x\")] IAsyncEnumerable<int> AskAsync(); }}",
            "await foreach (int part in new Desk(client).AskAsync()) return part; return 0;", "[7,8");
        Assert.Equal(7, call.Value);
    }

    [Fact]
    public async Task Partials_have_the_types_properties()
    {
        const string Show = "seen.Add($\"{part.Title}/{part.Priority}/{part.Mood}/{part.Due?.Year}/{part.Author?.Name}/{part.Author?.Home}/{part.Watchers?.Count}/{(part.Watchers is { Count: > 0 } w ? w[^1].Name : null)}/{(part.Tags is { } t ? string.Join(',', t) : null)}/{(part.Codes is { } c ? string.Join(',', c) : null)}/{part.Prices?.Count}/{part.Shape?.AsCircle?.Radius}/{part.Shape?.AsSquare?.Side}/{part.ValueProperty}/{part.IsComplete}\");";
        LiveCall call = await StreamAsync("Partial<Ticket>", $"{Show} if (part.IsComplete) seen.Add(part.Value.ToString());", Reply);
        string[] seen = Assert.IsType<string>(call.Value).Split('|');
        Assert.Contains("It \"b//////////////False", seen);
        Assert.Contains("It \"broke\"/3/Angry/2026/Ada/http://x//2/C///////False", seen);
        Assert.Equal("It \"broke\"/3/Angry/2026/Ada/http://x//2/Cy/a,bc/1,20/1/2//0.5/True", seen[^2]);
        Assert.StartsWith("Ticket { Title = It \"broke\", Priority = 3, Mood = Angry,", seen[^1], StringComparison.Ordinal);
        Assert.All(seen.Where(static s => s.StartsWith("It", StringComparison.Ordinal)).Select(static s => s.Split('/')), static s => Assert.Contains(s[1], (string[])["", "3"]));
    }

    [Fact]
    public async Task Partials_of_a_union_know_their_variant_once_it_is_said()
    {
        LiveCall call = await StreamAsync("Partial<Shape>", "seen.Add($\"{part.AsCircle?.Radius}{part.AsSquare?.Note}{(part.IsComplete ? part.Value.ToString() : \"\")}\");", "{\"value\":{\"type\":\"Square\",\"side\":1,\"note\":\"ab\"}}");
        string[] seen = Assert.IsType<string>(call.Value).Split('|');
        Assert.Equal(["", "a", "ab"], seen[..^1].Distinct());
        Assert.Equal("abSquare { Side = 1, Note = ab }", seen[^1]);
    }

    [Fact]
    public async Task Interfaces_share_the_properties_of_a_type()
    {
        LiveCall call = await Live.CallAsync(
            Types + "[AiFunctions] public interface IA { [UserPrompt(\"x\")] IAsyncEnumerable<Partial<Person>> AskAsync(); } [AiFunctions] internal interface IB { [UserPrompt(\"x\")] IAsyncEnumerable<Partial<Person>> AskAsync(); [UserPrompt(\"x\")] IAsyncEnumerable<Partial<Hidden>> HiddenAsync(); } internal record Hidden(string Text);",
            "string a = \"\"; await foreach (var part in new A(client).AskAsync()) a += part.Name; await foreach (var part in new B(client).HiddenAsync()) a += part.Text; return a;",
            "{\"full_name\":\"x\"}", "{\"text\":\"y\"}");
        Assert.EndsWith("y", Assert.IsType<string>(call.Value), StringComparison.Ordinal);
        string file = Assert.Single(call.Code.Files, static f => f.Key == "AiSdk.PartialProperties.g.cs").Value;
        Assert.Equal(2, file.Split("extension(").Length - 1);
        Assert.Contains("public static class PartialProperties", file, StringComparison.Ordinal);
        Assert.Contains("internal static class InternalPartialProperties", file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Partial<int>", "Partial<T> wants an object, which int is not; for the elements of a list use IAsyncEnumerable<T>")]
    [InlineData("Partial<Person?>", "Partial<T> wants an object")]
    [InlineData("Partial<List<Person>>", "Partial<T> wants an object")]
    [InlineData("AiResult<int>", "a stream has no one result")]
    [InlineData("object", "object has no schema")]
    [InlineData("Partial<Box.Inner>", "private")]
    public void What_cannot_be_streamed_says_why(string item, string reason)
    {
        GeneratedCode code = GeneratorHarness.Run($"{Types}public partial class Box {{ private record Inner(int A); [AiFunctions] private interface IDesk {{ [UserPrompt(\"x\")] IAsyncEnumerable<{item}> AskAsync(); }} }}");
        Assert.Contains(reason, code.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IAsyncEnumerable<int>")]
    [InlineData("IAsyncEnumerable<Partial<Person>>")]
    public void A_stream_cannot_be_asked_for_again(string returns)
    {
        GeneratedCode code = GeneratorHarness.Run($"{Types}[AiFunctions] public interface IDesk {{ [Reask] [UserPrompt(\"x\")] {returns} AskAsync(); }}");
        Assert.Contains("[Reask] and a stream do not go together", code.ToString(), StringComparison.Ordinal);
    }
}
