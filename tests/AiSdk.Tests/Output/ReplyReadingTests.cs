using AiSdk.CompilerServices;
using Xunit;

namespace AiSdk.Tests;

/// <summary>Whole replies: wrapped, bare, wrong in any way; and where it is said that they are wrong.</summary>
public sealed class ReplyReadingTests
{
    [Fact]
    public void An_object_is_read_whatever_the_order_of_its_properties()
    {
        Item item = TestFunction.Item.Read(" {\n\"parts\":[{\"name\":\"leg\",\"parts\":[]}],\"price\":12.5,\"name\":\"table\"} \t\r\n");

        Assert.Equal(("table", 12.5, "leg"), (item.Name, item.Price, Assert.Single(item.Parts).Name));
        Assert.Null(item.Parts[0].Price);
    }

    [Fact]
    public void Property_names_may_be_escaped()
    {
        Item item = TestFunction.Item.Read("""{"n\u0061me":"table","\u0070arts":[]}""");

        Assert.Equal("table", item.Name);
        Assert.Equal(5, TestFunction.Read(OutputReader.ReadInt32, """{"v\u0061lue":5}"""));
        Assert.Equal("a:b", TestFunction.Returning(Item.ReadUnion).Read("""{"value":{"text":"b","\u0024type":"a"}}"""));
    }

    [Fact]
    public void A_wrapped_value_may_come_bare_where_it_is_no_object()
    {
        Assert.Equal(5, TestFunction.Read(OutputReader.ReadInt32, """ { "value" : 5 } """));
        Assert.Equal(5, TestFunction.Read(OutputReader.ReadInt32, " 5 "));
        Assert.Equal("leg", Assert.Single(TestFunction.Read(Item.ReadList, """[{"name":"leg","parts":[]}]""")).Name);
    }

    [Theory]
    [InlineData("""{"value":5,"value":6}""", "$.value", 11, "the end of")]
    [InlineData("""{"value":5,"more":6}""", "$.more", 11, "the end of")]
    [InlineData("""{"result":5}""", "$.result", 1, "the property 'value'")]
    [InlineData("{}", "$", 1, "the property 'value'")]
    [InlineData("""{"value":{"value":5}}""", "$.value", 9, "a whole number")]
    [InlineData("""{"value":null}""", "$.value", 9, "found null")]
    public void Any_other_wrapper_is_refused(string reply, string path, int position, string message)
    {
        AiOutputException wrong = Refused(TestFunction.Returning<int>(OutputReader.ReadInt32), reply);

        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        Assert.Equal((path, position), (wrong.Path, wrong.Position));
    }

    [Theory]
    [InlineData("""{"name":"a","parts":[],"name":"a"}""", "$.name", "\"a\"}", "appears twice")]
    [InlineData("""{"name":"ä😀","parts":[],"colour":"red"}""", "$.colour", "\"red\"", "Item has no property 'colour'")]
    [InlineData("""{"name":"ä😀","parts":[{"name":"x","parts":[]},{"name":"y"}]}""", "$.parts[1]", "}]}", "Item lacks the required property 'parts'")]
    [InlineData("""{"price":1}""", "$", "}", "Item lacks the required properties 'name', 'parts'")]
    [InlineData("""{"name":"ä😀","parts":[{"name":"x","parts":[]},7]}""", "$.parts[1]", "7]", "expected an object (Item), found the number 7")]
    [InlineData("""{"name":"ä😀","parts":{}}""", "$.parts", "{}", "expected a list, found an object")]
    [InlineData("""{"name":"ä😀","price":"cheap","parts":[]}""", "$.price", "\"cheap\"", "found the string \"cheap\"")]
    [InlineData("""{"name":["ä"],"parts":[]}""", "$.name", "[\"ä\"]", "expected a string, found a list")]
    [InlineData("""{"NAME":"a","parts":[]}""", "$.NAME", "\"a\"", "has no property 'NAME'")]
    [InlineData("[1,2]", "$", "[1,2]", "expected an object (Item), found a list")]
    public void What_does_not_fit_is_said_with_its_exact_path_and_position(string reply, string path, string at, string message)
    {
        AiOutputException wrong = Refused(TestFunction.Item, reply);

        Assert.Equal(path, wrong.Path);
        Assert.Equal(reply.LastIndexOf(at, StringComparison.Ordinal), wrong.Position);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        Assert.Contains($"at {path} (character {wrong.Position})", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(("ITests.Get", reply), (wrong.FunctionName, wrong.RawReply));
    }

    [Theory]
    [InlineData("""{"name":"ä😀","parts":[}""", "}", "$.parts")]
    [InlineData("{\n  \"name\": \"ä😀\",\n  \"parts\": [],\n}", "}", "$.parts")]
    [InlineData("{\"name\":\"ä😀\"\n\"parts\":[]}", "\"parts\"", "$.name")]
    [InlineData("""{"name":'a'}""", "'a'", "$.name")]
    [InlineData("""{"name":"ä😀","parts":[]} and more""", "and", "$")]
    [InlineData("Here it is: {}", "Here", "$")]
    [InlineData("""{"name":tru}""", "tru}", "$.name")]
    public void Broken_JSON_is_said_where_it_breaks(string reply, string at, string path)
    {
        AiOutputException wrong = Refused(TestFunction.Item, reply);

        Assert.Contains("not valid JSON", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", wrong.Message, StringComparison.Ordinal);
        Assert.InRange(wrong.Position, reply.IndexOf(at, StringComparison.Ordinal), reply.IndexOf(at, StringComparison.Ordinal) + 3);
        Assert.Equal(path, wrong.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t ")]
    public void An_empty_reply_is_said_to_be_empty(string reply)
    {
        AiOutputException wrong = Refused(TestFunction.Item, reply);

        Assert.Contains("the reply is empty", wrong.Message, StringComparison.Ordinal);
        Assert.Equal("$", wrong.Path);
    }

    [Theory]
    [InlineData("{\"name\":\"ä😀\",\"par")]
    [InlineData("{\"name\":\"ä😀")]
    [InlineData("{\"name\":\"ä😀\",\"parts\":[")]
    [InlineData("{")]
    public void An_unfinished_reply_breaks_at_or_before_its_end(string reply)
    {
        AiOutputException wrong = Refused(TestFunction.Item, reply);

        Assert.InRange(wrong.Position, 0, reply.Length);
        Assert.Contains("not valid JSON", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_read_up_to_the_limit_and_refused_beyond()
    {
        Assert.NotNull(TestFunction.Item.Read(Nested(OutputReader.MaxDepth / 2)));

        AiOutputException wrong = Refused(TestFunction.Item, Nested((OutputReader.MaxDepth / 2) + 1));

        Assert.Contains("depth", wrong.Message, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("$.parts[0].parts[0]", wrong.Path, StringComparison.Ordinal);

        static string Nested(int levels) =>
            string.Concat(Enumerable.Repeat("{\"name\":\"x\",\"parts\":[", levels)) + string.Concat(Enumerable.Repeat("]}", levels));
    }

    [Fact]
    public void A_dictionary_keeps_its_names_and_refuses_one_that_comes_twice()
    {
        AiFunctionInfo<Dictionary<string, double>> function = TestFunction.Returning(Item.ReadDictionary, isWrapped: false);

        Assert.Equal(new Dictionary<string, double> { ["ä"] = 1, [""] = 2, ["A"] = 3, ["a"] = 4 }, function.Read("""{"ä":1,"":2,"A":3,"a":4}"""));
        Assert.Equal("$.b", Refused(function, """{"b":1,"\u0062":2}""").Path);
    }

    [Fact]
    public void A_union_without_discriminator_is_refused()
    {
        AiFunctionInfo<string> function = TestFunction.Returning(Item.ReadUnion);

        Assert.Equal("1:x", function.Read("""{"value":{"text":"x","$type":1}}"""));
        Assert.Contains("'$type'", Refused(function, """{"value":{"text":"x"}}""").Message, StringComparison.Ordinal);
        Assert.Contains("'$type'", Refused(function, """{"value":{"$type":null,"text":{"$type":"a"}}}""").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_types_own_constructor_refuses_is_no_value_of_the_type()
    {
        AiFunctionInfo<Uri> function = TestFunction.Returning((ref System.Text.Json.Utf8JsonReader reader) => new Uri(OutputReader.ReadString(ref reader), UriKind.Absolute));

        AiOutputException wrong = Refused(function, """{"value":"nowhere"}""");

        Assert.IsType<UriFormatException>(wrong.InnerException);
        Assert.Equal(("$.value", 9), (wrong.Path, wrong.Position));
    }

    [Fact]
    public void Half_a_character_in_a_property_name_is_refused()
    {
        Assert.Contains("half of a surrogate pair", Refused(TestFunction.Item, """{"\ud83d":1}""").Message, StringComparison.Ordinal);
        Assert.Contains("half of a surrogate pair", Refused(TestFunction.Returning<int>(OutputReader.ReadInt32), """{"\ud83d":1}""").Message, StringComparison.Ordinal);
    }

    private static AiOutputException Refused<T>(AiFunctionInfo<T> function, string reply) => Assert.Throws<AiOutputException>(() => function.Read(reply));
}
