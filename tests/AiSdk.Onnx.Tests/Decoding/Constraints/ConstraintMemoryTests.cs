using System.Text;
using System.Text.Json;
using Xunit;

namespace AiSdk.Onnx.Tests;

/// <summary>What a constraint learns from replies is bounded, however many there are and however new what they say.</summary>
public class ConstraintMemoryTests
{
    [Theory]
    [InlineData("""{"type":"object"}""", """{"customer {0} of shop":1,"item-{0}":"x"}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"integer"},"maxProperties":3}""", """{"customer {0} of shop":1,"item-{0}":2}""")]
    [InlineData("""{"type":"array","items":{"type":"string"},"uniqueItems":true}""", """["value {0} of many","other {0}"]""")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"uniqueItems":true}""", """[{0}1,{0}2,{0}3,{0}4]""")]
    public void NewNamesAndItemsDoNotAddUp(string schema, string reply)
    {
        TokenTrie bytes = new([.. Enumerable.Range(0, 256).Select(static value => new[] { (byte)value })]);
        Constraint constraint = Constraint.FromJsonSchema(JsonElement.Parse(schema), cancellationToken: TestContext.Current.CancellationToken);
        Write(0, 3_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Write(3_000, 9_000);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        // Half of what one limit's places come to; without a limit these replies would be over 100 MB.
        Assert.True(grown < 24 << 20, $"{grown >> 20} MB more");
        GC.KeepAlive(constraint);

        void Write(int first, int count)
        {
            for (int i = first; i < first + count; i++)
            {
                ConstraintState state = constraint.Start(bytes);
                foreach (byte value in Encoding.UTF8.GetBytes(reply.Replace("{0}", $"{i + 1}", StringComparison.Ordinal)))
                {
                    Assert.True(state.Allows(value));
                    state = state.Accept(value);
                }
                Assert.True(state.IsComplete);
            }
        }
    }
}
