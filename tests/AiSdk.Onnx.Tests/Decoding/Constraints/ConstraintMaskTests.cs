using System.Text;
using System.Text.Json;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>Masks that stand for many places say of every token what its bytes say, in the places where names and items may not come twice.</summary>
public class ConstraintMaskTests
{
    // Tokens that end a name or item, begin the next one, or hold a whole one.
    private static readonly TokenTrie s_vocabulary = new([
        .. Enumerable.Range(0, 256).Select(static value => new[] { (byte)value }),
        .. ((string[])["ab", "\"a\"", "a\",\"", "\",\"", "\",\"a\"", "a\",\"a\"", "a\",\"a\",", "a\",\"b\"]", "1,", "1,1", "1,1,", "1,2,", ",1]", "12", "[1,1,", "[1,2,", "\":1,\"", "a\":1,\"a\":", "a\":1,\"b\":", "\":1}", "1,\"a\":",
            "true,", "true,true]", "{\"a\":1,", "[\"a\",\"a\"", "[\"a\",\"b\"", " \"a", ", \"a\"", "x-", "x-1\":", "\\n", "ba\"", "]", "],"]).Select(Encoding.UTF8.GetBytes)]);

    [Theory]
    [InlineData("""{"type":"array","items":{"type":"string"},"uniqueItems":true}""")]
    [InlineData("""{"type":"array","items":{"type":"string"},"uniqueItems":true,"minItems":2,"maxItems":4}""")]
    [InlineData("""{"type":"array","items":{"type":"string","pattern":"^[ab]{0,2}$"},"uniqueItems":true}""")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"uniqueItems":true}""")]
    [InlineData("""{"type":"array","items":{"type":["integer","string","boolean"]},"uniqueItems":true}""")]
    [InlineData("""{"type":"array","items":{"pattern":"^(a|b.*)$","type":["string","boolean"]},"uniqueItems":true}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"}}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"},"maxProperties":3}""")]
    [InlineData("""{"type":"object","properties":{"a":{"const":1},"ab":{"const":12}},"required":["ab"],"additionalProperties":{"enum":[1,12]}}""")]
    [InlineData("""{"type":"object","patternProperties":{"^x-[12]$":{"enum":[1,2]},"^(a|ba*)$":{"const":1}},"additionalProperties":false}""")]
    [InlineData("""{"type":"array","items":{"type":"object","additionalProperties":{"type":"integer"}}}""")]
    [InlineData("""{"type":"array","items":{"type":"string","pattern":"^[ab]{1,40}$"},"uniqueItems":true,"maxItems":3}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"},"propertyNames":{"minLength":1,"maxLength":32}}""")]
    [InlineData("""{"type":"object","patternProperties":{"^[ab]{1,33}$":{"type":"integer"}},"additionalProperties":false,"minProperties":2}""")]
    public void TokensFollowWhereTheirBytesDo(string schema)
    {
        foreach (JsonConstraintOptions options in (JsonConstraintOptions[])[new(), new() { Order = MemberOrder.Any, AllowSpaces = true }])
        {
            Constraint constraint = Constraint.FromJsonSchema(JsonElement.Parse(schema), options, cancellationToken: TestContext.Current.CancellationToken);
            var random = new Random(5);
            for (int text = 0; text < 60; text++)
            {
                ConstraintState state = constraint.Start(s_vocabulary);
                StringBuilder written = new();
                for (int step = 0; step < 25; step++)
                {
                    for (int token = 0; token < s_vocabulary.Count; token++)
                    {
                        if (state.TryAccept(s_vocabulary[token], out _) != state.Allows(token))
                            Assert.Fail($"'{Encoding.UTF8.GetString(s_vocabulary[token])}' behind {written}");
                    }
                    int[] allowed = [.. Enumerable.Range(0, s_vocabulary.Count).Where(token => state.Allows(token) && (token > 255 || "\"ab1,:[]{}".Contains((char)token, StringComparison.Ordinal)))];
                    if (allowed.Length == 0)
                        break;
                    int chosen = allowed[random.Next(allowed.Length)];
                    written.Append(Encoding.UTF8.GetString(s_vocabulary[chosen]));
                    state = state.Accept(chosen);
                }
            }
        }
    }

    /// <summary>What classes of characters tell of tokens is what walking through each says: repeated with and without a bound, mixed, with something between, looking ahead.</summary>
    [Theory]
    [InlineData("^[a-c]*$")]
    [InlineData("^[a-c]{0,3}$")]
    [InlineData("^[a-c]{2,9}$")]
    [InlineData("^[a-c]+(-[a-c]+)*$")]
    [InlineData("^[A-C][a-c]{0,2}$")]
    [InlineData("^[A-C]?[a-c]{3}[0-9]*$")]
    [InlineData("^([a-c]{2}-){1,3}[0-9]$")]
    [InlineData("^(?=.*[a-c])(?=.*[A-C])[A-Ca-c]{3,6}$")]
    [InlineData("^(?!.*ab).*$")]
    [InlineData("^[^a]{0,5}$")]
    [InlineData("^(a|bc|cab)*$")]
    [InlineData("^a[bc]{4}a?$")]
    [InlineData("^\\w{1,4}é?$")]
    [InlineData("^.{0,4}$")]
    public void RunsOfCharactersSayOfTokensWhatTheirBytesDo(string pattern)
    {
        var random = new Random(7);
        string[] pieces = ["a", "b", "c", "A", "B", "C", "-", "0", " ", "é", "\"", "\\", "\0"];
        var vocabulary = new TokenTrie([.. Enumerable.Range(0, 3_000).Select(_ => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(random.Next(2) == 0 ? 3 : pieces.Length)]))))]);
        Dfa dfa = RegexCompiler.Search(pattern);
        ByteAutomaton automaton = ByteAutomaton.Of(dfa);
        for (int state = 0; state < dfa.Count; state++)
        {
            ulong[] inside = vocabulary.Inside(automaton, state);
            for (int token = 0; token < vocabulary.Count; token++)
            {
                int at = state;
                foreach (byte value in vocabulary[token])
                    at = at == Dfa.Dead ? at : dfa.Step(at, value);
                Assert.True((at != Dfa.Dead) == ((inside[token >> 6] >> token & 1) != 0), $"{Encoding.UTF8.GetString(vocabulary[token])} in state {state}");
            }
        }
    }
}
