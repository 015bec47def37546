using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using AiSdk.Tests;
using Xunit;

namespace AiSdk.Onnx.Tests;

public class ConstraintTests
{
    private static readonly TokenTrie s_bytes = new([.. Enumerable.Range(0, 256).Select(static value => new[] { (byte)value })]);

    [Theory]
    [InlineData("a|bc+", "bcc", true)]
    [InlineData("a|bc+", "b", false)]
    [InlineData("a|bc+", "xa", false)]
    [InlineData(@"^\d{3}-\p{Lu}$", "123-É", true)]
    [InlineData(@"^\d{3}-\p{Lu}$", "123-é", false)]
    [InlineData(@"(?!.*xx)[a-z]+", "xax", true)]
    [InlineData(@"(?!.*xx)[a-z]+", "axxa", false)]
    [InlineData(@"(?=.*\d)(?=.*[A-Z]).{4,}", "ab1C", true)]
    [InlineData(@"(?=.*\d)(?=.*[A-Z]).{4,}", "abcC", false)]
    [InlineData(@"[^\x00-\x7F]*", "日本語😀", true)]
    [InlineData(@"\u{1F600}|\uD83D\uDE01", "😁", true)]
    [InlineData(".", "\n", false)]
    [InlineData("[^a]", "\n", true)]
    [InlineData("(a$|b)c?", "a", true)]
    [InlineData("(a$|b)c?", "ac", false)]
    [InlineData("${a}{2}|{,}", "${a}}", false)]
    [InlineData("\\${a}{2}|{,}", "${a}}", true)]
    [InlineData("\\${a}{2}|{,}", "{,}", true)]
    [InlineData("^a(?!b).*$", "acb", true)]
    [InlineData("^a(?!b).*$", "ab", false)]
    [InlineData("^((?!foo).)*$", "bar fo", true)]
    [InlineData("^((?!foo).)*$", "a foo", false)]
    [InlineData("^(?:(?!a)[a-z]+|b(?=c)c)$", "bc", true)]
    [InlineData("^(?:(?!a)[a-z]+|b(?=c)c)$", "ab", false)]
    [InlineData("^x(?=.*1)(?!.*2)[a-z0-9]*y$", "xa1y", true)]
    [InlineData("^x(?=.*1)(?!.*2)[a-z0-9]*y$", "xa12y", false)]
    [InlineData("^x(?=.*1)(?!.*2)[a-z0-9]*y$", "xay", false)]
    public void RegularExpressionsMatchTheWholeText(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Accepts(Constraint.FromRegex(pattern, cancellationToken: TestContext.Current.CancellationToken), text));

    [Theory]
    [InlineData(@"(a)\1")]
    [InlineData("((?!a)b|c)*")]
    [InlineData("a(?!^b)c")]
    [InlineData(@"(?<=a)b")]
    [InlineData(@"\bword")]
    [InlineData(@"\p{Script=Greek}")]
    [InlineData("a{100000}")]
    [InlineData("(")]
    [InlineData("[b-a]")]
    [InlineData("a**")]
    public void WhatIsNoRegularExpressionIsRefused(string pattern) =>
        Assert.Equal("pattern", Assert.Throws<ConstraintException>(() => Constraint.FromRegex(pattern, cancellationToken: TestContext.Current.CancellationToken)).Keyword);

    [Fact]
    public void DeepNestingIsRefusedAndNoStackOverflows()
    {
        Assert.Throws<ConstraintException>(() => Constraint.FromRegex(new string('(', 100_000), TestContext.Current.CancellationToken));
        string schema = string.Concat(Enumerable.Repeat("""{"items":""", 60)) + "{}" + new string('}', 60);
        Assert.True(Accepts(schema, new string('[', 60) + new string(']', 60)));
        Assert.True(Accepts("{}", new string('[', ConstraintAutomaton.MaxDepth) + new string(']', ConstraintAutomaton.MaxDepth)));
        Assert.False(Accepts("{}", new string('[', ConstraintAutomaton.MaxDepth + 1) + new string(']', ConstraintAutomaton.MaxDepth + 1)));
    }

    [Fact]
    public void ChoicesAreAllThatIsAllowed()
    {
        Constraint constraint = Constraint.FromChoices(["yes", "no", "not sure"]);
        Assert.True(Accepts(constraint, "no"));
        Assert.True(Accepts(constraint, "not sure"));
        Assert.False(Accepts(constraint, "not"));
        Assert.False(Accepts(constraint, "nope"));
        Assert.Equal("es", Forced(constraint, "y"));
        Assert.Equal("", Forced(constraint, "no"));
        Assert.Equal(" sure", Forced(constraint, "not"));
        Assert.Throws<ConstraintException>(() => Constraint.FromChoices([]));
        Assert.Throws<ConstraintException>(() => Constraint.FromChoices(["\uD83D"]));
    }

    [Fact]
    public void WhatTheSchemaLeavesNoChoiceInIsForced()
    {
        Constraint constraint = Compile("""{"type":"object","properties":{"name":{"type":"string"},"kind":{"enum":["alpha","also"]},"ok":{"type":"boolean"}},"required":["name","kind","ok"],"additionalProperties":false}""");
        Assert.Equal("{\"name\":\"", Forced(constraint, ""));
        Assert.Equal(",\"kind\":\"al", Forced(constraint, "{\"name\":\"x\""));
        Assert.Equal("ha\",\"ok\":", Forced(constraint, "{\"name\":\"x\",\"kind\":\"alp"));
        Assert.Equal("rue}", Forced(constraint, "{\"name\":\"x\",\"kind\":\"also\",\"ok\":t"));
    }

    [Fact]
    public void AnEarlierStateIsAWayBack()
    {
        ConstraintState start = Constraint.FromChoices(["ab", "ac"]).Start(s_bytes);
        ConstraintState a = start.Accept('a');
        ConstraintState b = a.Accept('b');
        Assert.True(b.IsComplete);
        Assert.True(a.Accept('c').IsComplete);
        Assert.False(b.Allows('c'));
        Assert.Throws<ArgumentException>(() => b.Accept('c'));
        Assert.Throws<ArgumentException>(() => start.Accept(1_000));
        Assert.Throws<ArgumentException>(() => start.Accept(-1));
    }

    [Fact]
    public void MembersComeInTheDeclaredOrderOrInAny()
    {
        string schema = """{"properties":{"a":{"type":"integer"},"b":{"type":"integer"},"c":{"type":"integer"}},"required":["b"],"type":"object"}""";
        var any = new JsonConstraintOptions { Order = MemberOrder.Any };
        foreach ((string text, bool isDeclared, bool isAny) in (ReadOnlySpan<(string, bool, bool)>)
        [
            ("""{"b":1}""", true, true),
            ("""{"a":1,"b":1,"c":1,"z":[]}""", true, true),
            ("""{"b":1,"a":1}""", false, true),
            ("""{"z":0,"b":1}""", false, true),
            ("""{"a":1}""", false, false),
            ("""{"b":1,"b":1}""", false, false),
            ("""{"b":1,"z":1,"z":1}""", false, false),
            ("""{"b":1,"\u0061":"x"}""", false, false),
        ])
        {
            Assert.True(isDeclared == Accepts(Compile(schema), text), text);
            Assert.True(isAny == Accepts(Compile(schema, any), text), text);
        }
    }

    [Fact]
    public void SpacesStandWhereTheyAreAllowed()
    {
        string schema = """{"type":"object","properties":{"a":{"type":"array","items":{"type":"integer"}},"b":{}}}""";
        var spaces = new JsonConstraintOptions { AllowSpaces = true };
        string text = """{"a": [1, 2,3], "b": null}""";
        Assert.True(Accepts(Compile(schema, spaces), text));
        Assert.False(Accepts(Compile(schema), text));
        Assert.False(Accepts(Compile(schema, spaces), """{"a":  []}"""));
        Assert.False(Accepts(Compile(schema, spaces), """{ "a":[]}"""));
    }

    [Theory]
    [InlineData("""{"type":"string"}""", "\"\\u00e9\\/\\b\"", true)]
    [InlineData("""{"type":"string"}""", "\"\\ud83d\\ude00\"", true)]
    [InlineData("""{"type":"string"}""", "\"\\ud83d\"", false)]
    [InlineData("""{"type":"string"}""", "\"\\ude00\"", false)]
    [InlineData("""{"type":"string"}""", "\"\\ud83dx\"", false)]
    [InlineData("""{"type":"string"}""", "\"\u0001\"", false)]
    [InlineData("""{"type":"string","maxLength":2}""", "\"\\ud83d\\ude00é\"", true)]
    [InlineData("""{"type":"string","maxLength":1}""", "\"\\ud83d\\ude00é\"", false)]
    [InlineData("""{"type":"string","minLength":2}""", "\"😀\"", false)]
    [InlineData("""{"const":"a\"\n\u0001/é"}""", "\"a\\\"\\n\\u0001/é\"", true)]
    [InlineData("""{"type":"string","pattern":"^.\\n$"}""", "\"x\\n\"", true)]
    [InlineData("""{"type":"string","pattern":"^[a-z]{2,3}$"}""", "\"abc\"", true)]
    [InlineData("""{"type":"string","pattern":"^[a-z]{2,3}$"}""", "\"abcd\"", false)]
    [InlineData("""{"type":"string","pattern":"^[a-z]{2,3}$","minLength":3}""", "\"ab\"", false)]
    [InlineData("""{"type":"string","pattern":"^.?$"}""", "\"\"", true)]
    [InlineData("""{"type":"integer"}""", "-12", true)]
    [InlineData("""{"type":"integer"}""", "-0", false)]
    [InlineData("""{"type":"integer"}""", "012", false)]
    [InlineData("""{"type":"number"}""", "-1.50E+3", true)]
    [InlineData("""{"type":"number","minimum":0}""", "12.50", true)]
    [InlineData("""{"type":"number","minimum":-0.5,"exclusiveMaximum":10}""", "9.999", true)]
    [InlineData("""{"type":"number","minimum":-0.5,"exclusiveMaximum":10}""", "10.000", false)]
    [InlineData("""{"type":"number","minimum":-0.5,"exclusiveMaximum":10}""", "-0.51", false)]
    [InlineData("""{"type":"number","multipleOf":0.25}""", "1.75", true)]
    [InlineData("""{"type":"number","multipleOf":0.25}""", "1.8", false)]
    [InlineData("""{"type":"integer","minimum":5,"multipleOf":4}""", "8", true)]
    [InlineData("""{"type":"integer","minimum":5,"multipleOf":4}""", "4", false)]
    [InlineData("""{"enum":[1.5,2]}""", "1.5", true)]
    [InlineData("""{"enum":[1.5,2]}""", "2", true)]
    [InlineData("""{"enum":[1.5,2]}""", "1", false)]
    [InlineData("""{"type":"string","format":"date"}""", "\"2024-02-29\"", true)]
    [InlineData("""{"type":"string","format":"date"}""", "\"2023-02-29\"", false)]
    [InlineData("""{"type":"string","format":"uuid"}""", "\"123e4567-e89b-12d3-a456-426614174000\"", true)]
    [InlineData("""{"type":"string","not":{"enum":["a","b"]}}""", "\"a\"", false)]
    [InlineData("""{"type":"string","not":{"enum":["a","b"]}}""", "\"ab\"", true)]
    [InlineData("""{"definitions":{"positive":{"type":"integer","minimum":0,"exclusiveMinimum":true}},"$ref":"#/definitions/positive","$schema":"http://json-schema.org/draft-04/schema#"}""", "0", false)]
    [InlineData("""{"type":"array","contains":{"const":1}}""", "[2,1]", true)]
    [InlineData("""{"type":"array","contains":{"const":1}}""", "[2]", false)]
    [InlineData("""{"type":"array","contains":{"type":"integer"},"minContains":2,"maxContains":2}""", "[1,\"a\",2]", true)]
    [InlineData("""{"type":"array","contains":{"type":"integer"},"minContains":2,"maxContains":2}""", "[1,2,3]", false)]
    [InlineData("""{"type":"array","contains":{"type":"integer"},"maxItems":1,"minContains":0,"maxContains":0}""", "[1]", false)]
    [InlineData("""{"not":{"type":"array","items":{"type":"integer"}},"type":"array"}""", "[1,null]", true)]
    [InlineData("""{"not":{"type":"array","items":{"type":"integer"}},"type":"array"}""", "[1]", false)]
    [InlineData("""{"anyOf":[{"properties":{"a":{}},"required":["a"]},{"properties":{"b":{}}}],"unevaluatedProperties":false,"type":"object"}""", "{\"a\":1,\"b\":2}", true)]
    [InlineData("""{"anyOf":[{"properties":{"a":{}},"required":["a"]},{"properties":{"b":{}}}],"unevaluatedProperties":false,"type":"object"}""", "{\"c\":1}", false)]
    [InlineData("""{"type":"string","format":"color"}""", "\"any\"", true)]
    [InlineData("""{"type":"string","format":"uri-template"}""", "\"/a{?b,c*}\"", true)]
    [InlineData("""{"type":"string","format":"uri-template"}""", "\"/a{\"", false)]
    [InlineData("""{"$dynamicAnchor":"n","type":"object","properties":{"c":{"type":"array","items":{"$dynamicRef":"#n"}}}}""", "{\"c\":[{\"c\":[1]}]}", false)]
    [InlineData("""{"type":"array","items":{"enum":["a","b"]},"contains":{"const":"a"},"uniqueItems":true}""", "[\"b\"]", false)]
    [InlineData("""{"type":"array","items":{"enum":["a","b"]},"contains":{"const":"a"},"uniqueItems":true}""", "[\"b\",\"a\"]", true)]
    [InlineData("""{"type":"array","items":{"enum":[{"a":1},{"a":1,"b":[2]},[1]]},"uniqueItems":true}""", "[{\"a\":1},[1],{\"a\":1,\"b\":[2]}]", true)]
    [InlineData("""{"type":"array","items":{"enum":[{"a":1},{"a":1,"b":[2]},[1]]},"uniqueItems":true}""", "[{\"a\":1},[1],{\"a\":1}]", false)]
    [InlineData("""{"type":"array","items":{"enum":[{"a":1},{"a":1.0},[1]]},"uniqueItems":true}""", "[{\"a\":1},{\"a\":1}]", false)]
    [InlineData("""{"type":"array","items":{"type":"object","properties":{"x":{"type":"boolean"},"y":{"enum":["p","q"]}},"required":["x"],"additionalProperties":false},"uniqueItems":true,"minItems":2}""", "[{\"x\":true},{\"x\":true,\"y\":\"p\"}]", true)]
    [InlineData("""{"type":"array","items":{"type":"object","properties":{"x":{"type":"boolean"},"y":{"enum":["p","q"]}},"required":["x"],"additionalProperties":false},"uniqueItems":true,"minItems":2}""", "[{\"x\":true},{\"x\":true}]", false)]
    [InlineData("""{"type":"array","items":{"enum":[[1],[2]]},"contains":{"const":[2]},"uniqueItems":true}""", "[[1]]", false)]
    [InlineData("""{"type":"array","items":{"enum":[[1],[2]]},"contains":{"const":[2]},"uniqueItems":true}""", "[[1],[2]]", true)]
    [InlineData("""{"type":"array","prefixItems":[{"type":"boolean"},{"type":"boolean"}],"items":false,"uniqueItems":true}""", "[true,false]", true)]
    [InlineData("""{"type":"array","prefixItems":[{"type":"boolean"},{"type":"boolean"}],"items":false,"uniqueItems":true}""", "[true,true]", false)]
    [InlineData("""{"$id":"http://a/list","$ref":"tree","$defs":{"own":{"$dynamicAnchor":"n","type":"integer"},"tree":{"$id":"tree","type":"array","items":{"$dynamicRef":"#n"},"$defs":{"any":{"$dynamicAnchor":"n"}}}}}""", "[1,2]", true)]
    [InlineData("""{"$id":"http://a/list","$ref":"tree","$defs":{"own":{"$dynamicAnchor":"n","type":"integer"},"tree":{"$id":"tree","type":"array","items":{"$dynamicRef":"#n"},"$defs":{"any":{"$dynamicAnchor":"n"}}}}}""", "[\"x\"]", false)]
    [InlineData("""{"$id":"http://a/both","properties":{"s":{"$ref":"strings"},"n":{"$ref":"numbers"}},"type":"object","$defs":{"l":{"$id":"l","type":"array","items":{"$dynamicRef":"#n"},"$defs":{"n":{"$dynamicAnchor":"n"}}},"s":{"$id":"strings","$ref":"l","$defs":{"n":{"$dynamicAnchor":"n","type":"string"}}},"i":{"$id":"numbers","$ref":"l","$defs":{"n":{"$dynamicAnchor":"n","type":"integer"}}}}}""", "{\"s\":[\"a\"],\"n\":[1]}", true)]
    [InlineData("""{"$id":"http://a/both","properties":{"s":{"$ref":"strings"},"n":{"$ref":"numbers"}},"type":"object","$defs":{"l":{"$id":"l","type":"array","items":{"$dynamicRef":"#n"},"$defs":{"n":{"$dynamicAnchor":"n"}}},"s":{"$id":"strings","$ref":"l","$defs":{"n":{"$dynamicAnchor":"n","type":"string"}}},"i":{"$id":"numbers","$ref":"l","$defs":{"n":{"$dynamicAnchor":"n","type":"integer"}}}}}""", "{\"s\":[\"a\"],\"n\":[\"b\"]}", false)]
    [InlineData("""{"oneOf":[{"additionalProperties":{"type":"string"}},{"additionalProperties":{"maxLength":3}}],"type":"object"}""", "{\"a\":\"long one\"}", true)]
    [InlineData("""{"oneOf":[{"additionalProperties":{"type":"string"}},{"additionalProperties":{"maxLength":3}}],"type":"object"}""", "{\"a\":\"abc\",\"b\":1}", true)]
    [InlineData("""{"oneOf":[{"additionalProperties":{"type":"string"}},{"additionalProperties":{"maxLength":3}}],"type":"object"}""", "{\"a\":\"abc\"}", false)]
    [InlineData(ClosedChoice, "{\"a\":\"x\"}", true)]
    [InlineData(ClosedChoice, "{\"b\":\"x\"}", true)]
    [InlineData(ClosedChoice, "{\"a\":\"x\",\"b\":\"y\"}", false)]
    [InlineData(ClosedChoice, "{}", false)]
    [InlineData("""{"type":"string","format":"regex"}""", "\"^(?:[a-z_-]+|(\\\\d{2,}|x?)*)$\"", true)]
    [InlineData("""{"type":"string","format":"regex"}""", "\"(a\"", false)]
    [InlineData("""{"type":"string","format":"regex"}""", "\"a**\"", false)]
    [InlineData("""{"type":"string","format":"regex"}""", "\"[z-a]\"", false)]
    [InlineData("""{"type":"object","not":{"patternProperties":{"^x-":{"type":"integer"}}}}""", "{\"x-1\":1,\"y\":\"s\",\"x-2\":\"s\"}", true)]
    [InlineData("""{"type":"object","not":{"patternProperties":{"^x-":{"type":"integer"}}}}""", "{\"x-1\":1,\"y\":\"s\"}", false)]
    [InlineData("""{"type":"object","not":{"propertyNames":{"maxLength":2}}}""", "{\"ab\":1,\"abc\":2}", true)]
    [InlineData("""{"type":"object","not":{"propertyNames":{"maxLength":2}}}""", "{\"ab\":1}", false)]
    [InlineData("""{"not":{"enum":[{"a":1},[1,2],"x"]}}""", "{\"a\":1}", false)]
    [InlineData("""{"not":{"enum":[{"a":1},[1,2],"x"]}}""", "{\"a\":1,\"b\":1}", true)]
    [InlineData("""{"not":{"enum":[{"a":1},[1,2],"x"]}}""", "{}", true)]
    [InlineData("""{"not":{"enum":[{"a":1},[1,2],"x"]}}""", "[1,2]", false)]
    [InlineData("""{"not":{"enum":[{"a":1},[1,2],"x"]}}""", "[1,3]", true)]
    [InlineData("""{"oneOf":[{"type":"string","format":"uri"},{"type":"string","pattern":"^x"}]}""", "\"xyz\"", true)]
    [InlineData("""{"oneOf":[{"type":"string","format":"uri"},{"type":"string","pattern":"^x"}]}""", "\"x:y\"", false)]
    [InlineData("""{"not":{"oneOf":[{"required":["a"]},{"required":["b"]}]},"type":"object"}""", "{\"a\":1,\"b\":1}", true)]
    [InlineData("""{"not":{"oneOf":[{"required":["a"]},{"required":["b"]}]},"type":"object"}""", "{\"a\":1}", false)]
    [InlineData("""{"not":{"dependentSchemas":{"a":{"required":["b"]}}},"type":"object"}""", "{\"a\":1}", true)]
    [InlineData("""{"not":{"dependentSchemas":{"a":{"required":["b"]}}},"type":"object"}""", "{\"a\":1,\"b\":1}", false)]
    public void ValuesAreAcceptedInTheirForms(string schema, string text, bool isAccepted) => Assert.Equal(isAccepted, Accepts(schema, text));

    [Theory]
    [InlineData("""{"properties":{"a/b":{"items":{"contains":{"const":1},"type":"array","uniqueItems":true}}}}""", "uniqueItems", "#/properties/a~1b/items")]
    [InlineData("""{"type":"array","contains":{"const":1},"minContains":300,"maxItems":400}""", "contains", "#")]
    [InlineData("""{"properties":{"m":{"type":"string","format":"idn-email"}}}""", "format", "#/properties/m")]
    [InlineData("""{"type":"string","format":"idn-hostname"}""", "format", "#")]
    [InlineData("""{"type":"array","items":{"type":"object","properties":{"a":{"type":"boolean"}}},"uniqueItems":true}""", "uniqueItems", "#")]
    [InlineData("""{"type":"array","items":{"type":"array","items":{"enum":[1,2,3,4]},"maxItems":9},"uniqueItems":true}""", "uniqueItems", "#")]
    [InlineData("""{"type":"array","items":{"$ref":"#"},"uniqueItems":true}""", "uniqueItems", "#")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"boolean"}],"uniqueItems":true}""", "uniqueItems", "#")]
    [InlineData("""{"type":"array","items":{"const":{"a":1}},"uniqueItems":true,"minItems":2}""", "schema", "#")]
    [InlineData("""{"type":"string","pattern":"(a)\\1"}""", "pattern", "#")]
    [InlineData("""{"$ref":"other.json"}""", "$ref", "#")]
    [InlineData("""{"$defs":{"a":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}""", "$ref", "#/$defs/a")]
    [InlineData("""{"anyOf":[{},{},{},{},{},{},{}],"unevaluatedProperties":false}""", "unevaluatedProperties", "#")]
    [InlineData("""{"contains":{},"unevaluatedItems":false}""", "unevaluatedItems", "#")]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":false}}""", "schema", "#")]
    [InlineData("""{"$defs":{"a":{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}},"required":["a"]}},"$ref":"#/$defs/a"}""", "schema", "#")]
    [InlineData("""{"type":"strin"}""", "type", "#")]
    [InlineData("""{"$schema":"https://example.com/own"}""", "$schema", "#")]
    public void WhatIsNotEnforcedIsRefusedWithItsPlace(string schema, string keyword, string place)
    {
        ConstraintException error = Assert.Throws<ConstraintException>(() => Compile(schema));
        Assert.Equal((keyword, place), (error.Keyword, error.Pointer));
    }

    [Fact]
    public void KeywordsOfOtherTypesAreNoReasonToRefuse() =>
        Assert.True(Accepts("""{"type":"integer","uniqueItems":true,"contains":{},"format":"int32","pattern":"(?<=x)","x-own":1}""", "3"));

    [Fact]
    public void OneConstraintServesSeveralVocabulariesAtTheSameTime()
    {
        for (int round = 0; round < 4; round++)
        {
            Constraint constraint = Compile("""{"type":"object","additionalProperties":{"type":"integer"}}""");
            ConcurrentQueue<string> failed = [];
            using Barrier together = new(4);
            Thread[] threads = [.. Enumerable.Range(0, together.ParticipantCount).Select(_ => new Thread(() =>
            {
                try
                {
                    var vocabulary = new TokenTrie([.. Enumerable.Range(0, 256).Select(static value => new[] { (byte)value })]);
                    together.SignalAndWait();
                    for (int i = 0; i < 2_000; i++)
                    {
                        // Each name makes a state that no other text has.
                        byte[] text = Encoding.UTF8.GetBytes($"{{\"{i}\":1,\"x{i}\":2,\"x{i - i % 2}\":3}}");
                        if (constraint.Start(vocabulary).TryAccept(text, out ConstraintState end) != (i % 2 == 1) || (i % 2 == 1 && !end.IsComplete))
                            failed.Enqueue(Encoding.UTF8.GetString(text));
                    }
                }
                catch (Exception exception)
                {
                    failed.Enqueue(exception.ToString());
                }
            }))];
            Array.ForEach(threads, static thread => thread.Start());
            Array.ForEach(threads, static thread => thread.Join());
            Assert.Empty(failed);
        }
    }

    [Fact]
    public void ARealVocabularyIsCoveredByItsMasks()
    {
        var vocabulary = TokenTrie.Create(ModelTokenizer.Load(TestData.Path("models", "stories260K")));
        ConstraintState state = Compile("""{"type":"object","properties":{"name":{"type":"string","maxLength":9},"tags":{"type":"array","items":{"enum":["a","b"]}}},"required":["name"]}""").Start(vocabulary);
        var random = new Random(7);
        for (int step = 0; step < 40; step++)
        {
            for (int token = 0; token < vocabulary.Count; token++)
                Assert.Equal(vocabulary[token].Length > 0 && state.TryAccept(vocabulary[token], out _), state.Allows(token));
            int[] allowed = [.. Enumerable.Range(0, vocabulary.Count).Where(token => state.Allows(token))];
            if (allowed.Length == 0)
                break;
            state = state.Accept(allowed[random.Next(allowed.Length)]);
        }
    }

    private const string ClosedChoice = """{"oneOf":[{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false},{"type":"object","properties":{"b":{"type":"string"}},"additionalProperties":false}]}""";

    [Theory]
    [InlineData("""{"if":{"properties":{"t":{"const":"v~"}}},"then":{"required":["r~"]}}""", """{"type":"object","properties":{"t":{"enum":["v0","v1","v2","v3","v4","v5","v6","v7","v8","v9","v10","v11"]}},"required":["t"],"allOf":[*]}""", """{"t":"v3","r3":1}""", """{"t":"v3","r2":1}""")]
    [InlineData("""{"if":{"properties":{"t~":{"const":true}},"required":["t~"]},"then":{"required":["r~"]}}""", """{"type":"object","allOf":[*]}""", """{"t3":true,"t4":false,"r3":1}""", """{"t3":true,"t4":true,"r3":1}""")]
    [InlineData("""{"if":{"properties":{"t~":{"const":true}},"required":["t~"]},"then":{"properties":{"r~":{"type":"integer"}}},"else":{"required":["e~"]}}""", """{"type":"object","allOf":[*]}""", """{"t0":true,"e1":1,"e2":1,"e3":1,"e4":1,"e5":1,"e6":1,"e7":1,"e8":1,"e9":1,"e10":1,"e11":1,"r0":2}""", """{"t0":true,"e1":1,"e2":1,"e3":1,"e4":1,"e5":1,"e6":1,"e7":1,"e8":1,"e9":1,"e10":1,"e11":1,"r0":"s"}""")]
    [InlineData("\"k~\":[\"r~\"]", """{"type":"object","dependentRequired":{*}}""", """{"k1":1,"k7":1,"r7":1,"r1":1}""", """{"k1":1,"k7":1,"r7":1}""")]
    [InlineData("""{"anyOf":[{"required":["a~"]},{"required":["b~"]}]}""", """{"type":"object","allOf":[*]}""", """{"a0":1,"a1":1,"b2":1,"a3":1,"b3":1,"a4":1,"b5":1,"a6":1,"a7":1,"a8":1,"a9":1,"a10":1,"b11":1}""", """{"a0":1,"a1":1,"b2":1,"a3":1,"b3":1,"a4":1,"b5":1,"a6":1,"a7":1,"a8":1,"a9":1,"a10":1}""")]
    public void ConditionsOnMembersDoNotMultiply(string part, string whole, string valid, string invalid)
    {
        string schema = whole.Replace("*", string.Join(',', Enumerable.Range(0, 12).Select(i => part.Replace("~", $"{i}", StringComparison.Ordinal))), StringComparison.Ordinal);
        Constraint constraint = Compile(schema, new JsonConstraintOptions { Order = MemberOrder.Any });
        Assert.True(Accepts(constraint, valid));
        Assert.False(Accepts(constraint, invalid));
    }

    [Fact]
    public void CompilingIsBoundedAndCanBeCancelled()
    {
        string schema = """{"type":"object","properties":{"c":{"$ref":"#"},"d":{"$ref":"#"}},"allOf":[""" + string.Join(',', Enumerable.Range(0, 40).Select(static i => $$$$$"""{"anyOf":[{"additionalProperties":{"$ref":"#"},"required":["p{{{{{i}}}}}"]},{"patternProperties":{"q{{{{{i}}}}}":{"$ref":"#"}}},{"properties":{"c":{"required":["r{{{{{i}}}}}"]}},"maxProperties":{{{{{i + 50}}}}}}]}""")) + "]}";
        Assert.Equal("schema", Assert.Throws<ConstraintException>(() => Compile(schema)).Keyword);
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Constraint.FromJsonSchema(JsonElement.Parse(schema), cancellationToken: cancelled.Token));
    }

    [Fact]
    public void ACompilationThatIsCancelledIsBegunAnewAndARefusalStays()
    {
        ConstraintCache cache = new();
        JsonElement schema = JsonElement.Parse("""{"type":"object"}""");
        Assert.Throws<OperationCanceledException>(() => cache.Of(schema, new CancellationToken(canceled: true)));
        Assert.Same(cache.Of(schema, TestContext.Current.CancellationToken), cache.Of(schema, TestContext.Current.CancellationToken));
        JsonElement refused = JsonElement.Parse("""{"type":"strin"}""");
        Assert.Throws<ConstraintException>(() => cache.Of(refused, TestContext.Current.CancellationToken));
        Assert.Equal("type", Assert.Throws<ConstraintException>(() => cache.Of(refused, TestContext.Current.CancellationToken)).Keyword);
    }

    private static bool Accepts(string schema, string text) => Accepts(Compile(schema), text);

    private static bool Accepts(Constraint constraint, string text) =>
        constraint.Start(s_bytes).TryAccept(Encoding.UTF8.GetBytes(text), out ConstraintState end) && end.IsComplete;

    private static string Forced(Constraint constraint, string text)
    {
        Assert.True(constraint.Start(s_bytes).TryAccept(Encoding.UTF8.GetBytes(text), out ConstraintState state));
        return Encoding.UTF8.GetString(state.ForcedBytes());
    }

    private static Constraint Compile(string schema, JsonConstraintOptions? options = null)
    {
        using var document = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = 200 });
        return Constraint.FromJsonSchema(document.RootElement, options);
    }
}
