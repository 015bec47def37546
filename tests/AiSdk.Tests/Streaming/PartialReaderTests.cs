using System.Text.Json;
using AiSdk.CompilerServices;
using Xunit;

namespace AiSdk.Tests;

public sealed class PartialReaderTests
{
    private static readonly OutputShape _person = Streams.Shape("""
        {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},"tags":{"type":"array","items":{"type":"string"}},"kind":{"enum":["small","large"]},
        "born":{"type":"string","format":"date"},"ok":{"type":"boolean"},"friend":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["name"],"additionalProperties":false}
        """);

    private static readonly OutputShape _people = new() { Kind = OutputShapeKind.List, Name = "list", ItemsFactory = static () => _person! };

    private static readonly OutputShape _shapes = new()
    {
        Kind = OutputShapeKind.List,
        Name = "list",
        ItemsFactory = static () => _union!,
    };

    private static readonly OutputShape _union = new()
    {
        Kind = OutputShapeKind.Union,
        Name = "Figure",
        Discriminator = "$type",
        Variants =
        [
            new OutputVariant("\"circle\"", static () => _circle!),
            new OutputVariant("\"square\"", static () => _square!),
        ],
    };

    private static readonly OutputShape _circle = Streams.Shape("""{"type":"object","properties":{"label":{"type":"string"},"radius":{"type":"number"}},"required":["radius"],"additionalProperties":false}""");
    private static readonly OutputShape _square = Streams.Shape("""{"type":"object","properties":{"label":{"type":"string"},"side":{"type":"number"}},"required":["side"],"additionalProperties":false}""");

    [Fact]
    public void A_text_grows_character_by_character() => Assert.Equal(
        ["{}", """{"name":"A"}""", """{"name":"An"}""", """{"name":"Ann"}""", """{"name":"Ann"}"""],
        Streams.Shown(_person, """{"name": "Ann"}"""));

    [Fact]
    public void A_text_at_its_end_is_closed_when_what_follows_confirms_it()
    {
        PartialReader reader = new(_person, isWrapped: false);
        reader.Append("{\"name\": \"Ann\"");
        int open = Bytes(reader);
        reader.Append(" ");
        Assert.Equal(open, Bytes(reader));
        reader.Append("}");
        Assert.True(reader.IsClosed);
    }

    [Theory]
    [InlineData("{\"name\": \"Ann\", \"age\": 30", """{"name":"Ann"}""")]
    [InlineData("{\"name\": \"Ann\", \"age\": 30,", """{"name":"Ann"}""")]
    [InlineData("{\"name\": \"Ann\", \"age\": 30, \"ok\": t", """{"name":"Ann","age":30}""")]
    [InlineData("{\"name\": \"Ann\", \"kind\": \"small\"", """{"name":"Ann"}""")]
    [InlineData("{\"name\": \"Ann\", \"kind\": \"small\"}", """{"name":"Ann","kind":"small"}""")]
    [InlineData("{\"name\": \"Ann\", \"born\": \"2020-01-0", """{"name":"Ann"}""")]
    [InlineData("{\"name\": \"Ann\", \"born\": \"2020-01-02\", \"ok\":", """{"name":"Ann","born":"2020-01-02"}""")]
    [InlineData("{\"tags\": [\"a\", \"b", """{"tags":["a","b"]}""")]
    [InlineData("{\"tags\": [", """{"tags":[]}""")]
    [InlineData("{\"friend\": {\"name\": \"Bo", """{"friend":{"name":"Bo"}}""")]
    [InlineData("{\"friend\": null, \"na", """{"friend":null}""")]
    public void Numbers_and_all_that_has_no_half_appear_when_they_are_whole(string reply, string shown) => Assert.Equal(shown, Streams.Last(_person, reply));

    [Theory]
    [InlineData("""{"name": "a\""", "a")]
    [InlineData("""{"name": "a\n""", "a\n")]
    [InlineData("""{"name": "a\u00e""", "a")]
    [InlineData("""{"name": "a\u00e9""", "aé")]
    [InlineData("""{"name": "a\ud83d""", "a")]
    [InlineData("""{"name": "a\ud83d\ude0""", "a")]
    [InlineData("""{"name": "a\ud83d\ude00""", "a😀")]
    [InlineData("{\"name\": \"a\ud83d\ude00", "a😀")]
    [InlineData("{\"name\": \"line\nbreak", "line\nbreak")]
    [InlineData("{\"name\": \"\t\u0001x", "\t\u0001x")]
    [InlineData("{\"name\": \"a, ", "a")]
    [InlineData("{\"name\": \"a, b", "a, b")]
    [InlineData("{\"name\": \"he said \"hi\" to me, and", "he said \"hi\" to me, and")]
    public void No_half_escape_and_no_half_character_is_shown(string reply, string text)
    {
        foreach (int size in (ReadOnlySpan<int>)[1, 2, 1000])
        {
            PartialReader reader = new(_person, isWrapped: false);
            for (int i = 0; i < reply.Length; i += size)
                reader.Append(reply.AsSpan(i, Math.Min(size, reply.Length - i)));
            Assert.Equal(text, PartialValue.Of(reader.Snapshot<object>(), "name").AsText());
        }
    }

    [Fact]
    public void Half_a_surrogate_pair_waits_for_its_other_half()
    {
        PartialReader reader = new(_person, isWrapped: false);
        reader.Append("{\"name\": \"a\ud83d");
        Assert.Equal("a", PartialValue.Of(reader.Snapshot<object>(), "name").AsText());
        reader.Append("\ude00");
        Assert.Equal("a😀", PartialValue.Of(reader.Snapshot<object>(), "name").AsText());
        reader.Append("\ud83d\"}");
        Assert.True(reader.IsFrozen);
    }

    [Theory]
    [InlineData("I am thinking about [1] and {that}, a set {x, y}, and `code`.")]
    [InlineData("Certainly! ")]
    [InlineData("<think>{\"name\": \"Bo\"}")]
    [InlineData("<|channel|>analysis<|message|>{\"name\": \"Bo\"}<|end|>")]
    [InlineData("For example: {\"name\": \"Bo\"}")]
    [InlineData("```json\n")]
    [InlineData("\"{\\\"name\\\": \\\"Ann\\\"}\"")]
    [InlineData("{")]
    [InlineData("{\"name")]
    [InlineData("{\"other\": 1, \"more\": [{")]
    [InlineData("An empty object is {}, a list is [].")]
    public void Nothing_is_shown_while_only_prose_has_arrived(string reply) => Assert.Empty(Streams.Shown(_person, reply));

    [Fact]
    public void After_long_prose_a_value_is_shown_only_behind_the_end_of_reasoning()
    {
        string prose = "Okay, the user wants a person. " + new string('x', 300);
        Assert.Empty(Streams.Shown(_person, prose + " {\"name\": \"Bo\"}"));
        Assert.Equal("""{"name":"Ann"}""", Streams.Last(_person, prose + " {\"name\": \"Bo\"}</think>{\"name\": \"Ann\"}"));
    }

    [Theory]
    [InlineData("```json\n{\"name\": \"Ann\", \"age\": 30}\n```")]
    [InlineData("Sure:\n\n{\"name\": \"Ann\", \"age\": 30}\nBye")]
    [InlineData("<think>{\"name\": \"Bo\"}</think>\n{\"name\": \"Ann\", \"age\": 30}")]
    [InlineData("<|channel|>analysis<|message|>{\"name\": \"Bo\"}<|end|><|start|>assistant<|channel|>final<|message|>{\"name\": \"Ann\", \"age\": 30}")]
    [InlineData("Example: {\"name\": \"Bo\"}\nFinal: {\"name\": \"Ann\", \"age\": 30}")]
    [InlineData("{ // who\n \"name\": \"Ann\", /* old */ \"age\": 30 # years\n}")]
    [InlineData("{\"name\": \"Ann\", \"age\": 30,}")]
    [InlineData("{'name': 'Ann', 'age': 30}")]
    [InlineData("{“name”: “Ann”, “age”: 30}")]
    [InlineData("{name: \"Ann\", age: 30}")]
    [InlineData("{\"NAME\": \"Ann\", \"Age \": 30}")]
    [InlineData("{\"name\": \"Ann\", \"age\": \"30\"}")]
    [InlineData("{\"name\": \"Ann\", \"age\": 30, \"ok\": None}")]
    [InlineData("{\"name\": \"Ann\" \"age\": 30}")]
    [InlineData("{\"name\": \"Ann, \"age\": 30}")]
    [InlineData("{\"name\" = \"Ann\"; age => 30}")]
    [InlineData("{\"result\": {\"name\": \"Ann\", \"age\": 30}}")]
    [InlineData("[{\"name\": \"Ann\", \"age\": 30}]")]
    [InlineData("{\"name\": \"Ann\", \"mood\": {\"name\": [1, \"}\"]}, \"age\": 30}")]
    public void Harmless_damage_is_streamed_through(string reply)
    {
        foreach (int size in (ReadOnlySpan<int>)[1, 5, 1000])
        {
            Assert.Equal("""{"name":"Ann","age":30}""", Streams.Last(_person, reply, size));
            Streams.Check(_person, reply, Streams.Always(size));
        }
    }

    [Theory]
    [InlineData("{\"name\": \"Ann\", \"name\": \"Bo\", \"age\": 1}")]
    [InlineData("{\"name\": \"Ann\", ]\"age\": 1}")]
    [InlineData("{\"name\": \"Ann\", \"age\": \"many\", \"ok\": true}")]
    [InlineData("{\"name\": \"Ann\", \"mood\": [1}, \"age\": 2}")]
    [InlineData("{\"name\": \"Ann\", \"kind\": \"\"\"small\"\"\", \"age\": 1}")]
    public void What_is_not_sure_freezes_what_is_shown(string reply)
    {
        PartialReader reader = new(_person, isWrapped: false);
        reader.Append(reply);
        Assert.True(reader.IsFrozen);
        Assert.Equal("""{"name":"Ann"}""", reader.Snapshot<object>().ToJson());
    }

    [Fact]
    public void A_required_value_that_is_missing_leaves_its_object_open()
    {
        PartialReader reader = new(_person, isWrapped: false);
        reader.Append("{\"age\": 3}");
        Assert.False(reader.IsClosed);
    }

    [Theory]
    [InlineData("[{\"name\": \"Ann\"}, {\"name\": \"Bo\"}]")]
    [InlineData("{\"value\": [{\"name\": \"Ann\"}, {\"name\": \"Bo\"}]")]
    [InlineData("Here you are: {\"people\": [{\"name\": \"Ann\"}, {\"name\": \"Bo\"}]")]
    public void Elements_are_taken_when_they_are_closed(string reply)
    {
        PartialReader reader = new(_people, isWrapped: true);
        List<string> taken = [];
        foreach (char c in reply)
        {
            reader.Append([c]);
            while (reader.TryTakeElement(out int index, out ReadOnlySpan<byte> json))
            {
                Assert.Equal(taken.Count, index);
                taken.Add(System.Text.Encoding.UTF8.GetString(json));
            }
        }
        Assert.Equal(["""{"name":"Ann"}""", """{"name":"Bo"}"""], taken);
    }

    [Theory]
    [InlineData("""{"value": 3}""", "3")]
    [InlineData("""{"value": "3"}""", "3")]
    public void A_wrapped_value_is_shown_without_its_wrapper(string reply, string shown) =>
        Assert.Equal(shown, Streams.Last(Streams.Shape("""{"type":"integer"}"""), reply, isWrapped: true));

    [Theory]
    [InlineData("{\"name\": \"show\", \"arguments\": {\"total\": 3, \"note\": \"gro", """{"total":3,"note":"gro"}""")]
    [InlineData("<tool_call>{\"name\": \"show\", \"arguments\": {\"note\": \"gro", """{"note":"gro"}""")]
    [InlineData("{\"tool\": \"show\", \"arguments\": {\"total\": 3, \"note\": \"gro", null)]
    public void The_arguments_of_a_tool_that_the_reply_calls_are_the_value(string reply, string? shown) =>
        Assert.Equal(shown, Streams.Last(Streams.Shape("""{"type":"object","properties":{"total":{"type":"integer"},"note":{"type":"string"}},"additionalProperties":false}"""), reply));

    [Fact]
    public void The_name_of_a_tool_is_not_shown_as_the_value_s()
    {
        Assert.Empty(Streams.Shown(_person, "<tool_call>{\"name\": \"show\", "));
        Assert.Equal("""{"name":"Ann"}""", Streams.Last(_person, "<tool_call>{\"name\": \"show\", \"arguments\": {\"name\": \"Ann\"}}</tool_call>"));
    }

    [Fact]
    public void What_is_wrapped_may_come_without_its_wrapper() =>
        Assert.Equal("""{"a":1}""", Streams.Last(Streams.Shape("""{"type":"object","additionalProperties":{"type":"integer"}}"""), """{"a": 1}""", isWrapped: true));

    [Theory]
    [InlineData("""[{"$type": "circle", "label": "o""", """[{"$type":"circle","label":"o"}]""")]
    [InlineData("""[{"label": "o", "radius": 3, "$type": "circle"},""", """[{"$type":"circle","label":"o","radius":3}]""")]
    [InlineData("""[{"label": "o", "radius": 3, """, "[]")]
    [InlineData("""[{"label": "o", "radius": 3}, """, """[{"$type":"circle","label":"o","radius":3}]""")]
    [InlineData("""[{"$TYPE": "Square", "side": 1}, {""", """[{"$type":"square","side":1}]""")]
    public void A_variant_is_shown_once_it_is_known(string reply, string shown)
    {
        Assert.Equal(shown, Streams.Last(_shapes, reply));
        Assert.Equal(shown, Streams.Last(_shapes, reply, 1000));
    }

    [Fact]
    public void Open_objects_dictionaries_and_any_value_are_shown()
    {
        OutputShape shape = Streams.Shape("""
            {"type":"object","properties":{"counts":{"type":"object","additionalProperties":{"type":"integer"}},"notes":{"type":"object","additionalProperties":{"type":"string"}},"any":{}},"required":["counts"]}
            """);
        Assert.Equal("""{"counts":{"a":1},"notes":{"x y":"gro"}}""", Streams.Last(shape, """{"counts": {"a": 1, "b": 2""".Replace(", \"b\": 2", "}, \"notes\": {\"x y\": \"gro", StringComparison.Ordinal)));
        Assert.Equal("""{"counts":{"a":1,"b":2},"any":{"deep":[1,null]}}""", Streams.Last(shape, """{"counts": {"a": 1, "b": 2}, "any": {"deep": [1, null]}, "other": [1,"""));
    }

    [Theory]
    [InlineData("{\"count\": 5, \"mail\": \"a@b.c\", \"at\": \"2020-01-02 10:00:00\"}", """{"count":5,"mail":"a@b.c","at":"2020-01-02T10:00:00"}""")]
    [InlineData("{\"count\": 11, \"mail\": \"a@b.c\"}", "{}")]
    [InlineData("{\"count\": 0, \"mail\": \"a@b.c\"}", "{}")]
    [InlineData("{\"mail\": \"a@b.c\", \"count\": \"1,5\"}", """{"mail":"a@b.c"}""")]
    [InlineData("{\"mail\": \"a@", "{}")]
    [InlineData("{\"at\": \"tomorrow\", \"count\": 5}", "{}")]
    public void A_value_outside_its_limits_or_format_is_not_shown(string reply, string shown)
    {
        OutputShape mail = new() { Kind = OutputShapeKind.String, Name = "string" };
        OutputShape at = new() { Kind = OutputShapeKind.String, Name = "DateTime", Format = "date-time" };
        OutputShape count = new() { Kind = OutputShapeKind.Integer, Name = "int" };
        OutputShape shape = new()
        {
            Kind = OutputShapeKind.Object,
            Name = "Message",
            Properties =
            [
                new OutputProperty("count", () => count) { Limits = new OutputLimits { Minimum = "0", MinimumIsExclusive = true, Maximum = "10" } },
                new OutputProperty("mail", () => mail) { Limits = new OutputLimits { Format = "email" } },
                new OutputProperty("at", () => at),
            ],
        };
        Assert.Equal(shown, Streams.Last(shape, reply));
        Streams.Check(shape, reply, Streams.Always(2));
    }

    [Fact]
    public void Typed_access_gives_what_has_come_and_null_for_what_has_not()
    {
        PartialReader reader = new(_person, isWrapped: false);
        reader.Append("""{"name": "An""");
        Partial<Person> first = reader.Snapshot<Person>();
        reader.Append("""n", "age": 30, "ok": true, "tags": ["x", "y"], "friend": {"name": "Bo", "friend": null, "tags": [""");
        Partial<Person> second = reader.Snapshot<Person>();

        Assert.Equal("An", PartialValue.Of(first, "name").AsText());
        Assert.Null(PartialValue.Of(first, "age").AsValue(OutputReader.ReadInt32));
        Assert.Null(PartialValue.Of(first, "tags").AsList(static t => t.AsText()));
        Assert.Null(PartialValue.Of(first, "friend").AsPartial<Person>());

        Assert.Equal("Ann", PartialValue.Of(second, "name").AsText());
        Assert.Equal("Ann", PartialValue.Of(second, "name").AsReference(OutputReader.ReadString));
        Assert.Equal(30, PartialValue.Of(second, "age").AsValue(OutputReader.ReadInt32));
        Assert.Null(PartialValue.Of(second, "age").AsValue(OutputReader.ReadGuid));
        Assert.Null(PartialValue.Of(second, "born").AsText());
        Assert.Equal(["x", "y"], PartialValue.Of(second, "tags").AsList(static t => t.AsText())!);
        Partial<Person> friend = PartialValue.Of(second, "friend").AsPartial<Person>()!;
        Assert.Equal("Bo", PartialValue.Of(friend, "name").AsText());
        Assert.Null(PartialValue.Of(friend, "friend").AsPartial<Person>());
        Assert.Empty(PartialValue.Of(friend, "tags").AsList(static t => t.AsText())!);
        Assert.Equal("""{"name":"Bo","friend":null,"tags":[]}""", friend.ToString());
        Assert.False(friend.IsComplete);
        Assert.Throws<InvalidOperationException>(() => second.Value);
    }

    [Fact]
    public void Typed_access_to_unions_and_dictionaries()
    {
        PartialReader reader = new(_shapes, isWrapped: false);
        reader.Append("""[{"$type": "circle", "radius": 2}, {"$type": "square", "label": "s""");
        IReadOnlyList<(Partial<Circle>? Circle, Partial<Square>? Square)> figures =
            PartialValue.Of(reader.Snapshot<object>()).AsList(static f => (f.AsVariant<Circle>("\"circle\""), f.AsVariant<Square>("\"square\"")))!;
        Assert.Equal(2, figures.Count);
        Assert.Null(figures[0].Square);
        Assert.True(figures[0].Circle!.IsComplete);
        Assert.Equal(2, PartialValue.Of(figures[0].Circle!, "radius").AsValue(OutputReader.ReadDouble));
        Assert.Equal("s", PartialValue.Of(figures[1].Square!, "label").AsText());
        Assert.Throws<ArgumentOutOfRangeException>(() => figures[2]);

        PartialReader texts = new(Streams.Shape("""{"type":"object","additionalProperties":{"type":"string"}}"""), isWrapped: false);
        texts.Append("""{"a \"quoted\" key": "x", "b": "y""");
        IReadOnlyDictionary<string, string?> all = PartialValue.Of(texts.Snapshot<object>()).AsDictionary(static t => t.AsText())!;
        Assert.Equal("x", all["a \"quoted\" key"]);
        Assert.Equal("y", all["b"]);
    }

    [Fact]
    public void The_last_partial_has_the_value_and_all_of_its_parts()
    {
        Person value = new("Ann");
        Partial<Person> last = PartialReader.Complete("""{"name":"Ann","age":null,"friend":{"name":"Bo"}}""", value, _person, isWrapped: false);
        Assert.True(last.IsComplete);
        Assert.Same(value, last.Value);
        Assert.Equal("Bo", PartialValue.Of(PartialValue.Of(last, "friend").AsPartial<Person>()!, "name").AsText());
        Assert.Null(PartialValue.Of(last, "age").AsValue(OutputReader.ReadInt32));
        Assert.Equal("[{}]", PartialReader.Complete("""{"value": [{}]}""", value, _people, isWrapped: true).ToJson());
    }

    [Theory]
    [InlineData("""{"name":"Anna","age":30}""", null)]
    [InlineData("""{"name":"Bo","age":30}""", "$.name")]
    [InlineData("""{"name":"Anna","age":31}""", "$.age")]
    [InlineData("""{"name":"Anna"}""", "$.age")]
    [InlineData("""[]""", "$")]
    public void A_whole_that_is_not_what_was_shown_is_found_with_its_path(string whole, string? path)
    {
        PartialReader reader = new(_person, isWrapped: false);
        reader.Append("{\"age\": 30, \"name\": \"Ann");
        Assert.Equal(path, reader.Finish(whole));
    }

    [Fact]
    public void Depth_is_bounded()
    {
        string reply = string.Concat(Enumerable.Repeat("{\"friend\": ", 100_000));
        PartialReader reader = new(_person, isWrapped: false);
        reader.Append(reply);
        Assert.True(reader.IsFrozen);
        Assert.Equal(OutputReader.MaxDepth, reader.Snapshot<object>().ToJson().Count(static c => c == '{'));
    }

    [Fact]
    public async Task Old_snapshots_stay_as_they_were_while_others_read_them()
    {
        PartialReader reader = new(_people, isWrapped: false);
        string reply = "[" + string.Join(", ", Enumerable.Range(0, 300).Select(static i => $$"""{"name": "Number {{i}}", "age": {{i}}, "tags": ["a", "b{{i}}"]}""")) + "]";
        List<Task> readers = [];
        for (int i = 0; i < reply.Length; i += 3)
        {
            reader.Append(reply.AsSpan(i, Math.Min(3, reply.Length - i)));
            if (i % 50 != 0)
                continue;
            Partial<object> snapshot = reader.Snapshot<object>();
            string json = snapshot.ToJson();
            int count = PartialValue.Of(snapshot).AsList(static p => p)!.Count;
            readers.Add(Task.Run(
                () =>
                {
                    for (int n = 0; n < 20; n++)
                    {
                        Assert.Equal(json, snapshot.ToJson());
                        IReadOnlyList<string?> names = PartialValue.Of(snapshot).AsList(static p => p.AsPartial<object>() is { } person ? PartialValue.Of(person, "name").AsText() : null)!;
                        Assert.Equal(count, names.Count);
                        Assert.All(names.SkipLast(1), (name, at) => Assert.Equal($"Number {at}", name));
                    }
                },
                TestContext.Current.CancellationToken));
        }
        await Task.WhenAll(readers);
        Assert.Equal(300, JsonElement.Parse(reader.Snapshot<object>().ToJson()).GetArrayLength());
    }

    [Fact]
    public void The_work_does_not_grow_with_the_square_of_the_reply()
    {
        foreach (string unit in (ReadOnlySpan<string>)["[", "\"", "{\"name\":", "\\", "{", "`", "[,", "{\"name\": \" ", "{\"name\": \", ", "{} ", "```\n", "<", "{\"age\": a\n\n", "/*", "{\"name\": \"\"\n"])
        {
            PartialReader reader = new(_person, isWrapped: false);
            // What is not linear takes minutes.
            string reply = string.Concat(Enumerable.Repeat(unit, 300_000 / unit.Length));
            for (int i = 0; i < reply.Length; i++)
                reader.Append(reply.AsSpan(i, 1));
            Assert.Equal(reply.Length, reader.Reply.Length);
        }
    }

    private static int Bytes(PartialReader reader) => reader.Snapshot<object>().Length;

    private sealed record Person(string Name);

    private sealed record Circle;

    private sealed record Square;
}
