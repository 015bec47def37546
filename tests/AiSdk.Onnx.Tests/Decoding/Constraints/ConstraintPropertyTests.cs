using System.Text;
using System.Text.Json;
using CsCheck;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>Masks against what they stand for, on random walks through many schemas.</summary>
public class ConstraintPropertyTests
{
    private static readonly TokenTrie s_vocabulary = CreateVocabulary();

    public static TheoryData<string> Schemas =>
    [
        """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},"tags":{"type":"array","items":{"type":"string"}}},"required":["name","age"],"additionalProperties":false}""",
        """{"type":"object","properties":{"name":{"type":"string","minLength":2,"maxLength":5},"kind":{"enum":["a","ab","abc",1,1.5,null,true]}},"required":["kind"]}""",
        """{"type":"object","additionalProperties":{"type":"integer"},"minProperties":2,"maxProperties":4}""",
        """{"type":"object","patternProperties":{"^[ab]$":{"type":"null"},"^x":{"type":"boolean"}},"additionalProperties":false,"minProperties":1}""",
        """{"type":"object","patternProperties":{"^[abc]$":{"const":1}},"additionalProperties":false,"minProperties":2}""",
        """{"type":"array","items":{"type":"number","minimum":-1.5,"maximum":12.25},"minItems":1,"maxItems":3}""",
        """{"type":"array","prefixItems":[{"type":"integer","multipleOf":7},{"type":"string","pattern":"^[a-c]+\\d{2}$"}],"items":{"type":"boolean"},"minItems":2}""",
        """{"anyOf":[{"type":"object","properties":{"kind":{"const":"cat"},"lives":{"type":"integer"}},"required":["kind","lives"]},{"type":"object","properties":{"kind":{"const":"car"},"doors":{"enum":[2,4]}},"required":["kind","doors"],"additionalProperties":false}]}""",
        """{"$defs":{"tree":{"type":"object","properties":{"value":{"type":"integer","minimum":0,"maximum":9},"children":{"type":"array","items":{"$ref":"#/$defs/tree"},"maxItems":2}},"required":["value"],"additionalProperties":false}},"$ref":"#/$defs/tree"}""",
        """{"type":"string","pattern":"é[\\u0000-\\u001f\"\\\\]?$","minLength":3,"maxLength":6}""",
        """{"type":"string","pattern":"^(ab|cde)*$","minLength":4,"maxLength":7}""",
        """{"type":["string","null"],"format":"date"}""",
        """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"},"c":{"type":"integer"}},"dependentRequired":{"a":["b"]},"minProperties":1,"maxProperties":2,"additionalProperties":false}""",
        """{"type":"object","if":{"properties":{"t":{"const":"x"}},"required":["t"]},"then":{"required":["x"]},"else":{"required":["y"]},"properties":{"t":{"enum":["x","y"]},"x":{"type":"integer","maximum":3},"y":{"type":"null"}},"additionalProperties":false}""",
        """{"type":"array","items":{"enum":["a","ab","abc",1,12,null]},"uniqueItems":true,"minItems":2}""",
        """{"type":"array","items":{"type":"string"},"uniqueItems":true}""",
        """{"type":"array","items":{"enum":[{"a":1},{"a":1,"b":[]},[1,2],[1,2,{}],"[1,2]",1,12]},"uniqueItems":true,"minItems":2}""",
        """{"type":"array","items":{"type":"array","items":{"type":"boolean"},"minItems":1,"maxItems":3},"uniqueItems":true,"maxItems":6}""",
        """{"type":"array","items":{"type":["integer","boolean"],"minimum":0},"uniqueItems":true,"maxItems":5}""",
        """{"type":"array","items":{"type":"string","maxLength":2,"pattern":"^a"},"uniqueItems":true}""",
        """{"type":"array","items":{"type":"string"},"uniqueItems":true,"maxItems":4}""",
        """{"type":"array","items":{"type":"integer"},"contains":{"minimum":10},"minContains":2,"maxContains":3,"maxItems":6}""",
        """{"type":"array","prefixItems":[{"type":"null"}],"items":{"anyOf":[{"type":"array","items":{"type":"boolean"}},{"enum":["a","ab"]}]},"contains":{"type":"array","minItems":1},"minItems":2}""",
        """{"type":"array","items":{"type":"object","properties":{"a":{"enum":["a","b"]}},"required":["a"],"additionalProperties":false},"contains":{"properties":{"a":{"const":"a"}}},"allOf":[{"contains":{"properties":{"a":{"const":"b"}}}}],"maxItems":4}""",
        """{"type":"object","properties":{"kind":{"enum":["a","b"]}},"required":["kind"],"oneOf":[{"properties":{"kind":{"const":"a"},"cat":{"type":"integer"}}},{"properties":{"kind":{"const":"b"},"name":{"type":"string"}}}],"unevaluatedProperties":false}""",
        """{"type":"object","propertyNames":{"pattern":"^[a-z]+$","maxLength":9},"additionalProperties":{"type":"null"},"minProperties":1,"maxProperties":3}""",
        """{"type":"object","properties":{"$x":{"type":"null"}},"patternProperties":{"^[a-z]{1,3}$":{"type":"boolean"}},"additionalProperties":false}""",
        """{"type":"string","pattern":"^[a-z]+$","minLength":1,"maxLength":20}""",
        """{"type":"string","pattern":"^(?!.*cat)[a-z0-9.]*$","minLength":2,"maxLength":14}""",
        """{"type":"string","pattern":"a\\d","maxLength":30}""",
        """{"type":"string","format":"email","maxLength":24}""",
        """{"type":"string","format":"uri-reference"}""",
        "{}",
    ];

    [Theory]
    [MemberData(nameof(Schemas))]
    public void MasksAreWhatTryingEveryTokenGives(string schema)
    {
        foreach (JsonConstraintOptions options in (JsonConstraintOptions[])[new(), new() { Order = MemberOrder.Any, AllowSpaces = true }])
        {
            Constraint constraint = Compile(schema, options);
            Gen.Int[0, int.MaxValue].Sample(seed => Walk(constraint, new Random(seed), CheckMask), iter: 40, threads: 1);
        }
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public void WalksEndInWhatTheSchemaAllows(string schema)
    {
        Constraint narrow = Compile(schema, new());
        // The declared order is one of all orders, and no spaces one way to place them.
        Constraint wide = Compile(schema, new() { Order = MemberOrder.Any, AllowSpaces = true });
        Gen.Int[0, int.MaxValue].Sample(seed =>
        {
            if (Walk(narrow, new Random(seed), static (_, _) => { }) is not { } text)
                return;
            using (JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false }))
                Assert.True(wide.Start(s_vocabulary).TryAccept(text, out ConstraintState end) && end.IsComplete, Encoding.UTF8.GetString(text));
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void TheOrderInWhichMasksAreAskedForDoesNotMatter()
    {
        string schema = """{"type":"object","additionalProperties":{"type":"integer"},"minProperties":2}""";
        Constraint warm = Compile(schema, new());
        Gen.Int[0, int.MaxValue].Sample(seed =>
        {
            ConstraintState fresh = Compile(schema, new()).Start(s_vocabulary);
            ConstraintState known = warm.Start(s_vocabulary);
            var random = new Random(seed);
            for (int step = 0; step < 20; step++)
            {
                Assert.True(fresh.Mask.SequenceEqual(known.Mask));
                List<int> allowed = Allowed(known);
                if (allowed.Count == 0)
                    return;
                int token = allowed[random.Next(allowed.Count)];
                (fresh, known) = (fresh.Accept(token), known.Accept(token));
            }
        }, iter: 30, threads: 1);
    }

    [Fact]
    public void MasksOfEveryMixtureOfKeywordsAreWhatTryingEveryTokenGives()
    {
        Gen.Int[0, int.MaxValue].Sample(seed =>
        {
            Constraint constraint;
            try
            {
                constraint = Compile(new RandomKeywords(seed).Schema().ToJsonString(), new() { Order = seed % 2 == 0 ? MemberOrder.Any : MemberOrder.Declared });
            }
            catch (ConstraintException)
            {
                return;
            }
            Walk(constraint, new Random(seed), CheckMask);
        }, iter: 300);
    }

    private static Constraint Compile(string schema, JsonConstraintOptions options)
    {
        using var document = JsonDocument.Parse(schema);
        return Constraint.FromJsonSchema(document.RootElement, options);
    }

    /// <summary>Takes allowed tokens at random, and after a while the ways out, until the text may end.</summary>
    private static byte[]? Walk(Constraint constraint, Random random, Action<ConstraintState, byte[]> visit)
    {
        ConstraintState state = constraint.Start(s_vocabulary);
        List<byte> text = [];
        for (int step = 0; ; step++)
        {
            visit(state, [.. text]);
            List<int> allowed = Allowed(state);
            if (state.IsComplete && (allowed.Count == 0 || random.Next(4) == 0))
                return [.. text];
            Assert.True(allowed.Count > 0, $"a dead end behind {Encoding.UTF8.GetString([.. text])}");
            // An open schema branches faster than luck ends it.
            if (step > 400)
                return null;
            int token = allowed[random.Next(allowed.Count)];
            // Quotes and brackets end what would go on for long.
            for (int tries = 0; step > 30 && tries < 20 && s_vocabulary[token][^1] is not ((byte)'"' or (byte)']' or (byte)'}'); tries++)
                token = allowed[random.Next(allowed.Count)];
            text.AddRange(s_vocabulary[token]);
            state = state.Accept(token);
        }
    }

    private static void CheckMask(ConstraintState state, byte[] text)
    {
        for (int token = 0; token < s_vocabulary.Count; token++)
        {
            if (state.Allows(token) != (s_vocabulary[token].Length > 0 && state.TryAccept(s_vocabulary[token], out _)))
                Assert.Fail($"Token {token} '{Encoding.UTF8.GetString(s_vocabulary[token])}' is {(state.Allows(token) ? "" : "not ")}allowed behind {Encoding.UTF8.GetString(text)}");
        }
        byte[] forced = state.ForcedBytes();
        Assert.True(state.TryAccept(forced, out _));
    }

    private static List<int> Allowed(ConstraintState state)
    {
        List<int> allowed = [];
        for (int token = 0; token < s_vocabulary.Count; token++)
        {
            if (state.Allows(token))
                allowed.Add(token);
        }
        return allowed;
    }

    /// <summary>All bytes, and tokens that cross what a grammar can be crossed by.</summary>
    private static TokenTrie CreateVocabulary()
    {
        List<byte[]> tokens = [.. Enumerable.Range(0, 256).Select(static value => new[] { (byte)value }), []];
        string[] texts =
        [
            "ab", "abc", "cat", "name", "\"name", "name\"", "\":", "\":\"", "\",\"", "\"]", "\"}", "},{", "]}", "}]", "[{\"", "{\"", "{\"a\":", "[]", "{}", "[[", "null", "nul", "true", "fal", "12", "0.", ".5", "5,", "7]", "1}",
            "é", "日本", "😀", "éa\"", "\\n", "\\u", "\\u00", "00e9", "\\\"", "a\\", "a\\n", "\\ud83d", "\\ude00", "d83d\\u", "2024-", "-02-", "29\"", "02-29", ", ", ": ", "\": ", "\", \"", " \"", "a\",", "ab\":", "x\":t", "x\":true,\"x", "tags\":[\"", "1e5", "-1", "-",
            "cde", "cdeab", "abab\"", "kind\":\"ca", "r\",\"doors\":2}", "value\":", "children\":[{\"value\":1}", "abcdefghijkl", "bc\":{\"",
        ];
        tokens.AddRange(texts.Select(Encoding.UTF8.GetBytes));
        byte[] emoji = Encoding.UTF8.GetBytes("a😀");
        tokens.AddRange([emoji[..2], emoji[..3], emoji[2..], [.. emoji[3..], (byte)'"']]);
        return new TokenTrie(tokens);
    }
}
